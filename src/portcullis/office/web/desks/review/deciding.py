"""The reviewers' acts: the look, the finding, its confirmation or refusal, the model's training.

Each is ordered by the person, signed, and on the ledger before the records are opened.
"""

from typing import Annotated, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST
from pydantic import Field

from portcullis.canonical import sha256_hex
from portcullis.errors import Refused
from portcullis.matching import RULES
from portcullis.office import likelihood, referrals
from portcullis.office.models import Batch
from portcullis.office.people import Actor
from portcullis.office.referrals import Waiting
from portcullis.office.web import batches, signing, working
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.review import pages, picture, queues
from portcullis.office.web.desks.review.forms import FindForm, RefuseForm
from portcullis.office.web.said import Among, BatchId, Id, Nothing, Reason, Said
from portcullis.office.web.visitors import visitor_of

LOOK, FIND, CONFIRM, TRAIN = "review-look", "review-find", "review-confirm", "model-training"


class NearMiss(Said):
    """A near miss: its batch, its row there, and its request's id."""

    batch: BatchId
    row: Annotated[int, Field(ge=0, lt=2**31)]
    request: Id


class Finding(NearMiss):
    """That an address of record is the one requested, by a written rule."""

    number: Annotated[int, Field(ge=1, lt=2**31, description="Of the address, as it was shown.")]
    rule: Annotated[str, Among.of(RULES)]
    reason: Reason


class Answer(NearMiss):
    """What another found, confirmed; or, with a reason, refused."""

    finding: Annotated[
        str, Field(min_length=1, max_length=128, description="The log of what was found.")
    ]
    reason: Annotated[
        Reason | None, Field(description="Why it is refused; null: it is confirmed.")
    ] = None


@at_desk("review")
@require_POST
def look(request: HttpRequest, batch_id: str, row: int) -> HttpResponse:
    """Begin the look at one near miss."""
    batch, miss = _reviewable(request, batch_id, row)
    if not likelihood.is_trained(visitor_of(request).deployment.holder):
        raise Refused(
            "The picture of a near miss needs a model of the index in use, and there is none yet.",
            "Train it from the first page of this desk; that too is on the record.",
        )
    return signing.begin(request, LOOK, _data(batch, miss))


@at_desk("review")
@require_POST
def find(request: HttpRequest, batch_id: str, row: int) -> HttpResponse:
    """Begin the finding that the address in the request is an address of record."""
    batch, miss = _reviewable(request, batch_id, row)
    form = FindForm(request.POST)
    if not form.is_valid():
        return _again(request, batch, miss, form, "Find", "review:find")
    return signing.begin(request, FIND, _data(batch, miss) | form.cleaned_data)


@at_desk("review")
@require_POST
def confirm(request: HttpRequest, batch_id: str, row: int) -> HttpResponse:
    """Begin the confirmation of what another found; with ``refuse`` in the form, its refusal."""
    batch, miss = _reviewable(request, batch_id, row)
    if request.POST.get("finding") != miss.log or not miss.log:
        raise Refused("Another finding stands now than you were shown.", "Look at it again.")
    data = _data(batch, miss) | {"finding": miss.log}
    if "refuse" not in request.POST:
        return signing.begin(request, CONFIRM, data)
    form = RefuseForm(request.POST)
    if not form.is_valid():
        return _again(request, batch, miss, form, "Refuse", "review:confirm")
    return signing.begin(request, CONFIRM, data | form.cleaned_data)


@at_desk("review")
@require_POST
def train(request: HttpRequest) -> HttpResponse:
    """Begin the training of the model behind the picture, on the index in use."""
    return signing.begin(request, TRAIN, {})


def _reviewable(request: HttpRequest, batch_id: str, row: int) -> tuple[Batch, Waiting]:
    visitor, batch = visitor_of(request), batches.batch_named(batch_id)
    working.check_apart(visitor, "review", batch)
    referrals.check_open(batch)
    return batch, queues.one(visitor.deployment.holder, batch, row)


def _data(batch: Batch, miss: Waiting) -> dict[str, Any]:
    return {"batch": batch.id, "row": miss.row, "request": miss.request_id}


