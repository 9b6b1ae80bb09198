"""Accounts: made for who is on the roster, by a link that is good once and for three days."""

from datetime import date, timedelta

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from portcullis.agreements import Person
from portcullis.errors import Misuse, Refused
from portcullis.office.people import Actor
from portcullis.office.permissions import may
from portcullis.office.web.acts import Done
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.models import AccountReset
from portcullis.office.web.signin import lockout

ACTS = {"holder": "account-invite", "requester": "requester-account-invite"}
"""The act of giving an account, in each home (``permissions``)."""


LASTS = timedelta(days=3)
"""How long a proposal to give an account anew waits for a second person."""


def invite(here: Deployment, actor: Actor, person_id: str) -> str | None:
    """Return the link by which a person of this side's roster sets a password; on the record.

    It is two people's act: the first proposes and gets None, and another who may do it gets the
    link. So nobody alone takes another's place, be it an account that was used or somebody's first.
    The account loses its password and its second factors: whoever lost them begins anew. What they
    signed, and their enrolled keys, are not touched. Raises Misuse for anyone who is not enrolled
    here today, Refused where the actor may not give accounts, or proposed it or is that person.
    """
    act = ACTS[here.role]
    if not may(actor.person, act, here.today()):
        here.deny(act, actor.person, "That person does not give accounts.")
    if here.member(person_id) is None:
        raise Misuse(
            f"Nobody of the id {person_id} is enrolled on this side and in force today.",
            "Enrol the person first.",
        )
    if actor.id == person_id:
        raise Refused("Nobody gives an account to themselves.", "Two others do it.")
    proposed = _proposed(here, person_id)
    if proposed is None:
        here.record_act(actor, act, {"of": person_id, "step": "proposed"})
        AccountReset.objects.create(person=person_id, by=actor.id)
        return None
    if proposed.by == actor.id:
        raise Refused("You proposed that this account be given.", f"Another does it too: {act}.")
    here.record_act(actor, act, {"of": person_id, "step": "given", "proposed_by": proposed.by})
    proposed.delete()
    return _link(person_id)


def waiting() -> list[AccountReset]:
    """Return the proposals to give an account anew that have not lapsed, the oldest first."""
    return list(AccountReset.objects.filter(at__gte=timezone.now() - LASTS).order_by("at"))


def _proposed(here: Deployment, person_id: str) -> AccountReset | None:
    """Return the proposal that waits, if who made it may still give accounts."""
    AccountReset.objects.filter(at__lt=timezone.now() - LASTS).delete()
    found = AccountReset.objects.filter(person=person_id).first()
    if found is None:
        return None
    by = here.member(found.by)
    if by is None or not may(by, ACTS[here.role], here.today()) or not _has_key(by, here.today()):
        found.delete()
        return None
    return found


def _has_key(person: Person, on: date) -> bool:
    """Say whether anything the person signs with is in force: it was not put out of force since."""
    return person.key_in_force(on) or any(each.in_force(on) for each in person.passkeys)


def _link(person_id: str) -> str:
    user, _ = User.objects.get_or_create(username=person_id)
    user.set_unusable_password()
    user.save()
    Authenticator.objects.filter(user=user).delete()
    lockout.forget(person_id)
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    uid, _, rest = key.partition("-")
    return str(settings.ORIGIN) + reverse("account_reset_password_from_key", args=(uid, rest))


def done(url: str, link: str | None) -> Done:
    """Return what the act came to in the browser: the link is shown once and kept nowhere."""
    if link is None:
        said = "It is proposed. The account is given once another who may says so too."
        return Done(url, said)

    def show(request: HttpRequest) -> HttpResponse:
        context = {"title": "Give this link to that person", "link": link, "back": url}
        return render(request, "office/link.html", context)

    return Done(url, "The account is given.", show)
