"""Readings of the law: those in force with where they come from, and changes by two of counsel."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis import law
from portcullis.office import reading_changes, readings
from portcullis.office.models import ReadingChange
from portcullis.office.people import Actor
from portcullis.office.web import batches, pages
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.counsel import said as says
from portcullis.office.web.documents import DocumentField
from portcullis.office.web.forms import DateInput
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of

ACT = reading_changes.ACT
_SOURCES = {
    "floor": "Always",
    "agreement": "By the agreement",
    "act": "Put in force here",
}
_IN, _OUT = "in", "out"
_READINGS = 10


class ChangeForm(pages.Form):
    """Which reading comes into force or goes out of it, from which day, on whose authority."""

    reading = forms.ChoiceField(
        label="Reading", choices=[(each.id, each.id) for each in law.READINGS]
    )
    way = forms.ChoiceField(
        label="Change",
        choices=[(_IN, "Comes into force"), (_OUT, "Goes out of force")],
        widget=forms.RadioSelect,
    )
    effective_on = forms.DateField(
        label="From the day",
        widget=DateInput,
        help_text="Today or a later day, by the office’s clock (UTC).",
    )
    docket = forms.CharField(label="Docket", max_length=40, help_text="Of the source.")
    document = DocumentField(
        label="The source document",
        help_text="Both people give the very same file; only its SHA-256 is kept.",
    )


@at_desk("counsel")
def every(request: HttpRequest) -> HttpResponse:
    """Show the readings in force today, those that are known and not in force, and changes."""
    visitor = visitor_of(request)
    held = readings.held_on(visitor.deployment.pack, visitor.today)
    ids = {each.reading.id for each in held}
    others = [each for each in law.READINGS if each.id not in ids]
    page, query = batches.page_of(
        request, ReadingChange.objects.exclude(decided=None).order_by("-decided_id"), _READINGS
    )
    parts = [
        Part("Waiting for a second person", table=waiting(visitor)),
        Part("In force today", table=_held(held)),
        Part("Known, and not in force", table=_others(others)),
        Part("Decided here", table=_decided(page.object_list), page=page, query=query),
    ]
    head = Head(
        "counsel",
        "Readings of the law",
        "A reading in force may add to the gate or tighten it. Two of counsel put one in force, or "
        "out of it, on a source that both have read.",
        actions=[(reverse("counsel:change-reading"), "Change a reading")],
    )
    return pages.page(request, head, parts)


@at_desk("counsel")
def change(request: HttpRequest) -> HttpResponse:
    """Approve a change; the second person's approval of the same decides it."""
    visitor = visitor_of(request)
    row = _waiting_row(visitor.today, request.GET.get("change", ""))
    initial: dict[str, Any] = {"effective_on": visitor.today}
    if row is not None:
        initial = {
            "reading": row.reading,
            "way": _IN if row.in_force else _OUT,
            "effective_on": row.effective_on,
            "docket": row.statement["docket"],
        }
    head = Head(
        "counsel",
        "Change a reading",
        "You are the second: once you have signed the same with the same document, it is decided."
        if row is not None
        else "It is decided once a second of counsel approves the same, with the same document.",
        [(reverse("counsel:readings"), "Readings of the law")],
    )
    form = ChangeForm(request.POST or None, request.FILES or None, initial=initial)
    return pages.ask(request, head, form, ACT)


def waiting(visitor: Visitor) -> Table:
    """Return the table of changes that one person has approved, each a link to approve it too."""
    rows = ReadingChange.objects.filter(decided=None, effective_on__gte=visitor.today)
    url = reverse("counsel:change-reading")
    made = []
    for row in rows.order_by("id"):
        by = [each.person for each in row.approvals.order_by("id")]
        mine = visitor.person.id in by
        made.append(
            [
                Cell(row.reading, url="" if mine else f"{url}?change={row.pk}"),
                "Comes into force" if row.in_force else "Goes out of force",
                batches.day(row.effective_on),
                row.statement["docket"],
                Cell(
                    ", ".join(batches.person(visitor, each) for each in by),
                    note="Another of counsel approves it too." if mine else "",
                ),
            ]
        )
    return table(
        "Changes that one person has approved",
        ["Reading", "Change", "From", "Docket", "Approved by"],
        made,
        stacked=True,
        empty="No change waits for a second person.",
        quiet=True,
    )


def _waiting_row(today: date, number: str) -> ReadingChange | None:
    if not number.isdecimal():
        return None
    rows = ReadingChange.objects.filter(decided=None, effective_on__gte=today)
    return rows.filter(pk=int(number)).first()


def _held(held: list[readings.Held]) -> Table:
    return table(
        "Readings in force",
        ["Reading", "What it changes", "Source", "Why in force", "Since"],
        [
            [
                each.reading.id,
                Cell(each.reading.holding, note=each.reading.changes),
                _source(each.reading),
                _why(each),
                batches.day(each.since) if each.since else "Always",
            ]
            for each in held
        ],
        stacked=True,
        empty="No reading is in force.",
        quiet=True,
    )


def _why(held: readings.Held) -> Cell:
    floor = "On the floor: nothing takes it out." if held.reading.on_the_floor else ""
    return Cell(_SOURCES[held.source], note=floor)


def _others(others: list[law.Reading]) -> Table:
    return table(
        "Readings not in force",
        ["Reading", "What it would change", "Source", "Effect"],
        [
            [
                each.id,
                Cell(each.holding, note=each.changes),
                _source(each),
                Cell("Tightens", note="May be put in force.")
                if each.effect is law.Effect.TIGHTENS
                else Cell("Loosens", note="Never in force; only to judge the past under it."),
            ]
            for each in others
        ],
        stacked=True,
        empty="Every reading that is known is in force.",
        quiet=True,
    )


def _decided(rows: Iterable[ReadingChange]) -> Table:
    return table(
        "Changes decided, the newest first",
        ["Reading", "Change", "From", "Docket", "Ledger entry"],
        [
            [
                row.reading,
                "Came into force" if row.in_force else "Went out of force",
                batches.day(row.effective_on),
                row.statement["docket"],
                row.decided_id,
            ]
            for row in rows
        ],
        stacked=True,
        empty="No reading was changed here: those in force are the floor's and the agreement's.",
        quiet=True,
    )


def _source(reading: law.Reading) -> Cell:
    decided = f", decided on {batches.day(reading.decided_on)}" if reading.decided_on else ""
    return Cell(reading.source, note=f"{reading.docket}{decided}")


def _change(deployment: Deployment, actor: Actor, data: Data) -> Done:
    asked = law.Change(
        data["reading"], data["way"] == _IN, date.fromisoformat(data["effective_on"])
    )
    state = reading_changes.change(
        deployment.holder, actor, asked, data["docket"], data["document"]
    )
    way = "in force" if asked.in_force else "out of force"
    if state.decided:
        told = f"The reading {asked.reading} is {way} from {batches.day(asked.effective_on)}."
    else:
        told = "You have approved the change. It waits for a second of counsel."
    return Done(reverse("counsel:readings"), told)


register(WebAct(ACT, ACT, "Change a reading", _change, takes=says.ReadingChange))
