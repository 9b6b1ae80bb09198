"""The eligible requests of a batch for a page: which they are, read once for each list."""

from functools import lru_cache
from pathlib import Path

import polars as pl

from portcullis.office import files
from portcullis.office.home import Home
from portcullis.office.models import Batch
from portcullis.tables import scan_table


def requests(home: Home, batch: Batch) -> pl.DataFrame:
    """Return ``row, request_id`` of the eligible requests of the list in force, in row order.

    Raises Refused where the batch's working data was erased.
    """
    path = home.batch(batch.id) / files.in_force(batch, files.DETERMINATIONS)
    return _read(path, path.stat().st_mtime_ns, files.batch_key(home, batch))


@lru_cache(maxsize=16)
def _read(path: Path, _written: int, key: bytes) -> pl.DataFrame:
    parts = scan_table(path, key, ["row", "request_id", "outcome"])
    wanted = pl.col("outcome") == "eligible"
    return pl.concat(part.filter(wanted).select("row", "request_id") for part in parts)
