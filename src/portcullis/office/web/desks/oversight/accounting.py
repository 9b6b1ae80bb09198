"""The accounting of disclosures: counted again from the ledger's entries, and attested."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from portcullis.office import entries, work
from portcullis.office.models import Entry
from portcullis.office.people import Actor
from portcullis.office.web import batches, pages, signing, working
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import table
from portcullis.office.web.said import Nothing
from portcullis.office.web.visitors import visitor_of

ACT = "accounting-attested"


@at_desk("oversight")
def state(request: HttpRequest) -> HttpResponse:
    """Show the attestations there were, and the count that goes on."""
    visitor = visitor_of(request)
    page, query = batches.page_of(request, Entry.objects.filter(kind=ACT).order_by("-position"))
    rows = [
        [
            each.position,
            batches.day(batches.entry_day(each)),
            batches.person(visitor, said["by"]),
            said["size"],
            said["delivered"],
            said["bound"],
            said["resolved"],
            said["imported"],
            said["lost"],
        ]
        for each in page.object_list
        for said in [entries.body(each)]
    ]
    listed = table(
        "Attestations, the newest first",
        [
            *("Ledger entry", "On", "By", "Entries counted", "Disclosures", "Opened again"),
            *("Compared", "Imported", "Lost"),
        ],
        rows,
        stacked=True,
        empty="Nobody has attested yet. Until somebody has, no person is given their accounting.",
        quiet=True,
    )
    head = Head(
        "oversight",
        "The accounting",
        "Every disclosure on the ledger is found in the accounting, exactly once and as the "
        "person’s whose it was. No person is given their accounting while a disclosure is newer "
        "than the newest attestation.",
    )
    parts = [
        Part(
            "Count it again",
            "It is counted from the ledger’s own entries; the result goes on the ledger.",
            post=reverse("oversight:count"),
            submit="Go on to sign the count",
        ),
        Part("Attestations", table=listed, page=page, query=query),
    ]
    progress = working.progress(visitor, working.newest("", "recount"))
    return pages.page(request, head, parts, progress=progress)


@at_desk("oversight")
@require_POST
def count(request: HttpRequest) -> HttpResponse:
    """Begin the count."""
    return signing.begin(request, ACT, {})


def _count(deployment: Deployment, actor: Actor, _data: Data) -> Done:
    return working.begin(deployment, actor, "recount", "", {}, reverse("oversight:accounting"))


def _ordering(_deployment: Deployment, _data: Data) -> tuple[str, Mapping[str, Any]]:
    return work.ordering("", {})


register(WebAct(ACT, ACT, "Count the accounting again", _count, _ordering, Nothing))
