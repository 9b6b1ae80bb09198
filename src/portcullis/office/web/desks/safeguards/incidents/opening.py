"""Opening an incident: on suspicion, from the moment of which its clock runs."""

from datetime import datetime

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
from portcullis.office.web.desks.safeguards.incidents.showing import INCIDENTS, done
from portcullis.office.web.desks.safeguards.matters import HERE
from portcullis.office.web.pages import Head
from portcullis.office.web.visitors import visitor_of

OPEN = "incident"


class OpenForm(pages.Form):
    """A suspicion."""

    id = forms.CharField(label="Id", max_length=80, help_text="A short name. Name no person.")
    suspected_at = times.field("First suspected")
    zone = forms.CharField(
        label="Time zone",
        initial="America/New_York",
        max_length=60,
        help_text="In which its times are shown, for example America/New_York, or UTC.",
    )


@at_desk(HERE)
def open_(request: HttpRequest) -> HttpResponse:
    """Open an incident on suspicion."""
    form = OpenForm(request.POST or None)
    head = Head(
        HERE,
        "Open an incident",
        f"On suspicion. From it on there are "
        f"{visitor_of(request).deployment.pack.safeguards.incident_report_hours} hours to report "
        "it and to tell the IRS Office of Safeguards and TIGTA.",
        INCIDENTS.up(HERE),
    )
    fixed = times.read(request, form, "suspected_at", request.POST.get("zone", ""))
    return pages.ask(request, head, form, OPEN, fixed)


def _open(deployment: Deployment, actor: Actor, data: Data) -> Done:
    at = datetime.fromisoformat(data["suspected_at"])
    found = incidents.suspect(deployment.holder, actor, data["id"], at, data["zone"])
    return done(found, "The incident is open; its clock runs.")


register(WebAct(OPEN, OPEN, "Open an incident", _open, takes=says.Suspicion))
