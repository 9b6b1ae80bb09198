"""The sampler's first page: which lists wait for their sample, and how samples came out."""

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portcullis.office import whereabouts
from portcullis.office.models import Sample
from portcullis.office.web import batches, charts
from portcullis.office.web.desks import at_desk
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import visitor_of

ACTS = ("sample", "examine")
_DUE = 3  # days in which a sample is to be drawn, or examined
_SHOWN = 25


@at_desk("sample")
def first(request: HttpRequest) -> HttpResponse:
    """Show which lists wait to be sampled or examined."""
    visitor = visitor_of(request)
    home = visitor.deployment.holder
    mine = whereabouts.waiting_for(home, ACTS)
    done = Sample.objects.exclude(examined=None)
    clean = done.filter(unlawful=0).count()
    size = sum(len(rows) for rows in done.values_list("rows", flat=True))
    to_draw = sum("sample" in each.acts for each in mine)
    context = {
        "alarms": batches.late(mine, home.today()),
        "stats": [
            {
                "label": "lists waiting for their sample",
                "value": to_draw,
                "kind": "warn" if to_draw else "good",
            },
            {
                "label": "samples waiting to be examined",
                "value": len(mine) - to_draw,
                "kind": "warn" if len(mine) > to_draw else "good",
            },
            {
                "label": "of the samples were clean",
                "value": batches.share(clean, done.count()),
                "note": f"{clean:,} of {done.count():,}; {size:,} requests examined.",
            },
        ],
        "waiting": batches.listed(
            mine,
            reverse("sample:first") + "batches/",
            caption="Lists that wait for a sampler",
            empty="No list waits to be sampled or examined.",
            visitor=visitor,
        ),
        "examined": _examined(),
        "charts": [
            charts.ageing(
                "How long they have waited", Counter(each.days for each in mine), due=_DUE
            ),
            charts.outcomes(
                "Samples examined",
                [
                    charts.Amount("Clean", clean, "good"),
                    charts.Amount("Held an unlawful item", done.count() - clean, "bad"),
                ],
            ),
            batches.way(home.today()),
            charts.over_time(
                "Samples examined",
                batches.per_month(
                    ((at.date(), 1) for at in done.values_list("examined__at", flat=True)),
                    "Samples",
                    home.today(),
                ),
                says="Each month of the last year.",
            ),
        ],
    }
    return render(request, "office/sample/first.html", context)


def _examined() -> Table:
    done = Sample.objects.exclude(examined=None).select_related("list", "examined")
    rows = []
    for sample in done.order_by("-examined_id")[:_SHOWN]:
        url = reverse("sample:batch", args=[sample.list.batch_id])
        clean = sample.unlawful == 0
        rows.append(
            [
                Cell(sample.list.batch_id, url=url),
                sample.list.number,
                len(sample.rows),
                Cell("Clean", tag="good") if clean else Cell("Unlawful item found", tag="bad"),
                batches.day(sample.examined.at.date()) if sample.examined else None,
            ]
        )
    return table(
        "Samples examined, the newest first",
        ["Batch", "List", "Requests", "Found", "On"],
        rows,
        stacked=True,
        empty="None was examined yet.",
    )
