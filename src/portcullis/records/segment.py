"""A segment of the index as an encrypted DuckDB file: written block by block, then never again.

Each block is one transaction, so that a build that was killed goes on after the last whole block.
"""

import contextlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from portcullis.errors import Misuse
from portcullis.records.blocks import TABLES, Block
from portcullis.records.engine import attach, engine
from portcullis.records.versions import Segment, rules, segment_digest
from portcullis.tables import fsync_folder

DATABASE = "index.duckdb"
_MEMORY = "2GB"
_MARK = "mark.json"
_BUILT = {
    "block": pl.UInt32(),
    "digest": pl.Binary(),
    "last_id": pl.String(),
    "taxpayers": pl.UInt32(),
    "addresses": pl.UInt32(),
    "next_person": pl.UInt32(),
    "next_place": pl.UInt32(),
}


@dataclass(frozen=True)
class Built:
    """How far a segment has come: the digests of its blocks, and where its numbers stand."""

    digests: tuple[bytes, ...]
    last_id: str
    taxpayers: int
    addresses: int
    next_person: int
    next_place: int


class SegmentWriter:
    """A segment being written; made by ``writing``."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, start: Built) -> None:
        self.built = start
        self._connection = connection

    def add(self, block: Block, new_persons: int) -> None:
        """Write ``block`` whole or not at all; ``new_persons`` are those it numbers."""
        before = self.built
        after = Built(
            digests=(*before.digests, block.digest),
            last_id=block.last_id,
            taxpayers=before.taxpayers + block.taxpayers,
            addresses=before.addresses + block.addresses,
            next_person=before.next_person + new_persons,
            next_place=before.next_place + block.places,
        )
        row = {
            "block": len(before.digests), "digest": block.digest, "last_id": block.last_id,
            "taxpayers": block.taxpayers, "addresses": block.addresses,
            "next_person": after.next_person, "next_place": after.next_place,
        }  # fmt: skip
        self._connection.execute("BEGIN")
        for table, frame in (*block.tables.items(), ("built", pl.DataFrame([row], schema=_BUILT))):
            self._connection.register("rows", frame.to_arrow())
            self._connection.execute(f"CREATE TABLE IF NOT EXISTS {table} AS FROM rows LIMIT 0")
            self._connection.execute(f"INSERT INTO {table} FROM rows")
            self._connection.unregister("rows")
        self._connection.execute("COMMIT")
        self.built = after

    def finish(self, name: str) -> Segment:
        """Write what the segment is, and return it."""
        built = self.built
        segment = Segment(
            name=name,
            digest=segment_digest(list(built.digests)),
            taxpayers=built.taxpayers,
            addresses=built.addresses,
            next_person=built.next_person,
            next_place=built.next_place,
        )
        about = {"rules": json.dumps(rules(), sort_keys=True), "digest": segment.digest}
        self._connection.execute("CREATE OR REPLACE TABLE about (name VARCHAR, value VARCHAR)")
        self._connection.executemany("INSERT INTO about VALUES (?, ?)", list(about.items()))
        self._connection.execute("CHECKPOINT segment")
        return segment


@contextlib.contextmanager
def writing(
    work: Path, key: bytes, mark: dict[str, Any], start: tuple[int, int]
) -> Iterator[SegmentWriter]:
    """Give the writer of the segment in folder ``work``, gone on with where ``mark`` is the same.

    ``mark``: what the segment is made of; where it is another than that of the files in ``work``
    they are thrown away. ``start``: the person and the place from which it numbers.
    """
    kept = _kept(work, mark)
    if not kept:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        (work / _MARK).write_text(json.dumps(mark, sort_keys=True), encoding="utf-8")
    with engine(work / "spill", _MEMORY) as connection:
        try:
            attach(connection, work / DATABASE, "segment", key, read_only=False)
        except Misuse:
            if not kept:
                raise
            # Cut in the middle of its very first write: there is nothing in it to go on with.
            (work / DATABASE).unlink()
            attach(connection, work / DATABASE, "segment", key, read_only=False)
        connection.execute("USE segment")
        yield SegmentWriter(connection, _built(connection, start))


def _kept(work: Path, mark: dict[str, Any]) -> bool:
    try:
        told = json.loads((work / _MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return bool(told == mark and mark.get("source"))


def _built(connection: duckdb.DuckDBPyConnection, start: tuple[int, int]) -> Built:
    try:
        rows = connection.execute("FROM built ORDER BY block").fetchall()
    except duckdb.CatalogException:
        rows = []
    if not rows:
        return Built((), "", 0, 0, *start)
    taxpayers, addresses = (sum(row[place] for row in rows) for place in (3, 4))
    _, _, last_id, _, _, next_person, next_place = rows[-1]
    digests = tuple(row[1] for row in rows)
    return Built(digests, last_id, taxpayers, addresses, next_person, next_place)


def move_in(work: Path, segments: Path, name: str) -> None:
    """Put the finished segment of ``work`` at its place, on the disk."""
    segments.mkdir(exist_ok=True, mode=0o700)
    shutil.rmtree(work / "spill", ignore_errors=True)
    (work / _MARK).unlink()
    descriptor = os.open(work / DATABASE, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    fsync_folder(work)
    work.rename(segments / name)
    fsync_folder(segments)


def attach_segments(
    connection: duckdb.DuckDBPyConnection, folder: Path, segments: Sequence[Segment], key: bytes
) -> None:
    """Attach ``segments`` for reading and name each table over all of them (column ``segment``).

    Raises Misuse where one is missing, damaged, under another key, or not the one that was named.
    """
    expected = json.dumps(rules(), sort_keys=True)
    for place, segment in enumerate(segments):
        attach(connection, folder / segment.name / DATABASE, f"s{place}", key, read_only=True)
        try:
            about = dict(connection.execute(f"FROM s{place}.about").fetchall())
        except duckdb.Error:
            about = {}
        if about != {"rules": expected, "digest": segment.digest}:
            raise Misuse(
                "The index was made by another version of the rules or of the engine.",
                "Build it again: `portcullis records index`.",
            )
    for table in TABLES:
        parts = [
            f"SELECT {place}::USMALLINT AS segment, * FROM s{place}.{table}"  # noqa: S608
            for place in range(len(segments))
        ]
        connection.execute(f"CREATE TEMP VIEW {table} AS {' UNION ALL '.join(parts)}")
