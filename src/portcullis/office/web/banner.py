"""The warning that is read and acknowledged at the beginning of each session."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portcullis.custody import BANNER

_READ = "banner-read"


def acknowledged(request: HttpRequest) -> bool:
    """Say whether the warning was acknowledged in this session."""
    return bool(request.session.get(_READ))


@require_http_methods(["GET", "POST"])
def banner(request: HttpRequest) -> HttpResponse:
    """Show the warning; on POST, it is acknowledged for this session."""
    if request.method == "POST":
        request.session[_READ] = True
        return redirect("home")
    return render(request, "office/banner.html", {"banner": BANNER})
