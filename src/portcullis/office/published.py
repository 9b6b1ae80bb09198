"""What was published of a batch, as backups hold it: in one table under the batch's own key.

At home answers and packages lie open in ``outgoing``, for the recipient to fetch; each package says
the random bytes that open its public answer. A backup outlives their erasure. So there they lie in
``outgoing/<batch>/published.tbl``, which nobody can read once the batch's secret is destroyed; and
catching up puts them back where they were. Only the receipt, which no erasure reaches, is saved as
it is.
"""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import polars as pl

from portcullis import progress
from portcullis.errors import Misuse, Refused
from portcullis.ledger.durable import fsync_all, remove
from portcullis.office import files, locks
from portcullis.office.entries import Announce
from portcullis.office.home import Home
from portcullis.office.models import Batch
from portcullis.office.putting_back import copy_file, files_below
from portcullis.tables import scan_table, write_table

TABLE = "published.tbl"
# Where files are unpacked before they take their names; no backup has what ends so.
_PARTS = f"{TABLE}.part"
_PIECE = 1 << 23  # bytes of files in one segment, about
_SCHEMA = {"path": pl.String, "mode": pl.UInt32, "data": pl.Binary}


def is_published(relative: Path) -> bool:
    """Whether the home's file at ``relative`` is one that a backup holds in a table only."""
    top, *below = relative.parts
    return top == "outgoing" and len(below) > 1 and below[1:] != [files.RECEIPT]


def save(home: Home, to: Path, show: progress.Show) -> tuple[str, ...]:
    """Write what was published of each batch below ``to`` (as the home's ``outgoing``).

    Of an erased batch nothing is written. Returns the batches whose key cannot be read though
    nobody erased it: what was published of them is not saved.
    """
    folders = sorted(home.outgoing.iterdir()) if home.outgoing.is_dir() else []
    whole = {
        folder: [each.as_posix() for each in files_below(folder) if _is_whole(folder.name, each)]
        for folder in folders
    }
    number = sum(map(len, whole.values()))
    with progress.step(show, "Save what was published", number, "files") as advance:
        unsaved = [
            folder.name
            for folder, names in whole.items()
            if not _save_batch(home, folder, names, to / folder.name, advance)
        ]
    return tuple(unsaved)


def _save_batch(
    home: Home, folder: Path, names: Sequence[str], to: Path, advance: progress.Advance
) -> bool:
    """Save what was published of one batch; return whether all that is to be saved was."""
    standing = folder / TABLE
    if not names and not standing.exists():
        return True
    try:
        key = _key(home, folder.name)
    except Refused:
        return True
    except Misuse:
        if standing.exists():
            copy_file(standing, to / TABLE)
        return False
    write_table(to / TABLE, _advancing(_frames(folder, names, key), advance), key)
    return True


def _advancing(frames: Iterator[pl.DataFrame], advance: progress.Advance) -> Iterator[pl.DataFrame]:
    for frame in frames:
        yield frame
        advance(frame.height)


def put_back(
    home: Home, announce: Announce, show: progress.Show = progress.unseen
) -> tuple[str, ...]:
    """Put back what a backup held of the batches, each file durably, and remove the tables.

    What is there already stays: it is the same, or newer. Of an erased batch the table is removed
    and no more. Returns the batches whose key cannot be read though nobody erased it; their tables
    are kept. Safe to run again after a crash. Raises Misuse where a table is damaged.
    """
    unread = []
    for table in sorted(home.outgoing.glob(f"*/{TABLE}")):
        # An erasure waits: between its secret and its files nothing may come back.
        with locks.gate(home).exclusive():
            try:
                key = _key(home, table.parent.name)
            except Refused:
                pass
            except Misuse:
                unread.append(table.parent.name)
                continue
            else:
                announce("unpack-published")
                name = f"Put back what was published of {table.parent.name}"
                with progress.step(show, name, unit="files") as advance:
                    _unpack(table, key, advance)
            announce("remove-table")
            remove(table)
    return tuple(unread)


def _is_whole(batch_id: str, relative: Path) -> bool:
    """Whether the file is published, and neither a table of such nor part of one unfinished."""
    unfinished = any(name.endswith(".part") for name in relative.parts)
    whole = relative.name != TABLE and not unfinished
    return whole and is_published(Path("outgoing") / batch_id / relative)


def _key(home: Home, batch_id: str) -> bytes:
    """Return the key of the batch's files. Raises Refused if erased, Misuse if not readable."""
    batch = Batch.objects.filter(id=batch_id).first()
    if batch is None:
        raise Misuse("There is no batch of that id here.")
    return files.batch_key(home, batch)


def _frames(folder: Path, names: Sequence[str], key: bytes) -> Iterator[pl.DataFrame]:
    """Yield the files' path, mode and bytes, a bounded part at a time.

    A table still standing here, since its key was missing when the home caught up, goes into it.
    """
    if (folder / TABLE).exists():
        for part in scan_table(folder / TABLE, key):
            yield part.filter(~pl.col("path").is_in(names))
    rows: list[tuple[str, int, bytes]] = []
    held = 0
    for row in _pieces(folder, names):
        rows.append(row)
        held += len(row[0]) + len(row[2])
        if held >= _PIECE:
            yield pl.DataFrame(rows, _SCHEMA, orient="row")
            rows, held = [], 0
    yield pl.DataFrame(rows, _SCHEMA, orient="row")


def _pieces(folder: Path, names: Sequence[str]) -> Iterator[tuple[str, int, bytes]]:
    for name in names:
        try:
            source = (folder / name).open("rb")
        except FileNotFoundError:
            continue  # erased or withheld meanwhile
        with source:
            mode = (folder / name).stat().st_mode & 0o777
            data = source.read(_PIECE)
            yield name, mode, data
            while data := source.read(_PIECE):
                yield name, mode, data


def _unpack(table: Path, key: bytes, advance: progress.Advance) -> None:
    """Write the files of ``table`` beside it, durably: each is there whole or not at all."""
    folder, parts = table.parent, table.with_name(_PARTS)
    shutil.rmtree(parts, ignore_errors=True)
    parts.mkdir(mode=0o700)
    named: dict[PurePosixPath, int] = {}
    for frame in scan_table(table, key):
        for name, mode, data in frame.iter_rows():
            path = _inside(name)
            named[path] = mode
            (parts / path).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with (parts / path).open("ab") as out:
                out.write(data)
        advance(frame.height)
    fsync_all(parts / each for each in named)
    for each, mode in named.items():
        (parts / each).chmod(mode)
        (folder / each).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not (folder / each).exists():
            (parts / each).rename(folder / each)
    fsync_all({folder / above for each in named for above in each.parents})
    shutil.rmtree(parts)


def _inside(name: str) -> PurePosixPath:
    """Return ``name`` as a path. Raises Misuse unless it stays in the folder it is taken from."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise Misuse(
            f"The file {TABLE} names a file outside its folder; nothing of it was put back.",
            "Put another backup back.",
        )
    return path
