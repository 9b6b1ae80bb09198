"""The reviewers' first page: which batches have near misses, and how many wait for whom."""

from collections import Counter
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portcullis.errors import Misuse
from portcullis.office import likelihood, whereabouts
from portcullis.office.home import Home
from portcullis.office.models import Act
from portcullis.office.referrals import Waiting
from portcullis.office.review_journal import ACT
from portcullis.office.web import batches, charts
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.review import queues
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.office.whereabouts import Whereabouts

_DUE = 5  # days in which a near miss is to be looked at


@at_desk("review")
def first(request: HttpRequest) -> HttpResponse:
    """Show where near misses wait, and what for."""
    visitor = visitor_of(request)
    home = visitor.deployment.holder
    stands = whereabouts.waiting_for(home, ["review"])
    queued = [(stand, queues.near_misses(home, stand.batch)) for stand in stands]
    counted = Counter(each.state for _, misses in queued for each in misses)
    second = sum(
        each.state == "found" and each.finder != visitor.person.id
        for _, misses in queued
        for each in misses
    )
    ages = Counter(
        {
            days: sum(
                each.state in {"open", "found"}
                for stand, misses in queued
                if stand.days == days
                for each in misses
            )
            for days in {stand.days for stand in stands}
        }
    )
    lately = Act.objects.filter(kind=ACT, at__gte=batches.year_since(home.today()))
    acts = lately.values_list("at", flat=True)
    context = {
        "alarms": batches.late(stands, home.today()),
        "model": _trained(home),
        "stats": [
            {"label": "open, with nothing found", "value": counted["open"]},
            {
                "label": "waiting for you as second reviewer",
                "value": second,
                "kind": "warn" if second else "good",
            },
            {"label": "confirmed", "value": counted["confirmed"]},
            {"label": "refused", "value": counted["refused"]},
        ],
        "waiting": _listed(visitor, queued),
        "charts": [
            charts.funnel(
                "From near miss to confirmed",
                [
                    charts.Amount("Near misses", counted.total()),
                    charts.Amount("Found", counted.total() - counted["open"]),
                    charts.Amount("Confirmed", counted["confirmed"], "good"),
                ],
                says="Of the batches open to review.",
            ),
            charts.ageing("How long near misses have waited", ages, due=_DUE),
            charts.outcomes(
                "Where the review of each stands",
                [charts.Amount(says, counted[state]) for state, (says, _) in queues.STATES.items()],
            ),
            charts.over_time(
                "Acts of review",
                batches.per_month(((at.date(), 1) for at in acts), "Acts", home.today()),
                says="Each month of the last year: two of each look, finding and confirmation.",
            ),
        ],
    }
    return render(request, "office/review/first.html", context)


def _listed(visitor: Visitor, queued: Sequence[tuple[Whereabouts, Sequence[Waiting]]]) -> Table:
    rows = []
    for stand, misses in queued:
        states = Counter(each.state for each in misses)
        rows.append(
            [
                Cell(
                    stand.batch.id,
                    url=reverse("review:queue", args=[stand.batch.id]),
                    note=batches.apart(visitor, "review", stand.batch),
                ),
                batches.age(stand.days),
                len(misses),
                states["open"],
                states["found"],
                states["confirmed"],
            ]
        )
    return table(
        "Batches whose near misses can be reviewed",
        ["Batch", "Waiting", "Near misses", "Open", "Found", "Confirmed"],
        rows,
        stacked=True,
        quiet=True,
        empty="No batch is open to review. It is from its determination until its (i)(6) records.",
    )


def _trained(home: Home) -> bool:
    try:
        return likelihood.is_trained(home)
    except Misuse:
        return True
