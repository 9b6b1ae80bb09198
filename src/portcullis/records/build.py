"""The finder index built: records streamed in, brought to normal form, put in order, published.

An index is a folder with one sub-folder a version, written once, and a file ``current`` that
names the version in use. A build works in a folder of its own and is renamed whole; until then,
and after any failure or kill, the version before stays in use.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import polars as pl

from portcullis import addresses, names
from portcullis.errors import Misuse
from portcullis.records import normal
from portcullis.records.engine import attach, engine
from portcullis.records.layout import FORMAT, arrange, content_digest, engine_mark
from portcullis.records.sources import ADDRESS_OF_RECORD, TAXPAYER, Source, frames, open_source
from portcullis.tables import fsync_folder, publish

DATABASE = "index.duckdb"
CURRENT = "current"
_BUILDING = ".building"
_MEMORY = "3GB"
_ANNOUNCE_ROWS = 1_000_000


@dataclass(frozen=True)
class IndexInfo:
    """A version of the index: its name, the digest of its content (hex), and how much it holds."""

    version: str
    digest: str
    taxpayers: int
    addresses: int


def build_index(
    source: str | Path, folder: Path, key: bytes, *, announce: Callable[[str], None]
) -> IndexInfo:
    """Build a new version of the index over ``source`` in ``folder`` and make it the current one.

    ``source``: a Parquet folder, a DuckDB file or a ``postgresql://`` address. ``key``: 32 bytes;
    the index is encrypted under it (AES-256-GCM). ``announce`` is told each step in a sentence.

    Raises Misuse where the records cannot be read or are doubtful (duplicates, addresses of
    nobody), where another build is under way, or where the disk is full; the version before
    then stays in use.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _sole_builder(folder), open_source(source) as opened:
        work = folder / _BUILDING
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        try:
            info = _build(opened, work, _next_version(folder), key, announce)
        except (duckdb.Error, OSError) as error:
            if not isinstance(error, OSError | duckdb.IOException | duckdb.OutOfMemoryException):
                raise
            raise Misuse(
                "The index could not be written: no room on the disk, or the disk failed.",
                "Make room (about 300 bytes an address of record, twice while building) and "
                "index again; the index before is untouched.",
            ) from None
        finally:
            shutil.rmtree(work, ignore_errors=True)
        publish(folder / CURRENT, f"{info.version}\n".encode())
        announce(
            f"Index {info.version}: {info.taxpayers:,} taxpayers, {info.addresses:,} addresses."
        )
        return info


def _build(
    source: Source, work: Path, version: str, key: bytes, announce: Callable[[str], None]
) -> IndexInfo:
    made = work / version
    made.mkdir(mode=0o700)
    with engine(work / "spill", _MEMORY) as connection:
        attach(connection, work / "staged.duckdb", "staged", key, read_only=False)
        attach(connection, made / DATABASE, "index", key, read_only=False)
        connection.execute("USE staged")
        _stage(connection, source, announce)
        announce("Putting the records in order.")
        arrange(connection, "staged", "index")
        announce("Taking the digest of the content.")
        info = IndexInfo(
            version=version,
            digest=content_digest(connection),
            taxpayers=_count(connection, "taxpayer"),
            addresses=_count(connection, "address"),
        )
        _write_about(connection, info)
        connection.execute("CHECKPOINT index")
    descriptor = os.open(made / DATABASE, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    fsync_folder(made)
    made.rename(work.parent / version)
    return info


def _stage(
    connection: duckdb.DuckDBPyConnection, source: Source, announce: Callable[[str], None]
) -> None:
    for table, empty in _empty().items():
        connection.register("rows", empty.to_arrow())
        connection.execute(f"CREATE TABLE {table} AS FROM rows")
        connection.unregister("rows")
    for frame in _counted(frames(source, "taxpayer"), "taxpayers", announce):
        _append(connection, "taxpayer", normal.taxpayers(frame))
        _append(connection, "name", normal.all_names(frame))
    for frame in _counted(frames(source, "address_of_record"), "addresses", announce):
        _append(connection, "address", normal.addresses_of_record(frame))


def _empty() -> dict[str, pl.DataFrame]:
    """Return the staged tables without rows, which fixes their types."""
    taxpayer = pl.DataFrame(schema=TAXPAYER)
    address = pl.DataFrame(schema=ADDRESS_OF_RECORD)
    return {
        "taxpayer": normal.taxpayers(taxpayer),
        "name": normal.all_names(taxpayer),
        "address": normal.addresses_of_record(address),
    }


def _append(connection: duckdb.DuckDBPyConnection, table: str, frame: pl.DataFrame) -> None:
    connection.register("rows", frame.to_arrow())
    connection.execute(f"INSERT INTO {table} FROM rows")
    connection.unregister("rows")


def _counted(
    chunks: Iterator[pl.DataFrame], what: str, announce: Callable[[str], None]
) -> Iterator[pl.DataFrame]:
    rows = 0
    for frame in chunks:
        yield frame
        if (rows + frame.height) // _ANNOUNCE_ROWS > rows // _ANNOUNCE_ROWS:
            announce(f"{rows + frame.height:,} {what} read.")
        rows += frame.height


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    return int(found[0]) if found else 0


def _write_about(connection: duckdb.DuckDBPyConnection, info: IndexInfo) -> None:
    about = {
        "format": FORMAT,
        "addresses_version": addresses.VERSION,
        "names_version": names.VERSION,
        "engine_mark": engine_mark(connection),
        "info": json.dumps(asdict(info)),
    }
    connection.execute("CREATE TABLE about (name VARCHAR, value VARCHAR)")
    connection.executemany("INSERT INTO about VALUES (?, ?)", list(about.items()))


def _next_version(folder: Path) -> str:
    taken = [int(path.name) for path in folder.iterdir() if path.name.isdigit()]
    return f"{max(taken, default=0) + 1:06d}"


@contextmanager
def _sole_builder(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder / ".lock", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Misuse(
            "Another build of this index is under way.", "Wait until it has ended."
        ) from None
    finally:
        os.close(descriptor)
