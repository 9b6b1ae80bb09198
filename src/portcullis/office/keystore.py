"""The secrets by which working data can be erased: one file of 32 bytes for each thing erasable.

A subject's file key lies wrapped in the database, under a key made of the home's own root key and
of this secret. Backups hold the database, the files and the root key, but these secrets only in one
folder that mirrors the home's. So when the one small file goes, the data is unreadable in every
copy there is.
"""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from portcullis.errors import Misuse
from portcullis.tables import fsync_folder, publish

SECRET_BYTES = 32
BATCH, HISTORY, REEXAMINATION = "batch", "history", "reexamination"
KINDS = (BATCH, HISTORY, REEXAMINATION)


@dataclass(frozen=True, order=True)
class Erasable:
    """Something whose working data is erased as one: its kind (of KINDS), and its id."""

    kind: str
    id: str

    @classmethod
    def batch(cls, batch_id: str) -> Self:
        """Return the batch of that id."""
        return cls(BATCH, batch_id)

    @classmethod
    def history(cls, history_id: str) -> Self:
        """Return the imported history of that id."""
        return cls(HISTORY, history_id)

    @classmethod
    def reexamination(cls, number: int) -> Self:
        """Return the re-examination of that number."""
        return cls(REEXAMINATION, str(number))

    @property
    def name(self) -> str:
        """Its name among all kinds, e.g. ``batch-2025-06``."""
        return f"{self.kind}-{self.id}"


@dataclass(frozen=True)
class KeyStore:
    """The secrets in ``folder``, each in ``<kind>-<id>.key``."""

    folder: Path

    def draw(self, what: Erasable) -> None:
        """Draw a secret for ``what``; one that a crash left without its row is used."""
        if not self.has(what):
            publish(self._path(what), os.urandom(SECRET_BYTES))

    def has(self, what: Erasable) -> bool:
        """Whether there is a secret, that is, whether the working data can be read."""
        return self._path(what).exists()

    def read(self, what: Erasable) -> bytes:
        """Return the secret; raise Misuse where it is gone."""
        try:
            secret = self._path(what).read_bytes()
        except OSError:
            secret = b""
        if len(secret) != SECRET_BYTES:
            raise Misuse("A stored key cannot be read.", "It was erased, or is damaged.")
        return secret

    def destroy(self, what: Erasable) -> None:
        """Write over the secret and remove it, durably. Safe to run again.

        What a file system or a disk keeps of overwritten blocks is beyond this (docs/retention.md).
        """
        path = self._path(what)
        with contextlib.suppress(FileNotFoundError):
            with path.open("r+b") as secret:
                secret.write(bytes(SECRET_BYTES))
                secret.flush()
                os.fsync(secret.fileno())
            path.unlink()
        if self.folder.is_dir():
            fsync_folder(self.folder)

    def _path(self, what: Erasable) -> Path:
        return self.folder / f"{what.name}.key"
