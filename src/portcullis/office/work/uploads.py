"""Files that people send to the office: on the disk first, whole, then taken in by a worker.

They lie in the home, whose owner alone may read them, until they are taken in or refused; then the
permanent accounting has what must be kept of them, and they are removed. What nobody began anything
with is removed after ``LASTS``. One person's may be ``MOST_FILES`` and ``MOST_BYTES``, and none may
take the ``RESERVE`` of the disk: where it is full, no order can be recorded.
"""

import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from portcullis.errors import Misuse, Refused
from portcullis.intake import FORMATS, manifest_path
from portcullis.office.work.models import Task
from portcullis.tables import fsync_folder

LASTS = timedelta(days=1)
MOST_FILES = 20
MOST_BYTES = 2 << 30
"""Of one person's files here at a time: four transmittals of the longest."""
RESERVE = 1 << 30
"""Bytes of the home's disk that what people send does not take: ledger and database need them."""
_UPLOADS = "uploads"
_PERSON = "person"
_LOOK = 16 << 20  # bytes between two looks at the disk


@dataclass(frozen=True)
class Upload:
    """A file received: its ``id`` (by which a task names it), its name here, its SHA-256 (hex).

    The name it had elsewhere is nobody's concern, and may say whom it is about: only its suffix is
    kept.
    """

    id: str
    name: str
    sha256: str

    def as_json(self) -> dict[str, str]:
        """Return what a task's data says of it."""
        return {"upload": self.id, "name": self.name, "sha256": self.sha256}


def receive(
    home: Path,
    name: str,
    chunks: Iterable[bytes],
    manifest: Iterable[bytes] | None = None,
    *,
    person: str,
) -> Upload:
    """Write a file to the disk as it comes, with the ``manifest`` beside it where there is one.

    ``name``: what it is called where it comes from. ``person``: who sends it, by roster id. Raises
    Refused, and keeps nothing, where the person has as much here as one may, or the disk is full.
    """
    room = _Room(home, _room_of(home, person))
    upload = str(uuid.uuid4())
    suffix = Path(name).suffix.lower()
    here = f"received{suffix if suffix.removeprefix('.') in FORMATS else ''}"
    folder = _folder(home, upload)
    folder.mkdir(parents=True)
    path = folder / here
    try:
        (folder / _PERSON).write_text(person)
        digest = _write(path, chunks, room)
        if manifest is not None:
            _write(manifest_path(path), manifest, room)
        fsync_folder(folder)
    except BaseException:
        shutil.rmtree(folder)
        raise
    return Upload(upload, here, digest)


def path_of(home: Path, upload: str, name: str) -> Path:
    """Return where the file is. Raises Misuse where it is gone, or there never was one."""
    path = _folder(home, upload) / Path(name).name
    if not path.is_file() or path.name == _PERSON:
        raise Misuse("The file that was sent is not here any more.", "Send it again.")
    return path


def remove(home: Path, upload: str) -> None:
    """Remove what was received."""
    shutil.rmtree(_folder(home, upload), ignore_errors=True)


def has_room(home: Path) -> bool:
    """Say whether the disk has more left than what is kept back for the office's own record."""
    return shutil.disk_usage(home).free > RESERVE


def sweep(home: Path) -> None:
    """Remove what was received longer ago than ``LASTS`` and no live task is to take in."""
    for folder in (home / _UPLOADS).glob("*"):
        waits = Task.objects.filter(state__in=Task.LIVE, data__upload=folder.name).exists()
        if not waits and time.time() - folder.stat().st_mtime > LASTS.total_seconds():
            shutil.rmtree(folder, ignore_errors=True)


def _folder(home: Path, upload: str) -> Path:
    """Return the folder of one file received. Raises Misuse where that is no id of one."""
    try:
        return home / _UPLOADS / str(uuid.UUID(upload))
    except ValueError:
        raise Misuse("There is no such file.", "Send it again.") from None


def _room_of(home: Path, person: str) -> int:
    """Return how many bytes the person may still send. Raises Refused where it is nothing more."""
    files, taken = 0, 0
    for mark in (home / _UPLOADS).glob(f"*/{_PERSON}"):
        with suppress(OSError):  # taken in by now
            if mark.read_text() == person:
                files += 1
                taken += sum(each.stat().st_size for each in mark.parent.iterdir())
    if files >= MOST_FILES or taken >= MOST_BYTES:
        raise _too_much()
    return MOST_BYTES - taken


class _Room:
    """What may still be written: of the person's own, and of the disk's."""

    def __init__(self, home: Path, left: int) -> None:
        self._home = home
        self._left = left
        self._looked_at = left + _LOOK

    def take(self, size: int) -> None:
        """Take room for so many bytes. Raises Refused where there is none."""
        self._left -= size
        if self._left < 0:
            raise _too_much()
        if self._looked_at - self._left >= _LOOK:
            self._looked_at = self._left
            if not has_room(self._home):
                raise Refused(
                    "There is no room on the office's disk.", "Tell its operator; send it later."
                )


def _too_much() -> Refused:
    return Refused(
        f"You have sent as much as one person may have here: {MOST_FILES} files, of "
        f"{MOST_BYTES >> 20:,} MiB together.",
        "Have taken in what is here. What nobody does anything with is removed after a day.",
    )


def _write(path: Path, chunks: Iterable[bytes], room: _Room) -> str:
    digest = hashlib.sha256()
    with path.open("xb") as out:
        path.chmod(0o600)
        for chunk in chunks:
            room.take(len(chunk))
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()
