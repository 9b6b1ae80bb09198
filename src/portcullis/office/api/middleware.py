"""What Django itself answers under the API's address, in the API's own form (RFC 9457)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from portcullis.office.api import problems

PREFIX = "/api/"
_WORDS = {
    400: ("The request is not one that can be read.", "See the API's document."),
    404: ("There is nothing at this address.", "See the API's document."),
    405: ("This address does not take that method.", "See the API's document."),
    500: (
        "Something in the office itself failed. It may or may not have been done.",
        "Send it again, unchanged, with the same Idempotency-Key; tell the operator when it was.",
    ),
}
_OTHER = ("The request was refused.", "See the API's document.")

Respond = Callable[[HttpRequest], HttpResponse]


class Problems:
    """Answers every error under the API's address with a problem document."""

    def __init__(self, get_response: Respond) -> None:
        self._respond = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        response = self._respond(request)
        wrong = response.status_code >= 400  # noqa: PLR2004
        if not wrong or not request.path.startswith(PREFIX):
            return response
        if response.get("Content-Type") == problems.MEDIA_TYPE:
            return response
        said = problems.problem(response.status_code, *_WORDS.get(response.status_code, _OTHER))
        if "Allow" in response:
            said["Allow"] = response["Allow"]
        return said
