"""The impairment official's first page: which batches need their (i)(6) records."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portcullis.office import whereabouts
from portcullis.office.models import Act, Impairment
from portcullis.office.web import batches, charts
from portcullis.office.web.desks import at_desk
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import visitor_of

ACT = "impairment"
_DUE = 5  # days in which the records of a batch are to be made


@at_desk("impairment")
def first(request: HttpRequest) -> HttpResponse:
    """Show which batches need their records, and which have them."""
    visitor = visitor_of(request)
    home = visitor.deployment.holder
    mine = whereabouts.waiting_for(home, [ACT])
    records = Impairment.objects.count()
    barred = Impairment.objects.filter(adverse=True).count()
    acts = Act.objects.filter(kind=ACT).order_by("-id")
    context = {
        "alarms": batches.late(mine, home.today()),
        "stats": [
            {
                "label": "batches without their records",
                "value": len(mine),
                "kind": "warn" if mine else "good",
                "note": f"The longest: {batches.age(mine[0].days).lower()}." if mine else "",
            },
            {
                "label": "eligible requests among them",
                "value": f"{sum(each.eligible or 0 for each in mine):,}",
            },
            {
                "label": "of the requests recorded so far are barred",
                "value": batches.share(barred, records),
                "note": f"{barred:,} of {records:,}.",
            },
        ],
        "waiting": batches.listed(
            mine,
            reverse("impairment:first") + "batches/",
            caption="Batches that need their (i)(6) records",
            empty="No batch needs its (i)(6) records now.",
            visitor=visitor,
        ),
        "recorded": _recorded(acts.values_list("batch", "at")[:25]),
        "charts": [
            charts.ageing(
                "How long they have waited", Counter(each.days for each in mine), due=_DUE
            ),
            charts.funnel(
                "Eligible requests, recorded and barred",
                [charts.Amount("Recorded", records), charts.Amount("Barred", barred, "bad")],
            ),
            batches.way(home.today()),
            charts.over_time(
                "Batches recorded",
                batches.per_month(
                    ((at.date(), 1) for at in acts.values_list("at", flat=True)),
                    "Batches",
                    home.today(),
                ),
            ),
        ],
    }
    return render(request, "office/impairment/first.html", context)


def _recorded(acts: Iterable[tuple[str, datetime]]) -> Table:
    rows = []
    for batch_id, at in acts:
        found = Impairment.objects.filter(batch=batch_id)
        url = reverse("impairment:batch", args=[batch_id])
        barred = found.filter(adverse=True).count()
        rows.append([Cell(batch_id, url=url), batches.day(at.date()), found.count(), barred])
    return table(
        "Batches recorded, the newest first",
        ["Batch", "Recorded on", "Requests", "Barred"],
        rows,
        stacked=True,
        empty="None was recorded yet.",
    )
