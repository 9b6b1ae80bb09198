"""The page on an officer's key: whether this browser holds it, a request for a new one, loss."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from portcullis.office.requesting import received
from portcullis.office.requesting.models import Stated
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.officer.attesting import DESK
from portcullis.office.web.visitors import Visitor, visitor_of


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
def key(request: HttpRequest) -> HttpResponse:
    """Show the page; on POST, keep the request that the browser made for a new key."""
    visitor = visitor_of(request)
    if request.method == "POST":
        text = str(request.POST.get("request", ""))
        kept = received.enrolment(visitor.deployment.requester, visitor.person, text)
        visitor.tell(request, "Your request is made. Give it to the holder's administrator.")
        return redirect(f"/officer/key/?made={kept.id}")
    context = {
        "title": "Your key",
        "thumbprint": visitor.thumbprint,
        "key_in_force": visitor.person.key_in_force(visitor.today),
        "credentials": " ".join(
            each.id for each in visitor.person.passkeys if each.in_force(visitor.today)
        ),
        "made": _made(visitor, request.GET.get("made", "")),
    }
    return render(request, "office/officer/key.html", context)


def _made(visitor: Visitor, asked: str) -> Stated | None:
    """Return the person's own request of that id, if there is one."""
    try:
        wanted = UUID(asked)
    except ValueError:
        return None
    mine = Stated.objects.filter(person=visitor.person.id, kind=received.ENROLMENT)
    return mine.filter(id=wanted).first()
