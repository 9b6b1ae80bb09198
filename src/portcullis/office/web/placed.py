"""Orders and holds as pages show them: what they reach and stop, and whether they stand."""

from datetime import UTC, date, datetime

from portcullis.office.models import Placed
from portcullis.office.notices import Duty
from portcullis.office.web import batches
from portcullis.office.web.parts import Cell
from portcullis.office.web.visitors import Visitor
from portcullis.standing import LOOK_UP, RELEASE, USE, Hold, Order, Scope

STOPS = {
    LOOK_UP: "Looking people up in the records",
    RELEASE: "Letting packages leave",
    USE: "The recipient's use of what it holds",
}
_KINDS = {
    "agreements": ("agreement", "agreements"),
    "batches": ("batch", "batches"),
    "packages": ("package", "packages"),
    "statutes": ("statute", "statutes"),
    "officers": ("officer", "officers"),
    "readings": ("reading", "readings"),
}
_NAMED = 5  # values of a kind that are named before the rest are counted


def scope_words(scope: Scope) -> str:
    """Return in words how far a scope reaches."""
    if scope.everything:
        return "Everything"
    said = [
        _kind(*words, getattr(scope, kind))
        for kind, words in _KINDS.items()
        if getattr(scope, kind)
    ]
    if scope.persons:
        said.append("the persons named under seal")
    if scope.received_from or scope.received_to:
        said.append(_received(scope.received_from, scope.received_to))
    words = "; ".join(said)
    return words[:1].upper() + words[1:]


def stops_words(placed: Order | Hold) -> str:
    """Return in words what an order stops, or that a hold keeps everything in its scope."""
    if isinstance(placed, Hold):
        return "Erasure, disposal and destruction"
    return "; ".join(STOPS[each] for each in placed.stops)


def state_cell(row: Placed, placed: Order | Hold, now: datetime) -> Cell:
    """Return whether an order or hold stands, and has taken effect, as a cell."""
    if not row.standing:
        return Cell("Lifted", tag="plain")
    if not isinstance(placed, Order):
        return Cell("Stands", tag="warn")
    if placed.effective_at is not None and not placed.in_force(now):
        before = f"It stops nothing before {moment(placed.effective_at)}."
        return Cell("Not in effect yet", tag="warn", note=before)
    note = "Expired by its own words. It stands until lifted."
    return Cell("Stands", tag="bad", note=note if placed.expired(now.date()) else "")


def attested_cell(visitor: Visitor, duty: Duty, *, standing: bool) -> Cell:
    """Return whether a custodian has attested: on record since when, signed when by their words."""
    if not duty.attested_at:
        return Cell("Outstanding", tag="bad" if standing else "plain")
    entered, signed = (
        batches.day(datetime.fromisoformat(each).astimezone(UTC).date())
        for each in (duty.entered_at, duty.attested_at)
    )
    by = batches.person(visitor, duty.signed_by)
    return Cell(
        f"Entered on {entered}", tag="good", note=f"Signed on {signed}, by its own words, by {by}"
    )


def effect_words(placed: Order | Hold) -> str:
    """Return from when it has effect."""
    if isinstance(placed, Order) and placed.effective_at is not None:
        return moment(placed.effective_at)
    return f"At once, from its filing on {batches.day(placed.on)} (UTC)"


def moment(at: datetime) -> str:
    """Return an instant in words."""
    return f"{at.astimezone(UTC):%-d %B %Y, %H:%M} UTC"


def _kind(one: str, several: str, values: tuple[str, ...]) -> str:
    named = ", ".join(values[:_NAMED])
    more = f" and {len(values) - _NAMED:,} more" if len(values) > _NAMED else ""
    return f"{one if len(values) == 1 else several} {named}{more}"


def _received(first: date | None, last: date | None) -> str:
    if first and last:
        return f"what was received from {batches.day(first)} to {batches.day(last)}"
    if first:
        return f"what was received from {batches.day(first)} on"
    return f"what was received until {batches.day(last)}" if last else ""
