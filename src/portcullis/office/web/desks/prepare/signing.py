"""The preparer's acts on a checked batch: made ready and signed for, sent, withdrawn."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from portcullis.errors import PortcullisError
from portcullis.office.people import Actor
from portcullis.office.requesting import drafts, manifests, sending, work
from portcullis.office.web import acts, drafting, long_work, pages, signing
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.prepare.forms import SignatoryForm
from portcullis.office.web.desks.prepare.making import DESK, context_of, up
from portcullis.office.web.pages import Head
from portcullis.office.web.visitors import visitor_of


def _prepare(here: Deployment, actor: Actor, data: acts.Data) -> acts.Done:
    draft = drafts.find(str(data["draft"]))
    manifests.prepare(here.requester, actor, draft, str(data["manifest"]))
    return acts.Done(f"/prepare/{draft.id}/", "You signed as its preparer. The signatory is next.")


def _send(here: Deployment, actor: Actor, data: acts.Data) -> acts.Done:
    draft = drafts.find(str(data["draft"]))
    if long_work.is_large(draft):
        token = sending.sign_to_send(here.requester, actor, draft)
        return long_work.signed(here, actor, work.SEND, draft, token, {})
    sending.send(here.requester, actor, draft)
    said = "The transmittal is in the outgoing folder. Its answers are awaited."
    return acts.Done(f"/prepare/{draft.id}/", said)


PREPARE = acts.register(
    acts.WebAct(
        "draft-prepare",
        "prepare",
        "Sign a batch as its preparer",
        _prepare,
        stands_for=drafting.stands_for,
    )
)
SEND = acts.register(
    acts.WebAct(
        "draft-send", "send", "Send a batch to the holder", _send, stands_for=drafting.stands_for
    )
)


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
def ready(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Choose the signatory; on POST, the manifest is drafted and the preparer goes on to sign."""
    visitor = visitor_of(request)
    home = visitor.deployment.requester
    draft = drafts.find(draft_id)
    form = SignatoryForm(manifests.signatories(home, draft, visitor.person), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            long_work.check_free(draft)
            signatory = form.cleaned_data["signatory"]
            if long_work.is_large(draft):
                page = up(draft)[0]
                return long_work.begin(request, work.READY, draft.id, page, signatory=signatory)
            made = manifests.draft_manifest(home, draft, visitor.person, signatory)
            return signing.begin(
                request, PREPARE.name, {"draft": draft.id, "manifest": made.digest}
            )
        except PortcullisError as error:
            form.add_error(None, str(error))
    head = Head(DESK, f"Make batch {draft.id} ready", up=[up(draft)])
    return pages.asked(request, head, form, "Go on to sign as its preparer")


@require_POST
@at_desk(DESK)
def sign(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Go on to sign a batch that was made ready before and not signed then."""
    draft = drafts.find(draft_id)
    long_work.check_free(draft)
    digest = manifests.manifest_of(draft).digest
    return signing.begin(request, PREPARE.name, {"draft": draft.id, "manifest": digest})


@require_POST
@at_desk(DESK)
def send(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Begin to send the batch."""
    draft = drafts.find(draft_id)
    long_work.check_free(draft)
    return signing.begin(request, SEND.name, {"draft": draft.id})


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
def withdraw(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Ask whether the batch is to be withdrawn; on POST, it is."""
    visitor = visitor_of(request)
    draft = drafts.find(draft_id)
    if request.method == "POST":
        long_work.check_free(draft)
        drafts.withdraw(visitor.deployment.requester, draft, visitor.person)
        visitor.tell(request, f"Batch {draft.id} is withdrawn; its requests are removed.")
        return redirect("prepare:first")
    context = {**context_of(request, visitor, draft), "title": f"Withdraw batch {draft.id}?"}
    return render(request, "office/prepare/withdraw.html", context)


@require_POST
@at_desk(DESK)
def take_back(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Take a batch back that was made ready, to change it; nobody has signed it then."""
    visitor = visitor_of(request)
    draft = drafts.find(draft_id)
    long_work.check_free(draft)
    drafts.take_back(visitor.deployment.requester, draft, visitor.person)
    visitor.tell(request, "You took it back. Check it again, and make it ready anew.")
    return redirect("prepare:draft", draft.id)


@require_POST
@at_desk(DESK)
def transmittal(request: HttpRequest, draft_id: str, name: str) -> FileResponse:
    """Give one of the two files of a sent transmittal, for whatever carries them; it is noted."""
    visitor = visitor_of(request)
    found = drafts.find(draft_id)
    path = sending.fetch(visitor.deployment.requester, found, visitor.person, name)
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)
