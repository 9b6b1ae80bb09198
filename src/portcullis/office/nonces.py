"""The random bytes that open a batch's commitments: drawn once at intake, erased with the batch."""

import os

import polars as pl

from portcullis import tables
from portcullis.determination import NONCES_BYTES
from portcullis.office.files import NONCES, batch_key
from portcullis.office.home import Home
from portcullis.office.models import Batch


def draw_nonces(home: Home, batch_id: str, key: bytes, rows: int) -> None:
    """Draw the nonces of ``rows`` requests and write them to the batch's folder."""
    path = home.batch(batch_id) / NONCES
    blocks = (
        pl.DataFrame({"nonces": [os.urandom(NONCES_BYTES * min(tables.SEGMENT_ROWS, rows - first))]})
        for first in range(0, rows, tables.SEGMENT_ROWS)
    )
    empty = pl.DataFrame(schema={"nonces": pl.Binary})
    tables.write_table(path, blocks if rows else empty, key)


def read_nonces(home: Home, batch: Batch) -> bytes:
    """Return the batch's nonces, ``NONCES_BYTES`` a row."""
    blocks = tables.read_table(home.batch(batch.id) / NONCES, batch_key(home, batch))
    return b"".join(blocks["nonces"].to_list())
