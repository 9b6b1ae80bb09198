"""Making a batch: begun, filled from a file, checked; what waits for the preparer."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portcullis.errors import PortcullisError
from portcullis.office.requesting import checking, drafts, filling, work
from portcullis.office.requesting.home import RequesterHome
from portcullis.office.requesting.models import Draft
from portcullis.office.web import drafting as shown
from portcullis.office.web import long_work, network, pages
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.prepare.forms import AgainForm, BatchForm, UploadForm
from portcullis.office.web.holder_keys import NO_HOLDER_KEYS, has_holder_keys
from portcullis.office.web.pages import Head, Link, Part
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.office.work import uploads

DESK = "prepare"


@require_GET
@at_desk(DESK)
def first(request: HttpRequest) -> HttpResponse:
    """Show what waits for the preparer, batches by state, and answers."""
    visitor = visitor_of(request)
    home = visitor.deployment.requester
    every = shown.light(Draft.objects.order_by("-since"))
    waits = shown.waiting(every, "preparer")
    sent = [each for each in every if each.state == "sent"]
    back = sum(checking.comes_back(each) for each in every if each.state in drafts.OPEN)
    head = Head(
        DESK,
        "Preparer",
        "Make a batch, see what would come back and why, mend it, and sign for it. Nothing is sent "
        "before its signatory has signed.",
        actions=[
            (reverse("prepare:new"), "Begin with a file"),
            (reverse("prepare:form"), "Begin by form"),
        ],
    )
    newest = shown.table_of(
        every[: shown.A_PAGE], DESK, "The newest batches", visitor.today, "No batch was begun yet."
    )
    return pages.first(
        request,
        head,
        alarms=_alarms(visitor, back),
        stats=[
            {"label": "Batches waiting for you", "value": len(waits)},
            {"label": "Requests that would come back", "value": f"{back:,}",
             "kind": "bad" if back else "plain", "note": "as last checked"},
            {"label": "Batches with the signatory or officers",
             "value": sum(each.state in ("prepared", "signed") for each in every)},
            {"label": "Batches sent, not answered", "value": len(sent)},
        ],
        waiting=shown.table_of(
            [each for each in waits if each.state != "sent"], DESK,
            "Batches whose next step is yours", visitor.today, "Nothing waits for you.",
        ),
        parts=[
            Part(table=shown.to_mend(home, _whole(waits), DESK)),
            Part(table=shown.awaited(_whole(sent), home.pack, visitor.today)),
            Part(table=newest),
        ],
        charts=shown.pictures(every, waits, visitor.today),
    )  # fmt: skip


def _alarms(visitor: Visitor, back: int) -> list[dict[str, str]]:
    alarms = []
    if back:
        alarms.append(
            pages.alarm(
                "warning",
                f"Requests that would come back: {back:,}",
                "Their rows are named below, with the field and the fix. Mend them before sending.",
            )
        )
    if not has_holder_keys(visitor.deployment.requester):
        alarms.append(pages.alarm("error", *NO_HOLDER_KEYS))
    return alarms


def _whole(found: list[Draft]) -> QuerySet[Draft]:
    """Return those drafts again, whole, a page of them."""
    ids = [each.id for each in found[: shown.A_PAGE]]
    return Draft.objects.filter(id__in=ids).order_by("since")


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
    return pages.asked(request, Head(DESK, "Begin a batch with a file"), form, "Take the file in")


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
    head = Head(DESK, "Begin a batch by form")
    return pages.asked(request, head, form, "Go on to its first request")


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
def again(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Put another file in the place of a batch's requests."""
    form = AgainForm(request.POST or None, request.FILES or None)
    draft = drafts.find(draft_id)
    if request.method == "POST" and form.is_valid():
        return _filled(request, visitor_of(request), draft, form)
    return _another(request, draft, form)


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
    if long_work.is_large(found):
        return long_work.begin(request, work.CHECK, found.id, _page_of(found))
    checking.check(visitor.deployment.requester, found, visitor.person)
    visitor.tell(request, checking.said(found))
    return redirect("prepare:draft", found.id)


@require_GET
@at_desk(DESK)
def unreadable(request: HttpRequest, draft_id: str) -> StreamingHttpResponse:
    """Give every row of the file that could not be read: its place, why, and what to do."""
    home = visitor_of(request).deployment.requester
    found = drafts.find(draft_id)
    answer = StreamingHttpResponse(_unreadable(home, found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.id}-unreadable.csv"'
    return answer


def _unreadable(home: RequesterHome, found: Draft) -> Iterator[str]:
    yield "row,line,why\r\n"
    for sheet in drafts.sheets(home, found, drafts.UNREADABLE).frames():
        yield sheet.write_csv(include_header=False, line_terminator="\r\n")


def context_of(request: HttpRequest, visitor: Visitor, found: Draft) -> dict[str, Any]:
    """Return what a batch's page shows."""
    home = visitor.deployment.requester
    page = shown.page_of(found.findings[0] if found.findings else 0, request.GET.get("page"))
    unreadable = found.unreadable[0] if found.unreadable else 0
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
        "lapsed": checking.lapsed(home, found) if found.checked_on else "",
        "unreadable": unreadable,
        "unreadable_rows": [
            (shown.place_in_file(each["row"], each["line"]), each["why"])
            for each in (drafts.unreadable(home, found, 0, shown.A_PAGE) if unreadable else [])
        ],
        "officers": shown.load_table(found, home.roster) if found.manifest else None,
        "acts": shown.acts_shown(found),
        "answers": shown.answers_chart(found),
        "relay": network.shown(visitor),
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
    if long_work.is_large_file(upload.name, sent.size or 0):
        data = {"generation": str(draft.generation), **upload.as_json()}
        return long_work.begin(request, work.FILL, draft.id, _page_of(draft), **data)
    try:
        path = uploads.path_of(home.path, upload.id, upload.name)
        filling.fill(home, draft, visitor.person, path)
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
    return _another(request, draft, form)


def _another(request: HttpRequest, draft: Draft, form: forms.Form) -> HttpResponse:
    head = Head(DESK, f"Another file for batch {draft.id}", up=[up(draft)])
    action = reverse("prepare:file", args=[draft.id])
    return pages.asked(request, head, form, "Take the file in", action=action)


def up(draft: Draft) -> Link:
    """Return the link to a batch's page, above the pages of what is done to it."""
    return _page_of(draft), f"Batch {draft.id}"


def _page_of(draft: Draft) -> str:
    return reverse("prepare:draft", args=[draft.id])


def _received(visitor: Visitor, sent: UploadedFile[Any]) -> uploads.Upload:
    return uploads.receive(
        visitor.deployment.requester.path, str(sent.name or "file"), sent.chunks()
    )
