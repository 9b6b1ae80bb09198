"""The rolling window across batches: keyed digests of who and what was asked about (floor 8)."""

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from portcullis import screening, tables
from portcullis.law import Basis
from portcullis.office import files, locks
from portcullis.office.erased import erasure_of
from portcullis.office.files import batch_key
from portcullis.office.home import Home
from portcullis.office.keystore import Erasable
from portcullis.office.models import Batch


def measure_batch(
    home: Home, batch: Batch, basis: Basis, prepared: Iterable[pl.DataFrame]
) -> pl.DataFrame:
    """Take the measures of a batch within the window, and remember its digests.

    One batch at a time: of two that come together, the second sees the first. A batch whose
    adjudication is cut off after this still counts, which is the closed side.
    """
    key = batch_key(home, batch)
    with locks.alone(home, home.path / "window.lock"):
        measured = screening.measure(
            prepared,
            _earlier(home, batch),
            home.derived_key("window"),
            basis,
            basis.as_of,
            batch_id=batch.id,
        )
        tables.write_table(window_file(home, batch.id), measured.digests, key)
    path = home.batch(batch.id) / files.MEASURES
    tables.write_table(path, measured.measures, key)
    return measured.measures


def _earlier(home: Home, batch: Batch) -> pl.DataFrame:
    remembered = [
        (path, other)
        for other in Batch.objects.exclude(id=batch.id).order_by("id")
        for path in [window_file(home, other.id)]
        if path.exists() and erasure_of(home, Erasable.batch(other.id)) is None
    ]
    parts = [tables.read_table(path, batch_key(home, other)) for path, other in remembered]
    return pl.concat([screening.empty_window(), *parts])


def window_file(home: Home, batch_id: str) -> Path:
    """Return the path of what the window remembers of one batch; it is erased with the batch."""
    return home.path / "window" / f"{batch_id}.tbl"
