"""Notices to persons under 26 U.S.C. § 7431(e): which are due, their drafts, which were given."""

from collections.abc import Iterable
from datetime import date
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from portcullis.office import incidents, unsealing
from portcullis.office.people import Actor
from portcullis.office.web import batches, pages, shown, signing
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.counsel import said as says
from portcullis.office.web.documents import DocumentField
from portcullis.office.web.forms import DateInput
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.oversight import incidents as rules
from portcullis.oversight.incidents import PersonNotice
from portcullis.oversight.person_notice import notice_draft

ACT, DRAFT = "notice-7431e", unsealing.NOTICE_DRAFT
GIVEN = "notice-given"
UP = "Notices to persons"
TRIGGERS = {
    rules.INDICTMENT: "An indictment",
    rules.INFORMATION: "An information",
    rules.ADMINISTRATIVE: "A proposed administrative determination",
}
ACTS = {"inspection": "An inspection", "disclosure": "A disclosure"}
_DUE = "As soon as practicable"


class GivenForm(pages.Form):
    """That the person was told, and when."""

    given_on = forms.DateField(label="Sent on", widget=DateInput)
    document = DocumentField(
        label="The notice as it was sent", help_text="Only its SHA-256 is kept."
    )
    rights_told = forms.BooleanField(
        label="It tells the date of the act, and the person’s rights",
        error_messages={"required": "Section 7431(e) commands both. Send one that tells them."},
    )


@at_desk("counsel")
def every(request: HttpRequest) -> HttpResponse:
    """List the notices that are due, and those that were given."""
    visitor = visitor_of(request)
    found = list(reversed(incidents.register().notices.values()))
    page, query = batches.page_of(request, [each for each in found if each.given])
    head = Head(
        "counsel",
        UP,
        "Who is charged with an unlawful inspection or disclosure of return information, or is to "
        "be disciplined for it, the person concerned is told of: as soon as practicable, with the "
        "date of the act and their rights (26 U.S.C. § 7431(e)).",
        actions=[(reverse("counsel:charge-notice"), "Record that one is due")],
    )
    parts = [
        Part("Due", table=due(visitor, [each for each in found if not each.given])),
        Part("Given", table=_given(page.object_list), page=page, query=query),
    ]
    return pages.page(request, head, parts)


@at_desk("counsel")
def one(request: HttpRequest) -> HttpResponse:
    """Show one notice, and what is to be done of it."""
    visitor, found = visitor_of(request), _named(request)
    facts: list[tuple[str, object]] = [
        ("State", _state(visitor, found)),
        ("Made due by", f"{TRIGGERS[found.trigger]}, on {batches.day(found.triggered_on)}"),
        ("For", f"{ACTS[found.act]}, on {batches.day(found.act_on)}"),
        ("Of a disclosure in", _where(found)),
        ("Incident", found.incident or "None"),
    ]
    if found.given:
        facts.append(("Its SHA-256", Cell(str(found.given["document"]), mono=True)))
    parts = [
        Part(facts=facts),
        Part(
            "Its draft, and whose it is",
            "The date of the act and the rights, for you to settle and to address. That you read "
            "it goes on the ledger; it is shown once, and kept nowhere.",
            post=reverse("counsel:notice-draft"),
            fields={"id": found.id},
            submit="Go on to sign that you read it",
        ),
    ]
    actions = []
    if not found.given:
        actions.append((url("notice-given", found.id), "Record that it was given"))
    head = Head("counsel", f"Notice {found.id}", up=[_up()], actions=actions)
    return pages.page(request, head, parts)


@at_desk("counsel")
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Begin the reading of a notice's draft."""
    found = incidents.find_notice(request.POST.get("id", ""))
    return signing.begin(request, DRAFT, {"notice": found.id})


@at_desk("counsel")
def given(request: HttpRequest) -> HttpResponse:
    """Record that the person was told."""
    visitor, found = visitor_of(request), _named(request)
    head = Head(
        "counsel",
        f"Notice {found.id} was given",
        "To the person concerned, or to whoever the law has it given to for them.",
        [_up(), (url("notice", found.id), found.id)],
    )
    form = GivenForm(
        request.POST or None, request.FILES or None, initial={"given_on": visitor.today}
    )
    return pages.ask(request, head, form, GIVEN, {"notice": found.id})


