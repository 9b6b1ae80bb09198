"""The requests of a batch, one by one: listed, written in a form, left out."""

from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from portcullis.errors import Misuse, PortcullisError
from portcullis.office.requesting import checking, drafts, work
from portcullis.office.requesting.models import Draft
from portcullis.office.web import drafting as shown
from portcullis.office.web import long_work
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.prepare.forms import request_form
from portcullis.office.web.desks.prepare.making import DESK, check_if_small, up
from portcullis.office.web.parts import Cell, table
from portcullis.office.web.visitors import Visitor, visitor_of

_LISTED = ("request_id", "given_name", "family_name", "officers")


@require_GET
@at_desk(DESK)
def listed(request: HttpRequest, draft_id: str) -> HttpResponse:
    """List the batch's requests."""
    visitor = visitor_of(request)
    found = drafts.find(draft_id)
    home = visitor.deployment.requester
    page = shown.page_of(found.rows, request.GET.get("page"))
    first = shown.begins(page)
    rows = drafts.rows_at(home, found, first, shown.A_PAGE)
    columns = [name for name in _LISTED if name in home.pack.fields]
    words = shown.labels(home.pack)
    cells = [
        (Cell(f"Row {first + at + 1}", url=f"/prepare/{found.id}/rows/{first + at + 1}/",
              note=shown.place_in_file(row[drafts.FILE_ROW], row[drafts.LINE])),
         *(row[name] for name in columns))
        for at, row in enumerate(rows)
    ]  # fmt: skip
    context = {
        "title": f"Requests of batch {found.id}",
        "draft": found,
        "page": page,
        "table": table(
            "Requests", ("Row", *(words[name] for name in columns)), cells,
            empty="There is no request in it yet.",
        ),
    }  # fmt: skip
    return render(request, "office/drafts/listed.html", context)


@require_GET
@at_desk(DESK)
def findings(request: HttpRequest, draft_id: str) -> StreamingHttpResponse:
    """Give every finding as a CSV file: row, field, element, and the fix; no value of a request."""
    found = drafts.find(draft_id)
    lines = checking.as_csv(visitor_of(request).deployment.requester, found)
    response = StreamingHttpResponse(lines, content_type="text/csv")
    response["Content-Disposition"] = f'attachment; filename="{found.id}-findings.csv"'
    return response


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
def new(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Write one more request into the batch."""
    return _edit(request, drafts.find(draft_id), None, {})


@require_http_methods(["GET", "POST"])
@at_desk(DESK)
def edit(request: HttpRequest, draft_id: str, number: int) -> HttpResponse:
    """Show a request with what was found in it; on POST, write it anew and check again."""
    found = drafts.find(draft_id)
    try:
        row = drafts.row_of(visitor_of(request).deployment.requester, found, number - 1)
    except Misuse:
        if request.method == "GET":
            raise
        row = {}  # it is gone, and what was typed stays on the page
    return _edit(request, found, number - 1, row)


@require_POST
@at_desk(DESK)
def leave_one_out(request: HttpRequest, draft_id: str, number: int) -> HttpResponse:
    """Take one request out of the batch."""
    return _leave_out(request, drafts.find(draft_id), str(number - 1))


@require_POST
@at_desk(DESK)
def leave_out(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Take out of the batch every request that would come back."""
    return _leave_out(request, drafts.find(draft_id), work.ALL)


def _leave_out(request: HttpRequest, found: Draft, row: str) -> HttpResponse:
    """Take row ``row`` (from 0), or ALL that would come back, out of the batch."""
    visitor = visitor_of(request)
    home = visitor.deployment.requester
    long_work.check_free(found)
    drafts.check_open(found)
    was = str(request.POST.get("was", ""))
    if long_work.is_large(found):
        data = {"row": row, "was": was, "generation": str(found.generation)}
        return long_work.begin(request, work.LEAVE_OUT, found.id, up(found)[0], **data)
    rows = work.rows_to_leave(home, found, row, was)
    gone = drafts.take_out(home, found, visitor.person, rows)
    visitor.tell(request, f"{gone:,} left out. {check_if_small(visitor, found)}")
    return redirect("prepare:draft", found.id)


def _edit(request: HttpRequest, found: Draft, at: int | None, row: dict[str, Any]) -> HttpResponse:
    """Show the form of row ``at`` (from 0), or of a new one; on POST, write it.

    Where it is refused, what was typed stays on the page.
    """
    visitor = visitor_of(request)
    home = visitor.deployment.requester
    form = request_form(home.pack, row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            long_work.check_free(found)
            was = str(request.POST.get("was", ""))
            place = drafts.write_row(home, found, visitor.person, at, form.cleaned_data, was)
            said = check_if_small(visitor, found)
        except PortcullisError as error:
            form.add_error(None, str(error))
        else:
            return _written(request, visitor, found, place, said)
    new_row = at is None
    context: dict[str, Any] = {
        "title": "A new request" if at is None else f"Row {at + 1}",
        "draft": found,
        "number": 0 if at is None else at + 1,
        "new": new_row,
        # Refused, it is refused again: until who wrote it has looked at what stands there now.
        "was": request.POST.get("was") or ("" if at is None else drafts.row_digest(row)),
        "open": found.state in drafts.OPEN or bool(form.errors),
        "form": form,
        "facts": shown.request_facts(home.pack, row),
        "findings": shown.findings_shown(
            home.pack, found, [] if at is None else checking.findings_of(home, found, at), DESK
        ),
    }
    status = 400 if form.errors else 200
    return render(request, "office/prepare/row.html", context, status=status)


def _written(
    request: HttpRequest, visitor: Visitor, found: Draft, at: int, said: str
) -> HttpResponse:
    """Go back to the row while there is something to mend in it; else on."""
    visitor.tell(request, f"Row {at + 1} is written. {said}")
    if request.POST.get("next") == "another":
        return redirect("prepare:row-new", found.id)
    if checking.findings_of(visitor.deployment.requester, found, at):
        return redirect("prepare:row", found.id, at + 1)
    return redirect("prepare:draft", found.id)
