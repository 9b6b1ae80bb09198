"""Lifting an order or hold: two of counsel approve the same, on one docket and document."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.office import notices
from portcullis.office.orders import LIFT
from portcullis.office.people import Actor
from portcullis.office.web import batches, pages, placed
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.counsel import said as says
from portcullis.office.web.desks.counsel.orders import UP, named
from portcullis.office.web.documents import DocumentField
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.visitors import visitor_of
from portcullis.standing import check_docket, read_placed


class LiftForm(pages.Form):
    """On whose authority it is lifted."""

    docket = forms.CharField(
        label="Docket", max_length=40, help_text="Of the decision that lifts it."
    )
    document = DocumentField(
        label="The document",
        help_text="The decision itself. Both people give the very same file; only its SHA-256 is "
        "kept.",
    )


@at_desk("counsel")
def lift(request: HttpRequest, placed_id: str) -> HttpResponse:
    """Approve the lifting of an order or hold; the second approval lifts it."""
    visitor, row = visitor_of(request), named(placed_id)
    said = read_placed(row.entry)
    before = row.lifts.order_by("id").first()
    initial = {"docket": before.statement["docket"]} if before else {}
    facts: list[tuple[str, object]] = [
        ("Court and docket", f"{said.court} {said.docket}"),
        ("Scope", placed.scope_words(said.scope)),
        ("It stops", placed.stops_words(said)),
    ]
    if before:
        facts.append(("Lifting approved by", batches.person(visitor, before.person)))
    head = Head(
        "counsel",
        f"Lift {row.id}",
        "You are the second: once you have signed, it is lifted."
        if before
        else "It is lifted once a second person approves the same, with the same document.",
        [
            (reverse("counsel:orders"), UP),
            (reverse("counsel:order", args=[row.id]), row.id),
        ],
    )
    form = LiftForm(request.POST or None, request.FILES or None, initial=initial)
    return pages.ask(request, head, form, LIFT, {"id": row.id}, parts=[Part(facts=facts)])


def _lift(deployment: Deployment, actor: Actor, data: Data) -> Done:
    check_docket(data["docket"])
    state = notices.lift(deployment.holder, actor, data["id"], data["docket"], data["document"])
    url = reverse("counsel:order", args=[data["id"]])
    if state.lifted:
        return Done(url, "It is lifted.")
    return Done(url, "You have approved its lifting. It stands until a second person approves it.")


register(WebAct(LIFT, LIFT, "Lift an order or hold", _lift, takes=says.Lifting))
