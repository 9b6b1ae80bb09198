"""A notice to a person falls due: what makes it due, and of which disclosure (§ 7431(e))."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.agreements import Person
from portcullis.office import incidents
from portcullis.office.incidents import Charge
from portcullis.office.models import History
from portcullis.office.people import Actor
from portcullis.office.web import pages
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.counsel import said as says
from portcullis.office.web.desks.counsel.person_notices import ACT, ACTS, TRIGGERS, UP, url
from portcullis.office.web.forms import DateInput
from portcullis.office.web.pages import Head

CHARGED = "notice-charged"


class ChargeForm(pages.Form):
    """What makes a notice due, and of which disclosure: never whose by name."""

    id = forms.CharField(
        label="Id of the notice", max_length=80, help_text="A short name. Name no person."
    )
    trigger = forms.ChoiceField(label="What makes it due", choices=list(TRIGGERS.items()))
    triggered_on = forms.DateField(label="Day of the charge or proposal", widget=DateInput)
    act = forms.ChoiceField(label="For which unlawful act", choices=list(ACTS.items()))
    act_on = forms.DateField(label="Day of that act", widget=DateInput)
    package = forms.CharField(
        label="Package",
        required=False,
        max_length=64,
        help_text="The id of the delivered package that it was of; or, of an imported "
        "disclosure, the two fields below.",
    )
    history = forms.ChoiceField(label="Imported history", required=False)
    request_id = forms.CharField(
        label="Request in that history",
        required=False,
        max_length=200,
        help_text="Its id, as the imported file has it. On the ledger stands a commitment only.",
    )
    incident = forms.ChoiceField(
        label="Incident that it belongs to",
        required=False,
        help_text="An incident is not closed before its notices are given.",
    )

    def __init__(self, *args: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args)
        histories = History.objects.order_by("id").values_list("id", flat=True)
        open_ = [each.id for each in incidents.register().incidents.values() if not each.closed_on]
        for field, values in (("history", list(histories)), ("incident", open_)):
            self.fields[field].choices = [("", "None"), *((each, each) for each in values)]  # type: ignore[attr-defined]


@at_desk("counsel")
def charge(request: HttpRequest) -> HttpResponse:
    """Record what makes a notice due."""
    head = Head(
        "counsel",
        "A notice is due",
        "Recorded under an id of its own, of one disclosure; whose it is lies sealed.",
        [(reverse("counsel:notices"), UP)],
    )
    return pages.ask(request, head, ChargeForm(request.POST or None), CHARGED)


def _charge(data: Data) -> Charge:
    return Charge(
        trigger=data["trigger"],
        triggered_on=date.fromisoformat(data["triggered_on"]),
        act=data["act"],
        act_on=date.fromisoformat(data["act_on"]),
        package=data.get("package") or "",
        history=data.get("history") or "",
        request_id=data.get("request_id") or "",
        incident=data.get("incident") or "",
    )


def _ordering(deployment: Deployment, data: Data) -> tuple[str, Mapping[str, Any]]:
    """Return what is signed: the entry has random bytes in it, so it is ordered to be made."""
    return "", incidents.order_to_charge(deployment.holder, data["id"], _charge(data))


def _told(_deployment: Deployment, _person: Person, data: Data) -> list[tuple[str, object]]:
    if data.get("package"):
        return []
    return [("Request in the history", data["request_id"])]


def _charged(deployment: Deployment, actor: Actor, data: Data) -> Done:
    found = incidents.charge(deployment.holder, actor, data["id"], _charge(data))
    return Done(url("notice", found.id), "It is recorded that the notice is due.")


register(
    WebAct(
        CHARGED,
        ACT,
        "Record that a notice is due",
        _charged,
        _ordering,
        says.NoticeDue,
        stands_for=_told,
    )
)
