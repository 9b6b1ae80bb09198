"""Reports and exports: ordered here, made by a worker, their files kept a week for their person."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.errors import Misuse, Refused
from portcullis.office import reporting, work
from portcullis.office.people import Actor
from portcullis.office.web import batches, pages, working
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.oversight.said import EXPORT, REPORT, Export, Report
from portcullis.office.web.documents import DocumentField
from portcullis.office.web.forms import DateInput
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, table
from portcullis.office.web.visitors import visitor_of
from portcullis.oversight.reports import OVERSEERS

NAMES = {
    "joint-committee": "For the Joint Committee on Taxation",
    "court": "For a court",
    "register": "The register of disclosures",
    "safeguards": "On the recipient’s safeguards",
    "workload": "On the workload",
}
_STATES = {
    "waiting": "plain", "working": "busy", "stopping": "busy", "done": "good",
    "failed": "bad", "cancelled": "warn",
}  # fmt: skip


class ReportForm(pages.Form):
    """Which report, as of which day."""

    report = forms.ChoiceField(
        label="Report", choices=[(each, NAMES.get(each, each)) for each in reporting.NAMES]
    )
    by = forms.DateField(
        label="As of the end of",
        widget=DateInput,
        help_text="What is published is counted to the last day that has ended.",
    )


class ExportForm(pages.Form):
    """For which body, on which request, and whether persons are in it."""

    body = forms.ChoiceField(
        label="For",
        choices=[(name, f"{each.name} ({each.authority})") for name, each in OVERSEERS.items()],
    )
    request = DocumentField(label="Its written request", help_text="Only its SHA-256 is kept.")
    by = forms.DateField(label="As of the end of", widget=DateInput)
    persons = forms.BooleanField(
        label="With the return information of every disclosure made",
        required=False,
        help_text="Only where the body’s law gives it, and its request asks for it. Each "
        "disclosure it is told of is put in the accounting first.",
    )


@at_desk("oversight")
def every(request: HttpRequest) -> HttpResponse:
    """List what this person has ordered, and how far it is."""
    from portcullis.office.work.models import Task

    visitor = visitor_of(request)
    found = Task.objects.filter(kind__in=(REPORT, EXPORT), person=visitor.person.id)
    page, query = batches.page_of(request, found.order_by("-begun_at"))
    rows = [
        [
            Cell(_called(each.kind, each.data), url=reverse("work", args=[each.id])),
            each.data.get("by", ""),
            f"{each.begun_at:%-d %B %Y, %H:%M}",
            Cell(each.state.capitalize(), tag=_STATES.get(each.state, "plain")),
        ]
        for each in page.object_list
    ]
    listed = table(
        "What you have ordered, the newest first",
        ["What", "As of", "Ordered (UTC)", "State, and its files"],
        rows,
        stacked=True,
        empty="You have ordered no report and no export yet.",
        quiet=True,
    )
    head = Head(
        "oversight",
        "Reports and exports",
        "Counted anew from ledger and accounting, which must agree. Files are kept a week, for "
        "you alone.",
        actions=[
            (reverse("oversight:make-report"), "Make a report"),
            (reverse("oversight:export"), "Make an export"),
        ],
    )
    return pages.page(request, head, [Part(table=listed, page=page, query=query)])


@at_desk("oversight")
def make(request: HttpRequest) -> HttpResponse:
    """Order a report."""
    head = Head("oversight", "Make a report", "That it was made goes on the ledger.", [_up()])
    form = ReportForm(request.POST or None, initial={"by": visitor_of(request).today})
    return pages.ask(request, head, form, REPORT)


@at_desk("oversight")
def export(request: HttpRequest) -> HttpResponse:
    """Order an export for a body that oversees."""
    head = Head(
        "oversight",
        "Make an export",
        "For a body that oversees, on its written request, under its own law.",
        [_up()],
    )
    today = visitor_of(request).today
    form = ExportForm(request.POST or None, request.FILES or None, initial={"by": today})
    return pages.ask(request, head, form, EXPORT)


def _up() -> tuple[str, str]:
    return reverse("oversight:reports"), "Reports and exports"


def _called(kind: str, data: Mapping[str, Any]) -> str:
    if kind == REPORT:
        return NAMES.get(str(data.get("report")), "A report")
    body = OVERSEERS.get(str(data.get("body")))
    return f"Export for {body.name}" if body else "An export"


def _report(deployment: Deployment, actor: Actor, data: Data) -> Done:
    return working.begin(deployment, actor, REPORT, "", data, reverse("oversight:reports"))


def _export(deployment: Deployment, actor: Actor, data: Data) -> Done:
    return working.begin(deployment, actor, EXPORT, "", data, reverse("oversight:reports"))


def _ordering(deployment: Deployment, data: Data) -> tuple[str, Mapping[str, Any]]:
    """Return what is signed; refuse, before it is, what is refused when it is made."""
    if date.fromisoformat(data["by"]) > deployment.today():
        raise Misuse("The field by names a day that has not come.", "Name today or an earlier day.")
    if data.get("persons") and not OVERSEERS[data["body"]].sees:
        raise Refused(
            "The field persons asks for what the law gives this body not: return information.",
            "Export it without.",
        )
    return work.ordering("", data)


register(WebAct(REPORT, REPORT, "Make a report", _report, _ordering, Report))
register(WebAct(EXPORT, EXPORT, "Make an export for an overseer", _export, _ordering, Export))
