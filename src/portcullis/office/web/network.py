"""Errands to the holder's office, step by step: the page's script signs each request in turn.

A step is answered with what is to be signed (``base``, and a ``ticket`` to be sent back with the
signature), or with where to ``go``. What happens in between is in ``requesting.network``.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, JsonResponse

from portcullis.client import Call, Relay
from portcullis.errors import Refused
from portcullis.office.requesting.network import Errand
from portcullis.office.web.visitors import Visitor, visitor_of

_SALT = "portcullis/network"
_LASTS = 240  # seconds; the holder takes a signature for five minutes
_BYTES = 64  # of a signature: r and s

Make = Callable[[dict[str, Any]], Errand]
Carry = Callable[[Errand, Call, bytes], str]
"""Has a worker carry a signed request; returns where to look at it."""


def step(
    request: HttpRequest,
    name: str,
    make: Make,
    done: Callable[[Errand], str],
    long: Carry | None = None,
) -> JsonResponse:
    """Carry the request that was signed, if one was, and return the next one to sign.

    ``name`` says which errand of what it is. Raises Refused where the holder's address is not
    known, or something else was signed; Problem as the holder answers.
    """
    visitor = visitor_of(request)
    ticket = str(request.POST.get("ticket", ""))
    errand = make({})
    if ticket:
        call, state = _opened(ticket, name, visitor)
        errand = make(state)
        _check_next(errand, call)
        signature = _signature(str(request.POST.get("signature", "")))
        if errand.is_long and long is not None:
            return JsonResponse({"go": long(errand, call, signature)})
        answer = relay().send(call, visitor.thumbprint, signature, errand.body())
        errand.take(answer)
    following = errand.next()
    if following is None:
        return JsonResponse({"go": done(errand)})
    facts = {
        "name": name,
        "person": visitor.person.id,
        "call": asdict(following),
        "state": errand.state,
    }
    return JsonResponse(
        {
            "base": relay().base(following, visitor.thumbprint).decode(),
            "ticket": signing.dumps(facts, salt=_SALT, compress=True),
        }
    )


def shown(visitor: Visitor) -> dict[str, str] | None:
    """Return what ``office/parts/relay.html`` asks; None without the holder's address."""
    if not settings.HOLDER:
        return None
    return {"holder": settings.HOLDER, "thumbprint": visitor.thumbprint}


def relay() -> Relay:
    """Return the way to the holder's office. Raises Refused where its address is not known."""
    if not settings.HOLDER:
        raise Refused(
            "This office does not know the holder's address.",
            "Carry the files; or have it served with --holder.",
        )
    return Relay(settings.HOLDER)


def _opened(ticket: str, name: str, visitor: Visitor) -> tuple[Call, dict[str, Any]]:
    try:
        facts = signing.loads(ticket, salt=_SALT, max_age=_LASTS)
    except signing.BadSignature:
        raise _again() from None
    if (facts["name"], facts["person"]) != (name, visitor.person.id):
        raise _again()
    return Call(**facts["call"]), facts["state"]


def _check_next(errand: Errand, call: Call) -> None:
    """Raise Refused unless that call is the errand's next: somebody may have done it meanwhile."""
    wanted = errand.next()
    if wanted is None or (wanted.path, wanted.digest) != (call.path, call.digest):
        raise _again()


def _signature(said: str) -> bytes:
    try:
        signature = base64.b64decode(said, validate=True)
    except (ValueError, binascii.Error):
        signature = b""
    if len(signature) != _BYTES:
        raise Refused("Nothing was signed.", "Use the browser that holds your key.")
    return signature


def _again() -> Refused:
    return Refused("That step is over.", "Begin again from the page.")
