"""Batches as pages show them: their states in words, whose turn it is, and how long it has been."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from portcullis.errors import Misuse
from portcullis.office import entries
from portcullis.office.duties import done_before
from portcullis.office.home import Home
from portcullis.office.models import Act, Batch, DeterminationList, Entry, Package
from portcullis.office.permissions import PERMISSIONS, who_may
from portcullis.office.web import charts
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor
from portcullis.office.whereabouts import Whereabouts

if TYPE_CHECKING:
    from django.db.models import QuerySet

STATES: dict[str, tuple[str, charts.Kind | str]] = {
    "received": ("Received", "plain"),
    "held": ("Held", "warn"),
    "determined": ("Determined", "busy"),
    "sampled": ("Sample drawn", "busy"),
    "examined": ("Sample clean", "busy"),
    "unapprovable": ("Never to be approved", "bad"),
    "approved": ("Approved", "good"),
    "releasing": ("Being released", "busy"),
    "answered": ("Answered", "good"),
    "lost": ("Lost", "bad"),
}
"""State of a batch -> its word, and the tag it is shown with."""

_DID = {
    "adjudicate": "adjudicated",
    "review": "reviewed near misses of",
    "impairment": "recorded under § 6103(i)(6) for",
    "sample": "drew the sample of",
    "examine": "examined the sample of",
    "approve": "approved",
    "send-back": "sent back",
    "transmit": "transmitted",
}
_DOES = {
    "adjudicate": "adjudicates it",
    "review": "reviews its near misses",
    "impairment": "records under § 6103(i)(6)",
    "sample": "draws its sample",
    "examine": "examines its sample",
    "approve": "approves it",
    "send-back": "decides on it",
    "transmit": "transmits it",
}
_PAGE = 25
_MONTHS = 12
_SOON = timedelta(days=2)
_LATELY = timedelta(days=90)


def state_cell(batch: Batch) -> Cell:
    """Return the state of a batch as a cell."""
    text, kind = STATES[batch.state]
    return Cell(text, tag=kind)


def age(days: int) -> str:
    """Return in words how long something has waited."""
    return {0: "Since today", 1: "1 day"}.get(days, f"{days:,} days")


def day(of: date) -> str:
    """Return a day as pages write it."""
    return f"{of.day} {of:%B %Y}"


def listed(
    stands: Iterable[Whereabouts], url: str, *, caption: str, empty: str, visitor: Visitor
) -> Table:
    """Return the table of batches: each a link to ``url`` and its id, with what is next and since.

    A turn that cannot be the visitor's own, because of what they did to the batch, says so.
    """
    return table(
        caption,
        ["Batch", "State", "Next", "Waiting", "Requests", "Answer day"],
        [
            [
                Cell(each.batch.id, url=f"{url}{each.batch.id}/"),
                state_cell(each.batch),
                Cell(
                    "; ".join(turn.says for turn in each.turns) or "Nothing",
                    note=_not_yours(visitor, each),
                ),
                age(each.days) if each.turns else None,
                each.batch.taken + each.batch.quarantined,
                day(each.answer_day),
            ]
            for each in stands
        ],
        stacked=True,
        empty=empty,
        quiet=True,
    )


def _not_yours(visitor: Visitor, stand: Whereabouts) -> str:
    own = (turn.act for turn in stand.turns if visitor.may(turn.act))
    return " ".join(filter(None, (apart(visitor, act, stand.batch) for act in own)))


def apart(visitor: Visitor, act: str, batch: Batch) -> str:
    """Return why another person must do ``act`` to the batch; empty where it may be the visitor."""
    earlier = done_before(visitor.person, act, batch)
    if earlier is None:
        return ""
    return f"You {_DID[earlier]} this batch, so another person {_DOES[act]}."


def others(visitor: Visitor, act: str, batch: Batch) -> list[str]:
    """Return the names of those others who may do ``act`` to the batch today."""
    home = visitor.deployment.holder
    return [
        person.name
        for person in who_may(home.roster, act, home.today())
        if person.id != visitor.person.id and done_before(person, act, batch) is None
    ]


def by_state(stands: Iterable[Whereabouts], url: str = "") -> list[charts.Amount]:
    """Return how many of the batches stand in each state; each is a link to those at ``url``."""
    counted = Counter(each.batch.state for each in stands)
    return [
        charts.Amount(STATES[state][0], counted[state], url=f"{url}?state={state}" if url else "")
        for state in STATES
        if counted[state]
    ]


def way(today: date) -> charts.Bars:
    """Return how far the batches received lately have come, from received to released."""
    lately = Batch.objects.filter(received_on__gte=today - _LATELY)
    listed = DeterminationList.objects.filter(batch__in=lately, final=False)
    # Asked of each batch: of its packages there may be tens of thousands.
    left = Package.objects.filter(batch=OuterRef("id"), state="delivered")
    approved = listed.exclude(approval=None)
    return charts.funnel(
        "How far batches have come",
        [
            charts.Amount("Received", lately.count()),
            charts.Amount("Adjudicated", _batches(listed)),
            charts.Amount("Sampled", _batches(listed.exclude(sample=None))),
            charts.Amount("Approved", _batches(approved), "good"),
            charts.Amount("Released", lately.filter(Exists(left)).count(), "good"),
        ],
        says=f"Of those received in the last {_LATELY.days} days.",
    )


def _batches(rows: "QuerySet[Any]") -> int:
    return rows.order_by().values("batch").distinct().count()


def late(stands: Iterable[Whereabouts], today: date) -> list[dict[str, str]]:
    """Return as alarms what is held, late or about to be, for a desk's first page."""
    alarms = []
    for each in stands:
        batch = each.batch
        if batch.state == "held":
            alarms.append(_alarm("warning", f"Batch {batch.id} is held.", batch.held_reason))
        if today > each.answer_day:
            alarms.append(
                _alarm("error", f"Batch {batch.id} was to be answered on {day(each.answer_day)}.")
            )
        if batch.state in {"approved", "releasing"} and each.expires_on is not None:
            if today > each.expires_on:
                told = f"The approval of batch {batch.id} has expired."
                alarms.append(_alarm("error", told, "What was not sent by then stays unsent."))
            elif each.expires_on - today <= _SOON:
                told = f"The approval of batch {batch.id} expires on {day(each.expires_on)}."
                alarms.append(_alarm("warning", told))
    return alarms


