"""What the signatory reads before they sign: counts, root, requests whole, load, findings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from portcullis.errors import Misuse
from portcullis.office.requesting import acts, checking, drafts, manifests
from portcullis.office.requesting.models import Draft
from portcullis.office.web import drafting as shown
from portcullis.office.web.desks import at_desk
from portcullis.office.web.visitors import Visitor, visitor_of

DESK = "signatory"
_ROWS_A_PAGE = 10
_SEEN = ("prepared", "signed", "attested", "sent", "answered", "refused")


@require_GET
@at_desk(DESK)
def first(request: HttpRequest) -> HttpResponse:
    """Show what waits for the signatory, and what became of what they signed."""
    visitor = visitor_of(request)
    mine = Draft.objects.filter(signatory=visitor.person.id).order_by("-since")
    waits = shown.waiting(mine, "signatory")
    context = {
        "title": "Signatory",
        "waiting": shown.table_of(
            waits, DESK, "Waiting for your signature", visitor.today,
            "No batch waits for your signature.",
        ),
        "all": shown.table_of(
            mine.exclude(state="prepared")[: shown.A_PAGE], DESK, "What you had before you",
            visitor.today, "Nothing was put before you yet.",
        ),
        "charts": shown.pictures(mine, waits, visitor.today),
    }  # fmt: skip
    return render(request, "office/signatory/first.html", context)


@require_GET
@at_desk(DESK)
def draft(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Show the whole of what is signed."""
    visitor = visitor_of(request)
    found = find(visitor, draft_id)
    home = visitor.deployment.requester
    page = shown.page_of(found.findings[0] if found.findings else 0, request.GET.get("page"))
    context = {
        "title": f"Batch {found.id}",
        "draft": found,
        "waits": found.state == "prepared",
        "lapsed": checking.lapsed(home, found),
        "prepared_it": prepared_it(visitor, found),
        "digest": manifests.manifest_of(found).digest,
        "facts": shown.facts(found),
        "officers": shown.load_table(found, home.roster),
        "elements": shown.found_table(found),
        "found": shown.found_facts(found),
        "page": page,
        "findings": shown.findings_shown(
            home.pack, found, shown.findings_on(home, found, page), DESK
        ),
        "sample": shown.sample(home, found),
        "acts": shown.acts_shown(found),
        "answers": shown.answers_chart(found),
        **shown.steps(found),
    }
    return render(request, "office/signatory/draft.html", context)


@require_GET
@at_desk(DESK)
def rows(request: HttpRequest, draft_id: str) -> HttpResponse:
    """Show the requests, whole, ten to a page: whoever signs may read every one."""
    visitor = visitor_of(request)
    found = find(visitor, draft_id)
    home = visitor.deployment.requester
    page = shown.page_of(found.rows, request.GET.get("page"), _ROWS_A_PAGE)
    begin = shown.begins(page)
    listed = drafts.rows_at(home, found, begin, _ROWS_A_PAGE)
    context = {
        "title": f"Requests of batch {found.id}",
        "draft": found,
        "page": page,
        "requests": [
            shown.request_shown(home.pack, row, begin + at) for at, row in enumerate(listed)
        ],
    }
    return render(request, "office/signatory/rows.html", context)


@require_GET
@at_desk(DESK)
def row(request: HttpRequest, draft_id: str, number: int) -> HttpResponse:
    """Show one request, whole, with what the check found in it."""
    visitor = visitor_of(request)
    found = find(visitor, draft_id)
    home = visitor.deployment.requester
    request_ = drafts.row_of(home, found, number - 1)
    context = {
        "title": f"Row {number} of batch {found.id}",
        "draft": found,
        "facts": shown.request_facts(home.pack, request_),
        "findings": shown.findings_shown(
            home.pack, found, checking.findings_of(home, found, number - 1), DESK
        ),
    }
    return render(request, "office/signatory/row.html", context)


def find(visitor: Visitor, draft_id: str) -> Draft:
    """Return a batch that was put before this signatory. Raises Misuse for any other.

    The attempt is on record.
    """
    found = drafts.find(draft_id)
    if found.signatory != visitor.person.id or found.state not in _SEEN:
        visitor.deployment.record_denied("sign", visitor.person.id, "role")
        raise Misuse("No such batch was put before you.", "Look at your desk.")
    return found


def prepared_it(visitor: Visitor, found: Draft) -> bool:
    """Say whether the visitor did something by which they may not sign it."""
    return visitor.person.id in acts.apart(found, "sign")
