"""Filing an order, or placing a hold: one person's act, which takes effect at once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.agreements import Person
from portcullis.errors import Misuse
from portcullis.office import notices
from portcullis.office.models import Placed
from portcullis.office.people import Actor
from portcullis.office.persons import Named
from portcullis.office.web import pages, placed
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.counsel import said as says
from portcullis.office.web.desks.counsel.scoping import ScopeForm, reached, scope_of
from portcullis.office.web.documents import DocumentField
from portcullis.office.web.forms import DateInput
from portcullis.office.web.pages import Head
from portcullis.office.web.parts import Cell
from portcullis.office.web.placed import STOPS
from portcullis.office.web.visitors import visitor_of
from portcullis.standing import RELEASE, Hold, Order, read_instant

ORDER, HOLD = "order-file", "hold-file"
_FAR = timedelta(days=366)
"""How far ahead an order may take effect."""


class HoldForm(ScopeForm):
    """A preservation hold."""

    id = forms.CharField(
        label="Id",
        max_length=128,
        help_text="A short name of your own, for example tro-2026-02. Name no person.",
    )
    court = forms.CharField(
        label="Court", max_length=60, help_text="Its code or abbreviation: dcd, or D. Mass."
    )
    docket = forms.CharField(label="Docket", max_length=40, help_text="For example 1:25-cv-00457.")
    document = DocumentField(
        label="The document", help_text="Only its SHA-256 is kept; keep the document yourself."
    )

    field_order: tuple[str, ...] = ("id", "court", "docket", "document")


class OrderForm(HoldForm):
    """An order of court."""

    stops = forms.MultipleChoiceField(
        label="It stops",
        choices=list(STOPS.items()),
        widget=forms.CheckboxSelectMultiple,
        initial=list(STOPS),
        error_messages={"required": "Say what the order stops; in doubt, all three."},
    )
    effective = forms.CharField(
        label="Takes effect",
        required=False,
        max_length=40,
        help_text="Left empty: at once. Else a day or time: 2026-02-05, or 2026-02-05T17:00.",
    )
    zone = forms.CharField(
        label="Time zone",
        required=False,
        max_length=60,
        initial="America/New_York",
        help_text="That of the court's clock, for the time above.",
    )
    expires = forms.DateField(
        label="Last day by its own words",
        required=False,
        widget=DateInput,
        help_text="It stands after that day too, until two people lift it.",
    )

    field_order: tuple[str, ...] = (
        *HoldForm.field_order,
        *("stops", "effective", "zone", "expires"),
    )

    def clean_zone(self) -> str:
        """Return the zone; raise ValidationError where the time it is of cannot be read."""
        effective, zone = self.cleaned_data.get("effective", ""), self.cleaned_data["zone"]
        if effective:
            try:
                self.cleaned_data["effective"] = read_instant(effective, zone).isoformat()
            except Misuse as error:
                self.add_error("effective", str(error))
        return str(zone)


@at_desk("counsel")
def order(request: HttpRequest) -> HttpResponse:
    """File an order: the gate closes at once for everything in its scope."""
    head = Head(
        "counsel",
        "File an order",
        "It stands when you have signed, and takes effect then or at the time you give; what it "
        "has the recipient do is told at once. You alone file it; two people lift it.",
        [(reverse("counsel:orders"), "Orders and holds")],
    )
    return _ask(request, head, OrderForm(*_sent(request)), ORDER)


@at_desk("counsel")
def hold(request: HttpRequest) -> HttpResponse:
    """Place a hold: nothing in its scope is erased, disposed of or destroyed."""
    head = Head(
        "counsel",
        "Place a hold",
        "From your signature on nothing in its scope is erased, disposed of or destroyed, here or "
        "with the recipient. You alone place it; two people lift it.",
        [(reverse("counsel:orders"), "Orders and holds")],
    )
    return _ask(request, head, HoldForm(*_sent(request)), HOLD)


def _sent(request: HttpRequest) -> tuple[Any, ...]:
    """Return what a form is made of: the home it asks about, and what was sent."""
    home = visitor_of(request).deployment.holder
    return home, request.POST or None, request.FILES or None


def _ask(request: HttpRequest, head: Head, form: HoldForm, act: str) -> HttpResponse:
    if form.is_valid() and Placed.objects.filter(id=form.cleaned_data["id"]).exists():
        form.add_error("id", "There is an order or hold of that id. Give it another.")
    return pages.ask(request, head, form, act)


def _order(deployment: Deployment, data: Data) -> tuple[Order, Named | None]:
    scope, sealed = scope_of(deployment.holder, data)
    effective, expires = data["effective"], data["expires"]
    order = Order(
        *_common(deployment, data),
        scope,
        stops=tuple(data["stops"]),
        effective_at=datetime.fromisoformat(effective) if effective else None,
        expires_on=date.fromisoformat(expires) if expires else None,
    )
    if not order.in_force(deployment.now() + _FAR):
        raise Misuse(
            "The field effective lies more than a year ahead: until then it would stop nothing.",
            "Mend its year; or leave it empty, and it takes effect at once.",
        )
    return order, sealed


def _hold(deployment: Deployment, data: Data) -> tuple[Hold, Named | None]:
    scope, sealed = scope_of(deployment.holder, data)
    return Hold(*_common(deployment, data), scope), sealed


def _common(deployment: Deployment, data: Data) -> tuple[str, str, str, date, str]:
    today = deployment.today()
    return data["id"], data["docket"], data["court"], today, data["document"]


def _tell_order(
    deployment: Deployment, _person: Person, data: Data
) -> Sequence[tuple[str, object]]:
    order, sealed = _order(deployment, data)
    return [
        ("It stops", placed.stops_words(order)),
        ("In effect", _from(deployment, order)),
        *reached(deployment.holder, order.scope, sealed),
    ]


def _tell_hold(deployment: Deployment, _person: Person, data: Data) -> Sequence[tuple[str, object]]:
    hold, sealed = _hold(deployment, data)
    return reached(deployment.holder, hold.scope, sealed)


def _from(deployment: Deployment, order: Order) -> Cell:
    if order.in_force(deployment.now()):
        return Cell(placed.effect_words(order))
    return Cell(placed.effect_words(order), tag="warn", note="Until then it stops nothing.")


def _file_order(deployment: Deployment, actor: Actor, data: Data) -> Done:
    order, sealed = _order(deployment, data)
    row = notices.file(deployment.holder, actor, order, sealed)
    # As filed: a scope too long for one entry of the ledger was filed as everything.
    reach = "to everything" if not row.entry["scope"] else "to what is in its scope"
    if not order.in_force(deployment.now()):
        told = f"It takes effect on {placed.effect_words(order)}, and stops nothing before."
    elif RELEASE in order.stops:
        told = f"It has closed the gate {reach}."
    else:
        told = f"Packages may still leave: it stops {placed.stops_words(order).lower()} alone."
    return Done(reverse("counsel:order", args=[row.id]), f"The order is filed. {told}")


def _place_hold(deployment: Deployment, actor: Actor, data: Data) -> Done:
    hold, sealed = _hold(deployment, data)
    row = notices.file(deployment.holder, actor, hold, sealed)
    return Done(reverse("counsel:order", args=[row.id]), "The hold stands.")


register(
    WebAct(ORDER, ORDER, "File an order", _file_order, takes=says.Order, stands_for=_tell_order)
)
register(WebAct(HOLD, HOLD, "Place a hold", _place_hold, takes=says.Hold, stands_for=_tell_hold))
