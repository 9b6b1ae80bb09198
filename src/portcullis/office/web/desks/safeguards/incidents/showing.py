"""Incidents as a desk shows them: the list, each one's clock, reports and notices."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.office import incidents, unsealing
from portcullis.office.web import batches, pages
from portcullis.office.web.acts import Done
from portcullis.office.web.desks import View, at_desk
from portcullis.office.web.desks.safeguards.matters import HERE, Matters
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.oversight import incidents as rules
from portcullis.oversight.incidents import Duty, Incident

CLOSE = "incident-close"
INCIDENTS = Matters("incident", "Incidents", incidents.find)
WHOM = {
    rules.SAFEGUARDS: "The IRS Office of Safeguards",
    rules.TIGTA: "TIGTA",
    "individuals": "The individuals concerned",
    "media": "The media",
    "other-authority": "Another authority",
}
_HOUR, _MINUTE = 3600, 60  # seconds


def done(found: Incident, told: str) -> Done:
    """Return what an act on an incident came to: its page, and what is said there."""
    return Done(INCIDENTS.url(HERE, found.id), told)


def every(desk: str) -> View[[]]:
    """Return the list of incidents, and of what is to be done of them by when, as a desk's view."""

    @at_desk(desk)
    def show(request: HttpRequest) -> HttpResponse:
        return _every(request, desk)

    return show


def _every(request: HttpRequest, desk: str) -> HttpResponse:
    visitor = visitor_of(request)
    found = incidents.register()
    page, query = batches.page_of(request, list(reversed(found.incidents.values())))
    rows = [
        [
            Cell(each.id, url=INCIDENTS.url(desk, each.id)),
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
        desk,
        INCIDENTS.title,
        "A possible incident is enough: the clock runs from the first suspicion, whoever had it.",
        actions=[(reverse(f"{HERE}:open-incident"), "Open an incident")] if desk == HERE else [],
    )
    parts = [
        Part("To be done", table=due(found.duties(visitor.deployment.now()), desk)),
        Part("All incidents", table=listed, page=page, query=query),
    ]
    return pages.page(request, head, parts)


def one(desk: str) -> View[[]]:
    """Return one incident's page as a desk's view: its clock, its reports, who was told."""

    @at_desk(desk)
    def show(request: HttpRequest) -> HttpResponse:
        return _one(request, desk)

    return show


def _one(request: HttpRequest, desk: str) -> HttpResponse:
    visitor, found = visitor_of(request), INCIDENTS.asked(request)
    moment_now = visitor.deployment.now()
    duties = [each for each in incidents.register().duties(moment_now) if each.of == found.id]
    parts = [
        Part(facts=_facts(visitor, found)),
        Part("To be done", table=due(duties, desk)),
        Part("Reports", table=_reports(found)),
        *_to_read(visitor, found, desk),
        Part("Who was told", table=_told(visitor, found)),
    ]
    actions = []
    if desk == HERE and not found.closed_on:
        actions = [
            (INCIDENTS.url(HERE, found.id, "report"), "Report it"),
            (INCIDENTS.url(HERE, found.id, "tell"), "Record a notice"),
        ]
        says, does = "Once nothing of it is still to be told.", "Go on to sign that it is closed"
        close = Part("Close it", says, submit=does)
        parts.append(INCIDENTS.button(HERE, "close", found.id, close))
    head = Head(desk, f"Incident {found.id}", up=INCIDENTS.up(desk), actions=actions)
    return pages.page(request, head, parts)


def _facts(visitor: Visitor, found: Incident) -> list[tuple[str, object]]:
    due_at = Cell(moment(found.due_at, found.zone), note=_left(visitor, found))
    facts: list[tuple[str, object]] = [
        ("First suspected", moment(found.suspected_at, found.zone)),
        ("Report and notices due", due_at),
    ]
    if found.discovered_at:
        facts.insert(1, ("Discovered", moment(found.discovered_at, found.zone)))
    if found.closed_on:
        facts.append(("Closed on", batches.day(found.closed_on)))
    return facts


def _reports(found: Incident) -> Table:
    return table(
        "Reports",
        ["Number", "At", "Still to be told"],
        [
            [each.number, moment(each.at, found.zone), ", ".join(each.unknown) or "Nothing"]
            for each in found.reports
        ],
        stacked=True,
        empty="No report was made yet.",
        quiet=True,
    )


def _to_read(visitor: Visitor, found: Incident, desk: str) -> list[Part]:
    if not found.reports or not visitor.may(unsealing.INCIDENT_REPORT):
        return []
    says = "What the newest says is sealed. That you read it goes on the ledger first."
    part = Part(text=says, submit="Go on to sign that you read it")
    return [INCIDENTS.button(desk, "read", found.id, part)]


def _told(visitor: Visitor, found: Incident) -> Table:
    return table(
        "Notices",
        ["Whom", "Sent", "Reference", "Recorded"],
        [
            [
                WHOM[each.to],
                moment(each.sent_at, found.zone),
                each.reference,
                Cell(
                    moment(each.recorded_at, found.zone),
                    tag="warn" if each.recorded_at > found.due_at >= each.sent_at else "",
                    note=batches.person(visitor, each.by),
                ),
            ]
            for each in found.told
        ],
        stacked=True,
        empty="Nobody was told yet.",
        quiet=True,
    )


def due(duties: list[Duty], desk: str) -> Table:
    """Return the table of what is to be done of incidents, the first due first."""
    rows = [
        [
            of(each, desk),
            what(each),
            f"{each.due:%-d %B %Y, %H:%M %Z}" if each.due else "As soon as practicable",
            _duty_state(each),
        ]
        for each in duties
    ]
    return table(
        "What is to be done of incidents",
        ["Of", "What", "Due", "State"],
        rows,
        stacked=True,
        empty="Nothing is to be done.",
        quiet=True,
    )


def of(duty: Duty, desk: str) -> Cell:
    """Return of what something is to be done: an incident, or a notice to a person."""
    if is_incident(duty):
        return Cell(f"Incident {duty.of}", url=INCIDENTS.url(desk, duty.of))
    return Cell(f"Notice {duty.of}")


def what(duty: Duty) -> str:
    """Return what is to be done, in words."""
    said = duty.what
    for whom, name in WHOM.items():
        said = said.replace(f"notice to {whom}", f"notice: {name}")
    return said[:1].upper() + said[1:]


def moment(at: datetime, zone: str) -> str:
    """Return an instant in the incident's zone, in words."""
    return f"{at.astimezone(rules.zone(zone)):%-d %B %Y, %H:%M %Z}"


def is_incident(duty: Duty) -> bool:
    """Say whether it is of an incident, and not of a notice to a person under § 7431(e)."""
    return "7431(e)" not in duty.what


def _duty_state(each: Duty) -> Cell:
    if each.done_at is not None:
        return Cell("Done too late", tag="warn")
    return Cell("Overdue", tag="bad") if each.overdue else Cell("To be done", tag="busy")


def _left(visitor: Visitor, found: Incident) -> str:
    if found.closed_on:
        return ""
    left = found.due_at - visitor.deployment.now()
    hours, rest = divmod(int(abs(left).total_seconds()), _HOUR)
    span = f"{hours:,} h {rest // _MINUTE} min"
    return f"{span} are left." if left >= timedelta() else f"Overdue by {span}."
