"""The person behind a request of the API, and what the permissions table lets them do."""

from django.http import HttpRequest
from ninja.errors import Throttled

from portcullis.agreements import Person
from portcullis.office import misses
from portcullis.office.api.problems import Denied
from portcullis.office.api.signatures import NotSigned, OutOfForce, signer
from portcullis.office.permissions import PERMISSIONS, may
from portcullis.office.web.deployment import deployment

_SENDER = "sender"


class Signed:
    """Lets in who signed the request; ``whole_body`` as for ``signatures.signer``."""

    def __init__(self, *, whole_body: bool = True) -> None:
        self._whole_body = whole_body

    def __call__(self, request: HttpRequest) -> Person:
        """Return the person, and keep them with the request.

        Raises NotSigned, and Throttled for who was refused again and again a moment ago.
        """
        here = deployment()
        try:
            person = signer(request, here, whole_body=self._whole_body)
        except OutOfForce as refused:
            _turn_away(refused.person)
            here.record_denied("api", refused.person.id, "key")
            raise
        _turn_away(person)
        setattr(request, _SENDER, person)
        return person


def sender(request: HttpRequest) -> Person:
    """Return the person who signed the request."""
    found = getattr(request, _SENDER, None)
    if not isinstance(found, Person):
        raise NotSigned("The request is not signed.", "Sign it.")
    return found


def check(request: HttpRequest, *acts: str) -> Person:
    """Return the sender, who may do one of ``acts``; else deny them, on the record."""
    person, here = sender(request), deployment()
    if any(may(person, act, here.today()) for act in acts):
        return person
    here.record_denied(acts[0], person.id, "role")
    held_by = " or ".join(PERMISSIONS[act].held_by for act in acts)
    raise Denied(f"That is for: {held_by}.", "The attempt is on the record.")


def _turn_away(person: Person) -> None:
    """Raise Throttled where the person was refused too often a moment ago: nothing is recorded."""
    if seconds := misses.wait(person.id):
        raise Throttled(wait=seconds)
