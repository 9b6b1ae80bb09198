"""Court orders and preservation holds, and the entries by which the ledger carries them.

Order and lift stand in the ledger in clear, so that a restore from backup stays closed and anyone
may see when the gate was shut. They therefore hold no personal data, and no free text: a docket
number, a court, dates, roster ids, digests, and a scope made of identifiers.

An order says what it stops (look-ups in the records, releases, the recipient's use), from which
instant, and the day on which it expires by its own words. An expired or vacated order still stands
until it is lifted, which takes a docket reference, the digest of the sealed source document and two
people's signed approval [law.md 30]. What of this cannot be read counts against opening: it stops
everything, at once.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar, TypeVar

from portcullis import keys
from portcullis.errors import Misuse, Refused
from portcullis.standing.approvals import check_approval
from portcullis.standing.scope import Scope, Subject

APPROVALS_TO_LIFT = 2
LOOK_UP, RELEASE, USE = "look-up", "release", "use"
STOPS = (LOOK_UP, RELEASE, USE)
"""What an order stops: looking people up, letting packages leave, the recipient's use of them."""

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
_CITATION = re.compile(r"[0-9]{1,2} [0-9A-Za-z.()§ -]{1,60}")
_DOCKET = re.compile(r"(?=.*[0-9])(?!.*[A-Za-z]{5})[A-Za-z0-9:.()/-]{2,40}")
_COURT = re.compile(
    r"[a-z0-9]{2,10}|(?:(?:[A-Z][A-Za-z]{0,4}\.|[0-9]{1,2}(?:st|[nr]?d|th)) ?){1,6}"
)
_DIGEST = re.compile(r"[0-9a-f]{64}")
_LIKE_A_TIN = re.compile(r"(?<![0-9A-Za-z])[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}(?![0-9A-Za-z])")


@dataclass(frozen=True)
class Placed:
    """What an order and a hold have in common.

    ``court`` is the court's code (``dcd``, ``mad``) or its abbreviation (``D. Mass.``),
    ``document`` the SHA-256 (hex) of the sealed source document. Raises Misuse where a field is
    of another shape than its own, since the ledger carries all of them in clear.
    """

    KIND: ClassVar[str]

    id: str
    docket: str
    court: str
    on: date
    document: str
    scope: Scope

    def __post_init__(self) -> None:
        _shape("id", self.id, _IDENTIFIER)
        _shape("docket", self.docket, _DOCKET)
        _shape("court", self.court, _COURT)
        _shape("document", self.document, _DIGEST)
        for kind, values in self.scope.to_json().items():
            if kind != "received":
                pattern = _CITATION if kind == "statutes" else _IDENTIFIER
                for value in values:
                    _shape(f"scope.{kind}", value, pattern)


@dataclass(frozen=True)
class Order(Placed):
    """A court order that closes the gate for what is in its scope. ``on`` is the day of filing.

    ``stops``: of STOPS, what it stops. ``effective_at``: from which instant (with its time zone);
    None: since it was filed. ``expires_on``: the last day it has by its own words; it stands after.
    """

    KIND: ClassVar[str] = "order"

    stops: tuple[str, ...] = STOPS
    effective_at: datetime | None = None
    expires_on: date | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.stops or set(self.stops) - set(STOPS):
            raise Misuse("That is nothing an order stops.", f"Name of {', '.join(STOPS)}.")
        if self.effective_at is not None and self.effective_at.tzinfo is None:
            raise Misuse(
                "The instant at which the order takes effect has no time zone.", "Give it with one."
            )

    def in_force(self, now: datetime) -> bool:
        """Whether it has taken effect at ``now`` (with its time zone). No end is ever asked for."""
        return self.effective_at is None or self.effective_at <= now

    def expired(self, on: date) -> bool:
        """Whether its own words end before the day ``on``. It stands all the same."""
        return self.expires_on is not None and self.expires_on < on


@dataclass(frozen=True)
class Hold(Placed):
    """A preservation hold: it overrides every erasure. ``on`` is the day it was placed."""

    KIND: ClassVar[str] = "hold"


