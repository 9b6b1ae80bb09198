"""Entering what a custodian has signed: that what an order or hold reaches is frozen or kept."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.office import notices
from portcullis.office.models import Placed
from portcullis.office.people import Actor
from portcullis.office.web import batches, pages
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.safeguards import said as says
from portcullis.office.web.documents import TextFileField
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, table
from portcullis.office.web.visitors import visitor_of
from portcullis.standing import read_placed

ACT = notices.ATTESTED


class AttestationForm(pages.Form):
    """A custodian's attestation, as a file."""

    attestation = TextFileField(
        label="The attestation",
        help_text="The file that the custodian, or a signatory of the requester, has signed.",
    )


@at_desk("safeguards")
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a custodian's attestation; show the orders and holds that ask for one."""
    visitor = visitor_of(request)
    rows = [
        [
            Cell(row.id, url=reverse("safeguards:custodians", args=[row.id])),
            f"{said.court} {said.docket}",
            batches.day(said.on),
        ]
        for row in Placed.objects.filter(standing=True).order_by("act_id")
        for said in [read_placed(row.entry)]
        if notices.tells(said)
    ]
    listed = table(
        f"Orders and holds of which the recipient was told, on {batches.day(visitor.today)}",
        ["Id", "Court and docket", "Filed"],
        rows,
        stacked=True,
        empty="No order or hold asks the recipient for anything.",
    )
    head = Head(
        "safeguards",
        "Enter a custodian’s attestation",
        "A custodian signs that what an order or hold reaches is frozen or kept. It counts for "
        "the newest notice only.",
    )
    form = AttestationForm(request.POST or None, request.FILES or None)
    return pages.ask(request, head, form, ACT, parts=[Part(table=listed)])


def _enter(deployment: Deployment, actor: Actor, data: Data) -> Done:
    said = notices.attested(deployment.holder, actor, data["attestation"])
    return Done(
        reverse("safeguards:attestation"), f"What {said.custodian} attests of {said.of} is entered."
    )


register(
    WebAct(ACT, ACT, "Enter a custodian's attestation", _enter, takes=says.CustodianAttestation)
)
