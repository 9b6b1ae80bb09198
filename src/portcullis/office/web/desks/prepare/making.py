"""Making a batch: begun, filled from a file, checked; what waits for the preparer."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portcullis.errors import PortcullisError
from portcullis.office.requesting import checking, drafts, work
from portcullis.office.requesting.models import Draft
from portcullis.office.web import drafting as shown
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.prepare import long_work
from portcullis.office.web.desks.prepare.forms import AgainForm, BatchForm, UploadForm
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.office.work import uploads

DESK = "prepare"


@require_GET
@at_desk(DESK)
def first(request: HttpRequest) -> HttpResponse:
    """Show what waits for the preparer, batches by state, and answers."""
    visitor = visitor_of(request)
    found = Draft.objects.order_by("-since")
    waits = shown.waiting(found, "preparer")
    context = {
        "title": "Preparer",
        "waiting": shown.table_of(
            waits, DESK, "Waiting for you", visitor.today, "Nothing waits for you."
        ),
        "charts": shown.pictures(found, waits, visitor.today),
        "all": shown.table_of(
            found[: shown.A_PAGE], DESK, "The newest batches", visitor.today,
            "No batch was begun yet.",
        ),
    }  # fmt: skip
    return render(request, "office/prepare/first.html", context)


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
def new(request: HttpRequest) -> HttpResponse:
    """Begin a batch with a file."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        visitor = visitor_of(request)
        home, person = visitor.deployment.requester, visitor.person
        try:
            draft = drafts.create(home, person, form.cleaned_data["batch"])
        except PortcullisError as error:
            form.add_error("batch", str(error))
        else:
            return _filled(request, visitor, draft, form)
    return _form(request, "Begin a batch with a file", form, "Take the file in")


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
def by_form(request: HttpRequest) -> HttpResponse:
    """Begin an empty batch, to be filled one request after another."""
    form = BatchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        visitor = visitor_of(request)
        try:
            draft = drafts.create(
                visitor.deployment.requester, visitor.person, form.cleaned_data["batch"]
            )
        except PortcullisError as error:
            form.add_error("batch", str(error))
        else:
            return redirect("prepare:row-new", draft.id)
    return _form(request, "Begin a batch by form", form, "Go on to its first request")


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
def again(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Put another file in the place of a batch's requests."""
    form = AgainForm(request.POST or None, request.FILES or None)
    draft = drafts.find(draft_id)
    if request.method == "POST" and form.is_valid():
        return _filled(request, visitor_of(request), draft, form)
    back = reverse("prepare:draft", args=[draft.id])
    return _form(request, f"Another file for batch {draft.id}", form, "Take the file in", back)


@require_GET
@at_desk(DESK)
def draft(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Show a batch: where it stands, what the check found, and what comes next."""
    visitor = visitor_of(request)
    found = drafts.find(draft_id)
    return render(request, "office/prepare/draft.html", context_of(request, visitor, found))


@require_POST
@at_desk(DESK)
def check(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Check the batch again."""
    visitor = visitor_of(request)
    found = drafts.find(draft_id)
    long_work.check_free(found)
    if found.rows > checking.AT_ONCE:
        return long_work.begin(request, work.CHECK, found)
    checking.check(visitor.deployment.requester, found, visitor.person)
    visitor.tell(request, checking.said(found))
    return redirect("prepare:draft", found.id)


def context_of(request: HttpRequest, visitor: Visitor, found: Draft) -> dict[str, Any]:
    """Return what a batch's page shows."""
    home = visitor.deployment.requester
    page = shown.page_of(found.findings[0] if found.findings else 0, request.GET.get("page"))
    unreadable = found.unreadable or [0, []]
    return {
        "title": f"Batch {found.id}",
        "draft": found,
        "open": found.state in drafts.OPEN,
        "under_way": long_work.under_way(found),
        "facts": shown.facts(found),
        "page": page,
        "findings": shown.findings_shown(
            home.pack, found, shown.findings_on(home, found, page), DESK
        ),
        "elements": shown.found_table(found),
        "comes_back": checking.comes_back(found),
        "unreadable": unreadable[0],
        "unreadable_rows": unreadable[1],
        "officers": shown.load_table(found) if found.manifest else None,
        "acts": shown.acts_shown(found),
        "answers": shown.answers_chart(found),
        **shown.steps(found),
    }


def check_if_small(visitor: Visitor, found: Draft) -> str:
    """Check a batch at once where that is quick; return what is said of it."""
    if not 0 < found.rows <= checking.AT_ONCE:
        return f"The batch has {found.rows:,} requests now. Check it next."
    checking.check(visitor.deployment.requester, found, visitor.person)
    return checking.said(found)


def _filled(request: HttpRequest, visitor: Visitor, draft: Draft, form: forms.Form) -> HttpResponse:
    """Take the form's file into the draft, and go to its page; a refused file is said there."""
    home = visitor.deployment.requester
    sent = form.cleaned_data["file"]
    long_work.check_free(draft)
    upload = _received(visitor, sent)
    if sent.size > long_work.LARGE_FILE:
        return long_work.begin(request, work.FILL, draft, **upload.as_json())
    try:
        path = uploads.path_of(home.path, upload.id, upload.name)
        drafts.fill(home, draft, visitor.person, path)
        visitor.tell(request, check_if_small(visitor, draft))
    except PortcullisError as error:
        return _not_filled(request, draft, error)
    finally:
        uploads.remove(home.path, upload.id)
    return redirect("prepare:draft", draft.id)


def _not_filled(request: HttpRequest, draft: Draft, error: PortcullisError) -> HttpResponse:
    """Show why the file was not taken in, with the form for another: the batch is begun."""
    form = AgainForm(MultiValueDict(), MultiValueDict())
    form.errors.clear()
    form.add_error("file", str(error))
    here = reverse("prepare:file", args=[draft.id])
    back = reverse("prepare:draft", args=[draft.id])
    return _form(request, f"Another file for batch {draft.id}", form, "Take it in", back, here)


def _received(visitor: Visitor, sent: UploadedFile[Any]) -> uploads.Upload:
    return uploads.receive(
        visitor.deployment.requester.path,
        str(sent.name or "file"),
        sent.chunks(),
        person=visitor.person.id,
    )


def _form(  # noqa: PLR0917 - what a page of one form says
    request: HttpRequest,
    title: str,
    form: forms.Form,
    submit: str,
    back: str = "/prepare/",
    action: str = "",
) -> HttpResponse:
    context = {"title": title, "form": form, "submit": submit, "back": back, "action": action}
    return render(request, "office/drafts/form.html", context)
