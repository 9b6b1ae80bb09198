"""People of the roster: who holds what, with which keys; enrolments and changes proposed."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from portcullis.agreements import enrolment
from portcullis.agreements.person import HOLDER_ROLES, REQUESTER_ROLES, Person
from portcullis.errors import PortcullisError
from portcullis.office import enrolments, roster_changes, rosters
from portcullis.office.people import Actor
from portcullis.office.roster_changes import PROPOSED
from portcullis.office.web import batches, pages, rostering, signing
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.documents import TextFileField
from portcullis.office.web.forms import DateInput
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of

ENROL, CHANGE, ADOPT = "roster-enrol", "roster-change", "roster-adopt"
_ROLES = [(each, each.replace("-", " ").capitalize()) for each in (*HOLDER_ROLES, *REQUESTER_ROLES)]
_UP = "People"


class PeopleFilter(forms.Form):
    """Who is listed."""

    role = forms.ChoiceField(label="Role", required=False, choices=[("", "Any"), *_ROLES])
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "Any"), ("in", "In office"), ("out", "Not in office")],
    )


class EnrolForm(pages.Form):
    """A person's own request; of a newcomer the entry too."""

    kept = forms.CharField(widget=forms.HiddenInput, required=False, max_length=32)
    request = TextFileField(
        label="The request",
        required=False,
        help_text="The file that the person made and signed: at “My keys”, or with portcullis "
        "people request.",
    )
    entry = TextFileField(
        label="A newcomer’s entry",
        required=False,
        help_text="Only for who is not enrolled yet: JSON with id, name, agency, office, roles "
        "and in_force_from; without keys, for the request has the key.",
    )

    def __init__(self, home: Path, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, **kwargs)
        self._home = home

    def clean_request(self) -> str:
        """Return the request; raise ValidationError where it is none, or its key did not sign."""
        kept = self.cleaned_data.get("kept")
        if not kept and not self.cleaned_data["request"]:
            raise forms.ValidationError("“The request” is missing. Choose the file.")
        try:
            if kept:
                self.cleaned_data["request"] = enrolments.read(self._home, kept)
            enrolment.read_request(self.cleaned_data["request"])
        except PortcullisError as error:
            raise forms.ValidationError(str(error)) from None
        return str(self.cleaned_data["request"])

    def clean_entry(self) -> Any:  # noqa: ANN401 - JSON
        """Return the entry, read; None where there is none."""
        text = self.cleaned_data["entry"]
        if not text:
            return None
        try:
            entry = json.loads(text)
        except (ValueError, RecursionError):
            raise forms.ValidationError("The entry is no JSON. Mend it.") from None
        if not isinstance(entry, dict):
            raise forms.ValidationError("The entry is no JSON object. Mend it.")
        return entry


class ChangeForm(pages.Form):
    """What changes of an entry; keys are enrolled, and put out of force, elsewhere."""

    office = forms.CharField(label="Office", max_length=200)
    roles = forms.MultipleChoiceField(
        label="Roles", choices=_ROLES, widget=forms.CheckboxSelectMultiple
    )
    in_force_from = forms.DateField(label="In office from", widget=DateInput)
    in_force_to = forms.DateField(
        label="In office to",
        widget=DateInput,
        required=False,
        help_text="The last day. Left empty: no end.",
    )


@at_desk("administration")
def every(request: HttpRequest) -> HttpResponse:
    """List the people of the roster."""
    visitor = visitor_of(request)
    role, state = request.GET.get("role"), request.GET.get("state")
    found = [
        each
        for each in visitor.deployment.roster.people
        if (not role or role in each.roles)
        and (not state or each.in_force(visitor.today) == (state == "in"))
    ]
    page, query = batches.page_of(request, found)
    rows = [
        [
            Cell(each.name, url=reverse("administration:person", args=[each.id]), note=each.id),
            each.agency,
            ", ".join(each.roles),
            _in_office(each, visitor.today),
            "In force" if each.key_in_force(visitor.today) else "Out of force",
            sum(one.in_force(visitor.today) for one in each.passkeys),
        ]
        for each in page.object_list
    ]
    listed = table(
        "People of the roster",
        ["Person", "Agency", "Roles", "State", "Key", "Passkeys"],
        rows,
        stacked=True,
        empty="Nobody is like that.",
        quiet=True,
    )
    parts = [
        *_adopting(visitor),
        Part(
            "Waiting for a second person",
            table=rostering.listed(visitor, "administration", rostering.waiting(visitor)),
        ),
        Part("Requests that people made here", table=_requests(visitor)),
        Part("Enrolled", filters=PeopleFilter(request.GET), table=listed, page=page, query=query),
    ]
    head = Head(
        "administration",
        _UP,
        "What a person may do comes from the roster alone, and every change of it is two people’s.",
        actions=[(reverse("administration:enrol"), "Propose an enrolment")],
    )
    return pages.page(request, head, parts)


@at_desk("administration")
@require_POST
def adopt(request: HttpRequest) -> HttpResponse:
    """Begin the proposal that the ledger have the roster as it stands here."""
    return signing.begin(request, ADOPT, {})