def due(visitor: Visitor, found: Iterable[PersonNotice]) -> Table:
    """Return the table of notices still to be given, each a link to its page."""
    return table(
        "Notices to persons that are due",
        ["Notice", "Made due by", "On", "Due", "State"],
        [
            [
                Cell(each.id, url=url("notice", each.id)),
                TRIGGERS[each.trigger],
                batches.day(each.triggered_on),
                _DUE,
                _state(visitor, each),
            ]
            for each in found
        ],
        stacked=True,
        empty="No notice is due.",
        quiet=True,
    )


def waits(visitor: Visitor, each: PersonNotice) -> int:
    """Return for how many days a notice has been due."""
    return (visitor.today - each.triggered_on).days


def url(name: str, notice_id: str) -> str:
    """Return the address of a page of a notice; an id may have strokes in it."""
    return f"{reverse(f'counsel:{name}')}?{urlencode({'id': notice_id})}"


def _up() -> tuple[str, str]:
    return reverse("counsel:notices"), UP


def _named(request: HttpRequest) -> PersonNotice:
    return incidents.find_notice(request.GET.get("id", ""))


def _where(found: PersonNotice) -> Cell:
    if "package" in found.of:
        return Cell("A package", note=str(found.of["package"]))
    return Cell(f"The imported history {found.of['history']}", note="Which of it lies sealed.")


def _state(visitor: Visitor, found: PersonNotice) -> Cell:
    if found.given:
        return Cell("Given", tag="good", note=f"on {found.given['given_on']}")
    days = waits(visitor, found)
    return Cell("To be given", tag="bad" if days else "busy", note=batches.age(days))


def _given(found: Iterable[PersonNotice]) -> Table:
    return table(
        "Notices that were given, the newest first",
        ["Notice", "Made due by", "On", "Given on"],
        [
            [
                Cell(each.id, url=url("notice", each.id)),
                TRIGGERS[each.trigger],
                batches.day(each.triggered_on),
                batches.day(date.fromisoformat(str(each.given["given_on"]))),
            ]
            for each in found
            if each.given
        ],
        stacked=True,
        empty="No notice was given yet.",
        quiet=True,
    )


def _read(deployment: Deployment, actor: Actor, data: Data) -> Done:
    home = deployment.holder
    found = incidents.find_notice(data["notice"])
    text = notice_draft(home.pack.agreement.holder.name, found)
    whose = incidents.subject_of(home, actor, found.id)
    back = url("notice", found.id)

    def show(request: HttpRequest) -> HttpResponse:
        head = Head(
            "counsel",
            f"Draft of the notice {found.id}",
            "Not sent: settle it, address it and send it, then record that it was given. It is "
            "shown once; to read it again is another act.",
            [_up(), (back, found.id)],
            [] if found.given else [(url("notice-given", found.id), "Record that it was given")],
        )
        facts = [
            (_WHOSE[name], Cell(value, mono=name == "package")) for name, value in whose.items()
        ]
        texts = [shown.Text("The draft", "notice.md", text)]
        return shown.page(request, head, texts, facts)

    return Done(back, "The draft was read.", show)


_WHOSE = {
    "package": "Whose: by the package",
    "history": "Whose: in the imported history",
    "request_id": "by the request",
}


def _gave(deployment: Deployment, actor: Actor, data: Data) -> Done:
    found = incidents.give(
        deployment.holder,
        actor,
        data["notice"],
        date.fromisoformat(data["given_on"]),
        data["document"],
        rights_told=data["rights_told"] is True,
    )
    return Done(url("notice", found.id), "It is recorded that the person was told.")


register(WebAct(GIVEN, ACT, "Record that a notice was given", _gave, takes=says.NoticeGiven))
register(WebAct(DRAFT, DRAFT, "Read the draft of a notice", _read, browser_only=True))
