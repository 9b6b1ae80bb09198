"""Files that people send to the office: on the disk first, whole, then taken in by a worker.

They lie in the home, whose owner alone may read them, until they are taken in or refused; then the
permanent accounting has what must be kept of them, and they are removed. What nobody began anything
with is removed after ``LASTS``.
"""

import hashlib
import os
import re
import shutil
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from portcullis.errors import Misuse
from portcullis.intake import manifest_path
from portcullis.office.work.models import Task
from portcullis.tables import fsync_folder

LASTS = timedelta(days=1)
_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Upload:
    """A file received: its ``id`` (a task's data names it by), its name, and its SHA-256 (hex)."""

    id: str
    name: str
    sha256: str

    def as_json(self) -> dict[str, str]:
        """Return what a task's data says of it."""
        return {"upload": self.id, "name": self.name, "sha256": self.sha256}


def receive(
    home: Path, name: str, chunks: Iterable[bytes], manifest: Iterable[bytes] | None = None
) -> Upload:
    """Write a file to the disk as it comes, with the ``manifest`` beside it where there is one."""
    upload = str(uuid.uuid4())
    safe = _NAME.sub("-", Path(name).name)[-_LONGEST_NAME:].lstrip(".-") or "file"
    folder = _folder(home, upload)
    folder.mkdir(parents=True)
    path = folder / safe
    try:
        digest = _write(path, chunks)
        if manifest is not None:
            _write(manifest_path(path), manifest)
        fsync_folder(folder)
    except BaseException:
        shutil.rmtree(folder)
        raise
    return Upload(upload, safe, digest)


def path_of(home: Path, upload: str, name: str) -> Path:
    """Return where the file is. Raises Misuse where it is gone."""
    path = _folder(home, str(uuid.UUID(upload))) / Path(name).name
    if not path.is_file():
        raise Misuse("The file that was sent is not here any more.", "Send it again.")
    return path


def remove(home: Path, upload: str) -> None:
    """Remove what was received."""
    shutil.rmtree(_folder(home, str(uuid.UUID(upload))), ignore_errors=True)


def sweep(home: Path) -> None:
    """Remove what was received longer ago than ``LASTS`` and no live task is to take in."""
    for folder in _folder(home, "").glob("*"):
        waits = Task.objects.filter(state__in=Task.LIVE, data__upload=folder.name).exists()
        if not waits and time.time() - folder.stat().st_mtime > LASTS.total_seconds():
            shutil.rmtree(folder, ignore_errors=True)


def _folder(home: Path, upload: str) -> Path:
    return home / "uploads" / upload


def _write(path: Path, chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    with path.open("xb") as out:
        path.chmod(0o600)
        for chunk in chunks:
            digest.update(chunk)
            out.write(chunk)
        out.flush()
        os.fsync(out.fileno())
    return digest.hexdigest()
