"""What a scenario's ledger says, read back from its files: positions, days, the course."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from portcullis import ledger
from portcullis.oversight.order_facts import Course, Happened
from portcullis.standing.notices import FREEZE, LIFTED, PRESERVE

if TYPE_CHECKING:
    from portcullis.office import Home

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Log:
    """Every entry of a published ledger, in its order; an entry's place is its position."""

    entries: tuple[Entry, ...]

    @classmethod
    def of(cls, home: "Home") -> "Log":
        """Read the ledger of ``home`` from its files."""
        published = ledger.Log.open(home.ledger)
        return cls(tuple(json.loads(entry) for entry in published.entries()))

    def at(self, kind: str) -> tuple[int, ...]:
        """Return the positions of the entries of one kind."""
        return tuple(place for place, entry in enumerate(self.entries) if entry["kind"] == kind)

    def count(self, kind: str) -> int:
        """Count the entries of one kind."""
        return len(self.at(kind))

    def of_kind(self, kind: str) -> Iterator[Entry]:
        """Yield the entries of one kind."""
        return (entry for entry in self.entries if entry["kind"] == kind)

    def day(self, kind: str) -> date:
        """Return the day of the first entry of one kind."""
        return day_of(next(self.of_kind(kind)))


def day_of(entry: Entry) -> date:
    """Return the day an entry was written on."""
    return date.fromisoformat(entry["at"][:10])


def course_of(log: Log) -> Course:
    """Return the course of a release with one order in it."""
    (filed,), (lifted,) = log.at("order-filed"), log.at("order-lifted")
    refused = log.at("opening-refused")
    return Course(
        delivered=log.at("delivered"),
        not_sent=log.at("not-sent"),
        opened=log.at("opening-granted"),
        shut=tuple(place for place in refused if place < lifted),
        recalled=tuple(place for place in refused if place > lifted),
        filed=filed,
        lifted=lifted,
    )


CHRONICLE = {
    "batch-received": "The batch was taken in; its receipt was signed.",
    "determination-list": "A list of determinations was put on the ledger.",
    "approve": "The authorised official approved the list.",
    "transmit": "The transmitter began to release.",
    "order-filed": "Counsel filed the order of the court: the gate closed.",
    "answered": "Every request of the batch was answered, all together.",
    "history-imported": "What the script of 2025 disclosed was imported.",
    "history-compared": "It was compared with the records.",
    "hold-placed": "A preservation hold was placed.",
    "reading-in-force": "Two counsel put the ruling's reading in force.",
    "reexamined": "Everything stored was judged again.",
    "recall-opened": "A recall was opened: its packages open no more.",
    "recall-demanded": "Counsel sent the demand.",
    "lift-approved": "One counsel approved the lifting of the order.",
    "order-lifted": "A second counsel did: the order was lifted.",
    "recall-attested": "A custodian attested.",
    "recall-closed": "The recall was closed.",
    "destruction-cleared": "Counsel cleared the destruction of what the hold keeps.",
    "notice-issued": "The recipient was told.",
    "custodian-attested": "Custodians attested that they have frozen it.",
    "held": "The batch was held: nobody of it was looked up.",
    "incident-suspected": "An incident was suspected: its clock began.",
    "incident-reported": "The incident was reported.",
    "incident-notice": "Safeguards and TIGTA were told of the incident.",
    "incident-closed": "The incident was closed.",
    "disclosure-status": "Officers stated what became of their cases.",
    "certificate": "The custodian certified the destruction of what was to be disposed of.",
    "watched": "An inspector watched over the office.",
}
"""Kinds of entries that the chronicle tells of, and how."""
TOLD = {
    FREEZE: "The recipient was told what the order freezes.",
    PRESERVE: "The recipient was told what the hold preserves.",
    LIFTED: "The recipient was told of the lifting.",
}


def happened(log: Log) -> tuple[Happened, ...]:
    """Return the chronicle: of a kind that stands several times in a row on a day, the first."""
    told: list[Happened] = []
    for place, entry in enumerate(log.entries):
        what = CHRONICLE.get(entry["kind"])
        if what is None:
            continue
        if entry["kind"] == "notice-issued":
            what = TOLD[entry["says"]]
        if entry["kind"] == "recall-attested":
            what = f"Custodians attested that what they hold is {entry['stage']}."
        day = day_of(entry)
        if not (told and (told[-1].on, told[-1].what) == (day, what)):
            told.append(Happened(day, what, place))
    return tuple(told)
