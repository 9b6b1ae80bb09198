"""What the report of the scenario year is told; numbers and ids only, no personal data.

``check`` holds the year to itself: every row received is in one outcome, and every figure that both
the ledger and the office's files have is the same in both. A report where it is not is not written.
"""

from dataclasses import dataclass
from datetime import date, datetime

from portcullis.oversight.facts import Basis, LedgerFacts, Stage
from portcullis.oversight.order_facts import Attempt, Happened
from portcullis.oversight.recall import Recall


@dataclass(frozen=True)
class Month:
    """The batch received in a month, and where its requests ended.

    ``received`` rows = quarantined + returned + refused + referred + no_disclosure + held +
    released. ``packages`` were delivered for it, ``opened`` the openings of them. ``kept_until``:
    the day its working data is due for erasure.
    """

    received_on: date
    answered_on: date
    kept_until: date
    received: int
    quarantined: int
    returned: int
    refused: int
    referred: int
    no_disclosure: int
    held: int
    released: int
    packages: int
    opened: int


@dataclass(frozen=True)
class Spell:
    """Something that lasted: its name, its first day and its last, and its kind.

    ``kind``: ``order``, ``lapse``, ``incident``, ``recall`` or ``hold``.
    """

    what: str
    begun: date
    ended: date
    kind: str


@dataclass(frozen=True)
class Stopped:
    """Packages of a month's batch that were authorised and not sent, by the ledger's reason."""

    month: date
    reason: str
    packages: int


@dataclass(frozen=True)
class Counted:
    """One figure counted twice: from the ledger's entries, and from the office's own files."""

    what: str
    on_ledger: int
    in_files: int


@dataclass(frozen=True)
class IncidentFacts:
    """An incident: when it was suspected, when its term ended, and when each duty was done."""

    id: str
    suspected_at: datetime
    due_at: datetime
    reported_at: datetime
    told: tuple[tuple[str, datetime], ...]
    closed_on: date


@dataclass(frozen=True)
class Watch:
    """One watch over the office: its day, how many alarms it raised, and what they said."""

    on: date
    alarms: tuple[str, ...]


@dataclass(frozen=True)
class YearFacts:
    """Everything the report shows, and nothing it does not."""

    year: int
    months: tuple[Month, ...]
    spells: tuple[Spell, ...]
    stopped: tuple[Stopped, ...]
    counted: tuple[Counted, ...]
    incident: IncidentFacts
    recall: Recall
    watches: tuple[Watch, ...]
    attempts: tuple[Attempt, ...]
    chronicle: tuple[Happened, ...]
    openings_refused: int
    unlawful_released: int
    ledger: LedgerFacts
    stages: tuple[Stage, ...]
    basis: Basis

    def total(self, name: str) -> int:
        """Return a field of the months, summed over the year."""
        return sum(int(getattr(month, name)) for month in self.months)


OUTCOMES = ("quarantined", "returned", "refused", "referred", "no_disclosure", "held", "released")


def check(facts: YearFacts) -> None:
    """Raise ValueError, naming the numbers, where the year does not reconcile."""
    for month in facts.months:
        total = sum(int(getattr(month, name)) for name in OUTCOMES)
        if total != month.received:
            raise ValueError(
                f"{month.received_on:%B}: received ({month.received:,}) is not all outcomes "
                f"({total:,})"
            )
    for one in facts.counted:
        if one.on_ledger != one.in_files:
            raise ValueError(
                f"{one.what}: {one.on_ledger:,} on the ledger, {one.in_files:,} in the files"
            )
    if facts.recall.closed_on is None:
        raise ValueError("the recall is not closed")
