"""The signatory's two acts: to sign a batch with their passkey, or to send it back with a reason.

Whoever prepared it is denied, on the record.
"""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from portcullis.office.people import Actor
from portcullis.office.requesting import drafts, manifests
from portcullis.office.web import acts, drafting, pages, signing
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.prepare.forms import ReasonForm
from portcullis.office.web.desks.signatory.reading import DESK
from portcullis.office.web.pages import Head


def _sign(here: Deployment, actor: Actor, data: acts.Data) -> acts.Done:
    draft = drafts.find(str(data["draft"]))
    manifests.sign(here.requester, actor, draft, str(data["manifest"]))
    return acts.Done(f"/signatory/{draft.id}/", "You signed the batch. Its officers attest next.")


def _send_back(here: Deployment, actor: Actor, data: acts.Data) -> acts.Done:
    draft = drafts.find(str(data["draft"]))
    manifests.send_back(here.requester, actor, draft, str(data["reason"]))
    return acts.Done("/signatory/", f"Batch {draft.id} went back to its preparer.")


SIGN = acts.register(
    acts.WebAct(
        "draft-sign",
        "sign",
        "Sign a batch as its signatory",
        _sign,
        stands_for=drafting.stands_for,
    )
)
SEND_BACK = acts.register(
    acts.WebAct("draft-send-back", "sign", "Send a batch back to its preparer", _send_back)
)


@require_POST
@at_desk(DESK)
def sign(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Begin to sign the batch."""
    data = {"draft": drafts.find(draft_id).id, "manifest": str(request.POST.get("manifest", ""))}
    return signing.begin(request, SIGN.name, data)


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
def send_back(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Ask for the reason; on POST, begin to send the batch back."""
    draft = drafts.find(draft_id)
    up = reverse("signatory:draft", args=[draft.id])
    head = Head(DESK, f"Send batch {draft.id} back", up=[(up, f"Batch {draft.id}")])
    form = ReasonForm(request.POST or None)
    return pages.ask(request, head, form, SEND_BACK.name, {"draft": draft.id})
