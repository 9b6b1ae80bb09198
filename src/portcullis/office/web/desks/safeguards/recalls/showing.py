"""Recalls as a desk shows them: the list, each one's lots and places, how far each is."""

from collections.abc import Iterable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.errors import Misuse
from portcullis.office import recall_steps, recalls, unsealing
from portcullis.office.web import batches, charts, pages
from portcullis.office.web.desks import View, at_desk
from portcullis.office.web.desks.safeguards.matters import HERE, Matters
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.oversight import recall as rules
from portcullis.oversight.recall import Recall

RECALLS = Matters("recall", "Recalls", recalls.find)
STAGES = {
    rules.LISTED: ("Listed", "bad"),
    rules.ASKED: ("Demanded", "warn"),
    rules.FROZEN: ("Frozen", "busy"),
    rules.SEQUESTERED: ("Sequestered", "busy"),
    rules.DISPOSED: ("Disposed of", "good"),
}


def every(desk: str) -> View[[]]:
    """Return the list of recalls, with their days and how far each is, as a desk's view."""

    @at_desk(desk)
    def show(request: HttpRequest) -> HttpResponse:
        return _every(request, desk)

    return show


def _every(request: HttpRequest, desk: str) -> HttpResponse:
    visitor = visitor_of(request)
    late = recall_steps.overdue(visitor.deployment.holder)
    page, query = batches.page_of(request, list(reversed(recalls.every().values())))
    listed = table_of(page.object_list, late, desk)
    head = Head(
        desk,
        RECALLS.title,
        "What should not have left is closed at once, and its disposal demanded and followed to "
        "the end.",
        actions=[(reverse(f"{HERE}:open-recall"), "Open a recall")] if desk == HERE else [],
    )
    return pages.page(request, head, [Part(table=listed, page=page, query=query)])


def one(desk: str) -> View[[]]:
    """Return one recall's page as a desk's view: its lots, the places that hold any of it."""

    @at_desk(desk)
    def show(request: HttpRequest) -> HttpResponse:
        return _one(request, desk)

    return show


def _one(request: HttpRequest, desk: str) -> HttpResponse:
    visitor, found = visitor_of(request), RECALLS.asked(request)
    page, query = batches.page_of(request, list(found.lots.values()))
    amounts = [
        charts.Amount(STAGES[stage][0], count, "good" if stage == rules.DISPOSED else "plain")
        for stage, count in found.by_stage().items()
    ]
    parts = [
        Part(
            facts=_facts(visitor, found),
            charts=[charts.outcomes("Disclosures, by how far they are", amounts)],
        ),
        Part("Lots", table=_lots(visitor, found, page.object_list), page=page, query=query),
        Part("Places", table=_places(visitor, found)),
        *_to_read(visitor, found, desk),
    ]
    actions = []
    if desk == HERE and not found.closed_on:
        actions = [(RECALLS.url(HERE, found.id, "attest"), "Enter an attestation")]
        parts.append(_to_close(visitor, found))
    head = Head(desk, f"Recall {found.id}", up=RECALLS.up(desk), actions=actions)
    return pages.page(request, head, parts)


def _to_close(visitor: Visitor, found: Recall) -> Part:
    if visitor.person.id in recall_steps.entered_by(found.id):
        return Part("Close it", "You entered an attestation of it, so another person closes it.")
    says = "Once every place has attested its disposal; by another than entered what they attest."
    close = Part("Close it", says, submit="Go on to sign that it is closed")
    return RECALLS.button(HERE, "close", found.id, close)


def _facts(visitor: Visitor, found: Recall) -> list[tuple[str, object]]:
    facts: list[tuple[str, object]] = [
        ("Opened on", batches.day(found.opened_on)),
        ("Disposal due", batches.day(found.due_on)),
        ("How far", _stage(found.stage)),
        ("Disclosures", f"{found.disclosures:,}"),
        ("Packages closed", f"{len(found.packages):,}"),
    ]
    for source, rows in recalls.unread_rows(found).items():
        facts.append(("In no lot, for they could not be read", f"{rows:,} rows of {source}"))
    if kept := _kept(visitor, found):
        facts.append(("Kept by holds", kept))
    if found.closed_on:
        facts.append(("Closed on", batches.day(found.closed_on)))
    return facts


def _kept(visitor: Visitor, found: Recall) -> Cell | None:
    """Return which holds keep any of it; that nobody can say, where its sealed list is missing."""
    try:
        holds = recall_steps.holds_over(visitor.deployment.holder, found)
    except Misuse as lost:
        return Cell("It cannot be said", tag="bad", note=str(lost))
    says = "Sequestered, not destroyed, while they stand."
    return Cell(", ".join(each.id for each in holds), note=says) if holds else None


def _to_read(visitor: Visitor, found: Recall, desk: str) -> list[Part]:
    if not visitor.may(unsealing.RECALL_LIST):
        return []
    says = (
        "The list is sealed; the ledger commits to it. That you read it goes on the ledger first."
    )
    part = Part("Whom it covers", says, submit="Go on to sign that you read it")
    return [RECALLS.button(desk, "read", found.id, part)]


def table_of(found: Iterable[Recall], late: set[str], desk: str) -> Table:
    """Return the table of recalls, each a link to its page at ``desk``."""
    return table(
        "Recalls, the newest first",
        ["Recall", "Opened", "Disposal due", "How far", "Disclosures", "State"],
        [
            [
                Cell(one.id, url=RECALLS.url(desk, one.id)),
                batches.day(one.opened_on),
                batches.day(one.due_on),
                _stage(one.stage),
                one.disclosures,
                _state(one, late),
            ]
            for one in found
        ],
        stacked=True,
        empty="Nothing was recalled.",
        quiet=True,
    )


def _stage(stage: str) -> Cell:
    says, kind = STAGES[stage]
    return Cell(says, tag=kind)


def _state(one: Recall, late: set[str]) -> Cell:
    if one.closed_on:
        return Cell("Closed", tag="good", note=batches.day(one.closed_on))
    return Cell("Overdue", tag="bad") if one.id in late else Cell("Open", tag="busy")


def _lots(visitor: Visitor, found: Recall, lots: Iterable[rules.Lot]) -> Table:
    return table(
        "Lots: what one recipient holds of one source",
        ["Lot", "Source", "Recipient", "Disclosures", "Demanded", "How far"],
        [
            [
                Cell(lot.id),
                lot.source,
                batches.person(visitor, lot.custodian) if lot.custodian else None,
                lot.disclosures,
                batches.day(lot.demanded_on) if lot.demanded_on else None,
                _stage(found.stage_of(lot.id)),
            ]
            for lot in lots
        ],
        stacked=True,
        quiet=True,
    )


def _places(visitor: Visitor, found: Recall) -> Table:
    return table(
        "Places that hold any of it",
        ["Place", "Custodian", "Lots", "How far"],
        [
            [
                each.place.place,
                batches.person(visitor, each.place.custodian),
                ", ".join(sorted(each.lots, key=int)),
                _stage(each.stage) if each.told else Cell("Has not attested", tag="bad"),
            ]
            for each in found.places.values()
        ],
        stacked=True,
        empty="No place has attested yet.",
        quiet=True,
    )
