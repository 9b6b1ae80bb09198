"""The folder of a backup, of either side's home: written beside, listed by digest, then named.

What the sides save in it is theirs (``backup``, ``requesting.backup``); how it is checked and put
back, ``putting_back`` says.
"""

import contextlib
import json
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path

from django.db import connection

from portcullis import progress
from portcullis.ledger.durable import fsync_all
from portcullis.office import dumping
from portcullis.office.database import FILE
from portcullis.office.putting_back import (
    DATABASE,
    DIGESTS,
    FACTS,
    FORMAT,
    HOME,
    UNFINISHED,
    copy_file,
    digest_of,
    files_below,
    size_of,
)
from portcullis.tables import publish

_TIME = "%Y-%m-%dT%H%M%SZ"
# Locks, parts of files that nobody finished, what catching up leaves behind, and what is here for
# days only: files that were sent and not taken in yet, and those that were made for somebody.
_LEFT_OUT = re.compile(
    r"(.*\.lock|.*\.turnstile|.*\.part|\.unfinished|state\.sqlite3.*|RESTORED|catching-up|"
    r".*\.before(-\d+)?|uploads|results)"
)
# Folders of what is being received or checked: in clear, and gone when that is done.
_PASSING = re.compile(r"incoming|tmp.*|screening-.*|singles-.*")


def save(to: Path, fill: Callable[[Path], Mapping[str, object]], show: progress.Show) -> Path:
    """Return the new folder below ``to``, named by the time, with what ``fill`` wrote into it.

    ``fill``: given the folder while it has no name yet; returns what is said of the backup.
    """
    now = datetime.now(UTC)
    part = to / UNFINISHED
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o700)
    try:
        said = fill(part)
        facts = {"format": FORMAT, "at": now.isoformat(timespec="seconds"), **said}
        publish(part / FACTS, json.dumps(facts, indent=1).encode())
        _list(part, show)
        folder = _fresh(to / now.strftime(_TIME))
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return folder


def is_left_out(relative: Path) -> bool:
    """Whether the home's file at ``relative`` is of no backup, or is saved in another way."""
    named = (relative.parts[0], relative.name)
    passing = len(relative.parts) > 1 and _PASSING.fullmatch(relative.parts[0])
    return bool(passing) or any(_LEFT_OUT.fullmatch(each) for each in named)


def database_file(home: Path) -> Path:
    """Return where the home's state is, if it is in SQLite."""
    return home / FILE


def copy_database(home: Path, part: Path, show: progress.Show) -> None:
    """Copy the open home's database as it is at one moment into the unnamed backup ``part``."""
    folder = part / HOME
    folder.mkdir(parents=True, exist_ok=True)
    if connection.vendor == "postgresql":
        dumping.dump(part / DATABASE, show)
        return
    live = f"file:{database_file(home)}?mode=ro"
    with (
        progress.step(show, "Copy the database"),
        closing(sqlite3.connect(live, uri=True)) as source,
        closing(sqlite3.connect(folder / FILE)) as copy,
    ):
        source.backup(copy)


def copy_files(home: Path, names: Iterable[Path], folder: Path, show: progress.Show) -> None:
    """Copy the home's files ``names`` below ``folder``; what goes meanwhile is passed by."""
    found = list(names)
    total = sum(map(size_of, map(home.joinpath, found)))
    with progress.step(show, "Copy the files", total, "bytes") as advance:
        for relative in found:
            with contextlib.suppress(FileNotFoundError):
                copy_file(home / relative, folder / relative, advance)


def _fresh(folder: Path) -> Path:
    """Return ``folder``, or the next name where a backup of that very second is there."""
    later = (folder.with_name(f"{folder.name}-{number}") for number in count(2))
    return next(each for each in chain([folder], later) if not each.exists())


def _list(part: Path, show: progress.Show) -> None:
    """Write the backup's digests, and bring all of it to the disk."""
    files = [part / relative for relative in files_below(part)]
    total = sum(map(size_of, files))
    with progress.step(show, "Take the digests", total, "bytes") as advance:
        lines = [
            f"{digest_of(path, advance)}  {path.relative_to(part).as_posix()}\n" for path in files
        ]
    publish(part / DIGESTS, "".join(lines).encode())
    with progress.step(show, "Bring it all to the disk"):
        fsync_all([*files, *sorted({path.parent for path in files})])
