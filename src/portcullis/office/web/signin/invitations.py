"""Accounts: made for who is on the roster, by a link that is good once and for three days."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse

from portcullis.errors import Misuse
from portcullis.office.people import Actor
from portcullis.office.permissions import may
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.signin import lockout

ACTS = {"holder": "account-invite", "requester": "requester-account-invite"}
"""The act of giving an account, in each home (``permissions``)."""


def invite(here: Deployment, actor: Actor, person_id: str) -> str:
    """Return the link by which a person of this side's roster sets a password; on the record.

    An account that is there loses its password and its second factors: whoever lost them begins
    anew. What they signed, and their enrolled keys, are not touched. Raises Misuse for anyone who
    is not enrolled here today, Refused where the actor may not give accounts.
    """
    act = ACTS[here.role]
    if not may(actor.person, act, here.today()):
        here.deny(act, actor.person, "That person does not give accounts.")
    if here.member(person_id) is None:
        raise Misuse(
            f"Nobody of the id {person_id} is enrolled on this side and in force today.",
            "Enrol the person first.",
        )
    here.record_act(actor, act, {"of": person_id})
    user, _ = User.objects.get_or_create(username=person_id)
    user.set_unusable_password()
    user.save()
    Authenticator.objects.filter(user=user).delete()
    lockout.forget(person_id)
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    uid, _, rest = key.partition("-")
    return str(settings.ORIGIN) + reverse("account_reset_password_from_key", args=(uid, rest))
