"""Incidents: opened on suspicion, the 24-hour clock, the report, who was told, the closing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from portcullis.canonical import sha256_hex
from portcullis.errors import Misuse, PortcullisError
from portcullis.office import incidents
from portcullis.office.people import Actor
from portcullis.office.web import batches, documents, pages, signing
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.safeguards import said as says
from portcullis.office.web.documents import TextFileField
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.oversight import incidents as rules
from portcullis.oversight.incident_report import TEMPLATE, read_report
from portcullis.oversight.incidents import Duty, Incident

OPEN, REPORT, TELL, CLOSE = "incident", "incident-report", "incident-notice", "incident-close"
_UP = "Incidents"
WHOM = {
    rules.SAFEGUARDS: "The IRS Office of Safeguards",
    rules.TIGTA: "TIGTA",
    "individuals": "The individuals concerned",
    "media": "The media",
    "other-authority": "Another authority",
}
_HOURS = 3600  # seconds in one
_TIME = "For example 2025-11-02T01:30. Left empty: now."


class OpenForm(pages.Form):
    """A suspicion."""

    id = forms.CharField(label="Id", max_length=80, help_text="A short name. Name no person.")
    suspected_at = forms.CharField(
        label="First suspected", required=False, max_length=40, help_text=_TIME
    )
    zone = forms.CharField(
        label="Time zone",
        initial="America/New_York",
        max_length=60,
        help_text="In which its times are shown, for example America/New_York, or UTC.",
    )


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


class TellForm(pages.Form):
    """Who was told, when, and where that is filed."""

    to = forms.ChoiceField(label="Who was told", choices=list(WHOM.items()))
    sent_at = forms.CharField(label="Sent", required=False, max_length=40, help_text=_TIME)
    reference = forms.CharField(
        label="Reference", max_length=80, help_text="Under which it is filed: a number, no words."
    )


@at_desk("safeguards")
def every(request: HttpRequest) -> HttpResponse:
    """List the incidents, and what is to be done of them by when."""
    visitor = visitor_of(request)
    found = incidents.register()
    page, query = batches.page_of(request, list(reversed(found.incidents.values())))
    rows = [
        [
            Cell(each.id, url=url("incident", each.id)),
            Cell(f"Closed on {batches.day(each.closed_on)}", tag="good")
            if each.closed_on
            else Cell("Open", tag="bad"),
            moment(each.suspected_at, each.zone),
            moment(each.due_at, each.zone),
            len(each.reports),
            len(each.told),
        ]
        for each in page.object_list
    ]
    listed = table(
        "Incidents, the newest first",
        ["Incident", "State", "First suspected", "Report and notices due", "Reports", "Notices"],
        rows,
        stacked=True,
        empty="No incident was opened.",
        quiet=True,
    )
    head = Head(
        "safeguards",
        _UP,
        "A possible incident is enough: the clock runs from the first suspicion, whoever had it.",
        actions=[(reverse("safeguards:open-incident"), "Open an incident")],
    )
    parts = [
        Part("To be done", table=due(found.duties(visitor.deployment.now()))),
        Part("All incidents", table=listed, page=page, query=query),
    ]
    return pages.page(request, head, parts)


@at_desk("safeguards")
def one(request: HttpRequest) -> HttpResponse:
    """Show one incident: its clock, its reports, who was told; what it may be done next."""
    visitor, found = visitor_of(request), _named(request)
    moment_now = visitor.deployment.now()
    duties = [each for each in incidents.register().duties(moment_now) if each.of == found.id]
    facts: list[tuple[str, object]] = [
        ("First suspected", moment(found.suspected_at, found.zone)),
        (
            "Report and notices due",
            Cell(moment(found.due_at, found.zone), note=_left(visitor, found)),
        ),
    ]
    if found.discovered_at:
        facts.insert(1, ("Discovered", moment(found.discovered_at, found.zone)))
    if found.closed_on:
        facts.append(("Closed on", batches.day(found.closed_on)))
    reports = [
        [each.number, moment(each.at, found.zone), ", ".join(each.unknown) or "Nothing"]
        for each in found.reports
    ]
    told = [
        [WHOM[each.to], moment(each.sent_at, found.zone), each.reference,
         batches.person(visitor, each.by)]
        for each in found.told
    ]  # fmt: skip
    parts = [
        Part(facts=facts),
        Part("To be done", table=due(duties)),
        Part(
            "Reports",
            table=table("Reports", ["Number", "At", "Still to be told"], reports, stacked=True,
                        empty="No report was made yet.", quiet=True),
        ),
        Part(
            "Who was told",
            table=table("Notices", ["Whom", "Sent", "Reference", "Recorded by"], told,
                        stacked=True, empty="Nobody was told yet.", quiet=True),
        ),
    ]  # fmt: skip
    actions = []
    if not found.closed_on:
        actions = [
            (url("report-incident", found.id), "Report it"),
            (url("tell-incident", found.id), "Record a notice"),
        ]
        parts.append(
            Part(
                "Close it",
                "Once nothing of it is still to be told.",
                post=reverse("safeguards:close-incident"),
                fields={"id": found.id},
                submit="Go on to sign that it is closed",
            )
        )
    head = Head("safeguards", f"Incident {found.id}", up=[_up()], actions=actions)
    return pages.page(request, head, parts)


@at_desk("safeguards")
def open_(request: HttpRequest) -> HttpResponse:
    """Open an incident on suspicion."""
    form = OpenForm(request.POST or None)
    head = Head(
        "safeguards",
        "Open an incident",
        f"On suspicion. From it on there are "
        f"{visitor_of(request).deployment.pack.safeguards.incident_report_hours} hours to report "
        "it and to tell the IRS Office of Safeguards and TIGTA.",
        [_up()],
    )
    fixed = _read_time(request, form, "suspected_at", request.POST.get("zone", ""))
    return pages.ask(request, head, form, OPEN, fixed)


@at_desk("safeguards")
def report(request: HttpRequest) -> HttpResponse:
    """Put an incident's report, or a further one, on record."""
    found = _named(request)
    head = Head(
        "safeguards",
        f"Report {found.id}",
        "What it says is sealed. On the ledger stand its number, when the incident was "
        "discovered, and which fields are still to be told.",
        [_up(), (url("incident", found.id), found.id)],
    )
    form = ReportForm(found.zone, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        home, written = visitor_of(request).deployment.holder, form.cleaned_data["report"]
        form.cleaned_data["report"] = documents.sealed(home, written)
    links = [(reverse("safeguards:report-template"), "Download the template")]
    parts = [Part(links=links)]
    return pages.ask(request, head, form, REPORT, {"incident": found.id}, parts=parts)


@at_desk("safeguards")
def template(_request: HttpRequest) -> HttpResponse:
    """Give an empty report: every field, with what belongs in it."""
    response = HttpResponse(TEMPLATE, content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="incident-report.toml"'
    return response


@at_desk("safeguards")
def notice(request: HttpRequest) -> HttpResponse:
    """Record that somebody was told of an incident."""
    found = _named(request)
    form = TellForm(request.POST or None)
    head = Head(
        "safeguards",
        f"Who was told of {found.id}",
        "The IRS Office of Safeguards and TIGTA first; individuals and the media after.",
        [_up(), (url("incident", found.id), found.id)],
    )
    fixed = _read_time(request, form, "sent_at", found.zone) | {"incident": found.id}
    return pages.ask(request, head, form, TELL, fixed)


@at_desk("safeguards")
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Begin the act that closes an incident."""
    found = incidents.find(request.POST.get("id", ""))
    return signing.begin(request, CLOSE, {"incident": found.id})


def due(duties: list[Duty]) -> Table:
    """Return the table of what is to be done of incidents, the first due first."""
    rows = [
        [
            Cell(each.of, url=url("incident", each.of) if _is_incident(each) else ""),
            what(each),
            f"{each.due:%-d %B %Y, %H:%M %Z}" if each.due else "As soon as practicable",
            _duty_state(each),
        ]
        for each in duties
    ]
    return table(
        "What is to be done of incidents",
        ["Incident", "What", "Due", "State"],
        rows,
        stacked=True,
        empty="Nothing is to be done.",
        quiet=True,
    )


def what(duty: Duty) -> str:
    """Return what is to be done, in words."""
    said = duty.what
    for whom, name in WHOM.items():
        said = said.replace(f"notice to {whom}", f"notice: {name}")
    return said[:1].upper() + said[1:]


def url(name: str, incident_id: str) -> str:
    """Return the address of a page of an incident; an id may have strokes in it."""
    return f"{reverse(f'safeguards:{name}')}?{urlencode({'id': incident_id})}"


def moment(at: datetime, zone: str) -> str:
    """Return an instant in the incident's zone, in words."""
    return f"{at.astimezone(rules.zone(zone)):%-d %B %Y, %H:%M %Z}"


def _is_incident(duty: Duty) -> bool:
    return "7431(e)" not in duty.what


def _duty_state(each: Duty) -> Cell:
    if each.done_at is not None:
        return Cell("Done too late", tag="warn")
    return Cell("Overdue", tag="bad") if each.overdue else Cell("To be done", tag="busy")


def _left(visitor: Visitor, found: Incident) -> str:
    if found.closed_on:
        return ""
    hours = int((found.due_at - visitor.deployment.now()).total_seconds() // _HOURS)
    return f"{hours:,} hours are left." if hours >= 0 else f"Overdue by {-hours:,} hours."


def _up() -> tuple[str, str]:
    return reverse("safeguards:incidents"), _UP


def _named(request: HttpRequest) -> Incident:
    return incidents.find(request.GET.get("id", ""))


def _read_time(request: HttpRequest, form: forms.Form, name: str, zone: str) -> dict[str, Any]:
    """Read the form's time into the act's data: as written, in its zone; or now."""
    if request.method != "POST" or not form.is_valid():
        return {}
    written = form.cleaned_data.pop(name)
    now = visitor_of(request).deployment.now()
    try:
        return {name: (rules.instant(written, zone) if written else now).isoformat()}
    except PortcullisError as error:
        form.add_error(name, str(error))
        return {}


def _done(found: Incident, told: str) -> Done:
    return Done(url("incident", found.id), told)


def _open(deployment: Deployment, actor: Actor, data: Data) -> Done:
    at = datetime.fromisoformat(data["suspected_at"])
    found = incidents.suspect(deployment.holder, actor, data["id"], at, data["zone"])
    return _done(found, "The incident is open; its clock runs.")


def _report(deployment: Deployment, actor: Actor, data: Data) -> Done:
    home = deployment.holder
    text = documents.opened(home, data["report"])
    written = read_report(text, incidents.find(data["incident"]).zone)
    found = incidents.report(home, actor, data["incident"], written)
    return _done(found, "The report is on record, sealed.")


def _ordering(deployment: Deployment, data: Data) -> tuple[str, Mapping[str, Any]]:
    """Return what is signed: of the report its digest, for what it says is sealed."""
    text = documents.opened(deployment.holder, data["report"])
    return "", {"incident": data["incident"], "report": sha256_hex([text.encode()])}


def _tell(deployment: Deployment, actor: Actor, data: Data) -> Done:
    found = incidents.tell(
        deployment.holder,
        actor,
        data["incident"],
        data["to"],
        sent_at=datetime.fromisoformat(data["sent_at"]),
        reference=data["reference"],
    )
    return _done(found, f"It is recorded: {WHOM[data['to']]} was told.")


def _close(deployment: Deployment, actor: Actor, data: Data) -> Done:
    return _done(incidents.close(deployment.holder, actor, data["incident"]), "It is closed.")


register(WebAct(OPEN, OPEN, "Open an incident", _open, takes=says.Suspicion))
# Its form seals what the report says, until it is signed.
register(WebAct(REPORT, REPORT, "Report an incident", _report, _ordering, browser_only=True))
register(WebAct(TELL, TELL, "Record who was told", _tell, takes=says.IncidentNotice))
register(WebAct(CLOSE, CLOSE, "Close an incident", _close, takes=says.OfIncident))
