"""The sampler's acts: drawing the sample, opening it, and the verdicts, signed."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from portcullis.errors import Refused
from portcullis.office import approval, review, stages
from portcullis.office.models import Batch
from portcullis.office.people import Actor
from portcullis.office.web import batches, drafts, sampled, signing, working
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.sample.pages import ACT
from portcullis.office.web.said import OfBatch
from portcullis.office.web.visitors import Visitor, visitor_of

DRAW, OPEN = "sample", "sample-open"


@at_desk("sample")
@require_POST
def draw(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Begin the draw of the batch's sample."""
    return signing.begin(request, DRAW, {"batch": batches.batch_named(batch_id).id})


@at_desk("sample")
@require_POST
def open_(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Begin the reading of the sample: it is on the ledger before anything of it is shown."""
    return signing.begin(request, OPEN, {"batch": batches.batch_named(batch_id).id})


@at_desk("sample")
@require_POST
def keep(request: HttpRequest, batch_id: str) -> HttpResponseRedirect:
    """Keep the verdicts of one page, beside those of the others."""
    visitor, batch = _examined(request, batch_id)
    home, person = visitor.deployment.holder, visitor.person.id
    ids = set(review.sampled_requests(home, batch.id)["request_id"].to_list())
    given = {
        name.removeprefix("verdict-"): value == "lawful"
        for name, value in request.POST.items()
        if name.startswith("verdict-") and value in {"lawful", "unlawful"}
    }
    kept = drafts.read(home, batch, ACT, person) | {k: v for k, v in given.items() if k in ids}
    drafts.write(home, batch, ACT, person, kept)
    visitor.tell(request, f"{len(kept):,} of {len(ids):,} verdicts are kept.")
    query = request.POST.get("query", "")
    return redirect(f"{reverse('sample:examine', args=[batch.id])}?{query}")


@at_desk("sample")
@require_POST
def conclude(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Begin the act that records the verdicts."""
    visitor, batch = _examined(request, batch_id)
    draft = drafts.digest(visitor.deployment.holder, batch, ACT, visitor.person.id)
    if not draft:
        raise Refused("No verdict was given yet.", "Examine each sampled request first.")
    return signing.begin(request, ACT, {"batch": batch.id, "draft": draft})


def _examined(request: HttpRequest, batch_id: str) -> tuple[Visitor, Batch]:
    visitor, batch = visitor_of(request), batches.batch_named(batch_id)
    working.check_apart(visitor, ACT, batch)
    stages.check_state(batch, "sampled")
    if sampled.sample_of(batch) is None or not review.has_opened(batch.id, visitor.person.id):
        raise Refused("You have not opened this sample.", "Open it first: that is on the record.")
    return visitor, batch


def _draw(deployment: Deployment, actor: Actor, data: Data) -> Done:
    drawn = approval.draw_sample(deployment.holder, data["batch"], actor)
    return Done(_page(data), f"The sample of {len(drawn.rows):,} requests is drawn, once for all.")


def _open(deployment: Deployment, actor: Actor, data: Data) -> Done:
    review.open_sample(deployment.holder, data["batch"], actor)
    url = reverse("sample:examine", args=[data["batch"]])
    return Done(url, "That you read the sample is on the ledger.")


def _examine(deployment: Deployment, actor: Actor, data: Data) -> Done:
    home, batch = deployment.holder, batches.batch_named(data["batch"])
    verdicts = drafts.taken(home, batch, ACT, actor.id, data["draft"])
    done = approval.record_examination(home, batch.id, actor, verdicts)
    drafts.remove(home, batch, ACT, actor.id)
    told = (
        "The sample held an unlawful item. The list can never be approved; the batch is answered "
        "and nothing of it is released."
        if done.unlawful
        else "Every sampled request was found lawful. The list can be approved."
    )
    return Done(_page(data), told)


def _page(data: Data) -> str:
    return reverse("sample:batch", args=[data["batch"]])


register(WebAct(DRAW, "sample", "Draw the sample", _draw, takes=OfBatch))
# It is read, and its verdicts are given, on the desk's own pages.
register(WebAct(OPEN, review.SEEN, "Read the sample", _open, takes=OfBatch, browser_only=True))
register(
    WebAct(ACT, "examine", "Record the examination of the sample", _examine, browser_only=True)
)
