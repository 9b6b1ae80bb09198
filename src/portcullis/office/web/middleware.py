"""What stands before every page: who comes in, and plain words for whatever goes wrong."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control

from portcullis.agreements import Person
from portcullis.errors import PortcullisError, Refused
from portcullis.office import misses
from portcullis.office.entries import OnRecord
from portcullis.office.web import banner, kept
from portcullis.office.web.deployment import deployment
from portcullis.office.web.signin import sessions
from portcullis.office.web.visitors import Visitor, remember

_TOO_OFTEN = Refused(
    f"You were denied {misses.MOST} times within a minute.", "Wait a minute; go on from your desk."
)

Respond = Callable[[HttpRequest], HttpResponse]

# What may be seen before signing in: signing in itself, and whether the office is up.
API = "/api/"
OPEN = ("/accounts/", "/static/", "/health/")


class PlainWords:
    """Shows an error that is meant for a person as a page: what it is, and how to mend it."""

    def __init__(self, get_response: Respond) -> None:
        self._respond = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("NUL in the address")  # no database takes it
        response = self._respond(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED and not response.content:
            page = render(request, "office/not_so.html", status=response.status_code)
            page["Allow"] = response["Allow"]
            return page
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Return the page of an error that a user may be shown; None for any other."""
        if not isinstance(error, PortcullisError):
            return None
        if isinstance(error, OnRecord):
            return render(request, "office/on_record.html", {"told": error})
        status = 409 if isinstance(error, Refused) else 400
        return render(request, "office/refused.html", {"error": error}, status=status)


class Visitors:
    """Lets in who is signed in, enrolled on this side today, and has read the banner."""

    def __init__(self, get_response: Respond) -> None:
        self._respond = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, or send the person to what they must do first."""
        if request.path.startswith(API):
            return self._respond(request)  # each is signed by itself, and has no session
        if request.user.is_authenticated and not sessions.alive(request):
            _end(request)
        if request.path.startswith(OPEN):
            return self._respond(request)
        if not request.user.is_authenticated:
            return redirect(f"{reverse('account_login')}?{urlencode({'next': request.path})}")
        if not sessions.strong(request):
            return _ask_second_factor(request)
        return self._visited(request)

    def _visited(self, request: HttpRequest) -> HttpResponse:
        """Answer somebody signed in, if they are of this office; the banner comes first."""
        here = deployment()
        person = here.member(request.user.get_username())
        if person is None:
            here.turn_away(request.user.get_username())
            logout(request)
            return render(request, "office/stranger.html", status=403)
        remember(request, Visitor(person, here))
        return self._let_in(request, person)

    def _let_in(self, request: HttpRequest, person: Person) -> HttpResponse:
        """Answer the request of who is known, unless they must wait or acknowledge the banner."""
        if misses.wait(person.id):
            return render(request, "office/refused.html", {"error": _TOO_OFTEN}, status=429)
        if not banner.acknowledged(request) and request.path != reverse("banner"):
            kept.keep(request)
            return redirect("banner")
        response = self._with_typed(request, person.id)
        # What an office shows stays in no browser's cache.
        patch_cache_control(response, no_store=True)
        return response

    def _with_typed(self, request: HttpRequest, person: str) -> HttpResponse:
        """Answer the request: with what was typed there before, until it is sent."""
        typed = kept.of(person, request.path)
        if typed is not None and request.method == "GET":
            return kept.page(request, typed)
        response = self._respond(request)
        if typed is not None and response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            typed.delete()
        return response


def _end(request: HttpRequest) -> None:
    """End a session that is over; what was typed in it and sent now is kept for its person."""
    typed = kept.keep(request)
    logout(request)
    also = " What you had typed is kept, and nothing was done yet." if typed else ""
    messages.info(request, f"Your session ended. Sign in again to go on.{also}")


def _ask_second_factor(request: HttpRequest) -> HttpResponse:
    """Send whoever has a second factor to show it, and whoever has none to make one."""
    if is_mfa_enabled(request.user):
        logout(request)
        messages.info(request, "Sign in with your second factor or passkey.")
        return redirect("account_login")
    messages.info(
        request, "Add a passkey or an authenticator app first; then sign in again with it."
    )
    return redirect("mfa_index")
