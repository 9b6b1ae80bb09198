"""What the recipient owes of each disclosure, and by when."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache

from django import forms
from django.db.models import Max
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from portcullis.office.holding import Raised, raised
from portcullis.office.home import Home
from portcullis.office.models import Entry, Package
from portcullis.office.orders import standing_holds
from portcullis.office.owed import CERTIFICATE, STATUS
from portcullis.office.web import batches, charts, pages
from portcullis.office.web.desks import at_desk
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, table
from portcullis.office.web.visitors import visitor_of

WHAT = {
    "status": "State what became of the case",
    "disposal-review": "Review whether it is still needed",
    "disposal": "Return or destroy it, and certify that",
    "renewal": "Certify anew that it is safeguarded",
}
_LATE, _HELD = "late", "held"


class DutyFilter(forms.Form):
    """Which duties are listed."""

    what = forms.ChoiceField(label="Duty", required=False, choices=[("", "Any"), *WHAT.items()])
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "Any"), (_LATE, "Overdue"), (_HELD, "Kept by a hold")],
    )


def everything(home: Home) -> tuple[Raised, ...]:
    """Return what is owed of every disclosure; read once for each state of what it rests on."""
    delivered = Package.objects.filter(state="delivered").count()
    newest = Entry.objects.filter(kind__in=(STATUS, CERTIFICATE)).aggregate(Max("position"))
    holds = tuple(hold.id for hold in standing_holds())
    return _read(home, home.today(), delivered, newest["position__max"], holds)


@lru_cache(maxsize=2)
def _read(home: Home, *_state: object) -> tuple[Raised, ...]:
    # Tens of thousands of disclosures take a second to judge.
    return tuple(raised(home))


def urls(desk: str) -> list[URLPattern]:
    """Return the address at which ``desk`` sees what the recipient owes."""

    @at_desk(desk)
    def every(request: HttpRequest) -> HttpResponse:
        return _every(request, desk)

    return [path("duties/", every, name="duties")]


def _every(request: HttpRequest, desk: str) -> HttpResponse:
    """List what the recipient owes, the first due first."""
    visitor = visitor_of(request)
    found = everything(visitor.deployment.holder)
    wanted = [each for each in found if _is_wanted(each, request.GET)]
    page, query = batches.page_of(request, wanted)
    rows = [
        [
            Cell(each.duty.package_id, mono=True),
            WHAT[each.duty.what],
            batches.person(visitor, each.duty.officer),
            each.batch,
            batches.day(each.duty.due_on),
            _state(each),
        ]
        for each in page.object_list
    ]
    listed = table(
        "Duties of the recipient, the first due first",
        ["Package", "Duty", "Officer", "Batch", "Due", "State"],
        rows,
        stacked=True,
        empty="Nothing like that is owed.",
        quiet=True,
    )
    head = Head(
        desk,
        "What the recipient owes",
        "Of each disclosure, until it is certified as returned or destroyed. Who is overdue with a "
        "status receives nothing more.",
    )
    part = Part(filters=DutyFilter(request.GET), table=listed, page=page, query=query)
    return pages.page(request, head, [Part(charts=[by_kind(found)]), part])


def by_kind(found: Sequence[Raised]) -> charts.Bars:
    """Return the chart of what is owed, by kind; what is overdue apart."""
    late = sum(each.overdue for each in found)
    counts: Counter[str] = Counter(each.duty.what for each in found if not each.overdue)
    amounts = [charts.Amount(WHAT[what], counts[what]) for what in WHAT if counts[what]]
    overdue = [charts.Amount("Overdue", late, "bad")] if late else []
    return charts.outcomes("What the recipient owes", [*overdue, *amounts])


def _is_wanted(each: Raised, asked: Mapping[str, str]) -> bool:
    state = asked.get("state")
    if asked.get("what") and each.duty.what != asked.get("what"):
        return False
    return not state or (each.overdue if state == _LATE else bool(each.holds))


def _state(each: Raised) -> Cell:
    if each.holds:
        return Cell("Kept by a hold", tag="warn", note=", ".join(each.holds))
    return Cell("Overdue", tag="bad") if each.overdue else Cell("In time", tag="good")
