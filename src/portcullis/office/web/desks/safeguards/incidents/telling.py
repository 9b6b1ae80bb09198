"""Who was told of an incident, when and where that is filed; and its closing."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse

from portcullis.office import incidents
from portcullis.office.people import Actor
from portcullis.office.web import pages
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.safeguards import said as says
from portcullis.office.web.desks.safeguards.incidents import times
from portcullis.office.web.desks.safeguards.incidents.showing import CLOSE, INCIDENTS, WHOM, done
from portcullis.office.web.desks.safeguards.matters import HERE
from portcullis.office.web.pages import Head

TELL = "incident-notice"


class TellForm(pages.Form):
    """Who was told, when, and where that is filed."""

    to = forms.ChoiceField(label="Who was told", choices=list(WHOM.items()))
    sent_at = times.field("Sent")
    reference = forms.CharField(
        label="Reference", max_length=80, help_text="Under which it is filed: a number, no words."
    )

    def __init__(self, zone: str, *args: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args)
        self.fields["sent_at"].label = f"Sent, in {zone}"


@at_desk(HERE)
def notice(request: HttpRequest) -> HttpResponse:
    """Record that somebody was told of an incident."""
    found = INCIDENTS.asked(request)
    form = TellForm(found.zone, request.POST or None)
    head = Head(
        HERE,
        f"Who was told of {found.id}",
        "The IRS Office of Safeguards and TIGTA first; individuals and the media after.",
        INCIDENTS.up(HERE, found.id),
    )
    fixed = times.read(request, form, "sent_at", found.zone, later=True)
    fixed |= {"incident": found.id}
    return pages.ask(request, head, form, TELL, fixed)


close = INCIDENTS.beginning(HERE, CLOSE)


def _tell(deployment: Deployment, actor: Actor, data: Data) -> Done:
    found = incidents.tell(
        deployment.holder,
        actor,
        data["incident"],
        data["to"],
        sent_at=datetime.fromisoformat(data["sent_at"]),
        reference=data["reference"],
    )
    return done(found, f"It is recorded: {WHOM[data['to']]} was told.")


def _close(deployment: Deployment, actor: Actor, data: Data) -> Done:
    return done(incidents.close(deployment.holder, actor, data["incident"]), "It is closed.")


register(WebAct(TELL, TELL, "Record who was told", _tell, takes=says.IncidentNotice))
register(WebAct(CLOSE, CLOSE, "Close an incident", _close, takes=says.OfIncident))