@dataclass(frozen=True)
class Approval:
    """One person's approval of a lift: roster id, and what they signed (``approval_statement``)."""

    person: str
    signature: str


@dataclass(frozen=True)
class Lift:
    """The lifting of the order or hold ``id``, on the authority of ``docket`` and ``document``."""

    kind: str
    id: str
    docket: str
    on: date
    document: str
    approvals: tuple[Approval, ...]

    def __post_init__(self) -> None:
        if self.kind not in (Order.KIND, Hold.KIND):
            raise Misuse("Only an order or a hold is lifted.", "Name one of them.")
        _shape("id", self.id, _IDENTIFIER)
        _shape("docket", self.docket, _DOCKET)
        _shape("document", self.document, _DIGEST)
        people = {approval.person for approval in self.approvals}
        if len(people) < APPROVALS_TO_LIFT:
            raise Refused(
                f"The {self.kind} is not lifted: it takes the approval of two people.",
                "Have a second person approve it with their own key.",
            )

    @property
    def statement(self) -> dict[str, Any]:
        """What its approvers approve."""
        return lift_statement(self.kind, self.id, self.docket, self.on, self.document)


AnyPlaced = TypeVar("AnyPlaced", bound=Placed)


def stopping(orders: Iterable[Order], acts: Collection[str], now: datetime) -> list[Order]:
    """Return those of ``orders`` that have taken effect at ``now`` and stop any of ``acts``."""
    return [one for one in orders if one.in_force(now) and not set(acts).isdisjoint(one.stops)]


def in_scope(placed: Iterable[AnyPlaced], subject: Subject) -> list[AnyPlaced]:
    """Return those of ``placed`` (orders, or holds) that reach ``subject``, in their order."""
    return [one for one in placed if one.scope.covers(subject)]


def lift_statement(
    kind: str, placed_id: str, docket: str, on: date, document: str
) -> dict[str, Any]:
    """Return what is approved by who lifts an order or hold; each signs ``approval_statement``."""
    return {
        "format": f"portcullis-{kind}-lift/2",
        "id": placed_id,
        "docket": docket,
        "on": on.isoformat(),
        "document": document,
    }


def check_approvals(lift: Lift, people: Mapping[str, keys.Verify], ledger: str) -> None:
    """Raise Refused unless two people, by two keys, approved the lift for the ``ledger``.

    ``people``: by roster id, what verifies; ``ledger``: its name.
    """
    for approval in lift.approvals:
        verify = people.get(approval.person)
        if verify is None:
            raise Refused("An approver is not on the roster in force.", "Enrol them first.")
        check_approval(verify(approval.signature), lift.statement, approval.person, ledger)
    signers = {approval.person for approval in lift.approvals}
    if len(signers) < APPROVALS_TO_LIFT or any(
        _is_by(people[other], approval.signature)
        for approval in lift.approvals
        for other in signers - {approval.person}
    ):
        raise Refused("The approvals are not by two people, each with their own key.")


def _is_by(verify: keys.Verify, signature: str) -> bool:
    try:
        verify(signature)
    except Refused:
        return False
    return True


def placed_entry(placed: Placed) -> dict[str, Any]:
    """Return the ledger entry ``order-filed`` or ``hold-placed``."""
    return {
        "kind": _PLACED_KIND[placed.KIND],
        "id": placed.id,
        "docket": placed.docket,
        "court": placed.court,
        "on": placed.on.isoformat(),
        "document": placed.document,
        "scope": placed.scope.to_json(),
        **(_order_facts(placed) if isinstance(placed, Order) else {}),
    }


def _order_facts(order: Order) -> dict[str, Any]:
    dates = {"effective_at": order.effective_at, "expires_on": order.expires_on}
    return {
        "stops": [act for act in STOPS if act in order.stops],
        **{name: date_.isoformat() for name, date_ in dates.items() if date_ is not None},
    }


def lifted_entry(lift: Lift) -> dict[str, Any]:
    """Return the ledger entry ``order-lifted`` or ``hold-lifted``."""
    return {
        "kind": f"{lift.kind}-lifted",
        **lift.statement,
        "approvals": [
            {"person": approval.person, "signature": approval.signature}
            for approval in lift.approvals
        ],
    }


