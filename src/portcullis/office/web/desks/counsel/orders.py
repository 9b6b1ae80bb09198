"""Orders and holds: all there were, one with what it reaches, and who has attested to it."""

from collections.abc import Iterable

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from portcullis.errors import Misuse
from portcullis.office import notices, persons
from portcullis.office.models import LiftApproval, Placed
from portcullis.office.people import Actor
from portcullis.office.web import batches, pages, placed, signing
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.counsel import said as says
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.standing import Order, read_placed

_KINDS = {"order": "Order", "hold": "Hold"}
UP = "Orders and holds"


class PlacedFilter(forms.Form):
    """Which of them are listed."""

    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "Both"), *_KINDS.items()])
    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[("", "Any"), ("stands", "Stands"), ("lifted", "Lifted")],
    )


@at_desk("counsel")
def every(request: HttpRequest) -> HttpResponse:
    """List every order and hold there was."""
    visitor = visitor_of(request)
    rows = Placed.objects.order_by("-standing", "-act_id").select_related("act")
    if kind := request.GET.get("kind"):
        rows = rows.filter(kind=kind)
    if state := request.GET.get("state"):
        rows = rows.filter(standing=state == "stands")
    page, query = batches.page_of(request, rows)
    head = Head(
        "counsel",
        UP,
        "An order closes the gate in its scope from its filing; a hold keeps what is in its scope. "
        "Each stands until two people lift it.",
        actions=[
            (reverse("counsel:file-order"), "File an order"),
            (reverse("counsel:place-hold"), "Place a hold"),
        ],
    )
    listed = table_of(visitor, page.object_list, "No order or hold is like that.")
    part = Part(filters=PlacedFilter(request.GET), table=listed, page=page, query=query)
    return pages.page(request, head, [part])


def table_of(visitor: Visitor, rows: Iterable[Placed], empty: str) -> Table:
    """Return the table of orders and holds, each a link to its page."""
    return table(
        "Orders and holds, those that stand first",
        ["Id", "Kind", "Court and docket", "State", "Scope", "It stops", "Filed (UTC)"],
        [
            [
                Cell(row.id, url=reverse("counsel:order", args=[row.id])),
                _KINDS[row.kind],
                f"{said.court} {said.docket}",
                placed.state_cell(row, said, visitor.deployment.now()),
                placed.scope_words(said.scope),
                placed.stops_words(said),
                Cell(batches.day(said.on), note=batches.person(visitor, row.act.person)),
            ]
            for row in rows
            for said in [read_placed(row.entry)]
        ],
        stacked=True,
        empty=empty,
        quiet=True,
    )


@at_desk("counsel")
def one(request: HttpRequest, placed_id: str) -> HttpResponse:
    """Show one order or hold, and how far its lifting is."""
    visitor, row = visitor_of(request), named(placed_id)
    said = read_placed(row.entry)
    facts: list[tuple[str, object]] = [
        ("State", placed.state_cell(row, said, visitor.deployment.now())),
        ("Court", said.court),
        ("Docket", said.docket),
        ("Scope", placed.scope_words(said.scope)),
        ("It stops", placed.stops_words(said)),
        ("In effect", placed.effect_words(said)),
        (
            "Filed by",
            f"{batches.person(visitor, row.act.person)}, on {placed.moment(row.act.at)}",
        ),
        ("Ledger entry", f"{row.act.entry_id:,}"),
        ("Source document (SHA-256)", Cell(said.document, mono=True)),
    ]
    if isinstance(said, Order) and said.expires_on is not None:
        facts.insert(6, ("Last day by its own words (UTC)", batches.day(said.expires_on)))
    parts = [Part(facts=facts)]
    if notices.tells(said):
        parts.append(_recipient(visitor, row))
    if row.id in persons.missing(visitor.deployment.holder):
        url = reverse("counsel:seal-again", args=[row.id])
        told = "This home has lost whom it names under seal: it reaches every request."
        parts.append(Part("Persons under seal", told, links=[(url, "Give them again")]))
    given = list(row.lifts.order_by("id"))
    mine = any(each.person == visitor.person.id for each in given)
    if given:
        waits = "It is lifted once a second person approves the same as another."
        listed = approvals(visitor, given)
        parts.append(Part("Lifting", waits if row.standing else "", table=listed))
    actions = []
    if row.standing:
        says = "Approve another decision instead" if mine else "Lift it"
        actions.append((reverse("counsel:lift", args=[row.id]), says))
    if row.standing and row.kind == "hold":
        actions.append((reverse("counsel:clear", args=[row.id]), "Clear destruction"))
    head = Head(
        "counsel",
        f"{_KINDS[row.kind]} {row.id}",
        up=[(reverse("counsel:orders"), UP)],
        actions=actions,
    )
    return pages.page(request, head, parts)


