"""The approver's first page: which lists wait, and which approvals run out."""

from collections import Counter
from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portcullis.office import whereabouts
from portcullis.office.models import Act, Approval
from portcullis.office.web import batches, charts
from portcullis.office.web.desks import at_desk
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of

_DUE = 2  # days in which a list is to be decided on
_SHOWN = 25


@at_desk("approval")
def first(request: HttpRequest) -> HttpResponse:
    """Show which lists wait for an approver, and what became of those decided on."""
    visitor = visitor_of(request)
    home = visitor.deployment.holder
    stands = whereabouts.everywhere(home, unfinished=True)
    mine = whereabouts.waiting_for(home, ["approve"])
    approvals = Approval.objects.select_related("act", "list").order_by("-act_id")
    sent_back = Act.objects.filter(kind="send-back").count()
    running = sum(each.batch.state in {"approved", "releasing"} for each in stands)
    context = {
        "alarms": batches.late(stands, home.today()),
        "stats": [
            {
                "label": "lists waiting for you",
                "value": len(mine),
                "kind": "warn" if mine else "good",
                "note": f"The longest: {batches.age(mine[0].days).lower()}." if mine else "",
            },
            {"label": "approvals running", "value": running},
            {
                "label": "of the lists decided on were approved",
                "value": batches.share(approvals.count(), approvals.count() + sent_back),
                "note": f"{sent_back:,} sent back.",
            },
        ],
        "waiting": batches.listed(
            mine,
            reverse("approval:first") + "batches/",
            caption="Lists that wait for an approver",
            empty="No list waits. One comes with a clean sample and its (i)(6) records.",
            visitor=visitor,
        ),
        "decided": _decided(visitor, approvals[:_SHOWN]),
        "charts": [
            charts.ageing(
                "How long they have waited", Counter(each.days for each in mine), due=_DUE
            ),
            charts.outcomes("Unfinished batches, by state", batches.by_state(stands)),
            batches.way(home.today()),
            charts.over_time(
                "Lists approved",
                batches.per_month(
                    ((at.date(), 1) for at in approvals.values_list("act__at", flat=True)),
                    "Lists",
                    home.today(),
                ),
                says="Each month of the last year.",
            ),
        ],
    }
    return render(request, "office/approval/first.html", context)


def _decided(visitor: Visitor, approvals: Iterable[Approval]) -> Table:
    rows = [
        [
            Cell(each.list.batch_id, url=reverse("approval:batch", args=[each.list.batch_id])),
            each.list.number,
            each.list.eligible,
            batches.person(visitor, each.act.person),
            batches.day(each.act.at.date()),
            batches.day(each.expires_on),
        ]
        for each in approvals
    ]
    return table(
        "Lists approved, the newest first",
        ["Batch", "List", "Eligible", "By", "On", "Until"],
        rows,
        stacked=True,
        empty="No list was approved yet.",
    )
