"""What a killed build leaves: written whole or in part, and named by no version.

Before a build writes outside the index's folder it notes where; once the version is in use the note
goes. The next build removes what a note or a segment's folder shows to be left over.
"""

import json
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portcullis.records.versions import CURRENT, SEGMENTS, VERSIONS
from portcullis.tables import publish

_BEGUN = ".begun"


@dataclass(frozen=True)
class Note:
    """Where a build began to write: the engine, and the place as a version names it."""

    engine: str
    place: str
    path: Path


def begin(folder: Path, engine: str, place: str) -> None:
    """Note in the index's ``folder`` that ``engine`` is now writing at ``place``."""
    told = json.dumps({"engine": engine, "place": place})
    publish(folder / _BEGUN / f"{secrets.token_hex(8)}.json", told.encode())


def end(folder: Path, place: str) -> None:
    """Take back the note of ``place``: a version names it now, or nothing is there any more."""
    for note in _notes(folder):
        if note.place == place:
            note.path.unlink()


def left_over(folder: Path) -> list[Note]:
    """Return where builds began to write and no version of ``folder`` is.

    Nothing where a version's description cannot be read: it may be the one that is there.
    """
    told = _told(folder)
    if told is None:
        return []
    named = {version["place"] for version in told}
    return [note for note in _notes(folder) if note.place not in named]


def remove_unnamed_segments(folder: Path) -> None:
    """Remove from the index's ``folder`` the segments that no version of it names."""
    told = _told(folder)
    if told is None:
        return
    named = {segment["name"] for version in told for segment in version["segments"]}
    for path in (folder / SEGMENTS).glob("*"):
        if path.name not in named:
            shutil.rmtree(path, ignore_errors=True)  # what stays is for the next build


def _notes(folder: Path) -> Iterator[Note]:
    for path in sorted((folder / _BEGUN).glob("*.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        yield Note(told["engine"], told["place"], path)


def _told(folder: Path) -> list[dict[str, Any]] | None:
    """Return what each version's file tells; None where one is damaged, or the current one gone."""
    paths = sorted((folder / VERSIONS).glob("*.json"))
    try:
        told = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
        whole = all({"place", "segments"} <= version.keys() for version in told)
        used = (folder / CURRENT).read_text().strip() if (folder / CURRENT).exists() else None
    except (OSError, ValueError, AttributeError):
        return None
    return told if whole and (used is None or used in {path.stem for path in paths}) else None
