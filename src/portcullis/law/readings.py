"""Readings: constructions of the statute that courts have given, with source and dates.

A reading in force may add or tighten. One that loosens exists so that the past can be judged
again under it; it is never in force for a release. What a reading changes is written in the tests
of the elements it bears on, which ask the basis whether it holds.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations

from portcullis.errors import Misuse


class Effect(StrEnum):
    """Whether a reading narrows the gate or widens it."""

    TIGHTENS = "tightens"
    LOOSENS = "loosens"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One construction of the law.

    ``changes`` says in a sentence what it changes here; ``elements`` are the ids it bears on, and
    ``waives`` the layers it makes nobody ask for. ``conflicts`` are readings that cannot hold
    beside it. ``on_the_floor``: the elements hold to it whether or not a pack names it.
    ``in_force_from`` is the first day it can be relied on, ``in_force_to`` the last, or None.
    """

    id: str
    holding: str
    source: str
    docket: str
    decided_on: date | None
    effect: Effect
    changes: str
    elements: tuple[str, ...]
    waives: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()
    in_force_from: date | None = None
    in_force_to: date | None = None
    on_the_floor: bool = False

    def in_force(self, on: date) -> bool:
        """Return whether the reading can be relied on on the day ``on``."""
        begun = self.in_force_from is not None and self.in_force_from <= on
        return begun and (self.in_force_to is None or on <= self.in_force_to)


READINGS: tuple[Reading, ...] = (
    Reading(
        id="address-of-record",
        holding=(
            "The address a request sets forth must be confirmed to be the address of the taxpayer "
            "about whom return information is sought."
        ),
        source="Center for Taxpayer Rights v. IRS (D.D.C.)",
        docket="1:25-cv-00457",
        decided_on=date(2025, 11, 21),
        effect=Effect.TIGHTENS,
        changes=(
            "The address is compared with every address of record of that one taxpayer, on every "
            "route. Portcullis holds to this whatever is in force."
        ),
        elements=("address-of-record",),
        conflicts=("address-on-its-face", "valid-request-suffices"),
        in_force_from=date(2025, 11, 21),
        on_the_floor=True,
    ),
    Reading(
        id="1227a-class-required",
        holding=(
            "The order of removal must rest on membership in a class described in 8 U.S.C. § "
            "1227(a)."
        ),
        source="United States v. Doe (11th Cir.)",
        docket="22-14307",
        decided_on=date(2025, 5, 21),
        effect=Effect.TIGHTENS,
        changes=(
            "An order that rests on another ground, such as § 1182, goes to counsel. Portcullis "
            "holds to this whatever is in force."
        ),
        elements=("charge-class",),
        conflicts=("any-ground-of-removal",),
        in_force_from=date(2025, 5, 21),
        on_the_floor=True,
    ),
    Reading(
        id="agency-head-only",
        holding="The request comes from the head of the agency or its Inspector General in person.",
        source="26 U.S.C. § 6103(i)(2)(A), read beside (i)(7)(A)(iii)",
        docket="",
        decided_on=None,
        effect=Effect.TIGHTENS,
        changes="A delegate's signature is not enough, even where the agreement accepts one.",
        elements=("requested-by-head",),
        conflicts=("delegate-may-sign",),
        in_force_from=date(2025, 4, 7),
    ),
    Reading(
        id="one-officer-cannot-be-engaged-in-all",
        holding=(
            "One officer cannot be personally and directly engaged in every case of a mass request."
        ),
        source="Community Economic Development Center v. Bessent (D. Mass.)",
        docket="1:25-cv-12822",
        decided_on=date(2026, 2, 5),
        effect=Effect.TIGHTENS,
        changes=(
            "Where one officer carries more of a batch than the agreement's share, no attestation "
            "of engagement in it counts: it is refused, where otherwise a person would look."
        ),
        elements=("officers-engaged",),
        in_force_from=date(2026, 2, 5),
    ),
    Reading(
        id="agency-is-the-department",
        holding="The agency is the department; the officers of its components are its officers.",
        source="5 U.S.C. § 551(1), by 26 U.S.C. § 6103(b)(9); open for counsel",
        docket="",
        decided_on=None,
        effect=Effect.TIGHTENS,
        changes="The department's head signs. This is what holds where neither is in force.",
        elements=("officers-named",),
        conflicts=("agency-is-the-component",),
        in_force_from=date(2025, 4, 7),
    ),
    Reading(
        id="agency-is-the-component",
        holding=(
            "The agency is the component itself: its own head signs, and only its own officers "
            "receive."
        ),
        source="5 U.S.C. § 551(1), by 26 U.S.C. § 6103(b)(9); open for counsel",
        docket="",
        decided_on=None,
        effect=Effect.TIGHTENS,
        changes="Every named officer must be of the very agency whose head signed.",
        elements=("officers-named",),
        conflicts=("agency-is-the-department",),
        in_force_from=date(2025, 4, 7),
    ),
    Reading(
        id="address-on-its-face",
        holding="Any address written on the request suffices; it need not be the taxpayer's.",
        source="The practice of June 2025, as the court described it",
        docket="1:25-cv-00457",
        decided_on=None,
        effect=Effect.LOOSENS,
        changes=(
            "Whatever has five digits in a row passes for an address, and it is compared with "
            "nothing."
        ),
        elements=("address-of-taxpayer", "address-of-record"),
        conflicts=("address-of-record", "valid-request-suffices"),
    ),
    Reading(
        id="valid-request-suffices",
        holding="An agency with a name, an address and a valid written request must be answered.",
        source="Centro de Trabajadores Unidos v. Bessent (D.C. Cir.)",
        docket="25-5181",
        decided_on=date(2026, 2, 24),
        effect=Effect.LOOSENS,
        changes=(
            "What § 6103(i)(2)(B) has a request set forth is enough: neither the offence, the "
            "agreement nor the policy is asked about, and the address is compared with nothing."
        ),
        elements=("address-of-record",),
        waives=("predicate", "agreement", "policy"),
        conflicts=("address-of-record", "address-on-its-face"),
    ),
    Reading(
        id="any-ground-of-removal",
        holding="A final order on any ground of removal makes staying an offence.",
        source="The contrary of United States v. Doe (11th Cir.), for re-examination",
        docket="22-14307",
        decided_on=None,
        effect=Effect.LOOSENS,
        changes="An order that rests on another ground than § 1227(a) suffices.",
        elements=("charge-class",),
        conflicts=("1227a-class-required",),
    ),
    Reading(
        id="delegate-may-sign",
        holding="A delegate of the agency's head may make the request.",
        source="26 U.S.C. § 6103(i)(7)(A)(iii), by analogy, for re-examination",
        docket="",
        decided_on=None,
        effect=Effect.LOOSENS,
        changes="A delegate's signature is enough, whatever the agreement says.",
        elements=("requested-by-head",),
        conflicts=("agency-head-only",),
    ),
)
_BY_ID = {each.id: each for each in READINGS}
FLOOR = tuple(each.id for each in READINGS if each.on_the_floor)


