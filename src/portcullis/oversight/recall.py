"""A recall, folded from its ledger entries: what it covers, who was asked, and how far each is.

A *lot* is what one recipient holds of one source: one officer's packages of a batch, or what went
to one recipient in an imported history. A *place* is where a custodian keeps any of it; copies,
derived records and onward recipients are told by the attestation of a place, and each onward
recipient is a place of its own, still to attest, whatever it attested before it was named. A lot
is only as far as the place least far [law.md 49; 26 U.S.C. § 6103(p)(4)(F)(ii)]; that nothing was
held at a place says nothing of the lot, but where its own recipient says it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Facts = Mapping[str, Any]

OPENED, LOT, DEMANDED, ATTESTED, CLOSED = (
    "recall-opened",
    "recall-lot",
    "recall-demanded",
    "recall-attested",
    "recall-closed",
)
PACKAGES = "recall"
"""The entry that closes packages: no token is given for them any more."""
KINDS = (OPENED, LOT, PACKAGES, DEMANDED, ATTESTED, CLOSED)

LISTED, ASKED, FROZEN, SEQUESTERED, DISPOSED = (
    "listed",
    "demanded",
    "frozen",
    "sequestered",
    "disposed",
)
STAGES = (LISTED, ASKED, FROZEN, SEQUESTERED, DISPOSED)
"""How far a lot or a place is, from the first to the last."""

RETURNED, DESTROYED, UNDISCLOSABLE, NOTHING_HELD = (
    "returned",
    "destroyed",
    "made-undisclosable",
    "nothing-held",
)
METHODS = (RETURNED, DESTROYED, UNDISCLOSABLE, NOTHING_HELD)

GROUNDS = ("reexamination", "reading", "agreement-version", "incident", "named")
"""Why: found by a re-examination; made under a faulty reading or version; an incident; or simply
named, for a cause."""


@dataclass(frozen=True, order=True)
class Place:
    """Where a custodian keeps something: both are ids, of offices or systems, never names."""

    custodian: str
    place: str


@dataclass
class Standing:
    """How far one place is with one recall, and what its newest attestation says."""

    place: Place
    lots: frozenset[str]
    stage: str
    told: Facts | None = None

    @property
    def held_nothing(self) -> bool:
        """Whether its newest attestation says that nothing was held there."""
        return self.told is not None and self.told["method"] == NOTHING_HELD


@dataclass
class Lot:
    """What one recipient holds of one source. ``kind``: ``batch`` or ``history``."""

    id: str
    kind: str
    source: str
    custodian: str
    disclosures: int
    demanded_on: date | None = None


@dataclass
class Recall:
    """One recall. ``covered``: the commitment to its list; ``packages``: those it closed."""

    id: str
    ground: Mapping[str, str]
    cause: str
    opened_on: date
    due_on: date
    disclosures: int
    covered: str
    sealed: list[dict[str, str]]
    lots: dict[str, Lot] = field(default_factory=dict)
    places: dict[Place, Standing] = field(default_factory=dict)
    packages: list[str] = field(default_factory=list)
    closed_on: date | None = None

    def of_lot(self, lot: str) -> list[Standing]:
        """Return the places that have told of a lot, or were told to hold some of it."""
        return [each for each in self.places.values() if lot in each.lots]

    def stage_of(self, lot: str) -> str:
        """Return how far a lot is: as far as the place least far; without any, listed or asked.

        Where nothing was held counts for nobody's lot but that custodian's own.
        """
        own = self.lots[lot].custodian
        told = [
            each.stage
            for each in self.of_lot(lot)
            if not each.held_nothing or each.place.custodian == own
        ]
        if not told:
            return ASKED if self.lots[lot].demanded_on else LISTED
        return min(told, key=STAGES.index)

    @property
    def stage(self) -> str:
        """How far the recall is: as far as the lot least far."""
        return min((self.stage_of(lot) for lot in self.lots), key=STAGES.index, default=DISPOSED)

    def by_stage(self) -> dict[str, int]:
        """Return the disclosures covered, by how far their lot is."""
        counts = dict.fromkeys(STAGES, 0)
        for lot in self.lots.values():
            counts[self.stage_of(lot.id)] += lot.disclosures
        return counts

    def open_lots(self) -> list[Lot]:
        """Return the lots not disposed of."""
        return [lot for lot in self.lots.values() if self.stage_of(lot.id) != DISPOSED]

    def is_overdue(self, day: date, *, held: bool) -> bool:
        """Whether its day has passed while something is not disposed of.

        ``held``: a preservation hold stands over it; then what is sequestered is not overdue.
        """
        enough = STAGES.index(SEQUESTERED if held else DISPOSED)
        late = STAGES.index(self.stage) < enough
        return self.closed_on is None and day > self.due_on and late

    def totals(self) -> dict[str, int]:
        """Return what the newest attestations tell of, in sum."""
        names = ("copies", "derived_records", "actions_taken")
        told = [each.told for each in self.places.values() if each.told]
        sums = {name: sum(int(one[name]) for one in told) for name in names}
        return {**sums, "onward_recipients": sum(len(one["onward"]) for one in told)}


def fold(entries: Iterable[Facts]) -> dict[str, Recall]:
    """Return the recalls that ``entries`` (in ledger order) make, by id; others are passed by."""
    recalls: dict[str, Recall] = {}
    for body in entries:
        step = _STEPS.get(str(body.get("kind")))
        if step is not None and "recall" in body:
            step(recalls, body)
    return recalls


def _opened(recalls: dict[str, Recall], body: Facts) -> None:
    recalls[body["recall"]] = Recall(
        id=body["recall"],
        ground=body["because"],
        cause=body["cause"],
        opened_on=date.fromisoformat(body["at"][:10]),
        due_on=date.fromisoformat(body["due_on"]),
        disclosures=body["disclosures"],
        covered=body["covered"],
        sealed=body["sealed"],
    )


def _lot(recalls: dict[str, Recall], body: Facts) -> None:
    recalls[body["recall"]].lots[body["lot"]] = Lot(
        body["lot"], body["of"], body["source"], body["custodian"], body["disclosures"]
    )


def _packages(recalls: dict[str, Recall], body: Facts) -> None:
    recalls[body["recall"]].packages += body["packages"]


def _demanded(recalls: dict[str, Recall], body: Facts) -> None:
    recall = recalls[body["recall"]]
    for lot in body["lots"]:
        recall.lots[lot].demanded_on = date.fromisoformat(body["sent_on"])


def _attested(recalls: dict[str, Recall], body: Facts) -> None:
    recall = recalls[body["recall"]]
    place, lots = Place(body["custodian"], body["place"]), frozenset(body["lots"])
    before, stage = recall.places.get(place), body["stage"]
    if before is not None and not before.lots <= lots:
        # What it does not speak of is no further than it was, and so the place is not.
        lots, stage = lots | before.lots, min(stage, before.stage, key=STAGES.index)
    recall.places[place] = Standing(place, lots, stage, body)
    for one in body["onward"]:
        onward = Place(one["custodian"], one["place"])
        known = recall.places.get(onward)
        if known is None:
            recall.places[onward] = Standing(onward, lots, ASKED)
        elif not lots <= _told_of(before, one):
            # What it attested was said before this place told of it: it is asked again.
            recall.places[onward] = Standing(onward, known.lots | lots, ASKED, known.told)


def _told_of(before: Standing | None, onward: Facts) -> frozenset[str]:
    """Return of which lots the attestation before named ``onward`` too."""
    told = before.told if before else None
    return frozenset(told["lots"]) if told and onward in told["onward"] else frozenset()


def _closed(recalls: dict[str, Recall], body: Facts) -> None:
    recalls[body["recall"]].closed_on = date.fromisoformat(body["at"][:10])


_STEPS = {
    OPENED: _opened,
    LOT: _lot,
    PACKAGES: _packages,
    DEMANDED: _demanded,
    ATTESTED: _attested,
    CLOSED: _closed,
}
