"""Witnesses: who else has seen the log, and that it only grew (c2sp.org/tlog-witness).

``Witness`` is one on this machine, with its own key and its own store. It keeps an accident, a
restored backup or a careless hand from rewriting the log unseen; run by the log's own operator it
is no independent witness, and no substitute for one.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portcullis.errors import Misuse, Refused
from portcullis.ledger.durable import locked, write_durably
from portcullis.ledger.merkle import EMPTY_ROOT, is_consistent
from portcullis.ledger.notes import (
    Checkpoint,
    NoteInvalid,
    cosign,
    open_checkpoint,
    parse_checkpoint,
    split_note,
    witness_verifier,
)

BAD_REQUEST = 400
FORBIDDEN = 403
NOT_FOUND = 404
CONFLICT = 409
UNPROCESSABLE = 422


class WitnessRefused(Refused):
    """A witness does not cosign. ``status`` is the protocol's (400, 403, 404, 409, 422).

    ``size`` comes with 409: the size of the newest checkpoint that the witness has cosigned.
    """

    def __init__(self, status: int, message: str, size: int | None = None) -> None:
        super().__init__(message, "Nothing is published without the witnesses.")
        self.status = status
        self.size = size


class Cosigner(Protocol):
    """What a log asks of a witness, wherever it runs."""

    @property
    def vkey(self) -> str:
        """The witness's verifier key (type 04)."""

    def add_checkpoint(self, old: int, proof: Sequence[bytes], note: str) -> str:
        """Return the cosignature line on ``note``, or raise WitnessRefused."""


class Witness:
    """A witness in ``folder`` for the logs it knows (``logs``: origin -> the log's vkeys).

    ``clock`` gives the time in whole seconds since 1970.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        key: Ed25519PrivateKey,
        logs: Mapping[str, Sequence[str]],
        clock: Callable[[], int],
    ) -> None:
        self.vkey = witness_verifier(name, key).vkey
        self._name = name
        self._folder = folder
        self._key = key
        self._logs = dict(logs)
        self._clock = clock

    def add_checkpoint(self, old: int, proof: Sequence[bytes], note: str) -> str:
        """Return the cosignature line on ``note``, if it extends the checkpoint of size ``old``.

        ``old`` is what the log believes to be the newest size cosigned here (0: none). The new
        checkpoint is on the disk before the answer is given. Raises WitnessRefused.
        """
        checkpoint = self._check_signature(note)
        if old > checkpoint.size:
            raise WitnessRefused(BAD_REQUEST, "The old size is larger than the new one.")
        with locked(self._folder / "lock"):
            seen = self.seen(checkpoint.origin)
            self._check_growth(seen, old, proof, checkpoint)
            line = cosign(self._name, self._key, checkpoint.text, self._clock())
            if seen != checkpoint:
                path = self._path(checkpoint.origin)
                write_durably(path, checkpoint.text.encode(), self._folder / "part")
        return line

    def seen(self, origin: str) -> Checkpoint | None:
        """Return the newest checkpoint cosigned for the log ``origin``, None if there is none."""
        try:
            text = self._path(origin).read_bytes().decode()
            checkpoint = parse_checkpoint(text)
        except FileNotFoundError:
            return None
        except (NoteInvalid, UnicodeDecodeError):
            checkpoint = None
        if checkpoint is None or checkpoint.origin != origin:
            raise Misuse(
                f"What the witness {self._name} has stored is damaged.",
                "Restore its folder; a witness never starts anew under its old key.",
            )
        return checkpoint

    def _check_signature(self, note: str) -> Checkpoint:
        try:
            checkpoint = parse_checkpoint(split_note(note)[0])
        except NoteInvalid as problem:
            raise WitnessRefused(BAD_REQUEST, problem.message) from None
        if checkpoint.origin not in self._logs:
            raise WitnessRefused(NOT_FOUND, "The witness does not know this log.")
        try:
            return open_checkpoint(note, self._logs[checkpoint.origin]).checkpoint
        except NoteInvalid as problem:
            raise WitnessRefused(FORBIDDEN, problem.message) from None

    @staticmethod
    def _check_growth(
        seen: Checkpoint | None, old: int, proof: Sequence[bytes], new: Checkpoint
    ) -> None:
        size, root = (seen.size, seen.root) if seen else (0, EMPTY_ROOT)
        if old != size:
            raise WitnessRefused(CONFLICT, f"The witness has seen {size} entries.", size)
        if old == new.size and root != new.root:
            message = f"The witness has seen another log of {size} entries: this one is a fork."
            raise WitnessRefused(CONFLICT, message, size)
        grown = not proof if old == 0 else is_consistent(old, new.size, proof, root, new.root)
        if not grown:
            raise WitnessRefused(
                UNPROCESSABLE, "The log does not extend what the witness has seen."
            )

    def _path(self, origin: str) -> Path:
        return self._folder / hashlib.sha256(origin.encode()).hexdigest()
