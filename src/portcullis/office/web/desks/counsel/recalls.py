"""Counsel's part in a recall: read the drafts of its demands, and record that they were sent."""

from collections.abc import Iterable
from datetime import date
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from portcullis.office import recall_demands, recall_steps, recalls, unsealing
from portcullis.office.people import Actor
from portcullis.office.web import batches, pages, shown, signing
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.counsel import said as says
from portcullis.office.web.documents import DocumentField
from portcullis.office.web.forms import DateInput
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.oversight import recall as rules
from portcullis.oversight.recall import Lot, Recall

DRAFTS, DEMAND = unsealing.RECALL_DRAFTS, "recall-demand"
_UP = "Recalls"
_STAGES = {
    rules.LISTED: ("Listed", "bad"),
    rules.ASKED: ("Demanded", "warn"),
    rules.FROZEN: ("Frozen", "busy"),
    rules.SEQUESTERED: ("Sequestered", "busy"),
    rules.DISPOSED: ("Disposed of", "good"),
}


class DemandForm(pages.Form):
    """For which lots the demand was sent, and when."""

    lots = forms.MultipleChoiceField(
        label="Lots that it was sent for",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Say for which lots the demand was sent."},
        help_text="A lot is what one recipient holds of one source.",
    )
    sent_on = forms.DateField(label="Sent on", widget=DateInput)
    document = DocumentField(
        label="The demand as it was sent", help_text="Only its SHA-256 is kept."
    )

    def __init__(self, visitor: Visitor, found: Recall, *args: object) -> None:
        waiting = [lot.id for lot in undemanded(found)]
        initial = {"lots": waiting, "sent_on": visitor.today}
        super().__init__(*args, initial=initial)
        self.fields["lots"].choices = [  # type: ignore[attr-defined]
            (lot.id, _lot_words(visitor, lot)) for lot in found.lots.values()
        ]


@at_desk("counsel")
def every(request: HttpRequest) -> HttpResponse:
    """List the recalls, and for how many lots of each a demand is still to be sent."""
    visitor = visitor_of(request)
    page, query = batches.page_of(request, list(reversed(recalls.every().values())))
    head = Head(
        "counsel",
        _UP,
        "The safeguards desk opens a recall and follows it to its end. You settle its demands, "
        "one for each recipient, and record that they were sent.",
    )
    listed = _listed(visitor, page.object_list)
    return pages.page(request, head, [Part(table=listed, page=page, query=query)])


@at_desk("counsel")
def one(request: HttpRequest) -> HttpResponse:
    """Show one recall: its lots, and for which a demand was sent."""
    visitor, found = visitor_of(request), _named(request)
    page, query = batches.page_of(request, list(found.lots.values()))
    facts: list[tuple[str, object]] = [
        ("Opened on", batches.day(found.opened_on)),
        ("Disposal due", batches.day(found.due_on)),
        ("How far", _stage(found.stage)),
        ("Disclosures", f"{found.disclosures:,}"),
        ("Lots without a demand", f"{len(undemanded(found)):,} of {len(found.lots):,}"),
    ]
    if found.closed_on:
        facts.append(("Closed on", batches.day(found.closed_on)))
    parts = [
        Part(facts=facts),
        Part("Lots", table=_lots(visitor, found, page.object_list), page=page, query=query),
        Part(
            "Drafts of the demands",
            "One for each recipient, with the ids of the requests it is of. That you read them "
            "goes on the ledger; they are shown once, and kept nowhere.",
            post=reverse("counsel:recall-drafts"),
            fields={"id": found.id},
            submit="Go on to sign that you read them",
        ),
    ]
    actions = []
    if not found.closed_on:
        actions.append((url("demand-recall", found.id), "Record a demand that was sent"))
    head = Head("counsel", f"Recall {found.id}", up=[_up()], actions=actions)
    return pages.page(request, head, parts)


@at_desk("counsel")
@require_POST
def drafts(request: HttpRequest) -> HttpResponse:
    """Begin the reading of a recall's drafts."""
    found = recalls.find(request.POST.get("id", ""))
    return signing.begin(request, DRAFTS, {"recall": found.id})


@at_desk("counsel")
def demand(request: HttpRequest) -> HttpResponse:
    """Record that the demand was sent."""
    visitor, found = visitor_of(request), _named(request)
    head = Head(
        "counsel",
        f"A demand of {found.id} that was sent",
        "From its day on the recipient is known to have been asked. What it then attests, the "
        "safeguards desk enters.",
        [_up(), (url("recall", found.id), found.id)],
    )
    form = DemandForm(visitor, found, request.POST or None, request.FILES or None)
    return pages.ask(request, head, form, DEMAND, {"recall": found.id})


