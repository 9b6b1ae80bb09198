"""The finder index built: records streamed in, cut into blocks, written as a segment, published.

A build works in a folder of its own, block by block; until it is whole, and after any failure or
kill, the version before stays in use. Run again after a kill, it goes on after the last block.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from portcullis import progress
from portcullis.errors import Misuse
from portcullis.records import blocks, sources, versions
from portcullis.records.blocks import Known
from portcullis.records.elsewhere import remove_left_over, write_version
from portcullis.records.index import ENGINE, DuckdbIndex, open_duckdb
from portcullis.records.making import made
from portcullis.records.segment import SegmentWriter, move_in, writing
from portcullis.records.sources import OutOfOrder, Source, check_columns, open_source
from portcullis.records.versions import EngineName, IndexInfo, Version

_DISK_FAILED = (
    duckdb.IOException,
    duckdb.OutOfMemoryException,
    duckdb.TransactionException,  # a commit that found the disk full
)


def build_index(
    source: str | Path,
    folder: Path,
    key: bytes,
    *,
    show: progress.Show = progress.unseen,
    engine: EngineName = ENGINE,
) -> IndexInfo:
    """Build a new version of the index over ``source`` in ``folder`` and make it the current one.

    ``source``: a Parquet folder, a DuckDB file or a ``postgresql://`` address. ``key``: 32 bytes;
    the index is encrypted under it (AES-256-GCM). ``show``: told how far it has come (unit: rows).
    ``engine``: what keeps the index; other than ``duckdb``, it is kept where the records are
    (``elsewhere``).

    Raises Misuse where the records cannot be read or are doubtful (duplicates, addresses of
    nobody, impossible days), where another build is under way, or where the disk is full; the
    version before then stays in use.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _sole_builder(folder):
        remove_left_over(folder, str(source))
        version = (
            _in_files(source, folder, key, None, show)
            if engine == ENGINE
            else write_version(engine, str(source), folder, show)
        )
        return version.info


def append_to_index(
    source: str | Path,
    folder: Path,
    key: bytes,
    *,
    show: progress.Show = progress.unseen,
) -> IndexInfo:
    """Append new filings to the current version in ``folder``, as a new version, and use that.

    ``source``: the two tables with what is new: taxpayers that are new, or whose row has changed
    (the newer row then holds), and addresses of record of them or of any known taxpayer.
    Parameters and errors as for ``build_index``; Misuse also where there is no index yet.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _sole_builder(folder):
        remove_left_over(folder, str(source))
        base = versions.current(folder)
        if base is None:
            raise Misuse(
                "There is no index to append to.", "Build it first: `portcullis records index`."
            )
        if base.engine != ENGINE:
            raise Misuse(
                f"The index in use is kept by {base.engine}: there it is always built whole.",
                "Index all the records anew.",
            )
        version = _in_files(source, folder, key, base, show)
        return version.info


def _in_files(
    source: str | Path, folder: Path, key: bytes, base: Version | None, show: progress.Show
) -> Version:
    """Write the version into files of its own; after an error nothing of it is left."""
    try:
        return _written(source, folder, key, base, show)
    except Misuse:
        shutil.rmtree(folder / versions.BUILDING, ignore_errors=True)
        raise
    except (duckdb.Error, OSError) as error:
        shutil.rmtree(folder / versions.BUILDING, ignore_errors=True)
        if not isinstance(error, (OSError, *_DISK_FAILED)):
            raise
        raise Misuse(
            "The index could not be written: no room on the disk, or the disk failed.",
            "Make room (about 100 bytes an address of record) and index again; the index "
            "before is untouched.",
        ) from None


def _written(
    source: str | Path, folder: Path, key: bytes, base: Version | None, show: progress.Show
) -> Version:
    """Write the segment and put the version in use; where the order was taken wrongly, again."""
    for sort in (False, True):
        spill = folder / versions.BUILDING / "sorting"
        try:
            with open_source(source, spill, sort=sort) as opened:
                check_columns(opened)
                return _segment_written(opened, folder, key, base, show)
        except OutOfOrder:
            shutil.rmtree(folder / versions.BUILDING, ignore_errors=True)
    raise sources.blanks()


def _segment_written(
    source: Source, folder: Path, key: bytes, base: Version | None, show: progress.Show
) -> Version:
    name = versions.next_name(folder)
    before = base.segments if base else ()
    mark = {
        "source": source.fingerprint,
        "rules": versions.rules(),
        "block": blocks.BLOCK_TAXPAYERS,
        "base": [segment.digest for segment in before],
    }
    work = folder / versions.BUILDING
    start = (before[-1].next_person, before[-1].next_place) if before else (0, 0)
    with (
        writing(work, key, mark, start) as writer,
        _known_of(folder, key, base) as known,
    ):
        _write_blocks(source, writer, known, show)
        segment = writer.finish(name)
    move_in(work, folder / versions.SEGMENTS, name)
    version = Version(name, ENGINE, "", (*before, segment))
    versions.put_in_use(folder, version)
    return version


def _write_blocks(
    source: Source,
    writer: SegmentWriter,
    known: Callable[[pl.Series], Known],
    show: progress.Show,
) -> None:
    built = writer.built
    rows = source.count("taxpayer") + source.count("address_of_record")
    done = built.taxpayers + built.addresses
    with progress.step(show, "Indexing the records", rows, "rows", done) as advance:
        for block, new in made(
            source,
            known,
            after=built.last_id,
            begun=bool(built.digests),
            person=built.next_person,
            place=built.next_place,
        ):
            writer.add(block, new)
            advance(block.taxpayers + block.addresses)


@contextmanager
def _known_of(
    folder: Path, key: bytes, base: Version | None
) -> Iterator[Callable[[pl.Series], Known]]:
    """Give what answers which of some taxpayers the index ``base`` knows, and what of them."""
    if base is None:
        nobody = blocks.nobody_known()
        yield lambda _identifiers: nobody
        return
    with open_duckdb(base, folder, key) as index:
        yield lambda identifiers: _known(index, identifiers)


def _known(index: DuckdbIndex, identifiers: pl.Series) -> Known:
    persons = index.persons(identifiers)
    pairs = persons.select("person").sort("person").with_row_index("row")
    forms = pl.col("^r_[na]_.*$").name.replace("^r_", "")
    return Known(
        persons=persons,
        names=index.names(pairs).select("person", forms),
        places=index.addresses(pairs, date.min).select("person", forms),
    )


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
