"""An officer's attestations: each sees exactly the requests that name them, and signs for those."""

from datetime import date
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from portcullis.agreements import Person
from portcullis.errors import Misuse
from portcullis.office.people import Actor
from portcullis.office.requesting import drafts, manifests
from portcullis.office.requesting.models import Draft
from portcullis.office.web import acts, signing
from portcullis.office.web import drafting as shown
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of

if TYPE_CHECKING:
    from portcullis.intake.manifest import OfficerPart

DESK = "officer"
_A_PAGE = 10


def _attest(here: Deployment, actor: Actor, data: acts.Data) -> acts.Done:
    draft = drafts.find(str(data["draft"]))
    manifests.attest(here.requester, actor, draft)
    return acts.Done("/officer/", f"You attested to your requests of batch {draft.id}.")


ATTEST = acts.register(
    acts.WebAct("draft-attest", "attest", "Attest to your requests of a batch", _attest)
)


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
def attest(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Show the officer's own requests of a batch; on POST, begin to attest to them."""
    visitor = visitor_of(request)
    home = visitor.deployment.requester
    draft = drafts.find(draft_id)
    share = _share(visitor, draft)
    if request.method == "POST":
        return signing.begin(request, ATTEST.name, {"draft": draft.id})
    page = shown.page_of(share.count, request.GET.get("page"), _A_PAGE)
    start = draft.officers[visitor.person.id][0] + shown.begins(page)
    named = drafts.sheets(home, draft, drafts.NAMED).read(start, len(page.object_list))
    places = [] if named is None else named["row"].to_list()
    context = {
        "title": f"Your requests of batch {draft.id}",
        "draft": draft,
        "page": page,
        "waits": visitor.person.id in _waits(draft),
        "words": home.pack.authority.attestation,
        "facts": [("Requests that name you", f"{share.count:,}"), ("Their root", share.root)],
        "requests": [
            shown.request_shown(home.pack, drafts.row_of(home, draft, at), at) for at in places
        ],
    }
    return render(request, "office/officer/attest.html", context)


def _waits(draft: Draft) -> set[str]:
    """Return the officers whose attestation is awaited."""
    if draft.state != "signed":
        return set()
    return set(draft.officers) - manifests.have_attested(draft)


def _share(visitor: Visitor, draft: Draft) -> "OfficerPart":
    """Return the officer's share of a batch; that it names them not is on record, once asked."""
    try:
        return manifests.share_of(draft, visitor.person)
    except Misuse:
        visitor.deployment.record_denied("attest", visitor.person.id, "role")
        raise


def waiting(person: Person) -> list[Draft]:
    """Return the batches that wait for this officer's attestation, the longest waiting first."""
    found = Draft.objects.filter(state="signed").order_by("since")
    return [each for each in found if person.id in _waits(each)]


def waiting_table(found: list[Draft], person: Person, today: date) -> Table:
    """Return those batches as a table."""
    rows = [
        (
            Cell(each.id, url=f"/officer/attest/{each.id}/"),
            int(each.officers[person.id][1]),
            each.rows,
            (today - each.since.date()).days,
        )
        for each in found
    ]
    columns = ("Batch", "Requests that name you", "Requests in all", "Days since it was signed")
    return table(
        "Waiting for your attestation", columns, rows, stacked=True,
        empty="No batch waits for your attestation.",
    )  # fmt: skip
