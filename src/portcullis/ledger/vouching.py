"""Who vouches for a checkpoint: the keys a verifier was given, and those the log records.

A verifier brings keys that it got by a way it trusts. Where the log records its keys
(``signers``), each checkpoint must also bear every signature that the record asks of it, and a
key that is no longer in force still leads to the newest checkpoint, by the chain of the archived
ones: each change is signed by the keys before it and after it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from portcullis.ledger.faults import Fault, LedgerDamaged
from portcullis.ledger.notes import (
    Checkpoint,
    NoteInvalid,
    open_checkpoint,
    open_note,
    parse_checkpoint,
    parse_vkey,
    split_note,
)
from portcullis.ledger.signers import KeyHistory, LogKeys, keys_over


@dataclass(frozen=True)
class Vouched:
    """A checkpoint found signed as it must be: its note, and when the given witnesses saw it.

    ``times``: seconds since 1970, rising, one for each of the given witnesses that cosigned.
    ``anchored``: whether one of the given keys signed it.
    """

    note: str
    checkpoint: Checkpoint
    times: tuple[int, ...]
    anchored: bool


@dataclass(frozen=True)
class Vouching:
    """The given keys, the log's own record of its keys, and the sizes of its checkpoints."""

    vkeys: Sequence[str]
    witness_vkeys: Sequence[str]
    k: int
    history: KeyHistory
    sizes: Sequence[int]

    def open(self, note: str) -> Vouched:
        """Return a checkpoint signed by every key the record asks for (else a given one).

        Raises LedgerDamaged: CORRUPT_CHECKPOINT where the note is malformed or a signature of a
        known key is wrong, UNSIGNED where one is missing or too few witnesses have cosigned.
        """
        try:
            checkpoint = parse_checkpoint(split_note(note)[0])
            states = self.states(checkpoint.size)
            known = {*self.witness_vkeys, *(states[-1].witnesses if states else ())}
            asked = {key for state in states for key in state.signed_by}
            verifiers = [parse_vkey(key) for key in sorted({*known, *asked, *self.vkeys})]
            found = {key.vkey: moment for key, moment in open_note(note, verifiers)[1].items()}
        except NoteInvalid as problem:
            raise LedgerDamaged(problem.message, Fault.CORRUPT_CHECKPOINT) from None
        anchored = not found.keys().isdisjoint(self.vkeys)
        if not (asked <= found.keys() if asked else anchored) or any(
            parse_vkey(key).name != checkpoint.origin for key in asked
        ):
            raise LedgerDamaged(
                "The checkpoint is not signed by every key in force.", Fault.UNSIGNED
            )
        if states and len(found.keys() & set(states[-1].witnesses)) < states[-1].k:
            raise LedgerDamaged(
                f"The checkpoint has fewer than the {states[-1].k} cosignatures that were asked "
                "for when it was made.",
                Fault.UNSIGNED,
            )
        moments = [found.get(key) for key in self.witness_vkeys]
        times = tuple(sorted(moment for moment in moments if moment is not None))
        return Vouched(note, checkpoint, times, anchored)

    def states(self, size: int) -> list[LogKeys]:
        """Return the states of keys that a checkpoint of ``size`` answers to, empty: none known."""
        at = bisect_left(self.sizes, size)
        previous = self.sizes[at - 1] if at else size
        return keys_over(self.history, previous, size) or [keys for _, keys in self.history[:1]]

    @property
    def recorded(self) -> list[str]:
        """Every key that the log has ever recorded, its own and its witnesses'."""
        states = [keys for _, keys in self.history]
        return sorted({key for keys in states for key in (*keys.signed_by, *keys.witnesses)})

    def open_head(self, note: str, *, linked: bool) -> None:
        """Raise NoteInvalid unless the newest checkpoint satisfies the given keys and the record.

        ``linked``: whether a given key has signed an archived checkpoint, and every archived one is
        as it must be, so that a key no longer in force still speaks for the one that is.
        """
        size = parse_checkpoint(split_note(note)[0]).size
        states = self.states(size)
        vkeys = {*self.vkeys, *(states[-1].signed_by if states and linked else ())}
        open_checkpoint(note, sorted(vkeys), self.witness_vkeys, self.k)
        if states:
            try:
                self.open(note)
            except LedgerDamaged as problem:
                raise NoteInvalid(problem.message, problem.remedy) from None
