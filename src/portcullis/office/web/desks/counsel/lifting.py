"""Lifting an order or hold: two of counsel approve the same, on one docket and document."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.errors import Misuse
from portcullis.office import notices
from portcullis.office.orders import LIFT, approvals_of
from portcullis.office.people import Actor
from portcullis.office.web import pages, placed
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.counsel import said as says
from portcullis.office.web.desks.counsel.orders import UP, approvals, named
from portcullis.office.web.documents import DocumentField
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.visitors import visitor_of
from portcullis.standing import read_placed


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
    """Approve the lifting of an order or hold; the second approval of the same lifts it."""
    visitor, row = visitor_of(request), named(placed_id)
    if not row.standing:
        raise Misuse("It is lifted already.", "See the list of orders and holds.")
    said = read_placed(row.entry)
    given = approvals_of(visitor.deployment.holder, row)
    others = [each for each in given if each.person != visitor.person.id]
    initial = {"docket": others[0].statement["docket"]} if others else {}
    facts: list[tuple[str, object]] = [
        ("Court and docket", f"{said.court} {said.docket}"),
        ("Scope", placed.scope_words(said.scope)),
        ("It stops", placed.stops_words(said)),
    ]
    head = Head(
        "counsel",
        f"Lift {row.id}",
        _says(bool(others), len(others) < len(given)),
        [
            (reverse("counsel:orders"), UP),
            (reverse("counsel:order", args=[row.id]), row.id),
        ],
    )
    parts = [Part(facts=facts)]
    if given:
        parts.append(Part("Approved already", table=approvals(visitor, given)))
    form = LiftForm(request.POST or None, request.FILES or None, initial=initial)
    return pages.ask(request, head, form, LIFT, {"id": row.id}, parts=parts)


def _says(others: bool, mine: bool) -> str:
    """Return what the visitor's approval would come to."""
    if mine:
        return (
            "You have approved its lifting: another person approves the same. Sign again only to "
            "put another docket or document in the place of yours."
        )
    if others:
        return (
            "You are the second: once you have signed the same docket and document as another "
            "person, it is lifted."
        )
    return "It is lifted once a second person approves the same, with the same document."


def _lift(deployment: Deployment, actor: Actor, data: Data) -> Done:
    state = notices.lift(deployment.holder, actor, data["id"], data["docket"], data["document"])
    url = reverse("counsel:order", args=[data["id"]])
    if state.lifted:
        return Done(url, "It is lifted.")
    return Done(url, "You have approved its lifting. It stands until a second person approves it.")


register(WebAct(LIFT, LIFT, "Lift an order or hold", _lift, takes=says.Lifting))