def reading(reading_id: str) -> Reading:
    """Return the reading of that id. Raises Misuse where there is none."""
    if reading_id not in _BY_ID:
        raise Misuse(
            f"There is no reading {reading_id!r}.", f"The readings are {', '.join(_BY_ID)}."
        )
    return _BY_ID[reading_id]


def tightening(reading_ids: Sequence[str]) -> tuple[str, ...]:
    """Return the ids as given, with those on the floor: what may be in force for a release.

    Raises Misuse for an unknown reading, one that loosens, or two that conflict.
    """
    for each in reading_ids:
        if reading(each).effect is Effect.LOOSENS:
            raise Misuse(
                f"The reading {each!r} loosens the law and cannot be put in force.",
                "Use it for re-examination only.",
            )
    together = (*FLOOR, *(each for each in reading_ids if each not in FLOOR))
    refuse_conflicts(together)
    return together


def re_examining(standing: Sequence[str], named: Sequence[str]) -> tuple[str, ...]:
    """Return the readings to judge the past under: ``named``, and of ``standing`` what may stay.

    A named reading takes the place of those it conflicts with, on the floor or not. Raises Misuse
    for an unknown reading, or two named that conflict.
    """
    refuse_conflicts(named)
    displaced = {other for each in named for other in reading(each).conflicts}
    kept = [each for each in standing if each not in displaced]
    return tuple(dict.fromkeys([*kept, *named]))


@dataclass(frozen=True)
class Change:
    """A reading put in force, or out of it, from the day ``effective_on``: an act of two people."""

    reading: str
    in_force: bool
    effective_on: date


def changed(standing: Sequence[str], changes: Iterable[Change], on: date) -> tuple[str, ...]:
    """Return the ids in force on the day ``on``: ``standing``, after the changes made by then.

    ``changes`` are in the order in which they were made.
    """
    held = dict.fromkeys(standing)
    for each in changes:
        if each.effective_on <= on:
            held.pop(each.reading, None)
            if each.in_force:
                held[each.reading] = None
    return tuple(held)


def refuse_conflicts(reading_ids: Iterable[str]) -> None:
    """Raise Misuse for an unknown reading and, naming both, for two that cannot hold together."""
    known = [reading(each).id for each in reading_ids]
    for one, other in conflicts(known):
        raise Misuse(
            f"The readings {one!r} and {other!r} conflict.",
            "Name one of them, or put the other out of force first.",
        )


def conflicts(reading_ids: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the pairs among the readings that cannot hold together."""
    for one, other in combinations(dict.fromkeys(reading_ids), 2):
        if other in reading(one).conflicts or one in reading(other).conflicts:
            yield one, other
