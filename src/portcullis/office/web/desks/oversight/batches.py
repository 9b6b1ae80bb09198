"""Batches as the inspector reads them: where each stands, who did what, what became of it."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.office import whereabouts
from portcullis.office.home import Home
from portcullis.office.models import Batch
from portcullis.office.web import batches, became, charts, pages, sampled
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.transmission import states
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell
from portcullis.office.web.visitors import visitor_of

_UP = "Batches"


@at_desk("oversight")
def every(request: HttpRequest) -> HttpResponse:
    """List every batch, the newest first."""
    visitor = visitor_of(request)
    page, query = batches.page_of(request, Batch.objects.order_by("-received_on", "-id"))
    listed = batches.listed(
        whereabouts.of_each(visitor.deployment.holder, page.object_list),
        reverse("oversight:batches"),
        caption="Batches, the newest first",
        empty="No batch was taken in yet.",
        visitor=visitor,
    )
    head = Head("oversight", _UP, "Where each stands, and whose turn it is.")
    return pages.page(request, head, [Part(table=listed, page=page, query=query)])


@at_desk("oversight")
def one(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Show one batch: nothing of a request, and of the records only counts."""
    home, batch = visitor_of(request).deployment.holder, batches.batch_named(batch_id)
    stand = whereabouts.of(home, batch)
    facts: list[tuple[str, object]] = [
        ("State", batches.state_cell(batch)),
        ("Next", "; ".join(turn.says for turn in stand.turns) or "Nothing"),
        ("Received on", batches.day(batch.received_on)),
        ("Answer day", batches.day(stand.answer_day)),
        ("Signed by", batch.signatory),
        ("Prepared by", batch.prepared_by),
        ("Agreement", f"Version {batch.agreement_version}"),
        ("Taken in", f"{batch.taken:,} requests"),
        ("Quarantined", f"{batch.quarantined:,} rows"),
    ]
    parts = [
        Part("Where it stands", facts=facts),
        *_became(home, batch),
        *_sample(batch),
        *_packages(batch),
        Part("Who did what", table=batches.steps_table(home, batch)),
    ]
    explain = f"{reverse('oversight:explain')}?batch={batch.id}"
    head = Head(
        "oversight",
        f"Batch {batch.id}",
        up=[(reverse("oversight:batches"), _UP)],
        actions=[(explain, "Explain a request")],
    )
    return pages.page(request, head, parts)


def _became(home: Home, batch: Batch) -> list[Part]:
    found = became.context(home, batch)
    heading = "What became of the requests"
    if "erased" in found:
        return [Part(heading, str(found["erased"]))]
    drawn = [found[name] for name in ("funnel", "outcomes") if name in found]
    return [Part(heading, charts=drawn, table=found.get("reasons"))]


def _sample(batch: Batch) -> list[Part]:
    sample = sampled.sample_of(batch)
    if sample is None:
        return []
    found: object = "Not examined yet"
    if sample.examined is not None:
        clean = sample.unlawful == 0
        found = Cell("Clean", tag="good") if clean else Cell("Unlawful item found", tag="bad")
    return [Part("The sample", facts=[*sampled.drawn(sample), ("Found", found)])]


def _packages(batch: Batch) -> list[Part]:
    counts = states.counted(batch.packages.all())
    if not counts:
        return []
    return [Part("Packages", charts=[charts.outcomes("Packages", states.amounts(counts))])]
