"""``Idempotency-Key``: a request that writes does so once, however often it is sent.

Whether the sender may ask is settled first, each time, by who they are on the roster today. Then
the answer that was kept with the key is given again, word for word, to the same request of the
same person. The same key with another request is a mistake, and told as one. Only what was done is
kept, and for a day: who was refused, or is to sign first, may send again with the same key. An
answer that is a secret is not kept at all.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from portcullis.canonical import sha256_hex
from portcullis.errors import Misuse, PortcullisError
from portcullis.office.api import problems
from portcullis.office.api.people import check, sender
from portcullis.office.api.signatures import IDEMPOTENCY_KEY
from portcullis.office.web.models import ApiCall, SpentToken

if TYPE_CHECKING:
    from django.db.models import QuerySet

P = ParamSpec("P")
Answer = tuple[int, Any]
Operation = Callable[Concatenate[HttpRequest, P], Answer]
Answered = Callable[Concatenate[HttpRequest, P], HttpResponse]

LONGEST_KEY = 128
LEASE = timedelta(minutes=2)
"""How long a request may be answered before the same may be tried again: its process died."""


class Undone(dict[str, Any]):
    """An answer by which nothing was done yet: what is to be signed first. It is not kept."""


def once(
    *acts: str, named: Callable[..., str] | None = None, keep: bool = True
) -> Callable[[Operation[P]], Answered[P]]:
    """Do an operation (it returns a status and what JSON holds) once for each key.

    The sender must be let do one of ``acts`` today, or the act ``named`` by the operation's own
    arguments. ``keep``: whether its answer may be kept, to be given again.
    """

    def decorated(operation: Operation[P]) -> Answered[P]:
        @wraps(operation)
        def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            check(request, *acts, *([named(*args, **kwargs)] if named else []))
            call, fresh = _begin(request)
            if not fresh:
                return _again(call)
            try:
                _check_not_sent(request)
                status, said = operation(request, *args, **kwargs)
                response: HttpResponse = JsonResponse(said, status=status, safe=False)
            except PortcullisError as error:
                _mine(call).delete()  # nothing was done: the same may be asked when it can be
                return problems.answer(error)
            except BaseException:
                _mine(call).delete()  # nothing is known of what it did: the sender may try again
                raise
            if isinstance(said, Undone):
                _mine(call).delete()
            else:
                kept = response.content.decode() if keep else ""
                _mine(call).update(status=status, answer=kept)
            return response

        return answered

    return decorated


def _begin(request: HttpRequest) -> tuple[ApiCall, bool]:
    """Return the call of the request's key, and whether it is to be answered now."""
    key = request.headers.get(IDEMPOTENCY_KEY, "")
    if not (0 < len(key) <= LONGEST_KEY and key.isprintable()):
        raise Misuse(
            f"Idempotency-Key is missing, or longer than {LONGEST_KEY} characters.",
            "Draw a fresh random one for each request that writes; repeat it when trying again.",
        )
    digest = _digest(request)
    call, fresh = ApiCall.objects.get_or_create(
        person=sender(request).id, key=key, defaults={"digest": digest}
    )
    if call.digest != digest:
        raise problems.Conflict(
            "That Idempotency-Key was used for another request.", "Draw a fresh one."
        )
    return call, fresh or _taken_over(call)


def _taken_over(call: ApiCall) -> bool:
    """Take a request over that was begun and never answered; say whether that was so."""
    now = timezone.now()
    left = ApiCall.objects.filter(id=call.id, status=0, at=call.at, at__lt=now - LEASE)
    taken = bool(left.update(at=now))
    call.at = now if taken else call.at
    return taken


def _mine(call: ApiCall) -> "QuerySet[ApiCall]":
    """Return the call while it is this process's to answer, and nobody has taken it over."""
    return ApiCall.objects.filter(id=call.id, status=0, at=call.at)


def _check_not_sent(request: HttpRequest) -> None:
    """Raise Conflict where this very message was sent before: it is somebody's copy of it.

    Who tries again signs again. A message that was refused would else be good for another try, by
    whoever saw it, until its signature is too old.
    """
    signed = [request.headers.get(name, "") for name in ("signature-input", "signature")]
    try:
        with transaction.atomic():
            SpentToken.objects.create(digest=sha256_hex([json.dumps(signed).encode()]))
    except IntegrityError:
        raise problems.Conflict(
            "This very message was sent before.", "Sign it anew, and send it again."
        ) from None


def _again(call: ApiCall) -> HttpResponse:
    if call.status == 0:
        raise problems.Conflict(
            "That request is being answered.", "Send it again in a moment, unchanged."
        )
    if not call.answer:
        raise problems.Conflict(
            "That request was answered before, and the answer is not kept.",
            "Ask anew, with a fresh Idempotency-Key.",
        )
    response = HttpResponse(call.answer, status=call.status, content_type="application/json")
    response["Idempotent-Replayed"] = "true"
    return response


def _digest(request: HttpRequest) -> str:
    said = [request.method, request.get_full_path(), request.headers.get("content-digest", "")]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
