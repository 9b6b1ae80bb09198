"""Changes of the roster, at the two desks whose people decide on them: administrator and counsel.

What one administrator proposed another administrator, or counsel, approves; a key is put out of
force by one of them alone.
"""

import json
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_POST

from portcullis import keys
from portcullis.agreements import Person
from portcullis.errors import Misuse
from portcullis.office import roster_changes
from portcullis.office.models import RosterChange
from portcullis.office.people import Actor
from portcullis.office.roster_changes import CHANGED, Difference, Proposal
from portcullis.office.web import batches, pages, signing
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.forms import DateInput
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of

APPROVE, REVOKE = "roster-approve", "roster-revoke"
SAYS = {
    roster_changes.ENROL: "Enrol a key",
    roster_changes.CHANGE: "Change an entry",
    roster_changes.REVOKE: "Put keys out of force",
    roster_changes.ADOPT: "Adopt the roster",
}
_DESKS = ("administration", "counsel")
_FIELDS = {
    "jwk": "Key",
    "key_from": "Key in force from",
    "key_to": "Key in force to",
    "former_keys": "Former keys",
    "passkeys": "Passkeys",
    "in_force_from": "In office from",
    "in_force_to": "In office to",
    "id": "Entry",
}


class RevokeForm(pages.Form):
    """Which of a person's keys are put out of force, from which day."""

    only = forms.MultipleChoiceField(label="Keys", widget=forms.CheckboxSelectMultiple)
    since = forms.DateField(
        label="Since the day",
        widget=DateInput,
        help_text="Today, or the day on which it was lost. What was signed before stays good.",
    )

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **kwargs)
        self.fields["only"].choices = [(each, says) for each, says, _ in keys_of(person)]  # type: ignore[attr-defined]


def urls(desk: str) -> list[URLPattern]:
    """Return the addresses of roster changes at ``desk``."""

    @at_desk(desk)
    def one(request: HttpRequest, number: int) -> HttpResponse:
        return _one(request, desk, number)

    @at_desk(desk)
    def approve(request: HttpRequest, number: int) -> HttpResponse:
        return signing.begin(request, APPROVE, {"proposal": number, "desk": desk})

    @at_desk(desk)
    def revoke(request: HttpRequest, person_id: str) -> HttpResponse:
        return _revoke(request, desk, person_id)

    return [
        path("changes/<int:number>/", one, name="change"),
        path("changes/<int:number>/approve/", require_POST(approve), name="approve-change"),
        path("people/<str:person_id>/revoke/", revoke, name="revoke"),
    ]


def waiting(visitor: Visitor) -> list[tuple[Proposal, date]]:
    """Return the proposals that nobody has approved yet, with the day each was made."""
    days = {
        row.proposed.entry_id: row.proposed.at.date()
        for row in RosterChange.objects.filter(decided=None).select_related("proposed")
    }
    return [(each, days[each.id]) for each in roster_changes.waiting(visitor.deployment.holder)]


def listed(visitor: Visitor, desk: str, found: list[tuple[Proposal, date]]) -> Table:
    """Return the table of proposals, each a link to its page."""
    return table(
        "Changes of the roster that wait for a second person",
        ["Change", "Of", "Proposed by", "Waiting"],
        [
            [
                Cell(SAYS[each.says], url=reverse(f"{desk}:change", args=[each.id])),
                ", ".join(batches.person(visitor, one) for one in each.people) or "Everybody",
                batches.person(visitor, each.by),
                batches.age((visitor.today - on).days),
            ]
            for each, on in found
        ],
        stacked=True,
        empty="No change of the roster waits.",
        quiet=True,
    )


def keys_of(person: Person) -> list[tuple[str, str, str]]:
    """Return the person's key and passkeys: id, in words, and its days."""
    named = keys.thumbprint(person.jwk)
    found = [(named, f"The key {named[:12]}…", _days(person.key_from, person.key_to))]
    return found + [
        (each.id, f"The passkey {each.id[:12]}…", _days(each.in_force_from, each.in_force_to))
        for each in person.passkeys
    ]


def person_named(visitor: Visitor, person_id: str) -> Person:
    """Return the person of an address. Raises Misuse where nobody of that id is enrolled."""
    found = visitor.deployment.roster.get(person_id)
    if found is None:
        raise Misuse("Nobody of that id is enrolled.", "See the people of the roster.")
    return found


