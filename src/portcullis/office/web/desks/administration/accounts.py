"""Accounts: who has one, with which second factors; an account given, or a lost one anew."""

from collections import Counter

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse

from portcullis.office.people import Actor
from portcullis.office.web import batches, pages
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, table
from portcullis.office.web.signin import lockout
from portcullis.office.web.signin.invitations import ACTS, done, invite
from portcullis.office.web.visitors import visitor_of

FACTORS = {
    Authenticator.Type.TOTP: "authenticator app",
    Authenticator.Type.WEBAUTHN: "passkey",
    Authenticator.Type.RECOVERY_CODES: "recovery codes",
}


class InviteForm(pages.Form):
    """Whom to give an account."""

    person = forms.CharField(
        label="Person's id on the roster",
        help_text="Whoever used an account already loses its password and second factors, once a "
        "second person says so too, here in the same way.",
        max_length=80,
    )


@at_desk("administration")
def every(request: HttpRequest) -> HttpResponse:
    """List who has an account; on POST, begin to give a person one."""
    visitor = visitor_of(request)
    people = [
        each
        for each in visitor.deployment.roster.people
        if visitor.deployment.member(each.id) is not None
    ]
    page, query = batches.page_of(request, people)
    users = {each.username: each for each in User.objects.all()}
    factors = factors_of()
    rows = []
    for person in page.object_list:
        user = users.get(person.id)
        rows.append(
            [
                Cell(person.name, note=person.id),
                _state(user, person.id),
                ", ".join(factors.get(person.id, ())) or None,
                batches.day(user.last_login.date()) if user and user.last_login else None,
            ]
        )
    listed = table(
        "Accounts of this side’s people",
        ["Person", "Account", "Second factors", "Last signed in"],
        rows,
        stacked=True,
        quiet=True,
    )
    head = Head(
        "administration",
        "Accounts",
        "An account lets a person sign in. What they may do comes from the roster.",
    )
    parts = [Part("Who has one", table=listed, page=page, query=query), Part("Give an account")]
    form = InviteForm(request.POST or None)
    return pages.ask(request, head, form, INVITE.name, parts=parts)


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


def _state(user: User | None, person_id: str) -> Cell:
    if user is None:
        return Cell("None", tag="plain")
    if lockout.locked(person_id):
        return Cell("Locked out", tag="bad", note="For a quarter of an hour from its last failure.")
    if not user.has_usable_password():
        return Cell("Invited", tag="busy")
    return Cell("Has one", tag="good")


def _invite(here: Deployment, actor: Actor, data: Data) -> Done:
    return done("/administration/accounts/", invite(here, actor, str(data["person"])))


INVITE = register(
    WebAct("account-invite", ACTS["holder"], "Give a person an account", _invite, browser_only=True)
)
