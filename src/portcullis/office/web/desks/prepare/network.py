"""The preparer's errands over the holder's API: a sent batch, its receipt and its answers."""

import base64
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from portcullis.client import Call, Problem
from portcullis.errors import Misuse, PortcullisError
from portcullis.office.requesting import acts, drafts, network, work
from portcullis.office.web import long_work, signing
from portcullis.office.web import network as steps
from portcullis.office.web.answering import answering
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.prepare.answers import ANSWERS, RECEIPT
from portcullis.office.web.desks.prepare.making import DESK
from portcullis.office.web.visitors import visitor_of

_ACTS = {network.SEND: "send", network.RECEIPT: "answers-keep", network.ANSWERS: "answers-keep"}
_TAKEN_IN = {network.RECEIPT: RECEIPT, network.ANSWERS: ANSWERS}


@require_POST
@at_desk(DESK)
@answering
def errand(request: HttpRequest, draft_id: str, name: str) -> JsonResponse:
    """Do the next step of an errand of a batch."""
    visitor = visitor_of(request)
    home, draft = visitor.deployment.requester, drafts.find(draft_id)
    if name not in _ACTS:
        raise Misuse("There is no such errand.", "Look at the batch again.")
    acts.check_may(home, visitor.person, _ACTS[name])
    long_work.check_free(draft)
    here = reverse("prepare:draft", args=[draft.id])

    def long(_errand: network.Errand, call: Call, signature: bytes) -> str:
        said = {
            "errand": name,
            "call": asdict(call),
            "signature": base64.b64encode(signature).decode(),
        }
        return long_work.begin(request, work.NETWORK, draft.id, here, **said).url

    try:
        return steps.step(
            request,
            f"{name} {draft.id}",
            lambda _state: network.of_draft(home, draft, name),
            lambda _errand: here,
            long,
        )
    except Problem as problem:
        network.lost(draft, problem)
        raise


@require_POST
@at_desk(DESK)
def fetched(request: HttpRequest, draft_id: str, name: str) -> HttpResponse:
    """Go on to sign that what was fetched, receipt or answers, is taken in."""
    draft = drafts.find(draft_id)
    if name not in _TAKEN_IN or name not in draft.network:
        raise Misuse("Nothing of that was fetched.", "Fetch it first.")
    try:
        data = {"draft": draft.id, **draft.network[name]}
        return signing.begin(request, _TAKEN_IN[name].name, data)
    except PortcullisError:
        # It is not what it should be, or not here any more: it is fetched anew.
        draft.network = {key: said for key, said in draft.network.items() if key != name}
        draft.save(update_fields=["network"])
        raise
