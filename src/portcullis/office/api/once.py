"""``Idempotency-Key``: a request that writes does so once, however often it is sent.

The answer is kept with the key and given again, word for word, to the same request of the same
person. The same key with another request is a mistake, and told as one.
"""

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, JsonResponse

from portcullis.errors import Misuse, PortcullisError
from portcullis.office.api import problems
from portcullis.office.api.people import sender
from portcullis.office.api.signatures import IDEMPOTENCY_KEY
from portcullis.office.web.models import ApiCall

P = ParamSpec("P")
Answer = tuple[int, Any]
Operation = Callable[Concatenate[HttpRequest, P], Answer]

LONGEST_KEY = 128


def once(operation: Operation[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Do ``operation`` (it returns a status and what JSON holds) once for each key."""

    @wraps(operation)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        call, fresh = _begin(request)
        if not fresh:
            return _again(call, _digest(request))
        try:
            status, said = operation(request, *args, **kwargs)
            response: HttpResponse = JsonResponse(said, status=status, safe=False)
        except PortcullisError as error:
            response = problems.answer(error)
        except BaseException:
            call.delete()  # nothing is known of what it did: the sender may try again
            raise
        call.status, call.answer = response.status_code, response.content.decode()
        call.save(update_fields=["status", "answer"])
        return response

    return answered


def _begin(request: HttpRequest) -> tuple[ApiCall, bool]:
    key = request.headers.get(IDEMPOTENCY_KEY, "")
    if not 0 < len(key) <= LONGEST_KEY:
        raise Misuse(
            f"Idempotency-Key is missing, or longer than {LONGEST_KEY} characters.",
            "Draw a fresh random one for each request that writes; repeat it when trying again.",
        )
    return ApiCall.objects.get_or_create(
        person=sender(request).id, key=key, defaults={"digest": _digest(request)}
    )


def _again(call: ApiCall, digest: str) -> HttpResponse:
    if call.digest != digest:
        raise problems.Conflict(
            "That Idempotency-Key was used for another request.", "Draw a fresh one."
        )
    if call.status == 0:
        raise problems.Conflict(
            "That request is being answered.", "Send it again in a moment, unchanged."
        )
    kind = "application/json" if call.status < 400 else problems.MEDIA_TYPE  # noqa: PLR2004
    response = HttpResponse(call.answer, status=call.status, content_type=kind)
    response["Idempotent-Replayed"] = "true"
    return response


def _digest(request: HttpRequest) -> str:
    said = [request.method, request.get_full_path(), request.headers.get("content-digest", "")]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
