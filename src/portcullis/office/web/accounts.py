"""Accounts: who has one, with which second factors; one given, or a lost one anew by two people.

One page of both sides, for whoever may give accounts: at the holder administrator and counsel, at
the requester custodian and signatory. Their desks link to it.
"""

from collections import Counter

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.agreements import Person
from portcullis.office.people import Actor
from portcullis.office.web import batches, pages
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.models import AccountReset
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, table
from portcullis.office.web.signin import invitations, lockout
from portcullis.office.web.signin.invitations import ACTS, LASTS
from portcullis.office.web.visitors import Visitor, visitor_of

PAGE = "people-accounts"
_DESKS = {
    "administration": "administrator",
    "counsel": "counsel",
    "custody": "custodian",
    "signatory": "signatory",
}
FACTORS = {
    Authenticator.Type.TOTP: "authenticator app",
    Authenticator.Type.WEBAUTHN: "passkey",
    Authenticator.Type.RECOVERY_CODES: "recovery codes",
}


class InviteForm(pages.Form):
    """Whom to give an account."""

    person = forms.CharField(
        label="Person's id on the roster",
        help_text="The account is given once a second person says so too, here. Whoever used it "
        "already loses its password and second factors then.",
        max_length=80,
    )


def every(request: HttpRequest) -> HttpResponse:
    """List who has an account and whose is to be given anew; on POST, begin to give one."""
    visitor = visitor_of(request)
    act = ACTS[visitor.deployment.role]
    if not visitor.may(act):
        visitor.refuse(request, act, "That person does not give accounts.")
    desk = next(each for each, role in _DESKS.items() if visitor.may(f"{role}-desk"))
    head = Head(
        desk,
        "Accounts",
        "An account lets a person sign in. What they may do comes from the roster.",
    )
    parts = [
        *(_waiting(visitor, each) for each in invitations.waiting()),
        _listed(request, visitor, desk),
        Part("Give an account"),
    ]
    form = InviteForm(request.POST or None)
    return pages.ask(request, head, form, act, parts=parts)


def factors_of() -> dict[str, list[str]]:
    """Return the kinds of second factors of each account, by the person's id."""
    counts: Counter[tuple[str, str]] = Counter(
        Authenticator.objects.values_list("user__username", "type")
    )
    found: dict[str, list[str]] = {}
    for (name, kind), number in sorted(counts.items()):
        many = f"{number} × " if number > 1 else ""
        found.setdefault(name, []).append(f"{many}{FACTORS.get(Authenticator.Type(kind), kind)}")
    return found


def locked() -> list[str]:
    """Return the ids of those whose account rests after failed sign-ins."""
    names = User.objects.values_list("username", flat=True)
    return [each for each in names if lockout.locked(each)]


def _waiting(visitor: Visitor, reset: AccountReset) -> Part:
    """Return the proposal to give an account anew, with the button of who may agree to it."""
    whose = batches.person(visitor, reset.person)
    until = batches.day((reset.at + LASTS).date())
    said = (
        f"Proposed by {batches.person(visitor, reset.by)} on {batches.day(reset.at.date())}; it "
        f"lapses on {until}. An account that {reset.person} has already loses its password and "
        "every second factor."
    )
    heading = f"Waits for a second person: an account for {whose}"
    if reset.by == visitor.person.id:
        return Part(heading, f"{said} You proposed it, so another agrees to it.")
    if reset.person == visitor.person.id:
        return Part(heading, f"{said} It is your own, so another agrees to it.")
    return Part(
        heading,
        f"{said} Ask {reset.person}, by a way you trust, whether they asked for it.",
        post=reverse(PAGE),
        fields={"person": reset.person},
        submit=f"Go on to sign that {reset.person} gets it",
    )


def _listed(request: HttpRequest, visitor: Visitor, desk: str) -> Part:
    here = visitor.deployment
    people = [each for each in here.roster.people if here.member(each.id) is not None]
    page, query = batches.page_of(request, people)
    users = {each.username: each for each in User.objects.all()}
    factors = factors_of()
    revokes = here.role == "holder" and visitor.may("roster-changed")
    rows: list[list[object]] = []
    for person in page.object_list:
        user = users.get(person.id)
        row: list[object] = [
            Cell(person.name, note=person.id),
            ", ".join(person.roles),
            _state(user, person.id),
            ", ".join(factors.get(person.id, ())) or None,
            sum(each.in_force(visitor.today) for each in person.passkeys),
            batches.day(user.last_login.date()) if user and user.last_login else None,
        ]
        rows.append([*row, _revoke(visitor, person, desk)] if revokes else row)
    columns = ["Person", "Roles", "Account", "Second factors", "Passkeys", "Last signed in"]
    listed = table(
        "Accounts of this side’s people",
        [*columns, "Keys"] if revokes else columns,
        rows,
        stacked=True,
        quiet=True,
    )
    return Part("Who has one", table=listed, page=page, query=query)


def _revoke(visitor: Visitor, person: Person, desk: str) -> Cell | None:
    if person.id == visitor.person.id:
        return None
    return Cell("Put out of force", url=reverse(f"{desk}:revoke", args=[person.id]))


def _state(user: User | None, person_id: str) -> Cell:
    if user is None:
        return Cell("None", tag="plain")
    if lockout.locked(person_id):
        return Cell("Locked out", tag="bad", note="For a quarter of an hour from its last failure.")
    if not user.has_usable_password():
        return Cell("Invited", tag="busy")
    return Cell("Has one", tag="good")


def _invite(here: Deployment, actor: Actor, data: Data) -> Done:
    link = invitations.invite(here, actor, str(data["person"]))
    return invitations.done(reverse(PAGE), link)


for _act in ACTS.values():
    register(WebAct(_act, _act, "Give a person an account", _invite, browser_only=True))
