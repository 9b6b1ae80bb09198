"""Reports, at the desks that have them made: ordered here, made by a worker, kept a week."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from portcullis.errors import Misuse
from portcullis.office import reporting, work
from portcullis.office.people import Actor
from portcullis.office.web import batches, pages, working
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.forms import DateInput
from portcullis.office.web.pages import Head, Link, Part
from portcullis.office.web.parts import Cell, table
from portcullis.office.web.said import Among, Day, Said
from portcullis.office.web.visitors import visitor_of
from portcullis.oversight.reports import OVERSEERS

REPORT, EXPORT = "report", "oversight-export"
_DESKS = ("oversight", "safeguards", "counsel", "approval")
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


class Report(Said):
    """Which report, as of the end of which day."""

    report: Annotated[str, Among.of(reporting.NAMES)]
    by: Day
    desk: Annotated[str, Among.of(_DESKS)] = "oversight"


def urls(desk: str, title: str = "Reports", more: tuple[Link, ...] = ()) -> list[URLPattern]:
    """Return the addresses at which ``desk`` has reports made.

    ``more``: what else of the kind is ordered there, by the name of its address and its words.
    """

    @at_desk(desk)
    def every(request: HttpRequest) -> HttpResponse:
        return _every(request, desk, title, more)

    @at_desk(desk)
    def make(request: HttpRequest) -> HttpResponse:
        head = Head(
            desk, "Make a report", "That it was made goes on the ledger.", [up(desk, title)]
        )
        form = ReportForm(request.POST or None, initial={"by": visitor_of(request).today})
        if request.method == "POST" and form.is_valid():
            not_to_come(request, form)
        return pages.ask(request, head, form, REPORT, {"desk": desk})

    return [
        path("reports/", every, name="reports"),
        path("reports/make/", make, name="make-report"),
    ]


def up(desk: str, title: str) -> Link:
    """Return the link to the reports of ``desk``."""
    return reverse(f"{desk}:reports"), title


def not_to_come(request: HttpRequest, form: forms.Form) -> None:
    """Add an error to a form whose day has not come."""
    if form.cleaned_data["by"] > visitor_of(request).today:
        form.add_error("by", "The day has not come. Name today or an earlier day.")


def check_come(deployment: Deployment, by: date) -> None:
    """Raise Misuse where the day that a report is to be of has not come."""
    if by > deployment.today():
        raise Misuse("The field by names a day that has not come.", "Name today or an earlier day.")


def _every(request: HttpRequest, desk: str, title: str, more: tuple[Link, ...]) -> HttpResponse:
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
        empty="You have ordered nothing yet.",
        quiet=True,
    )
    head = Head(
        desk,
        title,
        "Counted anew from ledger and accounting, which must agree. Files are kept a week, for "
        "you alone.",
        actions=[
            (reverse(f"{desk}:make-report"), "Make a report"),
            *((reverse(f"{desk}:{name}"), words) for name, words in more),
        ],
    )
    return pages.page(request, head, [Part(table=listed, page=page, query=query)])


def _called(kind: str, data: Mapping[str, Any]) -> str:
    if kind == REPORT:
        return NAMES.get(str(data.get("report")), "A report")
    body = OVERSEERS.get(str(data.get("body")))
    return f"Export for {body.name}" if body else "An export"


def _report(deployment: Deployment, actor: Actor, data: Data) -> Done:
    after = reverse(f"{data.get('desk', 'oversight')}:reports")
    return working.begin(deployment, actor, REPORT, "", _asked(deployment, data), after)


def _ordering(deployment: Deployment, data: Data) -> tuple[str, Mapping[str, Any]]:
    return work.ordering("", _asked(deployment, data))


def _asked(deployment: Deployment, data: Data) -> dict[str, Any]:
    """Return what is ordered: which report, of the day that it will be of."""
    by = date.fromisoformat(data["by"])
    check_come(deployment, by)
    settled = reporting.settled(deployment.holder, data["report"], by)
    return {"report": data["report"], "by": settled.isoformat()}


register(WebAct(REPORT, REPORT, "Make a report", _report, _ordering, Report))
