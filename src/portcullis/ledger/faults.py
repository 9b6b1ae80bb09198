"""What can be wrong with a ledger, each named for what it is, and what to do about it."""

from dataclasses import dataclass
from enum import StrEnum

from portcullis.errors import Misuse


class Fault(StrEnum):
    """A kind of fault. ``CUT_OFF`` is no damage: the next append finishes it."""

    CORRUPT_TILE = "corrupt-tile"
    MISSING_TILE = "missing-tile"
    CORRUPT_BUNDLE = "corrupt-bundle"
    MISSING_BUNDLE = "missing-bundle"
    CORRUPT_CHECKPOINT = "corrupt-checkpoint"
    MISSING_CHECKPOINT = "missing-checkpoint"
    UNSIGNED = "unsigned"
    UNEXPECTED_FILE = "unexpected-file"
    MALFORMED_KEYS = "malformed-keys"
    CORRUPT_STAGE = "corrupt-stage"
    CUT_OFF = "cut-off"
    ROLLED_BACK = "rolled-back"
    FORKED = "forked"


_FROM_A_COPY = (
    "Stop writing. Take that file from a copy of the ledger (a mirror, a backup, a witness that "
    "mirrors) and verify again; a good copy makes the root that was signed."
)

REMEDIES = {
    Fault.CORRUPT_TILE: "Stop writing. A tile is made of its entries: verify, then catch up from a "
    "good copy of the ledger.",
    Fault.MISSING_TILE: "Stop writing. A tile is made of its entries: verify, then catch up from a "
    "good copy of the ledger.",
    Fault.CORRUPT_BUNDLE: _FROM_A_COPY,
    Fault.MISSING_BUNDLE: _FROM_A_COPY,
    Fault.CORRUPT_CHECKPOINT: "Stop writing. Take the newest checkpoint from a copy of the ledger "
    "or from a witness, and verify again.",
    Fault.MISSING_CHECKPOINT: "Stop writing. Take the newest checkpoint from a copy of the ledger "
    "or from a witness, and verify again.",
    Fault.UNSIGNED: "Ask the ledger's operator for its keys by a way you trust, and compare; if "
    "they are right, believe nothing in this copy.",
    Fault.UNEXPECTED_FILE: "Find out who put it there; it is no part of the ledger.",
    Fault.MALFORMED_KEYS: "Ask the ledger's operator what the entry was to say; until another one "
    "says it, only the keys named before it speak for the ledger.",
    Fault.CORRUPT_STAGE: "Stop writing, and restore the folder from a good copy.",
    Fault.CUT_OFF: "Run any act again: the append that was cut off is finished first.",
    Fault.ROLLED_BACK: "This is an older copy. Nothing is signed from it. Catch up from a copy "
    "that reaches the newest witnessed checkpoint.",
    Fault.FORKED: "Two ledgers of one size were signed. Stop, keep both copies as they are, and "
    "tell counsel and the inspector: somebody holding the key rewrote the record.",
}


class LedgerDamaged(Misuse):
    """A file of the ledger is missing, cut, altered, older than was witnessed, or a fork."""

    def __init__(self, message: str, fault: Fault) -> None:
        super().__init__(message, REMEDIES[fault])
        self.fault = fault


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a ledger: its kind, and a sentence that names file and place."""

    fault: Fault
    message: str

    def __str__(self) -> str:
        """Return the sentence."""
        return self.message
