"""The files that a task makes for its person: encrypted in the home, for ``LASTS``, then gone."""

import shutil
import time
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import polars as pl

from portcullis import tables
from portcullis.errors import Misuse
from portcullis.office.home import Home

LASTS = timedelta(days=7)
_FOLDER = "results"


def keep(home: Home, task_id: str, files: Iterable[tuple[str, Iterable[bytes]]]) -> None:
    """Keep files as the task's: each by its name and its bytes, in pieces.

    Each piece is encrypted as it comes: nothing of it is ever on the disk in clear, and no file is
    whole in memory.
    """
    for name, pieces in files:
        with tables.TableWriter(_file(home, task_id, name.replace("/", "-")), _key(home)) as out:
            for piece in pieces:
                out.write(pl.DataFrame({"data": [piece]}))


def names(home: Home, task_id: str) -> list[str]:
    """Return the names of the files that a task made and that are still here."""
    kept = (home.path / _FOLDER / task_id).glob("*.tbl")
    return sorted(path.name.removesuffix(".tbl") for path in kept)


def read(home: Home, task_id: str, name: str) -> Iterator[bytes]:
    """Return one of the files, in pieces. Raises Misuse where it is not here any more."""
    if name not in names(home, task_id):
        raise Misuse("That file is not here any more.", "Order it again from its desk.")
    parts = tables.scan_table(_file(home, task_id, name), _key(home), ["data"])
    return (piece for part in parts for piece in part["data"])


def sweep(home: Home) -> None:
    """Remove what is older than ``LASTS``."""
    for folder in (home.path / _FOLDER).glob("*"):
        if time.time() - folder.stat().st_mtime > LASTS.total_seconds():
            shutil.rmtree(folder, ignore_errors=True)


def _file(home: Home, task_id: str, name: str) -> Path:
    return home.path / _FOLDER / task_id / f"{name}.tbl"


def _key(home: Home) -> bytes:
    return home.derived_key(_FOLDER)
