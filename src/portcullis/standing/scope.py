"""How far an order or a hold reaches, read so that doubt always widens it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

_RECEIVED = "received"
_SECTION = frozenset({"section", "sections", "sec", "secs"})
_SET = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Subject:
    """What a gate is about to let through, or an erasure to destroy.

    ``None`` says "not known", and what is not known lies in every scope. ``officers`` are roster
    ids, ``statutes`` citations (the predicate offence and the disclosure authority both),
    ``persons`` the sealed sets of persons that it lies in, ``received_on`` the day the request
    came in.
    """

    agreements: frozenset[str] | None = None
    batches: frozenset[str] | None = None
    packages: frozenset[str] | None = None
    statutes: frozenset[str] | None = None
    officers: frozenset[str] | None = None
    readings: frozenset[str] | None = None
    persons: frozenset[str] | None = None
    received_on: date | None = None


@dataclass(frozen=True)
class Scope:
    """The union of its clauses; with no clause at all, everything.

    ``persons`` names sealed sets, each by the digest (hex) of what is kept of it: nobody is named
    here. ``received_from`` and ``received_to`` are both included; either may be open.
    """

    agreements: tuple[str, ...] = ()
    batches: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    statutes: tuple[str, ...] = ()
    officers: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()
    persons: tuple[str, ...] = ()
    received_from: date | None = None
    received_to: date | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing narrows this scope."""
        return self == EVERYTHING

    @classmethod
    def read(cls, value: object) -> "Scope":
        """Return the scope that ``to_json`` wrote; anything else, in whole or part, is everything.

        A clause of an unknown kind, an empty list, a value that is not text, a date that is none or
        a range that runs backwards each make the whole scope everything: an order half
        understood is not an order for the other half only.
        """
        if not isinstance(value, Mapping) or not value:
            return EVERYTHING
        clauses: dict[str, Any] = {}
        for kind, given in value.items():
            clause = _read_received(given) if kind == _RECEIVED else _read_values(kind, given)
            if clause is None:
                return EVERYTHING
            clauses |= clause
        return cls(**clauses)

    def to_json(self) -> dict[str, Any]:
        """Return the scope as it stands in the ledger; ``{}`` is everything."""
        written: dict[str, Any] = {
            kind: sorted(getattr(self, kind)) for kind in _KINDS if getattr(self, kind)
        }
        ends = {"from": self.received_from, "to": self.received_to}
        received = {end: day.isoformat() for end, day in ends.items() if day}
        return written | ({_RECEIVED: received} if received else {})

    def settled(self, known: Mapping[str, Collection[str]]) -> "Scope":
        """Return this scope, or everything if it names a value that ``known`` does not have.

        ``known`` maps a kind (``batches``, ``officers`` ...) to the values there are. A mistyped
        batch must not leave the gate open. A statute is known that contains, or lies in, one of
        those. Kinds that are absent from ``known`` are not checked.
        """
        for kind, there_are in known.items():
            one_of = frozenset(there_are)
            if not all(_meets(kind, (value,), one_of) for value in getattr(self, kind)):
                return EVERYTHING
        return self

    def covers(self, subject: Subject) -> bool:
        """Whether ``subject`` lies in this scope, or may do so."""
        if self.everything:
            return True
        return self._received_in(subject.received_on) or any(
            _meets(kind, getattr(self, kind), getattr(subject, kind)) for kind in _KINDS
        )

    def _received_in(self, day: date | None) -> bool:
        if self.received_from is None and self.received_to is None:
            return False
        if day is None:
            return True
        return (self.received_from or date.min) <= day <= (self.received_to or date.max)


EVERYTHING = Scope()
_KINDS = tuple(field.name for field in fields(Subject) if field.name != "received_on")


def _read_values(kind: object, given: object) -> dict[str, tuple[str, ...]] | None:
    if kind not in _KINDS or not isinstance(given, list | tuple) or not given:
        return None
    if not all(isinstance(value, str) and value.strip() for value in given):
        return None
    if kind == "persons" and not all(_SET.fullmatch(value.strip()) for value in given):
        return None
    return {str(kind): tuple(sorted({value.strip() for value in given}))}


def _read_received(given: object) -> dict[str, date] | None:
    if not isinstance(given, Mapping) or not given or set(given) - {"from", "to"}:
        return None
    try:
        ends = {f"received_{end}": date.fromisoformat(day) for end, day in given.items()}
    except (TypeError, ValueError):
        return None
    if ends.get("received_from", date.min) > ends.get("received_to", date.max):
        return None
    return ends


def _meets(kind: str, clause: tuple[str, ...], values: frozenset[str] | None) -> bool:
    if not clause:
        return False
    if values is None:
        return True
    if kind == "statutes":
        return any(_same_provision(named, value) for named in clause for value in values)
    return not values.isdisjoint(clause)


def _same_provision(one: str, other: str) -> bool:
    """Whether either citation contains the other: 8 U.S.C. § 1253 holds 8 USC 1253(a)(1)(A)."""
    left, right = _citation(one), _citation(other)
    shorter = min(len(left), len(right))
    return left[:shorter] == right[:shorter]


def _citation(text: str) -> list[str]:
    """Return the parts of a citation; courts write 8 U. S. C. § 1253, and 8 USC section 1253."""
    written = re.sub(r"\bu\s+s\s+c\b", "usc", text.casefold().replace(".", ""))
    return [part for part in re.findall(r"[0-9a-z]+", written) if part not in _SECTION]
