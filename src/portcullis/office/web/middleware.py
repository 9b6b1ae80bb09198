"""What stands before every page: who comes in, and plain words for whatever goes wrong."""

from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from portcullis.errors import PortcullisError, Refused
from portcullis.office.web import banner
from portcullis.office.web.deployment import deployment
from portcullis.office.web.visitors import Visitor, remember

Respond = Callable[[HttpRequest], HttpResponse]

# What may be seen before signing in: signing in itself, and whether the office is up.
OPEN = ("/accounts/", "/static/", "/health/", "/api/")


class PlainWords:
    """Shows an error that is meant for a person as a page: what it is, and how to mend it."""

    def __init__(self, get_response: Respond) -> None:
        self._respond = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self._respond(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page of an error that a user may be shown; None for any other."""
        if not isinstance(error, PortcullisError):
            return None
        status = 409 if isinstance(error, Refused) else 400
        return render(request, "office/refused.html", {"error": error}, status=status)


class Visitors:
    """Lets in who is signed in, enrolled on this side today, and has read the banner."""

    def __init__(self, get_response: Respond) -> None:
        self._respond = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, or send the person to what they must do first."""
        if request.path.startswith(OPEN):
            return self._respond(request)
        if not request.user.is_authenticated:
            return redirect(f"{reverse('account_login')}?next={request.path}")
        here = deployment()
        person = here.member(request.user.get_username())
        if person is None:
            logout(request)
            return render(request, "office/stranger.html", status=403)
        remember(request, Visitor(person, here))
        if not banner.acknowledged(request) and request.path != reverse("banner"):
            return redirect("banner")
        return self._respond(request)
