"""What the holder sent back: the receipt, the answers, or that it did not take the batch in."""

from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from portcullis.errors import PortcullisError
from portcullis.office.people import Actor
from portcullis.office.requesting import RequesterHome, drafts, sending, work
from portcullis.office.requesting.models import Draft
from portcullis.office.web import acts, long_work, pages, signing
from portcullis.office.web import drafting as shown
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.prepare.forms import AnswersForm, ReasonForm, ReceiptForm
from portcullis.office.web.desks.prepare.making import DESK, up
from portcullis.office.web.pages import Head
from portcullis.office.web.parts import Cell
from portcullis.office.web.visitors import visitor_of
from portcullis.office.work import uploads
from portcullis.tables import publish


def _receipt(here: Deployment, actor: Actor, data: acts.Data) -> acts.Done:
    home, draft, path = _what(here, data)
    sending.keep_receipt(home, actor, draft, path.read_bytes())
    return _done(here, data, "The receipt is kept; its signature is the holder's.")


def _answers(here: Deployment, actor: Actor, data: acts.Data) -> acts.Done:
    home, draft, path = _what(here, data)
    if long_work.is_large(draft):
        token = sending.sign_answers(home, actor, draft, str(data["sha256"]))
        upload = {name: data[name] for name in ("upload", "name", "sha256")}
        return long_work.signed(here, actor, work.ANSWERS, draft, token, upload)
    sending.keep_answers(home, actor, draft, path)
    return _done(here, data, "The answers are kept; their signature is the holder's.")


def _refused(here: Deployment, actor: Actor, data: acts.Data) -> acts.Done:
    draft = drafts.find(str(data["draft"]))
    sending.not_taken_in(here.requester, actor, draft, str(data["reason"]))
    return acts.Done(f"/prepare/{draft.id}/", "It is kept that the holder did not take it in.")


RECEIPT = acts.register(
    acts.WebAct("receipt-keep", "answers-keep", "Take in the holder's receipt", _receipt)
)
ANSWERS = acts.register(
    acts.WebAct("answers-keep", "answers-keep", "Take in the holder's answers", _answers)
)
REFUSED = acts.register(
    acts.WebAct("transmittal-refused", "answers-keep", "Keep that it was not taken in", _refused)
)


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
def receipt(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Take in the receipt."""
    form = ReceiptForm(request.POST or None, request.FILES or None)
    return _begun(request, draft_id, form, RECEIPT.name, "Take in the receipt")


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
def answers(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Take in the answers with their signature."""
    form = AnswersForm(request.POST or None, request.FILES or None)
    return _begun(request, draft_id, form, ANSWERS.name, "Take in the answers")


@require_GET
@at_desk(DESK)
def each(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Show the answer to each request: one of three; of what was returned, what to mend."""
    found = drafts.find(draft_id)
    home = visitor_of(request).deployment.requester
    page = shown.page_of(sum(found.answers.values()), request.GET.get("page"))
    listed = sending.answers(home, found, shown.begins(page), shown.A_PAGE)
    context = {
        "title": f"Answers to batch {found.id}",
        "draft": found,
        "page": page,
        "facts": [(f"Row {one['source_row']}: {one['request_id'] or '–'}", _answer(one))
                  for one in listed],
    }  # fmt: skip
    return render(request, "office/prepare/answers.html", context)


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
def refused(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Keep that the holder refused the transmittal whole."""
    draft = drafts.find(draft_id)
    head = Head(DESK, "The holder did not take it in", up=[up(draft)])
    form = ReasonForm(request.POST or None)
    return pages.ask(request, head, form, REFUSED.name, {"draft": draft.id})


def _begun(
    request: HttpRequest, draft_id: str, form: forms.Form, act: str, title: str
) -> HttpResponse:
    """Keep the uploaded file, check it by a rehearsal, and go on to sign that it is taken in."""
    draft = drafts.find(draft_id)
    long_work.check_free(draft)
    if request.method == "POST" and form.is_valid():
        visitor = visitor_of(request)
        home = visitor.deployment.requester
        sent, signature = _files(form)
        upload = uploads.receive(
            home.path, str(sent.name or "file"), sent.chunks(), person=visitor.person.id
        )
        if signature is not None:
            path = uploads.path_of(home.path, upload.id, upload.name)
            publish(path.with_name(f"{path.name}.jws"), signature.read(_LONGEST))
        try:
            return signing.begin(request, act, {"draft": draft.id, **upload.as_json()})
        except PortcullisError as error:
            uploads.remove(home.path, upload.id)
            form.add_error(None, str(error))
    head = Head(DESK, title, up=[up(draft)])
    return pages.asked(request, head, form, "Go on to sign")


_LONGEST = 65_536  # bytes of a signature


def _files(form: forms.Form) -> tuple[UploadedFile[Any], UploadedFile[Any] | None]:
    values = form.cleaned_data
    return values.get("receipt") or values["answers"], values.get("signature")


def _answer(one: dict[str, Any]) -> Cell:
    """Return an answer with what is to be mended, as the holder wrote it."""
    tags = {"disclosed": "good", "returned": "warn"}
    mends = [
        f"{found['field'] or found['element']}: {found['message']}" for found in one["findings"]
    ]
    return Cell(one["answer"], tag=tags.get(one["answer"], "plain"), note=" ".join(mends))


def _what(here: Deployment, data: acts.Data) -> tuple[RequesterHome, Draft, Path]:
    home = here.requester
    path = uploads.path_of(home.path, str(data["upload"]), str(data["name"]))
    return home, drafts.find(str(data["draft"])), path


def _done(here: Deployment, data: acts.Data, said: str) -> acts.Done:
    uploads.remove(here.requester.path, str(data["upload"]))
    return acts.Done(f"/prepare/{data['draft']}/", said)
