"""Counsel's first page: what stands, what waits for a second person, and how long."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.office import incidents, persons, readings, recalls
from portcullis.office.models import LiftApproval, Placed, ReadingChange
from portcullis.office.orders import approvals_of
from portcullis.office.web import batches, charts, losses, pages, placed, rostering
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.counsel import person_notices
from portcullis.office.web.desks.counsel import recalls as recall_pages
from portcullis.office.web.desks.counsel.determinations import undetermined
from portcullis.office.web.desks.counsel.orders import table_of
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.oversight.incidents import PersonNotice
from portcullis.oversight.recall import Recall
from portcullis.standing import Order, read_placed

_DUE = 2  # days in which a second person approves
_SHOWN = 10


@at_desk("counsel")
def first(request: HttpRequest) -> HttpResponse:
    """Show what stands and what waits."""
    visitor = visitor_of(request)
    rows = list(Placed.objects.order_by("-act_id").select_related("act"))
    standing = [row for row in rows if row.standing]
    counts = Counter(row.kind for row in standing)
    half = _half_lifted(visitor, standing)
    changes = list(
        ReadingChange.objects.filter(decided=None, effective_on__gte=visitor.today).order_by("id")
    )
    ages = [(visitor.today - _day(each)).days for each in half]
    open_ = [one for one in recalls.every().values() if not one.closed_on]
    counted = [(one, len(recall_pages.undemanded(one))) for one in open_]
    demands = [(one, lots) for one, lots in counted if lots]
    due = [each for each in incidents.register().notices.values() if not each.given]
    untold = undetermined()
    held = readings.held_on(visitor.deployment.pack, visitor.today)
    by_act = sum(each.source == "act" for each in held)
    return pages.first(
        request,
        Head(
            "counsel",
            "Counsel",
            "You file orders and place holds, which take effect at once. With a second person you "
            "lift them, and put readings of the law in force or out of it. You send a recall’s "
            "demands, and tell the persons whom the law has told.",
            actions=[
                (reverse("counsel:file-order"), "File an order"),
                (reverse("counsel:place-hold"), "Place a hold"),
                (reverse("counsel:orders"), "Orders and holds"),
                (reverse("counsel:readings"), "Readings of the law"),
                (reverse("people-accounts"), "People and accounts"),
                (reverse("counsel:recalls"), "Recalls"),
                (reverse("counsel:notices"), "Notices to persons"),
                (reverse("counsel:determinations"), "What persons may be told"),
                (reverse("counsel:agreement"), "The agreement"),
                (reverse("counsel:explain"), "Explain a request"),
                (reverse("counsel:histories"), "Histories and re-examinations"),
                (reverse("counsel:incidents"), "Incidents"),
                (reverse("counsel:reports"), "Reports"),
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
                "label": "lots of recalls without a demand",
                "value": sum(lots for _, lots in demands),
                "kind": "warn" if demands else "good",
                "url": reverse("counsel:recalls"),
            },
            {
                "label": "notices to persons due",
                "value": len(due),
                "kind": "warn" if due else "good",
                "url": reverse("counsel:notices"),
            },
            {
                "label": "batches and histories not determined on",
                "value": len(untold),
                "kind": "warn" if untold else "good",
                "note": "Persons who ask are told nothing of them.",
                "url": reverse("counsel:determinations"),
            },
            {
                "label": "readings in force",
                "value": len(held),
                "note": f"{by_act:,} of them put in force here.",
                "url": reverse("counsel:readings"),
            },
        ],
        waiting=_waiting(visitor, half, changes, demands, due),
        charts=[
            charts.ageing("How long a lifting has waited for its second person",
                          Counter(ages), due=_DUE),
            charts.ageing(
                "How long notices to persons have been due",
                Counter(person_notices.waits(visitor, each) for each in due),
                due=0,
                says="The law has them given as soon as practicable.",
            ),
            charts.outcomes("Lots of the open recalls, by their demand", _asked(open_)),
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
    now = visitor.deployment.now()
    alarms = [
        pages.alarm(
            "error",
            f"This home has lost whom {each} names under seal.",
            "It reaches every request until the same persons are given again, at its page.",
        )
        for each in persons.missing(visitor.deployment.holder)
    ]
    for row in standing:
        said = read_placed(row.entry)
        if not isinstance(said, Order):
            continue
        what = f"{said.court} {said.docket}: {placed.scope_words(said.scope)}."
        if said.in_force(now):
            alarms.append(pages.alarm("error", f"Order {row.id} stands.", what))
        else:
            told = f"Order {row.id} takes effect on {placed.effect_words(said)}."
            alarms.append(pages.alarm("warning", told, f"{what} It stops nothing before."))
        if said.expired(visitor.today):
            told = f"Order {row.id} has expired by its own words."
            alarms.append(pages.alarm("warning", told, "It stands until two people lift it."))
    return alarms


def _half_lifted(visitor: Visitor, standing: Sequence[Placed]) -> list[LiftApproval]:
    """Return the first approval, of those that count, of each lifting that waits for its second."""
    begun = set(LiftApproval.objects.values_list("placed_id", flat=True))
    given = (approvals_of(visitor.deployment.holder, row) for row in standing if row.id in begun)
    return [each[0] for each in given if each]


def _waiting(
    visitor: Visitor,
    half: Sequence[LiftApproval],
    changes: Sequence[ReadingChange],
    demands: Sequence[tuple[Recall, int]],
    due: Sequence[PersonNotice],
) -> Table:
    """Return what waits for counsel; what this one began and another is to end is no link."""
    rows: list[list[object]] = [
        [
            Cell(f"Notice {each.id}", url=person_notices.url("notice", each.id)),
            "To be given as soon as practicable",
            f"{person_notices.TRIGGERS[each.trigger]}, {batches.day(each.triggered_on)}",
            batches.age(person_notices.waits(visitor, each)),
        ]
        for each in due
    ]
    rows += [
        [
            Cell(f"Demand of {one.id}", url=recall_pages.url("recall", one.id)),
            f"To be sent for {lots:,} {'lot' if lots == 1 else 'lots'}",
            f"Recalled, {batches.day(one.opened_on)}",
            f"Disposal due on {batches.day(one.due_on)}",
        ]
        for one, lots in demands
    ]
    for each in half:
        mine = each.placed.lifts.filter(person=visitor.person.id).exists()
        url = "" if mine else reverse("counsel:lift", args=[each.placed_id])
        rows.append(
            [
                Cell(f"Lift {each.placed_id}", url=url),
                "A second person is to approve it",
                f"Approved by {batches.person(visitor, each.person)}",
                batches.age((visitor.today - _day(each)).days),
            ]
        )
    for change in changes:
        by = change.approvals.order_by("id").first()
        mine = change.approvals.filter(person=visitor.person.id).exists()
        url = "" if mine else f"{reverse('counsel:change-reading')}?change={change.pk}"
        way = "in force" if change.in_force else "out of force"
        rows.append(
            [
                Cell(f"Put {change.reading} {way}", url=url),
                "A second person is to approve it",
                f"Approved by {batches.person(visitor, by.person)}" if by else None,
                f"Until {batches.day(change.effective_on)}",
            ]
        )
    return table(
        "What waits for you",
        ["What", "To do", "Because of", "Due, or since"],
        rows,
        stacked=True,
        empty="No notice, demand or second approval waits.",
        quiet=True,
    )


def _asked(open_: Sequence[Recall]) -> list[charts.Amount]:
    lots = sum(len(one.lots) for one in open_)
    waiting = sum(len(recall_pages.undemanded(one)) for one in open_)
    amounts = [
        charts.Amount("Not sent", waiting, "warn"),
        charts.Amount("Sent, or told of already", lots - waiting, "good"),
    ]
    return amounts if lots else []


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
