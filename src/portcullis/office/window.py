"""The rolling window across batches: keyed digests of who and what was asked about (floor 8)."""

from collections.abc import Iterable

import polars as pl

from portcullis import screening, tables
from portcullis.law import Basis
from portcullis.office import files
from portcullis.office.files import batch_key
from portcullis.office.home import Home
from portcullis.office.models import Batch
from portcullis.standing import GateLock


def measure_batch(
    home: Home, batch: Batch, basis: Basis, prepared: Iterable[pl.DataFrame]
) -> pl.DataFrame:
    """Take the measures of a batch within the window, and remember its digests.

    One batch at a time: of two that come together, the second sees the first. A batch whose
    adjudication is cut off after this still counts, which is the closed side.
    """
    folder = home.path / "window"
    folder.mkdir(exist_ok=True)
    with GateLock(home.path / "window.lock").exclusive():
        measured = screening.measure(
            prepared,
            _earlier(home, batch),
            home.derived_key("window"),
            basis,
            basis.as_of,
            batch_id=batch.id,
        )
        tables.write_table(folder / f"{batch.id}.tbl", measured.digests, _key(home))
    path = home.batch(batch.id) / files.MEASURES
    tables.write_table(path, measured.measures, batch_key(home, batch))
    return measured.measures


def _earlier(home: Home, batch: Batch) -> pl.DataFrame:
    paths = sorted((home.path / "window").glob("*.tbl"))
    parts = [tables.read_table(path, _key(home)) for path in paths if path.stem != batch.id]
    return pl.concat([screening.empty_window(), *parts])


def _key(home: Home) -> bytes:
    return home.derived_key("window-files")