def _one(request: HttpRequest, desk: str, number: int) -> HttpResponse:
    visitor = visitor_of(request)
    found = next((each for each, _ in waiting(visitor) if each.id == number), None)
    if found is None:
        raise Misuse("No change of that number waits.", "It was decided, or the roster is another.")
    rows = [
        [
            batches.person(visitor, each.person),
            _FIELDS.get(each.field, each.field.replace("_", " ").capitalize()),
            _value(each, each.before),
            _value(each, each.after),
        ]
        for each in found.differences
    ]
    parts = [
        Part(
            facts=[
                ("Proposed by", batches.person(visitor, found.by)),
                ("Ledger entry", f"{found.id:,}"),
                ("Roster before", Cell(found.before, mono=True)),
                ("Roster after", Cell(found.after, mono=True)),
            ]
        ),
        Part(
            "What would change",
            table=table(
                "Differences",
                ["Of", "What", "As it stands", "As it is to stand"],
                rows,
                stacked=True,
                empty="No entry would change: it is the roster as it stands here, whole."
                if found.says == roster_changes.ADOPT
                else "The roster that is proposed is not here. It cannot be approved.",
                quiet=True,
            ),
        ),
        _deciding(visitor, desk, found),
    ]
    head = Head(desk, SAYS[found.says], "It takes effect when a second person has approved it.")
    return pages.page(request, head, parts)


def _deciding(visitor: Visitor, desk: str, found: Proposal) -> Part:
    if found.by == visitor.person.id:
        return Part("Decide", "You proposed it, so another administrator or counsel approves it.")
    if visitor.person.id in found.people:
        return Part("Decide", "It is of your own entry, so another person approves it.")
    url = reverse(f"{desk}:approve-change", args=[found.id])
    return Part("Decide", post=url, submit="Go on to sign the approval")


def _revoke(request: HttpRequest, desk: str, person_id: str) -> HttpResponse:
    visitor = visitor_of(request)
    person = person_named(visitor, person_id)
    form = RevokeForm(person, request.POST or None, initial={"since": visitor.today})
    head = Head(
        desk,
        f"Put keys of {person.name} out of force",
        "From today: at once, on your signature alone. From an earlier day, or where nobody else "
        "could act then, a second person approves it. Nothing puts them in force again: the person "
        "has a new one enrolled.",
    )
    return pages.ask(request, head, form, REVOKE, {"person": person.id, "desk": desk})


def _days(first: date | None, last: date | None) -> str:
    since = f"From {batches.day(first)}" if first else "Always"
    return f"{since} to {batches.day(last)}" if last else since


def _value(of: Difference, value: object) -> str:
    if value is None or value in ("", [], ()):
        return "None"
    if of.field == "jwk" and isinstance(value, dict):
        return keys.thumbprint(value)
    if of.field == "passkeys" and isinstance(value, list | tuple):
        return "; ".join(map(_passkey, value))
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value)


def _passkey(said: dict[str, Any]) -> str:
    """Return a passkey in words: where it signs is what an approver must look at."""
    last = f" to {said['in_force_to']}" if said.get("in_force_to") else ""
    return (
        f"{str(said['id'])[:12]}… of {said['rp_id']}, signs at {', '.join(said['origins'])}, from "
        f"{said['in_force_from']}{last}"
    )


def _approved(deployment: Deployment, actor: Actor, data: Data) -> Done:
    after = _desk(data)
    roster_changes.approve(deployment.holder, actor, data["proposal"])
    return Done(after, "The change is approved, and in effect.")


def _revoked(deployment: Deployment, actor: Actor, data: Data) -> Done:
    since, after = date.fromisoformat(data["since"]), _desk(data)
    made = roster_changes.revoke(deployment.holder, actor, data["person"], since, data["only"])
    told = (
        "They are out of force, and the gate knows it already."
        if made.decided
        else "It is proposed, and waits for a second person."
    )
    return Done(after, told)


def _desk(data: Data) -> str:
    """Return the address of the desk at which it is done: asked for before anything is."""
    if data["desk"] not in _DESKS:
        raise Misuse("That is no desk at which the roster is changed.", "Begin it at your desk.")
    return reverse(f"{data['desk']}:first")


register(WebAct(APPROVE, CHANGED, "Approve a change of the roster", _approved))
register(WebAct(REVOKE, CHANGED, "Put keys out of force", _revoked))
