"""The agreement in words, and the versions of it that are kept beside it."""

from django.http import HttpRequest, HttpResponse

from portcullis.office.web import agreements, pages
from portcullis.office.web.desks import at_desk
from portcullis.office.web.pages import Head
from portcullis.office.web.visitors import visitor_of


@at_desk("administration")
def shown(request: HttpRequest) -> HttpResponse:
    """Show the agreement in use in words, and its other versions."""
    visitor = visitor_of(request)
    head = Head("administration", agreements.TITLE, agreements.lede(visitor))
    return pages.page(request, head, agreements.parts(visitor))
