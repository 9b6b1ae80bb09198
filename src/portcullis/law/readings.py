"""Readings: constructions of the statute that courts have given, with source and dates.

A reading in force may add or tighten. One that loosens exists so that the past can be judged
again under it, and is never in force for a release: the tests of the elements are written to
the strict reading, and no basis can open them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portcullis.errors import Misuse


class Effect(StrEnum):
    """Whether a reading narrows the gate or widens it."""

    TIGHTENS = "tightens"
    LOOSENS = "loosens"


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One construction of the law.

    ``elements`` are the ids it bears on. ``on_the_floor``: the elements hold to it whether or
    not a pack names it. ``in_force_to`` is the last day, or None.
    """

    id: str
    holding: str
    source: str
    docket: str
    decided_on: date | None
    effect: Effect
    elements: tuple[str, ...]
    in_force_from: date | None = None
    in_force_to: date | None = None
    on_the_floor: bool = False

    def in_force(self, on: date) -> bool:
        """Return whether the reading is in force on the day ``on``."""
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
        elements=("address-of-record",),
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
        elements=("charge-class",),
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
        elements=(),
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
        elements=("officer-load", "limits-on-a-batch"),
        in_force_from=date(2025, 4, 7),
    ),
    Reading(
        id="address-on-its-face",
        holding="Any address written on the request suffices; it need not be the taxpayer's.",
        source="The practice of June 2025, as the court described it",
        docket="1:25-cv-00457",
        decided_on=None,
        effect=Effect.LOOSENS,
        elements=("address-of-record",),
    ),
    Reading(
        id="valid-request-suffices",
        holding="An agency with a name, an address and a valid written request must be answered.",
        source="Centro de Trabajadores Unidos v. Bessent (D.C. Cir.)",
        docket="25-5181",
        decided_on=date(2026, 2, 24),
        effect=Effect.LOOSENS,
        elements=("address-of-record",),
    ),
)


def reading(reading_id: str) -> Reading:
    """Return the reading of that id. Raises KeyError where there is none."""
    return {each.id: each for each in READINGS}[reading_id]


def tightening(reading_ids: Sequence[str]) -> tuple[str, ...]:
    """Return the ids as given. Raises Misuse for an unknown reading, or one that loosens."""
    known = {each.id: each for each in READINGS}
    for each in reading_ids:
        if each not in known:
            raise Misuse(f"There is no reading {each!r}.", "Name one that law/readings.py holds.")
        if known[each].effect is Effect.LOOSENS:
            raise Misuse(
                f"The reading {each!r} loosens the law and cannot be put in force.",
                "Use it for re-examination only.",
            )
    return tuple(reading_ids)