def _adopting(visitor: Visitor) -> list[Part]:
    """Return the offer to adopt the roster, where the ledger has none or another that is lost."""
    home = visitor.deployment.holder
    said = rosters.on_record()
    if said is None:
        heading = "The ledger has no roster"
        why = "This home was made by an earlier release. Until the ledger has its roster, a file "
        why += "that somebody changed is not noticed."
    elif rosters.closed_reasons(home) and rosters.digest(rosters.kept(home, said)) != said:
        heading = "The roster that the ledger has is lost"
        why = "The one here is another, and the gate is closed. If it cannot be put back from any "
        why += "backup, this one may take its place."
    else:
        return []
    says = "Compare every entry and key with its person first: a second person approves it, and "
    says += "from then on it is what everybody is held to."
    digest = Cell(rosters.digest(home.people), mono=True)
    offered = Part(
        heading,
        f"{why} {says}",
        facts=[("Roster here (SHA-256)", digest)],
        post=reverse("administration:adopt"),
        submit="Go on to sign the proposal",
    )
    return [offered]


@at_desk("administration")
def one(request: HttpRequest, person_id: str) -> HttpResponse:
    """Show one person: roles, days, keys."""
    visitor = visitor_of(request)
    person = rostering.person_named(visitor, person_id)
    facts: list[tuple[str, object]] = [
        ("Id", person.id),
        ("Agency and office", f"{person.agency}, {person.office}"),
        ("Roles", ", ".join(person.roles)),
        ("State", _in_office(person, visitor.today)),
        ("In office from", batches.day(person.in_force_from)),
        ("In office to", batches.day(person.in_force_to) if person.in_force_to else "No end"),
    ]
    if person.authority:
        facts.append(("Signs under", person.authority))
    rows = [
        [Cell(key, mono=True), says.split(" ")[1].capitalize(), days]
        for key, says, days in rostering.keys_of(person)
    ]
    actions = []
    if person.id != visitor.person.id:
        actions = [
            (reverse("administration:change-person", args=[person.id]), "Propose a change"),
            (reverse("administration:revoke", args=[person.id]), "Put keys out of force"),
        ]
    parts = [
        Part(facts=facts),
        Part(
            "Keys",
            table=table("Keys", ["Id", "Kind", "In force"], rows, stacked=True, quiet=True),
        ),
    ]
    head = Head("administration", person.name, up=[_up()], actions=actions)
    return pages.page(request, head, parts)


@at_desk("administration")
def enrol(request: HttpRequest) -> HttpResponse:
    """Propose what a person's own request asks."""
    home = visitor_of(request).deployment.path
    initial = {"kept": request.GET.get("request", "")}
    form = EnrolForm(home, request.POST or None, request.FILES or None, initial=initial)
    if initial["kept"]:
        form.fields["request"].widget = forms.HiddenInput()
    head = Head(
        "administration",
        "Propose an enrolment",
        "The person’s new key has signed the request, and so has what they had before. It takes "
        "effect when another administrator, or counsel, approves it.",
        [_up()],
    )
    return pages.ask(request, head, form, ENROL)


@at_desk("administration")
def change(request: HttpRequest, person_id: str) -> HttpResponse:
    """Propose another office, other roles or days for a person."""
    visitor = visitor_of(request)
    person = rostering.person_named(visitor, person_id)
    initial = {name: getattr(person, name) for name in ChangeForm.base_fields}
    form = ChangeForm(request.POST or None, initial=initial)
    head = Head(
        "administration",
        f"Change the entry of {person.name}",
        "It takes effect when another administrator, or counsel, approves it.",
        [_up(), (reverse("administration:person", args=[person.id]), person.name)],
    )
    return pages.ask(request, head, form, CHANGE, {"person": person.id})


def _requests(visitor: Visitor) -> Table:
    url = reverse("administration:enrol")
    return table(
        "Requests to enrol a key",
        ["Of", "What", "Made (UTC)"],
        [
            [
                Cell(batches.person(visitor, each.person), url=f"{url}?request={each.name}"),
                "A passkey" if each.is_passkey else "A key of a browser",
                f"{each.at:%-d %B %Y, %H:%M}",
            ]
            for each in enrolments.waiting(visitor.deployment.path)
        ],
        stacked=True,
        empty="No request waits.",
        quiet=True,
    )


def _in_office(person: Person, today: date) -> Cell:
    if person.in_force(today):
        return Cell("In office", tag="good")
    return Cell("Not in office", tag="plain")


def _up() -> tuple[str, str]:
    return reverse("administration:people"), _UP


def _done(proposal: roster_changes.Proposal) -> Done:
    url = reverse("administration:change", args=[proposal.id])
    return Done(url, "It is proposed. It takes effect when a second person has approved it.")


def _enrol(deployment: Deployment, actor: Actor, data: Data) -> Done:
    kept = data["kept"]
    proposal = roster_changes.propose_enrolment(
        deployment.holder, actor, data["request"], data["entry"]
    )
    if kept:
        enrolments.remove(deployment.path, kept)
    return _done(proposal)


def _change(deployment: Deployment, actor: Actor, data: Data) -> Done:
    home = deployment.holder
    facts = home.roster.person(data["person"]).model_dump(mode="json")
    facts |= {name: data[name] for name in ChangeForm.base_fields}
    changed = Person.model_validate_json(json.dumps(facts))
    return _done(roster_changes.propose_change(home, actor, [changed]))


def _adopt(deployment: Deployment, actor: Actor, _data: Data) -> Done:
    return _done(roster_changes.propose_adoption(deployment.holder, actor))


register(WebAct(ADOPT, PROPOSED, "Propose to adopt the roster", _adopt))
register(WebAct(ENROL, PROPOSED, "Propose an enrolment", _enrol))
register(WebAct(CHANGE, PROPOSED, "Propose a change of the roster", _change))
