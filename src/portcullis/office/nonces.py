"""The random bytes that open a batch's commitments: drawn once at intake, erased with the batch."""

import os
from pathlib import Path

import polars as pl

from portcullis import tables
from portcullis.determination import NONCES_BYTES
from portcullis.office.files import batch_key
from portcullis.office.home import Home
from portcullis.office.models import Batch


def draw_nonces(home: Home, batch_id: str, key: bytes, rows: int, number: int = 1) -> None:
    """Draw the nonces of ``rows`` requests, for list ``number``, into the batch's folder."""
    path = _path(home, batch_id, number)
    blocks = (
        pl.DataFrame(
            {"nonces": [os.urandom(NONCES_BYTES * min(tables.SEGMENT_ROWS, rows - first))]}
        )
        for first in range(0, rows, tables.SEGMENT_ROWS)
    )
    empty = pl.DataFrame(schema={"nonces": pl.Binary})
    tables.write_table(path, blocks if rows else empty, key)


def read_nonces(home: Home, batch: Batch, number: int = 1) -> bytes:
    """Return the nonces of the batch's list ``number``, ``NONCES_BYTES`` a row."""
    blocks = tables.read_table(_path(home, batch.id, number), batch_key(home, batch))
    return b"".join(blocks["nonces"].to_list())


def _path(home: Home, batch_id: str, number: int) -> Path:
    return home.batch(batch_id) / f"nonces-{number}.tbl"
