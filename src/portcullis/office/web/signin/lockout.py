"""Lock-out: after some failed sign-ins a person's account rests for a while.

Kept by rows of the database, so that every process of a deployment knows. A wrong password and a
wrong second factor count alike, however the name was spelt. The lock-out is an event on the record;
single failures are in the service's log.
"""

from dataclasses import dataclass
from datetime import timedelta

from allauth.account.internal.userkit import get_user_by_username
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from portcullis.office.web.deployment import deployment
from portcullis.office.web.models import FailedSignIn

ALLOWED = 5
"""Failures in a row within RESTS; NIST SP 800-53 AC-7 leaves the number to the organisation."""
RESTS = timedelta(minutes=15)


class Rests(Exception):  # noqa: N818 - nothing went wrong
    """The account rests: nothing is looked at."""


@dataclass(frozen=True)
class Attempt:
    """One attempt at an account, counted as failed until it is ``forgiven``.

    ``last``: the account rests if this one fails.
    """

    row: FailedSignIn
    last: bool


def locked(person_id: str) -> bool:
    """Say whether that person's account rests now."""
    return _recent(person_id) >= ALLOWED


def begin(username: str) -> Attempt | None:
    """Count an attempt before anything is looked at; raise Rests where the account rests.

    None where there is no such account: then nothing can be guessed. Attempts at the same moment
    are counted one after another, so that no more than ALLOWED are ever looked at.
    """
    user = get_user_by_username(username)
    if user is None:
        return None
    name = user.get_username()
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        before = _recent(name)
        if before >= ALLOWED:
            raise Rests
        return Attempt(FailedSignIn.objects.create(person=name), before + 1 == ALLOWED)


def failed(attempt: Attempt | None) -> None:
    """Let an attempt count; the last one allowed is put on the record."""
    if attempt is not None and attempt.last:
        deployment().record_denied("sign-in", attempt.row.person, "locked-out")


def forgiven(attempt: Attempt | None) -> None:
    """Count an attempt no more: it went well."""
    if attempt is not None:
        attempt.row.delete()


def forget(username: str) -> None:
    """Begin to count anew: the administrator gave the account anew."""
    FailedSignIn.objects.filter(person=username).delete()


def _recent(username: str) -> int:
    return FailedSignIn.objects.filter(person=username, at__gt=timezone.now() - RESTS).count()
