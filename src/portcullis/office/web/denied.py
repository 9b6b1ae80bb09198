"""Denied attempts as pages list them: which act, by whom, why; never what was asked for."""

from datetime import date, timedelta

from django import forms
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from portcullis.office import denials
from portcullis.office.models import DeniedAttempt
from portcullis.office.permissions import PERMISSIONS
from portcullis.office.web import batches, charts, pages
from portcullis.office.web.desks import at_desk
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import table
from portcullis.office.web.visitors import Visitor, visitor_of

WHY = {
    "role": "Another role’s act",
    "page": "Opened another role’s page",
    "not-enrolled": "Nobody of that id",
    "not-in-force": "Not in office that day",
    "key": "Another key than enrolled",
    "two-people": "Had another part in it",
    "agency": "Not of the requesting party",
    "locked-out": "Too many failed attempts to sign in",
    "not-findable": "Not to be found by the written rules",
    "own": "Their own entry of the roster",
    "own-alarm": "An alarm that names them",
    "hold": "A preservation hold",
}
_ACTS = {"sign-in": "Sign in", "api": "Use the API"}
_SHOWN = 8


class DenialFilter(forms.Form):
    """Which attempts are listed."""

    act = forms.ChoiceField(label="Act", required=False)
    reason = forms.ChoiceField(label="Reason", required=False)

    def __init__(self, data: "dict[str, str] | None" = None) -> None:
        super().__init__(data)
        acts = DeniedAttempt.objects.order_by("kind").values_list("kind", flat=True).distinct()
        whys = DeniedAttempt.objects.order_by("reason").values_list("reason", flat=True).distinct()
        any_ = ("", "Any")
        self.fields["act"].choices = [any_, *((each, act(each)) for each in acts)]  # type: ignore[attr-defined]
        self.fields["reason"].choices = [any_, *((each, why(each)) for each in whys)]  # type: ignore[attr-defined]


def urls(desk: str) -> list[URLPattern]:
    """Return the address at which ``desk`` sees the attempts that were denied."""

    @at_desk(desk)
    def every(request: HttpRequest) -> HttpResponse:
        head = Head(
            desk,
            "Denied attempts",
            "Each is on the ledger. What is tried again within minutes is counted, and the next "
            "entry tells it.",
        )
        parts = [Part(charts=[by_reason()]), listed(request, visitor_of(request))]
        return pages.page(request, head, parts)

    return [path("denials/", every, name="denials")]


def act(kind: str) -> str:
    """Return what was tried, in words."""
    found = PERMISSIONS.get(kind)
    return found.says if found else _ACTS.get(kind, kind)


def why(reason: str) -> str:
    """Return why it was denied, in words."""
    return WHY.get(reason, reason.replace("-", " ").capitalize())


def listed(request: HttpRequest, visitor: Visitor) -> Part:
    """Return the list of denied attempts, the newest first, with its filters."""
    found = DeniedAttempt.objects.order_by("-id")
    if kind := request.GET.get("act"):
        found = found.filter(kind=kind)
    if reason := request.GET.get("reason"):
        found = found.filter(reason=reason)
    page, query = batches.page_of(request, found)
    rows = [
        [
            act(each.kind),
            batches.person(visitor, each.person),
            why(each.reason),
            f"{each.at:%-d %B %Y, %H:%M}",
            each.times,
            each.batch or None,
            each.entry_id,
        ]
        for each in page.object_list
    ]
    made = table(
        "Denied attempts, the newest first",
        ["Act", "By", "Why denied", "At (UTC)", "Times", "Batch", "Ledger entry"],
        rows,
        stacked=True,
        empty="No attempt like that was denied.",
        quiet=True,
    )
    return Part(
        text=_counted(), filters=DenialFilter(request.GET), table=made, page=page, query=query
    )


def _counted() -> str:
    minutes = denials.BETWEEN // timedelta(minutes=1)
    said = (
        f"What one person tries again within {minutes} minutes is counted; the next entry of the "
        "ledger says how often."
    )
    number = denials.waiting()
    return f"{said} Counted and not entered yet: {number:,}." if number else said


def per_month(today: date) -> charts.Lines:
    """Return the chart of denied attempts in each month of the last year."""
    lately = DeniedAttempt.objects.filter(at__gte=batches.year_since(today))
    found = lately.values_list("at", "times")
    rows = batches.per_month(((at.date(), times) for at, times in found), "Denied", today)
    return charts.over_time("Attempts denied", rows, says="Each month of the last year.")


def by_reason() -> charts.Bars:
    """Return the chart of denied attempts by reason."""
    by = DeniedAttempt.objects.order_by().values_list("reason").annotate(n=Sum("times"))
    amounts = [charts.Amount(why(each), n, "warn") for each, n in by.order_by("-n")[:_SHOWN]]
    return charts.outcomes("Denied attempts, by reason", amounts)
