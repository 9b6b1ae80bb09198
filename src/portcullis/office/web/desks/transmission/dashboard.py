"""The transmitter's first page: what may be released or answered, and whether the gate is open."""

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portcullis.office import whereabouts
from portcullis.office.web import batches, charts
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.transmission import gate, states
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.office.whereabouts import Whereabouts


@at_desk("transmission")
def first(request: HttpRequest) -> HttpResponse:
    """Show what waits to be released or answered, and how packages went."""
    visitor = visitor_of(request)
    home = visitor.deployment.holder
    today = home.today()
    mine = whereabouts.waiting_for(home, ["transmit"])
    ready = [each for each in mine if today >= each.answer_day]
    packages = states.of_batches()
    counts = sum(packages.values(), Counter())
    sent = counts["delivered"] + counts["not-sent"]
    context = {
        "alarms": batches.late(mine, today),
        "gate": gate.now(home),
        "stats": [
            {
                "label": "to be released or answered today",
                "value": len(ready),
                "kind": "warn" if ready else "good",
            },
            {"label": "waiting for their answer day", "value": len(mine) - len(ready)},
            {
                "label": "of the packages were delivered",
                "value": batches.share(counts["delivered"], sent),
                "note": f"{counts['not-sent']:,} not sent.",
            },
        ],
        "waiting": _listed(visitor, mine),
        "charts": [
            charts.ageing(
                "How long past their answer day",
                Counter((today - each.answer_day).days for each in ready),
                due=0,
            ),
            charts.outcomes("Packages", states.amounts(counts)),
            batches.way(today),
            charts.over_time(
                "Packages delivered",
                batches.per_month(states.delivered_on(packages), "Packages", today),
                says="Each month of the last year.",
            ),
        ],
    }
    return render(request, "office/transmission/first.html", context)


def _listed(visitor: Visitor, stands: list[Whereabouts]) -> Table:
    return table(
        "Batches to be released or answered",
        ["Batch", "State", "Next", "Answer day", "Approved until", "Waiting"],
        [
            [
                Cell(each.batch.id, url=reverse("transmission:batch", args=[each.batch.id])),
                batches.state_cell(each.batch),
                Cell(
                    "; ".join(turn.says for turn in each.turns if turn.act == "transmit"),
                    note=batches.apart(visitor, "transmit", each.batch),
                ),
                batches.day(each.answer_day),
                batches.day(each.expires_on) if each.expires_on else None,
                batches.age(each.days),
            ]
            for each in stands
        ],
        stacked=True,
        quiet=True,
        empty="Nothing is approved, and no batch waits for its answer.",
    )
