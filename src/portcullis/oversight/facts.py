"""What the report of a demonstration is told: plain numbers and sentences, no personal data.

Counts are requests unless a field says otherwise. ``check`` holds them to floor 14: rows in =
rows accounted for; a report whose numbers do not reconcile is not written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

Layer = Literal["statute", "predicate", "agreement", "policy"]


@dataclass(frozen=True)
class Reason:
    """How often one element was not met (or is for a person), over the requests of a variant.

    ``outcome`` is where those requests went: ``refused``, ``returned`` or ``referred``. One request
    may fail several elements, so reasons add up to more than the requests.
    """

    element: str
    citation: str
    statement: str
    layer: Layer
    outcome: str
    count: int


@dataclass(frozen=True)
class TruthCell:
    """One cell of the confusion table: a truth class, its stated outcome, and what came of it.

    ``expected`` may be several outcomes, with ``|`` between.
    """

    truth_class: str
    lawful: bool
    expected: str
    outcome: str
    count: int

    @property
    def as_stated(self) -> bool:
        """Whether the outcome is one of those expected."""
        return self.outcome in self.expected.split("|")


@dataclass(frozen=True)
class Variant:
    """One batch and what became of it.

    ``received`` = quarantined + returned + refused + referred + no_disclosure + eligible. Of the
    eligible, ``approved`` were signed for; of the approved, ``held`` stayed and ``released`` left.
    ``looked_up`` reached the holder's records. ``halted`` says, in a sentence, which limit stopped
    the whole batch; None where none did.
    """

    name: str
    received: int
    quarantined: int
    returned: int
    refused: int
    referred: int
    no_disclosure: int
    eligible: int
    looked_up: int
    approved: int
    held: int
    released: int
    unlawful_released: int
    reasons: tuple[Reason, ...]
    confusion: tuple[TruthCell, ...]
    halted: str | None = None


@dataclass(frozen=True)
class NaiveReason:
    """Why releases of the 2025 script were unlawful: each release is counted under one reason."""

    reason: str
    citation: str
    count: int


@dataclass(frozen=True)
class Naive:
    """What the rule of 2025 would have released from the same batch.

    ``tin_without_address`` are the releases on a name and a TIN with no address compared.
    """

    released: int
    unlawful: int
    tin_without_address: int
    reasons: tuple[NaiveReason, ...]


@dataclass(frozen=True)
class Ground:
    """An element that disclosures made elsewhere do not meet now.

    ``requests``: of those that close, how many do not meet it; ``newly``: those of them that met
    it as it was read when they were made.
    """

    element: str
    citation: str
    statement: str
    requests: int
    newly: int


@dataclass(frozen=True)
class AfterRuling:
    """What became of the past once a court's reading was put in force.

    ``imported`` disclosures were made elsewhere, with the requests they answered: same, closes,
    opens and needs_look_up add up to them. ``by_the_reading`` of them do not meet what the
    reading bears on, and met it as they were made. ``own_judged`` requests of this gateway were
    judged again too; of the ``own_released`` that left, ``own_closes`` should not have.
    """

    reading: str
    holding: str
    source: str
    docket: str
    in_force_from: date
    imported: int
    same: int
    closes: int
    opens: int
    needs_look_up: int
    by_the_reading: int
    own_judged: int
    own_released: int
    own_closes: int
    seconds: float
    grounds: tuple[Ground, ...]


@dataclass(frozen=True)
class LedgerFacts:
    """The ledger at the end: ``size`` entries, root (hexadecimal), the signed checkpoint's text."""

    size: int
    root: str
    checkpoint: str
    verified: bool
    verify_command: str


@dataclass(frozen=True)
class Stage:
    """A stage of the run: wall-clock seconds, and the rows it worked on."""

    name: str
    seconds: float
    rows: int


@dataclass(frozen=True)
class Provision:
    """A provision of law whose elements were tested."""

    citation: str
    title: str


@dataclass(frozen=True)
class ReadingInForce:
    """A construction in force on the as-of date, with its source."""

    id: str
    holding: str
    source: str


@dataclass(frozen=True)
class Basis:
    """What the determinations were made under (floor 13), and what was played."""

    scenario: str
    seed: int
    taxpayers: int
    agreement: str
    pack_version: str
    pack_digest: str
    index_digest: str
    as_of: date
    provisions: tuple[Provision, ...]
    readings: tuple[ReadingInForce, ...]


@dataclass(frozen=True)
class DemoFacts:
    """Everything the report shows, and nothing it does not."""

    variants: tuple[Variant, ...]
    naive: Naive
    ruling: AfterRuling | None
    ledger: LedgerFacts
    stages: tuple[Stage, ...]
    basis: Basis


def check(facts: DemoFacts) -> None:
    """Raise ValueError, naming the numbers, where ``facts`` do not reconcile."""
    for variant in facts.variants:
        _check_variant(variant)
    naive = facts.naive
    _equal("naive: unlawful", naive.unlawful, "its reasons", _total(naive.reasons))
    _at_most("naive: unlawful", naive.unlawful, "released", naive.released)
    _at_most("naive: by TIN alone", naive.tin_without_address, "unlawful", naive.unlawful)
    if facts.ruling is not None:
        check_ruling(facts.ruling)


def check_ruling(ruling: AfterRuling) -> None:
    """Raise ValueError where what became of the past does not add up."""
    ends = ruling.same + ruling.closes + ruling.opens + ruling.needs_look_up
    _equal("ruling: imported", ruling.imported, "all verdicts", ends)
    _at_most("ruling: by the reading", ruling.by_the_reading, "closes", ruling.closes)
    _at_most("ruling: own closes", ruling.own_closes, "own released", ruling.own_released)
    for ground in ruling.grounds:
        _at_most(f"ruling: {ground.element}", ground.requests, "closes", ruling.closes)
        _at_most(f"ruling: {ground.element}, newly", ground.newly, "requests", ground.requests)


def _check_variant(variant: Variant) -> None:
    name = variant.name
    ends = (
        variant.quarantined
        + variant.returned
        + variant.refused
        + variant.referred
        + variant.no_disclosure
        + variant.eligible
    )
    _equal(f"{name}: received", variant.received, "all outcomes", ends)
    _equal(f"{name}: received", variant.received, "the truth table", _total(variant.confusion))
    for outcome in ("quarantined", "returned", "refused", "referred", "no_disclosure", "released"):
        counted = _total(cell for cell in variant.confusion if cell.outcome == outcome)
        _equal(f"{name}: {outcome}", getattr(variant, outcome), "the truth table", counted)
    unlawful = _total(
        cell for cell in variant.confusion if cell.outcome == "released" and not cell.lawful
    )
    _equal(f"{name}: unlawful released", variant.unlawful_released, "the truth table", unlawful)
    _at_most(f"{name}: approved", variant.approved, "eligible", variant.eligible)
    _at_most(
        f"{name}: held + released", variant.held + variant.released, "approved", variant.approved
    )
    _at_most(f"{name}: eligible", variant.eligible, "looked up", variant.looked_up)
    _at_most(f"{name}: looked up", variant.looked_up, "received", variant.received)


def _total(counted: Iterable[NaiveReason | TruthCell]) -> int:
    return sum(item.count for item in counted)


def _equal(what: str, count: int, other: str, other_count: int) -> None:
    if count != other_count:
        raise ValueError(f"{what} ({count:,}) is not {other} ({other_count:,})")


def _at_most(what: str, count: int, other: str, other_count: int) -> None:
    if count > other_count:
        raise ValueError(f"{what} ({count:,}) is more than {other} ({other_count:,})")