def read_placed(entry: Mapping[str, Any]) -> Order | Hold:
    """Return the order or hold of a ledger entry. Raises Misuse where it is neither."""
    of_kind = {_PLACED_KIND[cls.KIND]: cls for cls in (Order, Hold)}
    cls = of_kind.get(str(entry.get("kind")))
    try:
        if cls is not None:
            return cls(
                id=entry["id"],
                docket=entry["docket"],
                court=entry["court"],
                on=date.fromisoformat(entry["on"]),
                document=entry["document"],
                scope=Scope.read(entry.get("scope")),
                **(_read_order_facts(entry) if cls is Order else {}),
            )
    except (KeyError, TypeError, ValueError):
        pass
    raise Misuse("A ledger entry is no readable order or hold.", "Verify the ledger.")


def _read_order_facts(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return an order's acts and dates of its entry; what is unclear stops all, at once."""
    said = entry.get("stops")
    clear = isinstance(said, list) and said and all(act in STOPS for act in said)
    return {
        "stops": tuple(act for act in STOPS if act in said) if clear and said else STOPS,
        "effective_at": _instant(entry.get("effective_at")),
        "expires_on": _day(entry.get("expires_on")),
    }


def _instant(said: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(said))
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo is not None else None


def _day(said: object) -> date | None:
    try:
        return date.fromisoformat(str(said))
    except ValueError:
        return None


def orders_standing(entries: Iterable[Mapping[str, Any]]) -> list[Order]:
    """Return the orders that stand after ``entries`` (in ledger order; other kinds are passed by).

    A lift that is not whole, or of an order not filed before it, lifts nothing. Raises Misuse at
    an order that cannot be read: who cannot read the orders may not open the gate. Signatures on
    lifts are checked when they are made (``check_approvals``), not here.
    """
    return [one for one in _standing(entries, Order.KIND) if isinstance(one, Order)]


def holds_standing(entries: Iterable[Mapping[str, Any]]) -> list[Hold]:
    """Return the holds that stand after ``entries``, by the rules of ``orders_standing``."""
    return [one for one in _standing(entries, Hold.KIND) if isinstance(one, Hold)]


_PLACED_KIND = {Order.KIND: "order-filed", Hold.KIND: "hold-placed"}


def _standing(entries: Iterable[Mapping[str, Any]], kind: str) -> list[Order | Hold]:
    standing: list[Order | Hold] = []
    for entry in entries:
        if entry.get("kind") == _PLACED_KIND[kind]:
            standing.append(read_placed(entry))
        elif entry.get("kind") == f"{kind}-lifted" and _is_whole(entry, kind):
            standing = [one for one in standing if one.id != entry["id"]]
    return standing


def _is_whole(entry: Mapping[str, Any], kind: str) -> bool:
    try:
        approvals = tuple(
            Approval(each["person"], each["signature"]) for each in entry["approvals"]
        )
        Lift(
            kind=kind,
            id=entry["id"],
            docket=entry["docket"],
            on=date.fromisoformat(entry["on"]),
            document=entry["document"],
            approvals=approvals,
        )
    except (KeyError, TypeError, ValueError, Misuse, Refused):
        return False
    return True


def check_docket(docket: str) -> None:
    """Raise Misuse unless ``docket`` has the shape of a docket or file reference."""
    _shape("docket", docket, _DOCKET)


def check_digest(document: str) -> None:
    """Raise Misuse unless ``document`` is the SHA-256 (hex) of a document."""
    _shape("document", document, _DIGEST)


def _shape(field: str, value: object, pattern: re.Pattern[str]) -> None:
    fits = isinstance(value, str) and pattern.fullmatch(value) is not None
    if not fits or _LIKE_A_TIN.search(str(value)):
        raise Misuse(
            f"The field {field} is not of the shape the ledger takes in clear.",
            "Give the docket number, the court's code or abbreviation, ids and digests only.",
        )
