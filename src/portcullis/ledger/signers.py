"""Who signs the log: its keys and the witnesses it asks, as the log itself records them.

An entry of the kind ``ledger-keys`` says: from here on, checkpoints are signed by all of these keys
and cosigned by k of those witnesses. The first checkpoint that covers such an entry is signed by
the keys in force before it and after it, so that each key is vouched for by the one before. To
change a key takes two entries: one names the old and the new, the next the new alone.
"""

import contextlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self

from portcullis.canonical import json_bytes
from portcullis.errors import Misuse
from portcullis.ledger.faults import Fault, LedgerDamaged
from portcullis.ledger.notes import COSIGNATURE, LOG_SIGNATURE, Verifier, parse_vkey

LEDGER_KEYS = "ledger-keys"

_MARK = f'"{LEDGER_KEYS}"'.encode()


@dataclass(frozen=True)
class LogKeys:
    """The vkeys that all sign, the vkeys of the witnesses, and how many of those must cosign."""

    signed_by: tuple[str, ...]
    witnesses: tuple[str, ...]
    k: int

    def body(self, at: str) -> bytes:
        """Return the entry that puts these in force; ``at`` is the ISO time of the act.

        Raises Misuse where they are no keys of one log and k of its witnesses.
        """
        self._check()
        return json_bytes(
            {
                "at": at,
                "k": self.k,
                "kind": LEDGER_KEYS,
                "signed_by": list(self.signed_by),
                "witnesses": list(self.witnesses),
            }
        )

    @classmethod
    def parse(cls, entry: bytes) -> Self | None:
        """Return what an entry puts in force, None for an entry of another kind.

        Raises LedgerDamaged where an entry of this kind does not say what it must.
        """
        value = _of_this_kind(entry)
        if value is None:
            return None
        with contextlib.suppress(KeyError, TypeError, ValueError, Misuse):
            keys = cls(_texts(value, "signed_by"), _texts(value, "witnesses"), value["k"])
            if isinstance(value["at"], str) and keys.body(value["at"]) == entry:
                return keys
        raise LedgerDamaged(
            "An entry on the ledger's keys does not say what it must.", Fault.MALFORMED_KEYS
        )

    def _check(self) -> None:
        logs = _verifiers(self.signed_by, LOG_SIGNATURE)
        witnesses = _verifiers(self.witnesses, COSIGNATURE)
        if len({log.name for log in logs}) != 1:
            raise Misuse("A ledger's keys bear its one name.", "Name at least one, and its own.")
        if type(self.k) is not int or not 0 <= self.k <= len(witnesses):
            raise Misuse(
                f"There are not {self.k} of {len(witnesses)} witnesses.",
                "Ask for no more cosignatures than there are witnesses.",
            )


KeyHistory = Sequence[tuple[int, LogKeys]]
"""Each change of keys and the position of its entry, in order."""


def key_history(entries: Iterable[tuple[int, bytes]]) -> list[tuple[int, LogKeys]]:
    """Return each change of keys among ``entries`` (position, entry; in order) and its position.

    Raises LedgerDamaged where one is malformed, or names keys of another log.
    """
    history: list[tuple[int, LogKeys]] = []
    for position, entry in entries:
        keys = LogKeys.parse(entry) if _MARK in entry else None
        if keys is None:
            continue
        if history and _log_name(keys) != _log_name(history[-1][1]):
            raise LedgerDamaged(
                f"Entry {position} names the keys of another ledger.", Fault.MALFORMED_KEYS
            )
        history.append((position, keys))
    return history


def keys_at(history: KeyHistory, size: int) -> LogKeys | None:
    """Return the keys in force after the first ``size`` entries, None where none are recorded."""
    return next((keys for position, keys in reversed(history) if position < size), None)


def keys_over(history: KeyHistory, previous: int, size: int) -> list[LogKeys]:
    """Return every state of keys that a checkpoint of ``size`` must satisfy, in order.

    ``previous`` is the size of the checkpoint before it: those in force then, and each change made
    since. So a checkpoint that covers no new change answers to the keys in force alone.
    """
    before = keys_at(history, previous)
    since = [keys for position, keys in history if previous <= position < size]
    return since if before is None else [before, *since]


def _of_this_kind(entry: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(entry)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and value.get("kind") == LEDGER_KEYS else None


def _texts(value: dict[str, Any], name: str) -> tuple[str, ...]:
    texts = value[name]
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ValueError(name)
    return tuple(texts)


def _verifiers(vkeys: Iterable[str], kind: int) -> list[Verifier]:
    verifiers = [parse_vkey(vkey) for vkey in vkeys]
    if any(verifier.kind != kind for verifier in verifiers):
        raise Misuse("A key is of the wrong type.", "A log's is of type 01, a witness's of 04.")
    if len({verifier.public for verifier in verifiers}) < len(verifiers):
        raise Misuse("A key is named twice.", "Name each key once.")
    return verifiers


def _log_name(keys: LogKeys) -> str:
    return parse_vkey(keys.signed_by[0]).name
