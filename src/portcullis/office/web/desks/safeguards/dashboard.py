"""The safeguards desk's first page: may the recipient receive, and what is due by when."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.office import incidents, recall_steps, recalls
from portcullis.office.models import Placed
from portcullis.office.safeguards import standing_today
from portcullis.office.web import alarming, batches, charts, owed, pages, placed
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.safeguards import standing
from portcullis.office.web.desks.safeguards.incidents.showing import is_incident, of, what
from portcullis.office.web.desks.safeguards.matters import HERE
from portcullis.office.web.desks.safeguards.recalls.showing import RECALLS, STAGES
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.standing import read_placed

if TYPE_CHECKING:
    from portcullis.office.alarms import Raised
    from portcullis.oversight.incidents import Duty
    from portcullis.oversight.recall import Recall
    from portcullis.standing import Standing

_SOON = 5  # days in which an alarm is acknowledged


@at_desk(HERE)
def first(request: HttpRequest) -> HttpResponse:
    """Show whether the recipient may receive, and what waits."""
    visitor = visitor_of(request)
    home = visitor.deployment.holder
    today = standing_today(home)
    register = incidents.register()
    duties = [each for each in register.duties(visitor.deployment.now()) if each.done_at is None]
    steps = [each for each in duties if is_incident(each)]
    opened = [one for one in recalls.every().values() if one.closed_on is None]
    late = recall_steps.overdue(home)
    alarms = alarming.standing(visitor)
    owing = owed.everything(home)
    overdue = sum(each.overdue for each in owing)
    return pages.first(
        request,
        Head(
            "safeguards",
            "Safeguards",
            "You say whether the recipient may receive, follow incidents and recalls to their "
            "end, and watch over the office.",
            actions=[
                (reverse("safeguards:standing"), "May the recipient receive?"),
                (reverse("safeguards:incidents"), "Incidents"),
                (reverse("safeguards:recalls"), "Recalls"),
                (reverse("safeguards:alarms"), "Alarms"),
                (reverse("safeguards:duties"), "What the recipient owes"),
                (reverse("safeguards:statements"), "What the recipient states"),
                (reverse("safeguards:attestation"), "Custodians and attestations"),
                (reverse("safeguards:reports"), "Reports"),
                (reverse("safeguards:denials"), "Denied attempts"),
            ],
        ),
        alarms=_alarms(today, duties, opened, late),
        stats=[
            {
                "label": "The recipient may receive today",
                "value": "Yes" if today.met else "No",
                "kind": "good" if today.met else "bad",
                "url": reverse("safeguards:standing"),
            },
            {
                "label": "steps of incidents to be done",
                "value": len(steps),
                "kind": "warn" if steps else "good",
                "note": f"And {len(duties) - len(steps):,} notices to persons to be given.",
            },
            {"label": "recalls open", "value": len(opened), "kind": "warn" if late else "plain"},
            {
                "label": "duties of the recipient overdue",
                "value": overdue,
                "kind": "bad" if overdue else "good",
                "note": f"Of {len(owing):,} that it owes.",
                "url": reverse("safeguards:duties"),
            },
        ],
        waiting=_waiting(visitor, duties, opened, late, alarms),
        charts=[
            owed.by_kind(owing),
            charts.ageing(
                "How long alarms have stood",
                Counter(alarming.waits(one, visitor) for one in alarms),
                due=_SOON,
            ),
            charts.outcomes("Recalled disclosures, by how far they are", _recalled(opened)),
        ],
        parts=_why(today),
    )


def _why(today: "Standing") -> list[Part]:
    if today.met:
        return []
    rows = standing.why_not(today)
    listed = table("Why not", ["Reason", "Remedy"], rows, stacked=True, quiet=True)
    return [Part("Why the recipient may not receive today", table=listed)]


def _alarms(
    today: "Standing", duties: "Sequence[Duty]", opened: "Sequence[Recall]", late: set[str]
) -> list[dict[str, str]]:
    found = []
    if not today.met:
        found.append(
            pages.alarm("error", "The recipient may not receive today.", "Nothing is released.")
        )
    for row in Placed.objects.filter(kind="order", standing=True).order_by("act_id"):
        said = read_placed(row.entry)
        where = f"{said.court} {said.docket}: {placed.scope_words(said.scope)}."
        found.append(pages.alarm("error", f"Order {row.id} stands.", where))
    found += [
        pages.alarm("error", f"{of(each, HERE).text}: overdue.", f"{what(each)}.")
        for each in duties
        if each.overdue
    ]
    found += [
        pages.alarm("error", f"Recall {one.id}: its day has passed.", "Not all is disposed of.")
        for one in opened
        if one.id in late
    ]
    return found


def _waiting(
    visitor: Visitor,
    duties: "Sequence[Duty]",
    opened: "Sequence[Recall]",
    late: set[str],
    alarms: "Sequence[Raised]",
) -> Table:
    rows: list[list[object]] = [
        [
            of(each, HERE),
            what(each),
            f"{each.due:%-d %B %Y, %H:%M %Z}" if each.due else "As soon as practicable",
            Cell("Overdue", tag="bad") if each.overdue else Cell("To be done", tag="busy"),
        ]
        for each in duties
    ]
    rows += [
        [
            Cell(f"Recall {one.id}", url=RECALLS.url(HERE, one.id)),
            f"{len(one.open_lots()):,} lots are not disposed of",
            batches.day(one.due_on),
            Cell("Overdue", tag="bad") if one.id in late else Cell("To be done", tag="busy"),
        ]
        for one in opened
    ]
    rows += [
        [
            Cell(f"Alarm {one.id}", url=reverse("safeguards:acknowledge", args=[one.id])),
            "To be acknowledged",
            batches.age(alarming.waits(one, visitor)),
            Cell("Stands", tag="warn"),
        ]
        for one in alarms
    ]
    return table(
        "What waits for you",
        ["What", "To do", "Due, or since", "State"],
        rows,
        stacked=True,
        empty="No incident, recall or alarm waits.",
        quiet=True,
    )


def _recalled(opened: "Sequence[Recall]") -> list[charts.Amount]:
    counts: Counter[str] = Counter()
    for one in opened:
        counts.update(one.by_stage())
    kinds = {"disposed": "good", "listed": "bad"}
    return [
        charts.Amount(STAGES[stage][0], counts[stage], kinds.get(stage, "plain"))  # type: ignore[arg-type]
        for stage in STAGES
        if counts[stage]
    ]
