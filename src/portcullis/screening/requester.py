"""A requester's own check before sending: the same findings, with no records behind them."""

import secrets
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl

from portcullis.agreements import Pack
from portcullis.intake import OFFICERS_SCHEMA, read_batch
from portcullis.law import Basis
from portcullis.screening.explain import COLUMNS, explain
from portcullis.screening.measures import measure
from portcullis.screening.prepare import prepare
from portcullis.screening.screen import RETURNED, screen

Progress = Callable[[str, int], None]


def silent(_stage: str, _rows: int) -> None:
    """Report no progress."""


def requester_screen(
    path: Path, pack: Pack, on: date, *, progress: Progress = silent
) -> pl.DataFrame:
    """Return ``request_id, outcome, element, citation, field, message`` for the batch at ``path``.

    As ``explain``, in the file's order, with a row of outcome ``returned`` for each row that intake
    would quarantine (its ``element`` is the quarantine code; without a legible id the row number
    stands in its place). Judged as of ``on``. What only the holder has is not judged: earlier
    batches in the window; and who signs, and the officers' attestations, are taken as given.
    Reads the file twice. ``progress`` is told the stage and the rows done. Raises as
    ``intake.read_batch``.
    """
    basis = Basis.from_pack(pack, on)
    key = secrets.token_bytes(32)
    chunks = (frame for frame, _ in prepared_chunks(path, pack, "measure", progress))
    measures = measure(chunks, None, key, basis, on, batch_id="").measures
    parts = []
    for frame, quarantined in prepared_chunks(path, pack, "screen", progress):
        findings = screen(frame, basis, measures)
        numbers = frame.select("request_id", "source_row")
        parts += [
            explain(findings, frame).join(numbers, on="request_id", maintain_order="left"),
            _returned(quarantined),
        ]
    return pl.concat(parts).sort("source_row", maintain_order=True).select(COLUMNS)


def prepared_chunks(
    path: Path, pack: Pack, stage: str = "", progress: Progress = silent
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """Yield the rows of a requester's file, prepared, and the quarantined ones, chunk by chunk.

    Who signed, and what the officers attest to, stand as after a lawful transmittal.
    """
    rows = 0
    for chunk in read_batch(path, pack):
        given = chunk.taken.with_columns(_given(pack))
        yield prepare(given, pack), chunk.quarantined
        rows += chunk.taken.height + chunk.quarantined.height
        progress(stage, rows)


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
