"""The specialist's acts on a batch: its adjudication, and the list of what reviewers confirmed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from portcullis.errors import Refused
from portcullis.office import referrals, stages
from portcullis.office.people import Actor
from portcullis.office.web import batches, signing, working
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.said import OfBatch
from portcullis.office.web.visitors import visitor_of

ADJUDICATE, SUPPLEMENT = "adjudicate", "supplement"
# What the person signs that they order; an order for the one is none for the other.
_SCREEN = {"step": "Screen, match and decide every request of the batch"}
_LIST = {"step": "Put what two reviewers confirmed on a list of the whole batch"}


@at_desk("specialist")
@require_POST
def adjudicate(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Begin the order to adjudicate a batch. Denied, on the record, to whom it may not be."""
    batch = batches.batch_named(batch_id)
    working.check_apart(visitor_of(request), "adjudicate", batch)
    stages.check_state(batch, "received", "held")
    return signing.begin(request, ADJUDICATE, {"batch": batch.id})


@at_desk("specialist")
@require_POST
def supplement(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Begin the order to put what reviewers confirmed on a list of its own."""
    visitor, batch = visitor_of(request), batches.batch_named(batch_id)
    working.check_apart(visitor, "adjudicate", batch)
    referrals.check_open(batch)
    if not referrals.confirmed(visitor.deployment.holder, batch):
        raise Refused("No confirmed finding waits for a list.", "Reviewers find and confirm first.")
    return signing.begin(request, SUPPLEMENT, {"batch": batch.id})


def _to_adjudicate(_deployment: Deployment, data: Data) -> tuple[str, dict[str, Any]]:
    return str(data["batch"]), _SCREEN


def _to_list(_deployment: Deployment, data: Data) -> tuple[str, dict[str, Any]]:
    return str(data["batch"]), _LIST


def _adjudicate(deployment: Deployment, actor: Actor, data: Data) -> Done:
    batch = str(data["batch"])
    return working.begin(deployment, actor, ADJUDICATE, batch, _SCREEN, _page(batch))


def _supplement(deployment: Deployment, actor: Actor, data: Data) -> Done:
    batch = str(data["batch"])
    return working.begin(deployment, actor, SUPPLEMENT, batch, _LIST, _page(batch))


def _page(batch_id: str) -> str:
    return reverse("specialist:batch", args=[batch_id])


_SAYS = "Adjudicate the batch", "List what reviewers confirmed"
register(WebAct(ADJUDICATE, "adjudicate", _SAYS[0], _adjudicate, _to_adjudicate, OfBatch))
register(WebAct(SUPPLEMENT, "adjudicate", _SAYS[1], _supplement, _to_list, OfBatch))
