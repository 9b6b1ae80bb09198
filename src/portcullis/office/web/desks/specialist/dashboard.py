"""The specialist's first page: what waits, how long, and how the batches went."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portcullis.office import whereabouts
from portcullis.office.models import Batch, Entry
from portcullis.office.web import batches, charts
from portcullis.office.web.desks import at_desk
from portcullis.office.web.visitors import visitor_of
from portcullis.office.whereabouts import Whereabouts

_DUE = 2  # days in which a batch is to be adjudicated
_LATELY = timedelta(days=90)


@at_desk("specialist")
def first(request: HttpRequest) -> HttpResponse:
    """Show what waits for a specialist, and how the work goes."""
    visitor = visitor_of(request)
    home = visitor.deployment.holder
    stands = whereabouts.everywhere(home, unfinished=True)
    mine = [each for each in stands if "adjudicate" in each.acts]
    mine.sort(key=lambda each: each.since)
    url = reverse("specialist:batches")
    received = Batch.objects.values_list("received_on", "taken", "quarantined")
    rows = [(on, taken + apart) for on, taken, apart in received]
    context = {
        "alarms": batches.late(stands, home.today()),
        "stats": _stats(home.today(), mine, stands, url),
        "waiting": batches.listed(
            mine,
            url,
            caption="Waiting for a specialist",
            empty="No batch waits to be adjudicated.",
            visitor=visitor,
        ),
        "charts": [
            charts.ageing(
                "How long they have waited", Counter(each.days for each in mine), due=_DUE
            ),
            charts.outcomes("Unfinished batches, by state", batches.by_state(stands, url)),
            batches.way(home.today()),
            charts.over_time(
                "Requests received",
                batches.per_month(rows, "Requests", home.today()),
                says="Each month of the last year, quarantined rows among them.",
            ),
        ],
    }
    return render(request, "office/specialist/first.html", context)


def _stats(
    today: date, mine: Sequence[Whereabouts], stands: Sequence[Whereabouts], url: str
) -> list[dict[str, Any]]:
    lately = Batch.objects.filter(received_on__gte=today - _LATELY)
    counts = list(lately.values_list("taken", "quarantined"))
    apart = sum(each for _, each in counts)
    refused = Entry.objects.filter(kind="transmittal-refused").count()
    return [
        {
            "label": "waiting to be adjudicated",
            "value": len(mine),
            "kind": "warn" if mine else "good",
            "note": f"The longest: {batches.age(mine[0].days).lower()}." if mine else "",
        },
        {"label": "unfinished batches", "value": len(stands), "url": url},
        {
            "label": "of the rows quarantined",
            "value": batches.share(apart, apart + sum(each for each, _ in counts)),
            "note": "In the last 90 days.",
        },
        {
            "label": "transmittals refused whole",
            "value": refused,
            "url": reverse("specialist:refusals"),
            "note": "Ever.",
        },
    ]