def approvals(visitor: Visitor, given: Iterable[LiftApproval]) -> Table:
    """Return the table of approvals of a lift: who approved it on which docket and document."""
    return table(
        "Approvals of its lifting",
        ["By", "Docket", "Document (SHA-256)", "On (UTC)"],
        [
            [
                batches.person(visitor, each.person),
                each.statement["docket"],
                Cell(each.statement["document"], mono=True),
                each.statement["on"],
            ]
            for each in given
        ],
        stacked=True,
        quiet=True,
    )


def _recipient(visitor: Visitor, row: Placed) -> Part:
    """Say whether the recipient's notice is written, and offer to have it written anew."""
    at = notices.written_at(visitor.deployment.holder, row.id)
    return Part(
        "The recipient",
        f"Its notice of what to freeze or keep was written on {placed.moment(at)}; it lists what "
        "was delivered by then."
        if at
        else "No notice has been written: the recipient was not told what to freeze or keep.",
        links=[
            (
                reverse("counsel:custodians", args=[row.id]),
                "Who holds what it reaches, and who has attested",
            )
        ],
        post=reverse("counsel:issue-notice", args=[row.id]),
        submit="Go on to sign that its notice is written anew",
    )


@at_desk("counsel")
@require_POST
def issue(request: HttpRequest, placed_id: str) -> HttpResponse:
    """Begin the act that writes the recipient's notice anew."""
    return signing.begin(request, notices.ISSUE, {"id": named(placed_id).id})


@at_desk("counsel")
def custodians(request: HttpRequest, placed_id: str) -> HttpResponse:
    """Show who holds what an order or hold reaches, and who has attested to it."""
    visitor, row = visitor_of(request), named(placed_id)
    found = notices.tracked(visitor.deployment.holder, row.id)
    page, query = batches.page_of(request, found.duties)
    rows = [
        [
            batches.person(visitor, each.custodian),
            each.disclosures,
            Cell("Attested", tag="good", note=f"{each.attested_at[:10]}, by {each.signed_by}")
            if each.attested_at
            else Cell("Outstanding", tag="bad" if found.standing else "plain"),
        ]
        for each in page.object_list
    ]
    part = Part(
        table=table(
            "Custodians",
            ["Custodian", "Disclosures in its scope", "Attestation"],
            rows,
            stacked=True,
            empty="Nobody holds anything that it reaches.",
            quiet=True,
        ),
        page=page,
        query=query,
    )
    count, of = len(found.duties) - len(found.outstanding), len(found.duties)
    head = Head(
        "counsel",
        f"Custodians of {row.id}",
        f"{count:,} of {of:,} have attested to what they hold. The safeguards desk enters what "
        "they sign.",
        [
            (reverse("counsel:orders"), UP),
            (reverse("counsel:order", args=[row.id]), row.id),
        ],
    )
    return pages.page(request, head, [part])


def named(placed_id: str) -> Placed:
    """Return the order or hold of an address. Raises Misuse where there is none."""
    row = Placed.objects.filter(id=placed_id).select_related("act").first()
    if row is None:
        raise Misuse("There is no order or hold of that id.", "See the list of orders and holds.")
    return row


def _issue(deployment: Deployment, actor: Actor, data: Data) -> Done:
    notices.issue(deployment.holder, actor, data["id"])
    desk = "counsel:order" if "counsel" in actor.person.roles else "safeguards:custodians"
    url = reverse(desk, args=[data["id"]])
    return Done(url, "The recipient’s notice is written anew. Send it.")


register(
    WebAct(
        notices.ISSUE,
        notices.ISSUE,
        "Write the recipient’s notice anew",
        _issue,
        takes=says.NoticeIssue,
    )
)
