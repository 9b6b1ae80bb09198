"""A requester's own check before sending: the same findings, with no records behind them."""

import secrets
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl

from portcullis import progress
from portcullis.agreements import Pack, Roster, who_may
from portcullis.intake import (
    OFFICERS_SCHEMA,
    Engagement,
    named_officers,
    open_batch,
    with_officers,
)
from portcullis.law import Basis
from portcullis.screening.explain import COLUMNS, explain
from portcullis.screening.measures import measure
from portcullis.screening.prepare import prepare
from portcullis.screening.screen import RETURNED, screen

Officers = tuple[frozenset[str], frozenset[str]]
"""Roster ids: officers in force of the requesting party, and everybody of its own agency."""


def requester_screen(
    path: Path, pack: Pack, on: date, *, show: progress.Show = progress.unseen
) -> pl.DataFrame:
    """Return ``request_id, outcome, element, citation, field, message`` for the batch at ``path``.

    As ``requester_findings``, without the row's number.
    """
    return requester_findings(path, pack, on, show=show).select(COLUMNS)


def requester_findings(
    path: Path,
    pack: Pack,
    on: date,
    roster: Roster | None = None,
    *,
    show: progress.Show = progress.unseen,
) -> pl.DataFrame:
    """Return ``source_row`` (from 1) and the columns of ``explain`` for the batch at ``path``.

    As ``explain``, in the file's order, with a row of outcome ``returned`` for each row that intake
    would quarantine (its ``element`` is the quarantine code; without a legible id the row number
    stands in its place). Judged as of ``on``. What only the holder has is not judged: earlier
    batches in the window; and who signs, and the officers' attestations, are taken as given.
    Whether those named are officers is judged by ``roster``; without one that is given too.
    Reads the file twice, each time a step of its own. Raises as ``intake.read_batch``.
    """
    basis = Basis.from_pack(pack, on)
    officers = None if roster is None else _officers(pack, roster, on)
    key = secrets.token_bytes(32)
    chunks = (frame for frame, _ in prepared_chunks(path, pack, "Measure the requests", show))
    measures = measure(chunks, None, key, basis, on, batch_id="").measures
    parts = []
    for frame, quarantined in prepared_chunks(path, pack, "Screen the requests", show, officers):
        findings = screen(frame, basis, measures)
        numbers = frame.select("request_id", "source_row")
        parts += [
            explain(findings, frame).join(numbers, on="request_id", maintain_order="left"),
            _returned(quarantined),
        ]
    return pl.concat(parts).sort("source_row", maintain_order=True).select("source_row", *COLUMNS)


def prepared_chunks(
    path: Path,
    pack: Pack,
    step: str = "",
    show: progress.Show = progress.unseen,
    officers: Officers | None = None,
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Yield the rows of a requester's file, prepared, and the quarantined ones, chunk by chunk.

    Who signed, and what the officers attest to, stand as after a lawful transmittal; so do the
    officers themselves, unless it is known which there are.
    """
    for chunk in open_batch(path, pack).shown_chunks(show, step):
        if officers is None:
            given = chunk.taken.with_columns(_given(pack))
        else:
            given = _engaged(chunk.taken, pack, officers)
        yield prepare(given, pack), chunk.quarantined


def _officers(pack: Pack, roster: Roster, on: date) -> Officers:
    """Return who is an officer of the requesting party that day, and who is of its own agency."""
    requester = pack.agreement.requester
    employed = (each.id for each in who_may(roster, "attest", on) if requester.employs(each.agency))
    own = (each.id for each in roster.people if each.agency == requester.agency)
    return frozenset(employed), frozenset(own)


def _engaged(taken: pl.DataFrame, pack: Pack, officers: Officers) -> pl.DataFrame:
    """Return the rows with what holds of the officers they name, once all of these attested."""
    named = named_officers(taken)
    attested = frozenset(named["officer"].to_list())
    return with_officers(taken, named, Engagement(pack.signing_authorities[0], *officers, attested))


def _given(pack: Pack) -> list[pl.Expr]:
    """Return the columns of who signed, as after a lawful signatory and every officer did."""
    signed = {name: pl.lit(value=True) for name in OFFICERS_SCHEMA}
    signed["signed_by"] = pl.lit(pack.signing_authorities[0])
    return [value.alias(name) for name, value in signed.items()]


def _returned(quarantined: pl.DataFrame) -> pl.DataFrame:
    return quarantined.select(
        pl.col("request_id").fill_null(pl.format("row {}", "source_row")),
        pl.lit(RETURNED).alias("outcome"),
        pl.col("reason").alias("element"),
        pl.lit("Request schema").alias("citation"),
        pl.col("field").fill_null(""),
        "message",
        "source_row",
    )
