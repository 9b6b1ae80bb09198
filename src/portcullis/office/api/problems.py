"""Errors as problem details (RFC 9457): what is wrong and what to do, in plain words.

No detail holds a value of a request, and none tells of the holder's records.
"""

from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, Throttled

from portcullis.errors import Misuse, PortcullisError, Refused
from portcullis.intake import TransmittalRefused
from portcullis.office.api.fitting import UnfitError
from portcullis.office.api.signatures import NotSigned

MEDIA_TYPE = "application/problem+json"
_TYPE = "about:blank"
UNREADABLE = (
    "Send JSON (RFC 8259) in UTF-8, as the API's document says: no NUL, no half characters, whole "
    "numbers below 2^63, nothing nested deeper than 32."
)


class NotFound(Misuse):
    """There is no such thing, or not for whoever asks: the same (404)."""


class Conflict(Refused):
    """The same Idempotency-Key with another request, or one that is being answered (409)."""


class Denied(Refused):
    """The person may not do this (403)."""


def problem(status: int, detail: str, remedy: str = "", **more: object) -> HttpResponse:
    """Return a problem document; ``remedy`` and ``more`` are its extension members."""
    said = {
        "type": _TYPE,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "remedy": remedy or "See the API's document.",
        **more,
    }
    return JsonResponse(said, status=status, content_type=MEDIA_TYPE)


# The first kind that an error is of says how it is answered.
_STATUS: tuple[tuple[type[PortcullisError], int], ...] = (
    (NotSigned, 401),
    (Denied, 403),
    (NotFound, 404),
    (TransmittalRefused, 422),
    (Refused, 409),
    (PortcullisError, 400),
)


def status_of(error: PortcullisError) -> int:
    """Return the HTTP status that an error of ours is answered with."""
    return next(status for kind, status in _STATUS if isinstance(error, kind))


def answer(error: PortcullisError) -> HttpResponse:
    """Return the problem document of an error of ours."""
    more = {"code": error.code} if isinstance(error, TransmittalRefused) else {}
    return problem(status_of(error), error.message, error.remedy, **more)


def handle(api: NinjaAPI) -> None:
    """Have every error of the API answered so."""

    @api.exception_handler(PortcullisError)
    def ours(_request: HttpRequest, error: PortcullisError) -> HttpResponse:
        return answer(error)

    @api.exception_handler(UnfitError)
    def invalid(_request: HttpRequest, error: UnfitError) -> HttpResponse:
        return problem(422, error.says, error.remedy)

    @api.exception_handler(Throttled)
    def throttled(_request: HttpRequest, error: Throttled) -> HttpResponse:
        response = problem(429, "Too many requests.", "Wait, then go on more slowly.")
        response["Retry-After"] = str(int(error.wait or 1) or 1)
        return response

    @api.exception_handler(HttpError)
    def http(_request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, f"{error}.", UNREADABLE)

    @api.exception_handler(RequestDataTooBig)
    def too_long(_request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE >> 20
        return problem(
            413,
            f"The request's body is longer than {most} MiB.",
            "Send a batch as a file, to uploads; send fewer requests at once.",
        )
