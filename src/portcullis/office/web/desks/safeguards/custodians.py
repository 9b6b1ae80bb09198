"""Who holds what an order or hold reaches: who has attested, and the notice written anew."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from portcullis.errors import Misuse
from portcullis.office import notices
from portcullis.office.models import Placed
from portcullis.office.notices import Duty, Tracked
from portcullis.office.web import batches, pages, placed, signing
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.safeguards.matters import HERE
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.standing import read_placed


@at_desk(HERE)
def one(request: HttpRequest, placed_id: str) -> HttpResponse:
    """Show who holds what an order or hold reaches, and who has attested to it."""
    visitor, row = visitor_of(request), _named(placed_id)
    found = notices.tracked(visitor.deployment.holder, row.id)
    page, query = batches.page_of(request, found.duties)
    said = read_placed(row.entry)
    facts: list[tuple[str, object]] = [
        ("Court and docket", f"{said.court} {said.docket}"),
        ("State", Cell("Stands", tag="bad") if row.standing else Cell("Lifted")),
        ("Have attested", f"{len(found.duties) - len(found.outstanding):,} "
                          f"of {len(found.duties):,}"),
        ("The notice", f"notices/{row.id}.jws in the home" if found.notice else "Not written yet"),
    ]  # fmt: skip
    listed = Part("Custodians", table=_listed(visitor, found, page.object_list), page=page,
                  query=query)  # fmt: skip
    anew = Part(
        "Write the notice anew",
        "Of what was delivered in its scope by now. Whoever holds more than they have attested to "
        "attests anew. Its digest goes on the ledger.",
        post=reverse(f"{HERE}:issue-notice", args=[row.id]),
        submit="Write the notice anew",
    )
    head = Head(
        HERE,
        f"Custodians of {row.id}",
        "Each signs that what they hold is frozen or kept.",
        [(reverse(f"{HERE}:attestation"), "Attestations")],
    )
    return pages.page(request, head, [Part(facts=facts), listed, anew])


@at_desk(HERE)
@require_POST
def issue(request: HttpRequest, placed_id: str) -> HttpResponse:
    """Begin the act that writes the notice anew, which says what the ledger says."""
    return signing.begin(request, notices.ISSUE, {"id": _named(placed_id).id})


def _named(placed_id: str) -> Placed:
    row = Placed.objects.filter(id=placed_id).first()
    if row is None:
        raise Misuse("There is no order or hold of that id.", "See the list of attestations.")
    return row


def _listed(visitor: Visitor, found: Tracked, duties: Iterable[Duty]) -> Table:
    return table(
        "Custodians",
        ["Custodian", "Disclosures in its scope", "Attestation"],
        [
            [
                batches.person(visitor, each.custodian),
                each.disclosures,
                placed.attested_cell(visitor, each, standing=found.standing),
            ]
            for each in duties
        ],
        stacked=True,
        empty="Nobody holds anything that it reaches.",
        quiet=True,
    )
