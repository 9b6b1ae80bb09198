"""Denied attempts: which act somebody tried that was not theirs, and why it was denied."""

from django.http import HttpRequest, HttpResponse

from portcullis.office.web import denied, pages
from portcullis.office.web.desks import at_desk
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.visitors import visitor_of


@at_desk("oversight")
def every(request: HttpRequest) -> HttpResponse:
    """List the attempts that were denied."""
    head = Head(
        "oversight",
        "Denied attempts",
        "Each is an entry of the ledger, written when it was denied.",
    )
    parts = [Part(charts=[denied.by_reason()]), denied.listed(request, visitor_of(request))]
    return pages.page(request, head, parts)
