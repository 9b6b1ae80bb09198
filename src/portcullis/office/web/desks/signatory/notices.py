"""The signatory's notices: who has attested, and attesting for a custodian who does not."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods

from portcullis.office.web import notices, packages, pages
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.signatory.reading import DESK
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.visitors import visitor_of


@require_GET
@at_desk(DESK)
def listed(request: HttpRequest) -> HttpResponse:
    """List the notices kept."""
    head = Head(DESK, notices.TITLE, notices.LEDE)
    return pages.page(request, head, [Part(table=notices.listed(visitor_of(request), DESK))])


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
def one(request: HttpRequest, name: str) -> HttpResponse:
    """Show a notice; on POST, begin to attest to it for somebody."""
    return notices.one(request, DESK, name)


@require_GET
@at_desk(DESK)
def signed(request: HttpRequest, stated_id: UUID) -> HttpResponse:
    """Give what the signatory signed for the holder, as a file."""
    return packages.signed(request, stated_id)
