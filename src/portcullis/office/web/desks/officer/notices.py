"""The officer's notices: what is frozen or preserved of theirs, and attesting to it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from portcullis.custody import Visit
from portcullis.office.web import notices, packages, pages
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.officer.attesting import DESK
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.visitors import visitor_of


@require_GET
@at_desk(DESK)
@packages.visiting
def listed(request: HttpRequest, _visited: Visit) -> HttpResponse:
    """List the notices that list something of the officer's."""
    head = Head(DESK, notices.TITLE, notices.LEDE)
    return pages.page(request, head, [Part(table=notices.listed(visitor_of(request), DESK))])


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
@packages.visiting
def one(request: HttpRequest, _visited: Visit, name: str) -> HttpResponse:
    """Show a notice; on POST, begin to attest to it."""
    return notices.one(request, DESK, name)
