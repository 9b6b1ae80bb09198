"""Lock-out: after some failed sign-ins a person's account rests for a while.

Kept by rows of the database, so that every process of a deployment knows. The lock-out is an event
on the record; single failures are in the service's log.
"""

from datetime import timedelta

from django.utils import timezone

from portcullis.office.web.deployment import deployment
from portcullis.office.web.models import FailedSignIn

ALLOWED = 5
"""Failures in a row within RESTS; NIST SP 800-53 AC-7 leaves the number to the organisation."""
RESTS = timedelta(minutes=15)


def locked(username: str) -> bool:
    """Say whether the account of ``username`` rests now."""
    return _recent(username) >= ALLOWED


def failed(username: str) -> None:
    """Count one failure of whoever is on the roster; the last one allowed is put on the record."""
    here = deployment()
    person = here.roster.get(username)
    if person is None:
        return
    FailedSignIn.objects.create(person=username)
    if _recent(username) == ALLOWED:
        here.record_denied("sign-in", username, "locked-out")


def forget(username: str) -> None:
    """Begin to count anew: the person signed in, or the administrator unlocked the account."""
    FailedSignIn.objects.filter(person=username).delete()


def _recent(username: str) -> int:
    return FailedSignIn.objects.filter(person=username, at__gt=timezone.now() - RESTS).count()
