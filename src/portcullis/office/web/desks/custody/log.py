"""The FTI log: its newest entries, and whether its chain is whole."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from portcullis.custody import Visit
from portcullis.office.requesting.home import PLACE
from portcullis.office.web import packages
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.custody.keeping import DESK
from portcullis.office.web.visitors import visitor_of

_SHOWN = 100


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
@packages.visiting
def newest(request: HttpRequest, visited: Visit) -> HttpResponse:
    """Show the newest entries; on POST, read the whole log and say whether its chain holds.

    The look is in the log itself. Raises Refused where the chain is broken.
    """
    visitor = visitor_of(request)
    home = visitor.deployment.requester
    home.recipient.viewed(visited.user, "log", at=home.now(), place=PLACE)
    context = {
        "title": "FTI log",
        "table": packages.log_table(
            home.recipient.log.newest(_SHOWN), f"The newest entries, {_SHOWN} at most"
        ),
        "whole": home.recipient.log.verify() if request.method == "POST" else None,
    }
    return render(request, "office/custody/log.html", context)
