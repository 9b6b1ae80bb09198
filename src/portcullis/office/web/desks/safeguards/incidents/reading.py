"""Reading an incident's report again: an act, on the ledger before anything of it is shown."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from portcullis.office import incidents, unsealing
from portcullis.office.people import Actor
from portcullis.office.web import pages
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import View
from portcullis.office.web.desks.safeguards.incidents.showing import INCIDENTS
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell
from portcullis.oversight.incident_report import NOT_YET_KNOWN

SHOW = unsealing.INCIDENT_REPORT
_FIELDS = {
    "agency": "Agency",
    "contact_name": "Point of contact",
    "contact_telephone": "Telephone",
    "contact_email": "Email",
    "occurred_at": "Occurred",
    "discovered_at": "Discovered",
    "how_discovered": "How it was discovered",
    "description": "What happened, and to which data",
    "data_elements": "Data elements concerned",
    "records_from": "Records possibly concerned, at least",
    "records_to": "At most",
    "it_involved": "IT involved",
    "line1": "Where it happened",
    "city": "City",
    "state": "State",
    "zip": "ZIP code",
}


def begin(desk: str) -> View[[]]:
    """Return the view of ``desk`` that begins the reading of an incident's newest report."""
    return INCIDENTS.beginning(desk, SHOW)


def _show(deployment: Deployment, actor: Actor, data: Data) -> Done:
    desk, of = data["desk"], data["incident"]
    said = incidents.reported(deployment.holder, actor, of)

    def show(request: HttpRequest) -> HttpResponse:
        head = Head(
            desk,
            f"The newest report of {of}",
            "This page is shown once; to read it again is another act.",
            INCIDENTS.up(desk, of),
        )
        return pages.page(request, head, [Part(facts=list(_facts(said)))])

    return Done(INCIDENTS.url(desk, of), "The report was read.", show)


def _facts(said: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    """Yield the report's fields in the order of the template; what is still to be told says so."""
    place = said["address"]
    for name, label in _FIELDS.items():
        value = place[name] if name in place else said[name]
        yield label, Cell("Still to be told", tag="warn") if value == NOT_YET_KNOWN else value


register(WebAct(SHOW, SHOW, "Read an incident’s report", _show, browser_only=True))
