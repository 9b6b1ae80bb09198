"""The files that a task makes for its person: encrypted in the home, for ``LASTS``, then gone."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp

import polars as pl

from portcullis import tables
from portcullis.errors import Misuse
from portcullis.office.home import Home

LASTS = timedelta(days=7)
_FOLDER = "results"
_PART = "making-"


@contextmanager
def made(home: Home, task_id: str) -> Iterator[Path]:
    """Give a folder to write files to; what is in it at the end is kept, encrypted, as the task's.

    The folder is removed however the block is left.
    """
    (home.path / _FOLDER).mkdir(mode=0o700, exist_ok=True)
    folder = Path(mkdtemp(prefix=_PART, dir=home.path / _FOLDER))
    try:
        yield folder
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        for path in files:
            name = path.relative_to(folder).as_posix().replace("/", "-")
            kept = pl.DataFrame({"name": [name], "data": [path.read_bytes()]})
            tables.write_table(_file(home, task_id, name), kept, _key(home))
    finally:
        shutil.rmtree(folder)


def names(home: Home, task_id: str) -> list[str]:
    """Return the names of the files that a task made and that are still here."""
    kept = (home.path / _FOLDER / task_id).glob("*.tbl")
    return sorted(path.name.removesuffix(".tbl") for path in kept)


def read(home: Home, task_id: str, name: str) -> bytes:
    """Return one of the files. Raises Misuse where it is not here any more."""
    if name not in names(home, task_id):
        raise Misuse("That file is not here any more.", "Order it again from its desk.")
    return bytes(tables.read_table(_file(home, task_id, name), _key(home))["data"].item())


def sweep(home: Home) -> None:
    """Remove what is older than ``LASTS``, and the folders of work that was cut off."""
    for folder in (home.path / _FOLDER).glob("*"):
        age = time.time() - folder.stat().st_mtime
        most = timedelta(days=1) if folder.name.startswith(_PART) else LASTS
        if age > most.total_seconds():
            shutil.rmtree(folder, ignore_errors=True)


def _file(home: Home, task_id: str, name: str) -> Path:
    return home.path / _FOLDER / task_id / f"{name}.tbl"


def _key(home: Home) -> bytes:
    return home.derived_key(_FOLDER)
