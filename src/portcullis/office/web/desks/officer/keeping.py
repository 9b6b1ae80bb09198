"""An officer's own packages: what waits, what is due, taking in, and saying what became of it."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from portcullis.custody import STATUSES, Kept, Visit
from portcullis.errors import Misuse
from portcullis.office.people import Actor
from portcullis.office.requesting import received
from portcullis.office.requesting.models import Opening
from portcullis.office.web import acts, network, notices, packages, pages
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.officer import attesting
from portcullis.office.web.desks.officer.attesting import DESK
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of

_STATUS_WORDS = {
    "proceeding": "The case goes on",
    "closed": "The case is closed",
    "none": "Nothing came of the disclosure",
}
_NEWEST = 10


class StatusForm(pages.Form):
    """What became of cases; each package is a box to tick."""

    def __init__(self, kept: list[Kept], data: Any = None) -> None:  # noqa: ANN401 - a QueryDict
        super().__init__(data)
        self.fields["packages"] = forms.MultipleChoiceField(
            label="Cases",
            choices=[(each.disclosure.package_id, f"Request {each.request_id}") for each in kept],
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["status"] = forms.ChoiceField(
            label="What became of them",
            choices=[(each, _STATUS_WORDS[each]) for each in STATUSES],
            widget=forms.RadioSelect,
        )


class PurposeForm(pages.Form):
    """For what a package is opened."""

    def __init__(self, purposes: tuple[str, ...], data: Any = None) -> None:  # noqa: ANN401
        super().__init__(data)
        self.fields["purpose"] = forms.ChoiceField(
            label="Purpose",
            help_text="You may use what you see for this purpose, and for no other.",
            choices=[("", "Choose one"), *((each, each.replace("-", " ")) for each in purposes)],
        )


def _state(here: Deployment, actor: Actor, data: acts.Data) -> acts.Done:
    chosen = [str(each) for each in data["packages"]]
    received.state(here.requester, actor, chosen, str(data["status"]))
    return acts.Done("/officer/", "Your status is signed and in the log. Carry it to the holder.")


STATE = acts.register(
    acts.WebAct(
        "package-status",
        "state",
        "State what became of your cases",
        _state,
        stands_for=packages.stands_for,
    )
)


@require_GET
@at_desk(DESK)
@packages.visiting
def first(request: HttpRequest, visited: Visit) -> HttpResponse:
    """Show what waits for the officer: attestations, duties, packages."""
    visitor = visitor_of(request)
    home, kept = visitor.deployment.requester, visited.kept()
    waits = attesting.waiting(visitor.person)
    owed = packages.owed(kept)
    attestations, frozen = notices.waiting(visitor), packages.kept_back(home, kept)
    head = Head(
        DESK,
        "Officer",
        "Attest to your own requests, open what came back for a purpose, and say by its day what "
        "became of it.",
        actions=[
            (reverse("officer:status"), "State what became of cases"),
            *(
                [(reverse("officer:fetch-page"), "Fetch packages")]
                if network.shown(visitor)
                else []
            ),
            (reverse("officer:take-in"), "Take packages in"),
            (reverse("officer:notices"), notices.TITLE),
            (reverse("officer:key"), "Your key"),
        ],
    )
    going = (each for each in kept if not each.disclosure.ended)
    return pages.first(
        request,
        head,
        alarms=packages.alarms(owed, visitor.today, attestations, len(frozen)),
        stats=[
            {"label": "Attestations waiting", "value": len(waits)},
            {"label": "Packages of yours", "value": len(kept)},
            *packages.duty_stats(owed, visitor.today),
            {"label": "Notices to attest to", "value": attestations,
             "kind": "bad" if attestations else "plain", "url": reverse("officer:notices")},
        ],
        waiting=attesting.waiting_table(waits, visitor.person, visitor.today),
        parts=[
            Part(table=packages.duties_table(owed, visitor.today, "/officer/packages/")),
            Part(table=packages.kept_table(
                home, kept, visitor.today, "Your packages", "/officer/packages/"
            )),
            Part(table=packages.stated_table(visitor.person, "/officer/signed/")),
        ],
        charts=[
            packages.due_when(owed, visitor.today),
            packages.ages(
                "How long packages have been here, cases not ended", going, visitor.today
            ),
            packages.states("What became of your cases", kept),
        ],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
@packages.visiting
def take_in(request: HttpRequest, visited: Visit) -> HttpResponse:
    """Take sealed packages in."""
    return packages.take_in(request, visited, DESK)


@require_GET
@at_desk(DESK)
@packages.visiting
def package(request: HttpRequest, visited: Visit, package_id: str) -> HttpResponse:
    """Show a package of the officer's, unopened, and ask for what purpose it is to be opened."""
    visitor = visitor_of(request)
    one = _find(visitor, visited.kept(), package_id)
    held = packages.kept_back(visitor.deployment.requester, [one])
    context = {
        "title": f"Package of request {one.request_id}",
        "package": package_id,
        "mine": one.here and one.disclosure.officer == visitor.person.id,
        "facts": [
            ("Request", one.request_id),
            ("Package", package_id),
            ("Received on", one.received_on.isoformat()),
            ("Officers with access", ", ".join(one.access)),
            ("State", held.get(package_id) or packages.state_of(one)),
            ("Next due", packages.due(one.duties, visitor.today)),
        ],
        "form": PurposeForm(visitor.deployment.pack.authority.purposes),
        "openings": _openings(visitor, package_id),
        "log": packages.log_table(visited.log_of(one.request_id)[::-1], "Its log, newest first"),
    }
    return render(request, "office/officer/package.html", context)


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
@packages.visiting
def status(request: HttpRequest, visited: Visit) -> HttpResponse:
    """Ask what became of the officer's own cases; on POST, begin to state it."""
    visitor = visitor_of(request)
    own = [
        each
        for each in visited.kept()
        if each.here and each.disclosure.officer == visitor.person.id and not each.disclosure.gone
    ]
    head = Head(
        DESK,
        "State what became of your cases",
        "A status is due for each case again and again, until it is closed or nothing came of it. "
        "Then the information is returned or destroyed.",
    )
    return pages.ask(request, head, StatusForm(own, request.POST or None), STATE.name)


@require_GET
@at_desk(DESK)
def signed(request: HttpRequest, stated_id: UUID) -> HttpResponse:
    """Give what the officer signed for the holder, as a file."""
    return packages.signed(request, stated_id)


def _find(visitor: Visitor, kept: list[Kept], package_id: str) -> Kept:
    for each in kept:
        if each.disclosure.package_id == package_id:
            return each
    visitor.deployment.record_denied("visit", visitor.person.id, "role")
    raise Misuse("There is no such package in this home.", "Look at your desk.")


def _openings(visitor: Visitor, package_id: str) -> Table:
    found = Opening.objects.filter(package=package_id, person=visitor.person.id).order_by("-at")
    rows = [
        (
            Cell(f"{each.at:%Y-%m-%d %H:%M}", url=f"/officer/openings/{each.id}/"),
            str(each.statement["purpose"]),
            Cell("the token is here", tag="good") if each.token else Cell("asked", tag="plain"),
        )
        for each in found[:_NEWEST]
    ]
    columns = ("Asked at (UTC)", "Purpose", "State")
    return table("Openings you asked for", columns, rows, empty="You asked for none yet.")
