"""The warning that is read and acknowledged at the beginning of each session."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portcullis.custody import BANNER
from portcullis.office.requesting.home import PLACE
from portcullis.office.web import kept
from portcullis.office.web.visitors import visitor_of

_READ = "banner-read"


def acknowledged(request: HttpRequest) -> bool:
    """Say whether the warning was acknowledged in this session."""
    return bool(request.session.get(_READ))


def ask_again(request: HttpRequest) -> HttpResponse:
    """Send the person to read the warning again: the session in which they did has passed.

    What they had typed and sent is kept.
    """
    request.session[_READ] = False
    kept.keep(request)
    return redirect("banner")


@require_http_methods(["GET", "POST"])
def banner(request: HttpRequest) -> HttpResponse:
    """Show the warning; on POST, it is acknowledged for this session.

    Where what was received lies, the FTI log has that too.
    """
    if request.method == "POST":
        visitor = visitor_of(request)
        if visitor.deployment.role == "requester":
            home = visitor.deployment.requester
            home.recipient.acknowledge(visitor.person.id, at=home.now(), place=PLACE)
        request.session[_READ] = True
        return redirect(kept.newest(visitor.person.id) or "home")
    return render(request, "office/banner.html", {"banner": BANNER})