def _again(  # noqa: PLR0917 - what is asked for again, of what
    request: HttpRequest, batch: Batch, miss: Waiting, form: forms.Form, submit: str, name: str
) -> HttpResponse:
    """Ask for the form again. What was seen is not shown again: to look again is another act."""
    context = pages.about(visitor_of(request), batch, miss) | {
        "form": form,
        "submit": submit,
        "action": reverse(name, args=[batch.id, miss.row]),
    }
    return render(request, "office/review/again.html", context, status=400)


def _signed(step: str, data: Data, **more: object) -> tuple[str, dict[str, Any]]:
    """Return what is signed: of the reason in words its digest, for the words may say anything."""
    facts = {"step": step, "request": data["request"], "row": data["row"], **more}
    if data.get("reason"):
        facts["reason"] = sha256_hex([data["reason"].encode()])
    return data["batch"], facts


def _near(deployment: Deployment, data: Data) -> Waiting:
    """Return the near miss that ``data`` names; refuse where row and request are not of one."""
    batch = batches.batch_named(data["batch"])
    miss = queues.one(deployment.holder, batch, data["row"])
    if miss.request_id != data["request"]:
        raise Refused("In that row stands another request.", "See the queue of the batch.")
    return miss


def _look_ordering(deployment: Deployment, data: Data) -> tuple[str, dict[str, Any]]:
    _near(deployment, data)
    return _signed("Look at the record that is near", data)


def _find_ordering(deployment: Deployment, data: Data) -> tuple[str, dict[str, Any]]:
    _near(deployment, data)
    found = {"address": data["number"], "rule": data["rule"]}
    return _signed("Find that the address is of record", data, **found)


def _confirm_ordering(deployment: Deployment, data: Data) -> tuple[str, dict[str, Any]]:
    """Return what is signed: the very finding that stands, as the office has it."""
    miss = _near(deployment, data)
    if miss.log != data["finding"]:
        raise Refused("Another finding stands now than you were shown.", "Look at it again.")
    verb = "Refuse to confirm" if data.get("reason") else "Confirm"
    found = {"address": miss.number, "rule": miss.rule, "finding": miss.log}
    return _signed(f"{verb} what another reviewer found", data, **found)


def _train_ordering(_deployment: Deployment, _data: Data) -> tuple[str, dict[str, Any]]:
    return "", {"step": "Train the model of the index in use on a sample of its records"}


def _look(deployment: Deployment, actor: Actor, data: Data) -> Done:
    seen = referrals.look(deployment.holder, data["batch"], data["request"], actor)

    def show(request: HttpRequest) -> HttpResponse:
        visitor, batch = visitor_of(request), batches.batch_named(data["batch"])
        miss = queues.one(deployment.holder, batch, data["row"])
        context = pages.about(visitor, batch, miss) | picture.context(seen)
        return render(request, "office/review/picture.html", context)

    return Done(_page(data), "The near miss was looked at.", show)


def _find(deployment: Deployment, actor: Actor, data: Data) -> Done:
    referrals.find(
        deployment.holder,
        data["batch"],
        data["request"],
        actor,
        number=data["number"],
        rule=data["rule"],
        reason=data["reason"],
    )
    return Done(_queue(data), f"Found. A second reviewer decides on {data['request']}.")


def _confirm(deployment: Deployment, actor: Actor, data: Data) -> Done:
    refuse = data.get("reason")
    referrals.confirm(
        deployment.holder,
        data["batch"],
        data["request"],
        actor,
        finding_log=data["finding"],
        refuse=refuse,
    )
    told = "Refused. It stays as it is." if refuse else "Confirmed. The specialist lists it."
    return Done(_queue(data), told)


def _train(deployment: Deployment, actor: Actor, _data: Data) -> Done:
    likelihood.model(deployment.holder, actor)
    return Done(reverse("review:first"), "The model of the index in use is trained, on the record.")


def _page(data: Data) -> str:
    return reverse("review:one", args=[data["batch"], data["row"]])


def _queue(data: Data) -> str:
    return reverse("review:queue", args=[data["batch"]])


# What is looked at is shown on the desk's own page.
register(
    WebAct(
        LOOK, "review", "Look at a near miss", _look, _look_ordering, NearMiss, browser_only=True
    )
)
register(WebAct(FIND, "review", "Find by a written rule", _find, _find_ordering, Finding))
register(
    WebAct(
        CONFIRM, "review", "Answer another reviewer’s finding", _confirm, _confirm_ordering, Answer
    )
)
register(WebAct(TRAIN, "model-training", "Train the model", _train, _train_ordering, Nothing))
