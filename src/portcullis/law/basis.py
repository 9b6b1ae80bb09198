"""What a determination is made under: the day, the agreement's figures, the readings in force."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from typing import Any, Protocol, Self

from portcullis.canonical import json_bytes
from portcullis.errors import Misuse
from portcullis.law.readings import Effect, re_examining, reading, tightening

_LISTS = ("provisions", "statutes", "items", "tightened", "readings")


class _Request(Protocol):
    @property
    def statutes(self) -> Sequence[str]: ...
    @property
    def taxable_years_back(self) -> int: ...


class _Disclosure(Protocol):
    @property
    def items(self) -> Sequence[str]: ...


class Pack(Protocol):
    """What the law needs to know of an agreement pack; ``agreements.Pack`` is one."""

    @property
    def id(self) -> str:
        """The agreement's identifier."""

    @property
    def version(self) -> str:
        """The pack's version."""

    @property
    def request(self) -> _Request:
        """Which statutes may be cited, and how far back periods may lie."""

    @property
    def provisions(self) -> Sequence[str]:
        """The ids of the provisions whose elements a request must meet."""

    @property
    def tightened(self) -> Sequence[str]:
        """The ids of elements whose "for a person" the agreement takes for not met."""

    @property
    def accept_delegation(self) -> bool:
        """Whether a delegate of the requester's head may sign."""

    @property
    def disclosure(self) -> _Disclosure:
        """What may leave."""

    @property
    def thresholds(self) -> object:
        """The figures, by the names of ``Thresholds``."""

    def readings_on(self, on: date, /) -> Sequence[str]:
        """Return the ids of the readings in force on the day ``on``."""


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """The agreement's figures that elements and measures read.

    Days: ``window_days`` (how far back measures look), ``status_age_days``, ``approval_days``.
    Counts in the window: ``batch_volume`` requests, ``officer_load`` requests naming one
    officer, ``identical_reasons`` requests with one text, ``shared_address`` persons at one
    address. ``batch_halt_*_share``: decimal text, the share of one batch of at least
    ``halt_minimum_rows`` rows at which the batch is halted whole. ``max_periods``: taxable years.
    """

    window_days: int
    batch_volume: int
    officer_load: int
    identical_reasons: int
    shared_address: int
    batch_halt_officer_share: str
    batch_halt_reason_share: str
    halt_minimum_rows: int
    status_age_days: int
    max_periods: int
    approval_days: int

    @classmethod
    def from_values(cls, values: object) -> Self:
        """Take the figures from a mapping or an object with attributes of these names.

        Raises Misuse naming the first one that is missing or of the wrong kind.
        """
        figures: dict[str, Any] = {
            each.name: _figure(values, each.name, each.type) for each in fields(cls)
        }
        return cls(**figures)


@dataclass(frozen=True, kw_only=True)
class Basis:
    """All that a test may depend on beside the row itself.

    ``statutes``: the citations the agreement accepts; ``items``: what it may disclose, no more
    and no less; ``taxable_years_back``: how many calendar years before the year of ``as_of`` a
    taxable period may lie; ``provisions``: ids of the provisions that apply; ``tightened``: ids of
    elements whose "for a person" counts as not met; ``readings``: ids of the readings of the law
    that hold.
    """

    as_of: date
    agreement: str
    agreement_version: str
    provisions: tuple[str, ...]
    statutes: tuple[str, ...]
    items: tuple[str, ...]
    taxable_years_back: int
    thresholds: Thresholds
    accept_delegation: bool = False
    tightened: tuple[str, ...] = ()
    readings: tuple[str, ...] = ()

    @classmethod
    def from_pack(cls, pack: Pack, as_of: date, readings: Sequence[str] | None = None) -> Self:
        """Take the basis of a determination made on ``as_of`` under an agreement pack.

        ``readings``: ids of those in force on that day; None: as the pack has them. Raises Misuse
        for an unknown reading, one that loosens, or two that conflict.
        """
        return cls(
            as_of=as_of,
            agreement=pack.id,
            agreement_version=pack.version,
            provisions=tuple(pack.provisions),
            statutes=tuple(pack.request.statutes),
            items=tuple(pack.disclosure.items),
            taxable_years_back=pack.request.taxable_years_back,
            thresholds=Thresholds.from_values(pack.thresholds),
            accept_delegation=pack.accept_delegation,
            tightened=tuple(pack.tightened),
            readings=tightening(pack.readings_on(as_of) if readings is None else readings),
        )

    def re_examined(self, readings: Sequence[str]) -> Self:
        """Return the basis to judge the past under ``readings`` too, loosening ones included.

        A reading takes the place of those it conflicts with. Never the basis of a release:
        ``for_release`` is False where any of them loosens. Raises Misuse as ``re_examining``.
        """
        return replace(self, readings=re_examining(self.readings, readings))

    def on(self, as_of: date) -> Self:
        """Return the same basis on another day: what release judges time-dependent elements by.

        The readings are those of the first day; a change of readings makes a new basis.
        """
        return replace(self, as_of=as_of)

    @property
    def for_release(self) -> bool:
        """Whether a release may rest on this basis: no reading that holds loosens the law."""
        return all(reading(each).effect is Effect.TIGHTENS for each in self.readings)

    def holds(self, reading_id: str) -> bool:
        """Return whether the reading of that id holds."""
        return reading_id in self.readings

    def waives(self, layer: str) -> bool:
        """Return whether a reading that holds has nobody ask for elements of ``layer``."""
        return any(layer in reading(each).waives for each in self.readings)

    def figures(self) -> dict[str, int | str]:
        """Return every figure a message may name."""
        return {**asdict(self.thresholds), "taxable_years_back": self.taxable_years_back}

    def as_json(self) -> dict[str, Any]:
        """Return the basis as an object of strings, integers and lists, for the record."""
        return {**asdict(self), "as_of": self.as_of.isoformat(), **self._lists()}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Return the basis that ``as_json`` put on record. Raises Misuse where it is none."""
        try:
            typed = {
                "as_of": date.fromisoformat(stored["as_of"]),
                "thresholds": Thresholds(**stored["thresholds"]),
                **{name: tuple(stored[name]) for name in _LISTS},
            }
            return cls(**{**stored, **typed})
        except (KeyError, TypeError, ValueError):
            raise Misuse(
                "What stands on record for the basis of a determination is none.",
                "Read the record with the version of Portcullis that wrote it.",
            ) from None

    def digest(self) -> str:
        """Return the hexadecimal SHA-256 of the basis's canonical JSON."""
        return hashlib.sha256(json_bytes(self.as_json())).hexdigest()

    def _lists(self) -> dict[str, list[str]]:
        return {name: list(getattr(self, name)) for name in _LISTS}


def _figure(values: object, name: str, kind: Any) -> int | str:  # noqa: ANN401 - a type object
    value = values.get(name) if isinstance(values, Mapping) else getattr(values, name, None)
    if kind is str and value is not None and not isinstance(value, bool):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise Misuse(
        f"The agreement pack gives no usable threshold {name}.",
        "State it under thresholds in the pack.",
    )
