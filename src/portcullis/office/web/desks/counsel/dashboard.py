"""Counsel's first page: what stands, what waits for a second person, and how long."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.office import readings
from portcullis.office.models import LiftApproval, Placed, ReadingChange
from portcullis.office.web import batches, charts, losses, pages, placed, rostering
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.counsel.orders import table_of
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.standing import read_placed

_DUE = 2  # days in which a second person approves
_SHOWN = 10


@at_desk("counsel")
def first(request: HttpRequest) -> HttpResponse:
    """Show what stands and what waits."""
    visitor = visitor_of(request)
    rows = list(Placed.objects.order_by("-act_id").select_related("act"))
    standing = [row for row in rows if row.standing]
    counts = Counter(row.kind for row in standing)
    half = _half_lifted(standing)
    changes = list(
        ReadingChange.objects.filter(decided=None, effective_on__gte=visitor.today).order_by("id")
    )
    ages = [(visitor.today - _day(each)).days for each in half]
    held = readings.held_on(visitor.deployment.pack, visitor.today)
    by_act = sum(each.source == "act" for each in held)
    return pages.first(
        request,
        Head(
            "counsel",
            "Counsel",
            "You file orders and place holds, which take effect at once. With a second person you "
            "lift them, and put readings of the law in force or out of it.",
            actions=[
                (reverse("counsel:file-order"), "File an order"),
                (reverse("counsel:place-hold"), "Place a hold"),
                (reverse("counsel:orders"), "Orders and holds"),
                (reverse("counsel:readings"), "Readings of the law"),
                (reverse("people-accounts"), "People and accounts"),
                *losses.links(visitor.deployment),
            ],
        ),
        alarms=_alarms(visitor, standing),
        stats=[
            {
                "label": "orders stand",
                "value": counts["order"],
                "kind": "bad" if counts["order"] else "good",
            },
            {"label": "preservation holds stand", "value": counts["hold"]},
            {
                "label": "acts wait for a second person",
                "value": len(half) + len(changes),
                "kind": "warn" if half or changes else "good",
            },
            {
                "label": "readings in force",
                "value": len(held),
                "note": f"{by_act:,} of them put in force here.",
                "url": reverse("counsel:readings"),
            },
        ],
        waiting=_waiting(visitor, half, changes),
        charts=[
            charts.ageing("How long a lifting has waited for its second person",
                          Counter(ages), due=_DUE),
            charts.outcomes("Orders and holds", _states(rows)),
            charts.over_time(
                "Orders filed and holds placed",
                batches.per_month(
                    ((row.act.at.date(), 1) for row in rows), "Filed", visitor.today
                ),
                says="Each month of the last year.",
            ),
        ],
        parts=[
            Part(
                "Changes of the roster",
                table=rostering.listed(visitor, "counsel", rostering.waiting(visitor)),
            ),
            Part(
                "What stands",
                table=table_of(visitor, standing[:_SHOWN], "No order or hold stands."),
                links=[(reverse("counsel:orders"), "All orders and holds")],
            )
        ],
    )  # fmt: skip


def _alarms(visitor: Visitor, standing: Sequence[Placed]) -> list[dict[str, str]]:
    alarms = []
    for row in standing:
        said = read_placed(row.entry)
        what = f"{said.court} {said.docket}: {placed.scope_words(said.scope)}."
        if row.kind == "order":
            alarms.append(pages.alarm("error", f"Order {row.id} stands.", what))
        if placed.state_cell(row, said, visitor.today).note:
            told = f"Order {row.id} has expired by its own words."
            alarms.append(pages.alarm("warning", told, "It stands until two people lift it."))
    return alarms


def _half_lifted(standing: Sequence[Placed]) -> list[LiftApproval]:
    """Return the first approval of each lifting that waits for its second."""
    found = LiftApproval.objects.filter(placed__in=standing).order_by("id")
    return list({each.placed_id: each for each in reversed(found)}.values())


def _waiting(
    visitor: Visitor, half: Sequence[LiftApproval], changes: Sequence[ReadingChange]
) -> Table:
    """Return what waits for a second person; what this one began is no link."""
    rows = []
    for each in half:
        mine = each.placed.lifts.filter(person=visitor.person.id).exists()
        url = "" if mine else reverse("counsel:lift", args=[each.placed_id])
        rows.append(_row(visitor, f"Lift {each.placed_id}", url, each.person, _day(each)))
    for change in changes:
        by = change.approvals.order_by("id").first()
        mine = change.approvals.filter(person=visitor.person.id).exists()
        url = "" if mine else f"{reverse('counsel:change-reading')}?change={change.pk}"
        way = "in force" if change.in_force else "out of force"
        rows.append(
            [
                Cell(f"Put {change.reading} {way}", url=url),
                batches.person(visitor, by.person) if by else None,
                f"Until {batches.day(change.effective_on)}",
            ]
        )
    return table(
        "What waits for a second person",
        ["Act", "Approved by", "Waiting"],
        rows,
        stacked=True,
        empty="Nothing waits for a second person.",
        quiet=True,
    )


def _row(visitor: Visitor, says: str, url: str, by: str, since: date) -> list[object]:
    waits = batches.age((visitor.today - since).days)
    return [Cell(says, url=url), batches.person(visitor, by), waits]


def _day(approval: LiftApproval) -> date:
    return date.fromisoformat(approval.statement["on"])


def _states(rows: Sequence[Placed]) -> list[charts.Amount]:
    counts = Counter((row.kind, row.standing) for row in rows)
    amounts = [
        charts.Amount("Orders that stand", counts["order", True], "bad"),
        charts.Amount("Orders lifted", counts["order", False]),
        charts.Amount("Holds that stand", counts["hold", True], "warn"),
        charts.Amount("Holds lifted", counts["hold", False]),
    ]
    return amounts if rows else []
