"""The transmitter's act: the release of an approved list, or the answer to a batch without one."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from portcullis.errors import Refused
from portcullis.office import files, stages, whereabouts
from portcullis.office.people import Actor
from portcullis.office.web import batches, signing, working
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.said import OfBatch
from portcullis.office.web.visitors import visitor_of

RELEASE = "release"
_STATES = ("determined", "unapprovable", "approved", "releasing")


@at_desk("transmission")
@require_POST
def release(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Begin the release, or go on with one that was cut off. The work asks everything again."""
    visitor, batch = visitor_of(request), batches.batch_named(batch_id)
    working.check_apart(visitor, "transmit", batch)
    stages.check_state(batch, *_STATES)
    stand = whereabouts.of(visitor.deployment.holder, batch)
    if "transmit" not in stand.acts:
        raise Refused("The list is not approved.", "The approver decides on it first.")
    if visitor.today < stand.answer_day:
        raise Refused(
            f"The batch is answered on {stand.answer_day}, all of it together, and not before.",
            "Release it on that day.",
        )
    return signing.begin(request, RELEASE, {"batch": batch.id})


def _release(deployment: Deployment, actor: Actor, data: Data) -> Done:
    """Have the act itself signed, as ``office.release`` signs it; a worker does it then."""
    batch = batches.batch_named(data["batch"])
    listed = files.list_in_force(batch)
    moment = actor.moment or deployment.now()
    statement = {
        "act": "transmit",
        "person": actor.id,
        "at": moment.isoformat(),
        "batch": batch.id,
        "ledger": deployment.ledger,
        "list": listed.entry_id,
        "root": listed.root,
    }
    token = actor.sign(statement)
    after = reverse("transmission:batch", args=[batch.id])
    return working.begin_signed(deployment, actor, token, RELEASE, batch.id, {}, after)


register(WebAct(RELEASE, "transmit", "Release, and answer the batch", _release, takes=OfBatch))