def _alarm(kind: str, heading: str, text: str = "") -> dict[str, str]:
    return {"kind": kind, "heading": heading, "text": text}


def steps_table(home: Home, batch: Batch) -> Table:
    """Return who did what to the batch, as a table; of one person's like acts the last."""
    seen: dict[tuple[str, str], list[str]] = {}
    acts = Act.objects.filter(batch=batch.id, kind__in=_DID).order_by("id")
    for kind, person_id, at in acts.values_list("kind", "person", "at"):
        person = home.roster.get(person_id)
        name = person.name if person else person_id
        seen[kind, person_id] = [PERMISSIONS[kind].says, name, day(at.date())]
    return table(
        "Who did what to this batch",
        ["Act", "By", "On"],
        seen.values(),
        stacked=True,
        empty="Nobody has done anything to it yet.",
    )


@dataclass(frozen=True)
class Rows:
    """The rows of a table as pages slice them: each a mapping, made only where it is shown."""

    frame: pl.DataFrame

    def __len__(self) -> int:
        """Return how many there are."""
        return self.frame.height

    def __getitem__(self, wanted: slice) -> list[dict[str, Any]]:
        """Return the rows of a slice."""
        return self.frame[wanted].to_dicts()


def page_of(
    request: HttpRequest, rows: "Sequence[Any] | Rows | QuerySet[Any]", size: int = _PAGE
) -> tuple[Page[Any], str]:
    """Return the page of ``rows`` that is asked for, and the filters.

    The filters are the rest of the address's query, encoded; a page that is none is the nearest.
    """
    query = request.GET.copy()
    query.pop("page", None)
    pages: Paginator[Any] = Paginator(rows, size)  # type: ignore[arg-type]
    return pages.get_page(request.GET.get("page")), query.urlencode()


def batch_named(batch_id: str) -> Batch:
    """Return the batch of an address. Raises Misuse where there is none."""
    batch = Batch.objects.filter(id=batch_id).first()
    if batch is None:
        raise Misuse("No batch of that id has been taken in.", "See the list of batches.")
    return batch


def year_since(today: date) -> datetime:
    """Return since when ``per_month`` counts (UTC), so that no more is read than is drawn."""
    return datetime.combine(_firsts(today)[-1], time.min, UTC)


def per_month(
    amounts: Iterable[tuple[date, int]], name: str, today: date
) -> Sequence[tuple[date, dict[str, float | None]]]:
    """Return the sum of the ``amounts`` of each of the last twelve months, the oldest first.

    Each month is named by its first day: rows for ``charts.over_time``.
    """
    sums: Counter[date] = Counter()
    for on, amount in amounts:
        sums[on.replace(day=1)] += amount
    return [(first, {name: sums[first]}) for first in reversed(_firsts(today))]


def _firsts(today: date) -> list[date]:
    firsts = [today.replace(day=1)]
    while len(firsts) < _MONTHS:
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    return firsts


def share(part: int, whole: int) -> str:
    """Return ``part`` of ``whole`` in per cent; a dash where there is no whole."""
    return f"{100 * part / whole:.1f} %" if whole else "–"


def person(visitor: Visitor, person_id: str) -> str:
    """Return the name of a person of the roster, as pages say it to the visitor."""
    if person_id == visitor.person.id:
        return "You"
    found = visitor.deployment.roster.get(person_id)
    return found.name if found else person_id


def entry_day(entry: Entry) -> date:
    """Return the day a ledger entry was written on."""
    return date.fromisoformat(str(entries.body(entry)["at"])[:10])
