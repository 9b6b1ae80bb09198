"""A requester's own check before sending: the same findings, with no records behind them."""

import secrets
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl

from portcullis.agreements import Pack
from portcullis.intake import read_batch
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
    batches in the window, and the officers' signed attestations, which are taken as given.
    Reads the file twice. ``progress`` is told the stage and the rows done. Raises as
    ``intake.read_batch``.
    """
    basis = Basis.from_pack(pack, on)
    key = secrets.token_bytes(32)
    chunks = (taken for taken, _ in _read(path, pack, "measure", progress))
    measures = measure(chunks, None, key, basis, on, batch_id="").measures
    parts = []
    for taken, quarantined in _read(path, pack, "screen", progress):
        frame = prepare(taken)
        findings = screen(frame, basis, measures)
        numbers = taken.select("request_id", "source_row")
        parts += [
            explain(findings, frame).join(numbers, on="request_id", maintain_order="left"),
            _returned(quarantined),
        ]
    return pl.concat(parts).sort("source_row", maintain_order=True).select(COLUMNS)


def _read(
    path: Path, pack: Pack, stage: str, progress: Progress
) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    rows = 0
    for chunk in read_batch(path, pack):
        yield chunk.taken.with_columns(pl.lit(value=True).alias("attested")), chunk.quarantined
        rows += chunk.taken.height + chunk.quarantined.height
        progress(stage, rows)


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
