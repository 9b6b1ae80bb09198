"""What the signatory reads before they sign: counts, root, requests whole, load, findings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from portcullis.errors import Misuse
from portcullis.office.requesting import acts, checking, drafts, holder_keys, manifests
from portcullis.office.requesting.models import Draft
from portcullis.office.web import accounts, notices, packages, pages
from portcullis.office.web import drafting as shown
from portcullis.office.web.desks import at_desk
from portcullis.office.web.holder_keys import NO_HOLDER_KEYS, TITLE, has_holder_keys
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.visitors import Visitor, visitor_of

DESK = "signatory"
_ROWS_A_PAGE = 10
_PATIENCE = 5  # days
_SEEN = ("prepared", "signed", "attested", "sent", "answered", "refused")


@require_GET
@at_desk(DESK)
def first(request: HttpRequest) -> HttpResponse:
    """Show what waits for the signatory, and what became of what they signed."""
    visitor = visitor_of(request)
    mine = shown.light(Draft.objects.filter(signatory=visitor.person.id).order_by("-since"))
    waits = shown.waiting(mine, "signatory")
    attestations, proposed = notices.waiting(visitor), len(holder_keys.waiting())
    head = Head(
        DESK,
        "Signatory",
        "You sign, by your own passkey, for every request of a batch: read it first. You cannot "
        "sign what you prepared.",
        actions=[
            (reverse("signatory:notices"), notices.TITLE),
            (reverse("signatory:holder-keys"), TITLE),
            (reverse(accounts.PAGE), "People and accounts"),
        ],
    )
    before = [each for each in mine if each.state != "prepared"][: shown.A_PAGE]
    return pages.first(
        request,
        head,
        alarms=_alarms(visitor, waits, attestations, proposed),
        stats=[
            {"label": "Batches waiting for your signature", "value": len(waits)},
            {"label": "Requests in them", "value": f"{sum(each.rows for each in waits):,}"},
            {"label": "Attestations outstanding", "value": attestations,
             "kind": "bad" if attestations else "plain", "url": reverse("signatory:notices")},
            {"label": "Keys of the holder proposed", "value": proposed,
             "url": reverse("signatory:holder-keys")},
        ],
        waiting=shown.table_of(
            waits, DESK, "Waiting for your signature", visitor.today,
            "No batch waits for your signature.",
        ),
        parts=[
            Part(table=shown.table_of(
                before, DESK, "What you had before you", visitor.today,
                "Nothing was put before you yet.",
            )),
            Part(table=packages.stated_table(visitor.person, "/signatory/signed/")),
        ],
        charts=shown.pictures(mine, waits, visitor.today),
    )  # fmt: skip


def _alarms(
    visitor: Visitor, waits: list[Draft], attestations: int, proposed: int
) -> list[dict[str, str]]:
    late = sum((visitor.today - each.since.date()).days > _PATIENCE for each in waits)
    alarms = []
    if not has_holder_keys(visitor.deployment.requester):
        alarms.append(pages.alarm("error", *NO_HOLDER_KEYS))
    if late:
        heading = f"Batches that have waited for you more than {_PATIENCE} days: {late}"
        alarms.append(pages.alarm("warning", heading, "Sign them, or send them back."))
    if attestations:
        heading = f"Attestations to the holder’s notices outstanding: {attestations}"
        alarms.append(pages.alarm("warning", heading, "Whoever holds it attests; or you for them."))
    if proposed:
        heading = "Keys of the holder wait for a second person"
        alarms.append(pages.alarm("warning", heading, "Compare their fingerprint first."))
    return alarms


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
