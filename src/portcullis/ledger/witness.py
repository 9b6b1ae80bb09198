"""Witnesses: who else has seen the log, and that it only grew (c2sp.org/tlog-witness).

``Witness`` is the protocol itself over a folder: its own key, its own store. In the holder's home
it keeps an accident, a restored backup or a careless hand from rewriting the log unseen; run by
the log's own operator it is no independent witness, and no substitute for one. ``portcullis
witness`` runs the same on somebody else's machine; ``remote.RemoteWitness`` asks it from here.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portcullis.errors import Misuse, Refused
from portcullis.ledger.durable import locked, write_durably
from portcullis.ledger.merkle import EMPTY_ROOT, is_consistent
from portcullis.ledger.notes import (
    Checkpoint,
    NoteInvalid,
    Verifier,
    cosign,
    parse_checkpoint,
    parse_vkey,
    split_note,
    witness_verifier,
)

BAD_REQUEST = 400
FORBIDDEN = 403
NOT_FOUND = 404
CONFLICT = 409
UNPROCESSABLE = 422

# A size is below 2^63, as is every number in the tiles and the cosignatures.
_MOST_DIGITS = 19


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

    ``logs`` is asked anew for each checkpoint, so it may be a view of a file that changes.
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
        self._verifier = witness_verifier(name, key)
        self._folder = folder
        self._key = key
        self.logs = logs
        self._clock = clock

    @property
    def vkey(self) -> str:
        """The witness's verifier key (type 04)."""
        return self._verifier.vkey

    def add_checkpoint(self, old: int, proof: Sequence[bytes], note: str) -> str:
        """Return the cosignature line on ``note``, if it extends the checkpoint of size ``old``.

        ``old`` is what the log believes to be the newest size cosigned here (0: none). The new
        checkpoint is on the disk before the answer is given, and no other is looked at in between.
        Raises WitnessRefused, and Misuse where the witness's own store or clock is unfit.
        """
        checkpoint, signed = self._check_signature(note)
        if old > checkpoint.size:
            raise WitnessRefused(BAD_REQUEST, "The old size is larger than the new one.")
        with locked(self._folder / "lock"):
            self._check_growth(self.seen(checkpoint.origin), old, proof, checkpoint)
            line = cosign(self._verifier.name, self._key, checkpoint.text, self._now())
            cosigned = f"{checkpoint.text}\n{signed}{line}"
            write_durably(self._path(checkpoint.origin), cosigned.encode(), self._folder / "part")
        return line

    def newest(self, origin: str) -> str | None:
        """Return the newest checkpoint cosigned for the log ``origin``, as a signed note.

        It carries the log's signatures that were verified, and this witness's. None where nothing
        was cosigned. Raises Misuse where the store is damaged.
        """
        try:
            note = self._path(origin).read_bytes().decode()
            text, _ = split_note(note)
            sound = parse_checkpoint(text).origin == origin
            sound = sound and bool(lines_of([self._verifier], note))
        except FileNotFoundError:
            return None
        except (NoteInvalid, UnicodeDecodeError):
            sound = False
        if not sound:
            raise Misuse(
                f"What the witness {self._verifier.name} has stored is damaged.",
                "Restore its folder; a witness never starts anew under its old key.",
            )
        return note

    def seen(self, origin: str) -> Checkpoint | None:
        """Return the newest checkpoint cosigned for the log ``origin``, None if there is none."""
        note = self.newest(origin)
        return None if note is None else parse_checkpoint(split_note(note)[0])

    def hand_over(self, origin: str, key: Ed25519PrivateKey) -> None:
        """Have what is stored for the log cosigned by ``key`` too, which takes this one's place.

        So the witness goes on under the new key from what it has seen. Safe to run again. Raises
        Misuse as ``newest``.
        """
        with locked(self._folder / "lock"):
            note = self.newest(origin)
            new = witness_verifier(self._verifier.name, key)
            if note is None or lines_of([new], note):
                return
            line = cosign(new.name, key, split_note(note)[0], self._now())
            write_durably(self._path(origin), (note + line).encode(), self._folder / "part")

    def _check_signature(self, note: str) -> tuple[Checkpoint, str]:
        """Return the checkpoint, and the lines of the keys trusted for its log."""
        try:
            checkpoint = _bounded_checkpoint(split_note(note)[0])
        except NoteInvalid as problem:
            raise WitnessRefused(BAD_REQUEST, problem.message) from None
        vkeys = self.logs.get(checkpoint.origin)
        if vkeys is None:
            raise WitnessRefused(NOT_FOUND, "The witness does not know this log.")
        try:
            signed = lines_of([parse_vkey(vkey) for vkey in vkeys], note)
        except NoteInvalid as problem:
            raise WitnessRefused(FORBIDDEN, problem.message) from None
        if not signed:
            raise WitnessRefused(FORBIDDEN, "No key trusted for this log has signed.")
        return checkpoint, signed

    @staticmethod
    def _check_growth(
        seen: Checkpoint | None, old: int, proof: Sequence[bytes], new: Checkpoint
    ) -> None:
        size, root = (seen.size, seen.root) if seen else (0, EMPTY_ROOT)
        if old != size:
            raise WitnessRefused(CONFLICT, f"The witness has seen {size} entries.", size)
        if old == new.size and root != new.root:
            raise WitnessRefused(
                UNPROCESSABLE,
                f"The witness has seen another log of {size} entries: this one is a fork."
                if size
                else "An empty log has the root of the empty tree.",
            )
        grown = not proof if old == 0 else is_consistent(old, new.size, proof, root, new.root)
        if not grown:
            raise WitnessRefused(
                UNPROCESSABLE, "The log does not extend what the witness has seen."
            )

    def _now(self) -> int:
        moment = self._clock()
        if moment <= 0:
            raise Misuse("The witness's clock shows no time.", "Set the machine's clock.")
        return moment

    def _path(self, origin: str) -> Path:
        return self._folder / origin_hash(origin)


def origin_hash(origin: str) -> str:
    """Return the name under which a witness keeps and serves a log's checkpoint."""
    return hashlib.sha256(origin.encode()).hexdigest()


def lines_of(verifiers: Iterable[Verifier], note: str) -> str:
    """Return the signature lines in ``note`` that ``verifiers`` made, one for each at most.

    Lines of unknown keys, of whatever kind, are left out. Raises NoteInvalid where the note is
    malformed, or a known key's line does not verify or, for a witness, bears no time.
    """
    text, signatures = split_note(note)
    lines = note[len(text) + 1 : -1].split("\n")
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    found: dict[Verifier, str] = {}
    for line, (name, key_id, signature) in zip(lines, signatures, strict=True):
        verifier = known.get((name, key_id))
        if verifier is None:
            continue
        if verifier.check(text, signature) == 0:
            raise NoteInvalid(f"The cosignature of {name} bears no time.")
        found.setdefault(verifier, f"{line}\n")
    return "".join(found.values())


def _bounded_checkpoint(text: str) -> Checkpoint:
    if len(text.split("\n")[1]) > _MOST_DIGITS:
        raise NoteInvalid("The checkpoint's size is beyond every log's.")
    return parse_checkpoint(text)
