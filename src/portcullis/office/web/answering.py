"""Answering a page's own script: JSON, in no cache, and what is refused as problem details."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, JsonResponse

from portcullis.errors import PortcullisError

P = ParamSpec("P")


def answering(
    view: Callable[Concatenate[HttpRequest, P], JsonResponse],
) -> Callable[Concatenate[HttpRequest, P], JsonResponse]:
    """Answer the page's script: what is refused as problem details (RFC 9457), in no cache."""

    @wraps(view)
    def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> JsonResponse:
        try:
            response = view(request, *args, **kwargs)
        except PortcullisError as error:
            said = {"title": error.message, "detail": error.remedy}
            response = JsonResponse(said, status=409, content_type="application/problem+json")
        response["Cache-Control"] = "no-store"
        return response

    return answered
