"""The custodian's page of the holder's public keys."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_POST

from portcullis.office.web import holder_keys
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.custody.keeping import DESK


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
def shown(request: HttpRequest) -> HttpResponse:
    """Show the keys in force; on POST, begin to propose others."""
    return holder_keys.shown(request, DESK)


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
def proposed(request: HttpRequest, proposed_id: UUID) -> HttpResponse:
    """Show proposed keys; on POST, begin to put them in force."""
    return holder_keys.proposed(request, DESK, proposed_id)


@require_POST
@at_desk(DESK)
def decline(request: HttpRequest, proposed_id: UUID) -> HttpResponse:
    """Decline proposed keys."""
    return holder_keys.decline(request, DESK, proposed_id)