def url(name: str, recall_id: str) -> str:
    """Return the address of a page of a recall; an id may have strokes in it."""
    return f"{reverse(f'counsel:{name}')}?{urlencode({'id': recall_id})}"


def undemanded(found: Recall) -> list[Lot]:
    """Return the lots for which no demand is recorded, and nothing is told of either."""
    if found.closed_on:
        return []
    return [lot for lot in found.lots.values() if not (lot.demanded_on or found.of_lot(lot.id))]


def _up() -> tuple[str, str]:
    return reverse("counsel:recalls"), _UP


def _named(request: HttpRequest) -> Recall:
    return recalls.find(request.GET.get("id", ""))


def _stage(stage: str) -> Cell:
    says, kind = _STAGES[stage]
    return Cell(says, tag=kind)


def _lot_words(visitor: Visitor, lot: Lot) -> str:
    whose = f", {batches.person(visitor, lot.custodian)}" if lot.custodian else ""
    sent = f"; sent on {batches.day(lot.demanded_on)}" if lot.demanded_on else ""
    return f"Lot {lot.id}: {lot.disclosures:,} of {lot.source}{whose}{sent}"


def _listed(visitor: Visitor, found: Iterable[Recall]) -> Table:
    return table(
        "Recalls, the newest first",
        ["Recall", "Opened", "Disposal due", "How far", "Demands"],
        [
            [
                Cell(one.id, url=url("recall", one.id)),
                batches.day(one.opened_on),
                batches.day(one.due_on),
                Cell("Closed", tag="good") if one.closed_on else _stage(one.stage),
                _demands(visitor, one),
            ]
            for one in found
        ],
        stacked=True,
        empty="Nothing was recalled.",
        quiet=True,
    )


def _demands(visitor: Visitor, one: Recall) -> Cell:
    waiting = len(undemanded(one))
    if not waiting:
        return Cell("None to be sent")
    late = visitor.today > one.due_on
    lots = "lot" if waiting == 1 else "lots"
    return Cell(f"For {waiting:,} {lots} not sent", tag="bad" if late else "warn")


def _lots(visitor: Visitor, found: Recall, lots: Iterable[Lot]) -> Table:
    return table(
        "Lots: what one recipient holds of one source",
        ["Lot", "Source", "Recipient", "Disclosures", "Demand sent", "How far"],
        [
            [
                Cell(lot.id),
                lot.source,
                batches.person(visitor, lot.custodian) if lot.custodian else None,
                lot.disclosures,
                batches.day(lot.demanded_on) if lot.demanded_on else Cell("Not sent", tag="warn"),
                _stage(found.stage_of(lot.id)),
            ]
            for lot in lots
        ],
        stacked=True,
        quiet=True,
    )


def _read(deployment: Deployment, actor: Actor, data: Data) -> Done:
    texts = recall_demands.drafts(deployment.holder, actor, data["recall"])
    back = url("recall", data["recall"])

    def show(request: HttpRequest) -> HttpResponse:
        head = Head(
            "counsel",
            f"Drafts of the demands of {data['recall']}",
            "Not sent: settle each, send it, then record that it was sent. They are shown once; "
            "to read them again is another act.",
            [_up(), (back, data["recall"])],
            [(url("demand-recall", data["recall"]), "Record a demand that was sent")],
        )
        found = [
            shown.Text(
                f"To {recipient}",
                f"recall-demand-{number}.md",
                text,
            )
            for number, (recipient, text) in enumerate(texts.items(), start=1)
        ]
        return shown.page(request, head, found)

    return Done(back, "The drafts were read.", show)


def _demanded(deployment: Deployment, actor: Actor, data: Data) -> Done:
    recall_steps.demanded(
        deployment.holder,
        actor,
        data["recall"],
        lots=data["lots"],
        sent_on=date.fromisoformat(data["sent_on"]),
        document=data["document"],
    )
    return Done(url("recall", data["recall"]), "It is recorded that the demand was sent.")


register(WebAct(DRAFTS, DRAFTS, "Read the drafts of a recall’s demands", _read, browser_only=True))
register(WebAct(DEMAND, DEMAND, "Record that a demand was sent", _demanded, takes=says.Demand))
