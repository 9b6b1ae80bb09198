"""What the report of the scenario court-order is told; numbers and ids only, no personal data.

Positions are those of the ledger, from 0. ``check`` is the scenario's claim: where a package stands
delivered after the order, or an opening granted after it, no report is written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from portcullis.oversight.facts import AfterRuling, Basis, LedgerFacts, Stage, check_ruling
from portcullis.oversight.recall import SEQUESTERED, Recall


@dataclass(frozen=True)
class Ends:
    """Where the requests of the batch ended; each is in one of them but ``received``."""

    received: int
    quarantined: int
    returned: int
    refused: int
    referred: int
    no_disclosure: int
    held: int
    released: int


@dataclass(frozen=True)
class Course:
    """The course of the release as the ledger has it: positions, each kind's own, rising.

    ``opened`` are openings granted; ``shut`` those refused while the order stood, ``recalled``
    those refused after it was lifted. ``filed`` and ``lifted`` are the order's own positions.
    """

    delivered: tuple[int, ...]
    not_sent: tuple[int, ...]
    opened: tuple[int, ...]
    shut: tuple[int, ...]
    recalled: tuple[int, ...]
    filed: int
    lifted: int


@dataclass(frozen=True)
class OrderFiled:
    """The order.

    ``asked_after``: packages that had left when counsel asked for the gate, the one in hand among
    them; ``waited``: seconds from then until the first package was stopped.
    """

    id: str
    court: str
    docket: str
    filed_on: date
    lifted_on: date
    asked_after: int
    waited: float


@dataclass(frozen=True)
class HoldPlaced:
    """The preservation hold, and the document (its SHA-256) on which counsel cleared disposal."""

    id: str
    docket: str
    placed_on: date
    cleared_on: date


@dataclass(frozen=True)
class Attempt:
    """What somebody tried to do, and the words in which it was refused."""

    what: str
    answer: str


@dataclass(frozen=True)
class Happened:
    """An act of the chronicle: its day, what it was, and its position on the ledger."""

    on: date
    what: str
    position: int


@dataclass(frozen=True)
class OrderFacts:
    """Everything the report shows, and nothing it does not.

    ``authorised`` counts packages. ``sequestered`` is the recall as it stood under the hold, before
    counsel cleared any disposal; ``recall`` as it ended.
    """

    ends: Ends
    authorised: int
    officers: int
    course: Course
    order: OrderFiled
    ruling: AfterRuling
    hold: HoldPlaced
    sequestered: Recall
    recall: Recall
    attempts: tuple[Attempt, ...]
    chronicle: tuple[Happened, ...]
    unlawful_released: int
    ledger: LedgerFacts
    stages: tuple[Stage, ...]
    basis: Basis


def check(facts: OrderFacts) -> None:
    """Raise ValueError, naming what, where the facts do not bear out what the report says."""
    _check_ends(facts.ends)
    check_ruling(facts.ruling)
    course = facts.course
    concluded = len(course.delivered) + len(course.not_sent)
    _hold(concluded == facts.authorised, "not every package was delivered or recorded as not sent")
    _hold(all(at < course.filed for at in course.delivered), "a package left after the order")
    _hold(
        all(at > course.filed for at in course.not_sent), "a package was stopped before the order"
    )
    _hold(all(at < course.filed for at in course.opened), "a package was opened after the order")
    _hold(course.filed < course.lifted, "the order was lifted before it was filed")
    _hold(bool(course.delivered and course.not_sent), "the order did not come in the middle")
    recall = facts.recall
    _hold(recall.closed_on is not None, "the recall is not closed")
    covered = sum(lot.disclosures for lot in recall.lots.values())
    _hold(covered == recall.disclosures, "the lots of the recall do not add up")
    due = len(course.delivered) + facts.ruling.closes
    _hold(covered == due, f"{covered:,} disclosures were recalled, not {due:,}")
    _hold(facts.sequestered.stage == SEQUESTERED, "the recall was not sequestered under the hold")


def _check_ends(ends: Ends) -> None:
    parts = (ends.quarantined, ends.returned, ends.refused, ends.referred, ends.no_disclosure)
    total = sum((*parts, ends.held, ends.released))
    _hold(total == ends.received, f"received ({ends.received:,}) is not all outcomes ({total:,})")


def _hold(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)


def runs(positions: Iterable[int]) -> tuple[tuple[int, int], ...]:
    """Return the runs of consecutive positions: the first of each, and the one after its last."""
    found: list[tuple[int, int]] = []
    for at in positions:
        if found and found[-1][1] == at:
            found[-1] = (found[-1][0], at + 1)
        else:
            found.append((at, at + 1))
    return tuple(found)
