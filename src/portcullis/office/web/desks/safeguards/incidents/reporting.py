"""An incident's report: made from the template and sealed; read again only by an act."""

import secrets
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.errors import Misuse
from portcullis.office import incidents
from portcullis.office.people import Actor
from portcullis.office.web import pages
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.safeguards import said as says
from portcullis.office.web.desks.safeguards.incidents.showing import INCIDENTS, done
from portcullis.office.web.desks.safeguards.matters import HERE
from portcullis.office.web.documents import TextFileField
from portcullis.office.web.downloads import attachment
from portcullis.office.web.pages import Head, Part
from portcullis.oversight.incident_report import TEMPLATE, read_report

REPORT = "incident-report"


class ReportForm(pages.Form):
    """The report, filled in from the template."""

    report = TextFileField(
        label="The report",
        help_text="The template, filled in. No name, TIN or address of a taxpayer in any "
        "field. What is not known yet says so, and is told in a further report.",
    )

    def __init__(self, zone: str, *args: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args)
        self._zone = zone

    def clean_report(self) -> str:
        """Return the report's text; raise ValidationError naming the field that is wrong."""
        text = str(self.cleaned_data["report"])
        try:
            read_report(text, self._zone)
        except Misuse as error:
            raise forms.ValidationError(str(error)) from None
        return text


@at_desk(HERE)
def report(request: HttpRequest) -> HttpResponse:
    """Put an incident's report, or a further one, on record."""
    found = INCIDENTS.asked(request)
    head = Head(
        HERE,
        f"Report {found.id}",
        "What it says is sealed. On the ledger stand its number, when the incident was "
        "discovered, and which fields are still to be told.",
        INCIDENTS.up(HERE, found.id),
    )
    form = ReportForm(found.zone, request.POST or None, request.FILES or None)
    links = [(reverse(f"{HERE}:report-template"), "Download the template")]
    fixed = {"incident": found.id, "salt": secrets.token_hex(32)}
    return pages.ask(request, head, form, REPORT, fixed, parts=[Part(links=links)])


@at_desk(HERE)
def template(_request: HttpRequest) -> HttpResponse:
    """Give an empty report: every field, with what belongs in it."""
    return attachment(TEMPLATE, "incident-report.toml")


def _report(deployment: Deployment, actor: Actor, data: Data) -> Done:
    home = deployment.holder
    written = read_report(data["report"], incidents.find(data["incident"]).zone)
    found = incidents.report(home, actor, data["incident"], written, data["salt"])
    return done(found, "The report is on record, sealed.")


def _ordering(_deployment: Deployment, data: Data) -> tuple[str, Mapping[str, Any]]:
    """Return what is signed: of the report a commitment, for what it says is sealed.

    The same stands in the entry, and is opened with what lies sealed.
    """
    written = read_report(data["report"], incidents.find(data["incident"]).zone)
    committed = incidents.commitment(written, data["salt"])
    return "", {"incident": data["incident"], "report": committed}


register(WebAct(REPORT, REPORT, "Report an incident", _report, _ordering, says.IncidentReport))
