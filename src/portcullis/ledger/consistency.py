"""The proof, as a file, that a log only grew from one checkpoint to another (RFC 6962, 2.1.2).

    portcullis-consistency/1
    <base64 of a hash, one a line>

    <the older checkpoint, a signed note>

    <the newer checkpoint, a signed note>

There are no hashes where both are of one size, nor from the empty log, which every log extends.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from portcullis.errors import Misuse
from portcullis.ledger.log import Log
from portcullis.ledger.merkle import EMPTY_ROOT, is_consistent
from portcullis.ledger.notes import (
    Checkpoint,
    NoteInvalid,
    SignedCheckpoint,
    open_checkpoint,
    parse_checkpoint,
    split_note,
)
from portcullis.ledger.proofs import ProofInvalid, parse_hashes, write_hashes

CONSISTENCY = "portcullis-consistency/1"
_PARTS = 5  # title and hashes, then text and signatures of each of the two notes


@dataclass(frozen=True)
class ConsistencyProof:
    """The log of the checkpoint ``new`` begins with that of ``old``, by way of ``path``."""

    old: str
    new: str
    path: tuple[bytes, ...]

    @classmethod
    def between(cls, log: Log, old: str, new: str) -> Self:
        """Return the proof between two signed notes of ``log``; signatures are not looked at.

        Raises Misuse where ``old`` is the larger, or larger than the log; ProofInvalid where the
        log's tiles do not lead from one to the other.
        """
        first, last = _checkpoint(old), _checkpoint(new)
        if not first.size <= last.size <= log.size:
            raise Misuse(
                f"From {first.size} to {last.size} entries there is no growth to prove "
                f"in a ledger of {log.size}.",
                "Give the older checkpoint first, and a ledger that reaches the newer one.",
            )
        path = log.consistency_proof(first.size, last.size) if first.size else []
        proof = cls(old, new, tuple(path))
        proof.shows(first, last)
        return proof

    @property
    def text(self) -> str:
        """The proof as a file."""
        return f"{CONSISTENCY}\n{write_hashes(self.path)}\n{self.old}\n{self.new}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the proof in a file. Raises ProofInvalid where it is not one."""
        head, *notes = text.split("\n\n")
        title, *hashes = head.split("\n")
        if title != CONSISTENCY or 1 + len(notes) != _PARTS:
            raise ProofInvalid("This is not a consistency proof.")
        old_text, old_lines, new_text, new_lines = notes
        old, new = f"{old_text}\n\n{old_lines}\n", f"{new_text}\n\n{new_lines}"
        return cls(old, new, parse_hashes(hashes))

    def check(
        self, vkeys: Sequence[str], witness_vkeys: Sequence[str] = (), k: int = 0
    ) -> tuple[SignedCheckpoint, SignedCheckpoint]:
        """Return both checkpoints, opened and shown to be of one log that only grew.

        ``vkeys`` may hold several keys of the log, where they changed in between. Raises
        NoteInvalid where any part does not hold.
        """
        old = open_checkpoint(self.old, vkeys, witness_vkeys, k)
        new = open_checkpoint(self.new, vkeys, witness_vkeys, k)
        self.shows(old.checkpoint, new.checkpoint)
        return old, new

    def shows(self, old: Checkpoint, new: Checkpoint) -> None:
        """Raise ProofInvalid unless the hashes lead from ``old`` to ``new``, both opened."""
        if old.origin != new.origin:
            raise ProofInvalid("The two checkpoints are of two logs.")
        if old.size == new.size:
            grew = old.root == new.root and not self.path
        elif old.size == 0:
            grew = old.root == EMPTY_ROOT and not self.path
        else:
            grew = is_consistent(old.size, new.size, self.path, old.root, new.root)
        if not grew:
            raise ProofInvalid(
                f"The ledger of {new.size} entries does not begin with that of {old.size}: "
                "one of them was rewritten, or the proof is of others.",
                "Keep both checkpoints as they are, and have the ledger verified.",
            )


def _checkpoint(note: str) -> Checkpoint:
    try:
        return parse_checkpoint(split_note(note)[0])
    except NoteInvalid as problem:
        raise Misuse(problem.message, "Give a checkpoint as the ledger published it.") from None
