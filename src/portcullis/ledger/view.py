"""The entries as a Parquet table, for those who count with other tools: a view, never the record.

The record is the canonical bytes in the entry bundles; ``position`` and ``leaf_hash`` lead from a
row back to them. The file's own metadata say which checkpoint it is a view of.
"""

import hashlib
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from portcullis.ledger.durable import fsync_path
from portcullis.ledger.log import Log
from portcullis.ledger.merkle import leaf_hash

CHECKPOINT_KEY = b"c2sp.org/tlog-checkpoint"
SCHEMA = pa.schema(
    [
        ("position", pa.uint64()),
        ("leaf_hash", pa.binary(32)),
        ("kind", pa.string()),
        ("at", pa.string()),
        ("batch", pa.string()),
        ("entry", pa.string()),
    ]
)
_ROWS = 65_536  # at a time: entries are streamed, never all in memory


def write_view(log: Log, path: Path) -> str:
    """Write the published entries of ``log`` to ``path``; return the file's SHA-256 (hex).

    Columns: ``position``; ``leaf_hash``; ``kind``, ``at`` and ``batch`` as the entry says (null
    where it does not); ``entry``, its canonical JSON. Raises LedgerDamaged at an entry that is
    not as it was hashed.
    """
    note, size = log.checkpoint, log.size
    schema = SCHEMA.with_metadata({CHECKPOINT_KEY: note.encode()})
    part = path.with_name(f".{path.name}.part")
    with pq.ParquetWriter(part, schema) as out:
        for rows in _chunks(_row(index, entry) for index, entry in enumerate(log.entries(0, size))):
            out.write_table(pa.Table.from_pylist(rows, schema=schema))
    fsync_path(part)
    part.rename(path)
    with path.open("rb") as written:
        return hashlib.file_digest(written, "sha256").hexdigest()


def _row(position: int, entry: bytes) -> dict[str, Any]:
    said = json.loads(entry)
    told = {name: said.get(name) or None for name in ("kind", "at", "batch")}
    return {"position": position, "leaf_hash": leaf_hash(entry), **told, "entry": entry.decode()}


def _chunks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while chunk := list(islice(rows, _ROWS)):
        yield chunk
