"""The approver's acts: the approval in writing, or the list sent back. Both bind."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from portcullis.office import approval, stages
from portcullis.office.people import Actor
from portcullis.office.web import batches, signing, working
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.approval import pages
from portcullis.office.web.said import OfBatch, Reason
from portcullis.office.web.visitors import visitor_of

APPROVE, SEND_BACK = "approve", approval.SEND_BACK


class SentBack(OfBatch):
    """Which batch's list is sent back, and why."""

    reason: Reason


@at_desk("approval")
@require_POST
def approve(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Begin the approval of a batch's list."""
    return signing.begin(request, APPROVE, {"batch": batches.batch_named(batch_id).id})


@at_desk("approval")
@require_POST
def send_back(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Begin the act that sends a batch's list back."""
    visitor, batch = visitor_of(request), batches.batch_named(batch_id)
    working.check_apart(visitor, SEND_BACK, batch)
    stages.check_state(batch, "examined")
    form = pages.SendBackForm(request.POST)
    if not form.is_valid():
        return pages.page(request, visitor, batch, form, status=400)
    return signing.begin(request, SEND_BACK, {"batch": batch.id, **form.cleaned_data})


def _approve(deployment: Deployment, actor: Actor, data: Data) -> Done:
    given = approval.approve(deployment.holder, data["batch"], actor)
    return Done(_page(data), f"The list is approved until {batches.day(given.expires_on)}.")


def _send_back(deployment: Deployment, actor: Actor, data: Data) -> Done:
    approval.send_back(deployment.holder, data["batch"], actor, data["reason"])
    return Done(_page(data), "The list is sent back. It can never be approved.")


def _page(data: Data) -> str:
    return reverse("approval:batch", args=[data["batch"]])


register(WebAct(APPROVE, "approve", "Approve the list", _approve, takes=OfBatch))
register(WebAct(SEND_BACK, SEND_BACK, "Send the list back", _send_back, takes=SentBack))
