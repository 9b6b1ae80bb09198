"""Recalls: opened on a ground, attested place by place, closed once all is disposed of."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from portcullis import law
from portcullis.errors import PortcullisError
from portcullis.office import incidents, recall_steps, recalls
from portcullis.office.models import Batch, History, Reexamination
from portcullis.office.people import Actor
from portcullis.office.recall_cover import CAUSES, Ground, Named, cover
from portcullis.office.recall_steps import ATTESTED_AS, Attestation
from portcullis.office.web import batches, charts, pages, signing
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.safeguards import said as says
from portcullis.office.web.documents import DocumentField
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.oversight import recall as rules
from portcullis.oversight.recall import METHODS, Place, Recall

OPEN, ATTEST, CLOSE = "recall", "recall-attest", "recall-close"
_UP = "Recalls"
STAGES = {
    rules.LISTED: ("Listed", "bad"),
    rules.ASKED: ("Demanded", "warn"),
    rules.FROZEN: ("Frozen", "busy"),
    rules.SEQUESTERED: ("Sequestered", "busy"),
    rules.DISPOSED: ("Disposed of", "good"),
}
_CAUSES = {
    "unlawful-disclosure": "It should not have been disclosed",
    "reading-changed": "The reading of the law has changed",
    "order": "An order of a court reaches it",
    "incident": "A possible incident reaches it",
}
_METHODS = {
    "returned": "Returned",
    "destroyed": "Destroyed",
    "made-undisclosable": "Made undisclosable",
    "nothing-held": "Nothing was held",
}
_LONGEST = 20_000


class OpenForm(pages.Form):
    """What is recalled, and why: a ground that says itself what it covers, or things named."""

    id = forms.CharField(label="Id", max_length=80, help_text="A short name. Name no person.")
    why = forms.ChoiceField(
        label="Ground", help_text="A re-examination or a reading says itself what it covers."
    )
    batches = forms.CharField(
        label="Batches and imported histories",
        required=False,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ids, one on each line: all that a batch delivered, all of a history.",
    )
    packages = forms.CharField(
        label="Packages",
        required=False,
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ids of delivered packages, one on each line.",
    )

    def __init__(self, *args: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args)
        open_ = [each for each in incidents.register().incidents.values() if not each.closed_on]
        self.fields["why"].choices = [  # type: ignore[attr-defined]
            *((f"named {cause}", _CAUSES[cause]) for cause in CAUSES),
            *((f"incident {one.id}", f"Incident {one.id}") for one in open_),
            *(
                (f"reexamination {number}", f"What re-examination {number} found unlawful")
                for number in Reexamination.objects.values_list("number", flat=True)
            ),
            *(
                (f"reading {one.id}", f"All made under the reading {one.id}")
                for one in law.READINGS
            ),
        ]

    def clean_batches(self) -> list[str]:
        """Return the ids named, one of each."""
        return _lines(self.cleaned_data["batches"])

    def clean_packages(self) -> list[str]:
        """Return the ids named, one of each."""
        return _lines(self.cleaned_data["packages"])


class AttestForm(pages.Form):
    """What the custodian of one place certifies."""

    custodian = forms.CharField(
        label="Custodian", max_length=80, help_text="The id of an office or of the roster."
    )
    place = forms.CharField(
        label="Place", max_length=80, help_text="The id of the system it is kept in."
    )
    lots = forms.MultipleChoiceField(label="Lots held there", widget=forms.CheckboxSelectMultiple)
    stage = forms.ChoiceField(
        label="It is", choices=[(each, STAGES[each][0]) for each in ATTESTED_AS]
    )
    method = forms.ChoiceField(
        label="How it was disposed of",
        required=False,
        choices=[("", "Not disposed of"), *((each, _METHODS[each]) for each in METHODS)],
    )
    copies = forms.IntegerField(label="Copies", min_value=0, help_text="There are, or were; or 0.")
    derived = forms.IntegerField(label="Records made from it", min_value=0)
    actions = forms.IntegerField(label="Actions that rested on it", min_value=0)
    document = DocumentField(label="The signed attestation", help_text="Only its SHA-256 is kept.")

    def __init__(self, found: Recall, *args: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args)
        self.fields["lots"].choices = [  # type: ignore[attr-defined]
            (lot.id, f"Lot {lot.id}: {lot.disclosures:,} of {lot.source}")
            for lot in found.lots.values()
        ]


@at_desk("safeguards")
def every(request: HttpRequest) -> HttpResponse:
    """List the recalls, with their days and how far each is."""
    visitor = visitor_of(request)
    late = recall_steps.overdue(visitor.deployment.holder)
    page, query = batches.page_of(request, list(reversed(recalls.every().values())))
    listed = table_of(page.object_list, late, "Nothing was recalled.")
    head = Head(
        "safeguards",
        _UP,
        "What should not have left is closed at once, and its disposal demanded and followed to "
        "the end.",
        actions=[(reverse("safeguards:open-recall"), "Open a recall")],
    )
    return pages.page(request, head, [Part(table=listed, page=page, query=query)])


def table_of(found: Iterable[Recall], late: set[str], empty: str) -> Table:
    """Return the table of recalls, each a link to its page."""
    return table(
        "Recalls, the newest first",
        ["Recall", "Opened", "Disposal due", "How far", "Disclosures", "State"],
        [
            [
                Cell(one.id, url=url("recall", one.id)),
                batches.day(one.opened_on),
                batches.day(one.due_on),
                _stage(one.stage),
                one.disclosures,
                _state(one, late),
            ]
            for one in found
        ],
        stacked=True,
        empty=empty,
        quiet=True,
    )


@at_desk("safeguards")
def one(request: HttpRequest) -> HttpResponse:
    """Show one recall: its lots, the places that hold any of it, how far each is."""
    visitor, found = visitor_of(request), _named(request)
    home = visitor.deployment.holder
    holds = recall_steps.holds_over(home, found)
    page, query = batches.page_of(request, list(found.lots.values()))
    facts: list[tuple[str, object]] = [
        ("Opened on", batches.day(found.opened_on)),
        ("Disposal due", batches.day(found.due_on)),
        ("How far", _stage(found.stage)),
        ("Disclosures", f"{found.disclosures:,}"),
        ("Packages closed", f"{len(found.packages):,}"),
    ]
    if holds:
        kept = "Sequestered, not destroyed, while they stand."
        facts.append(("Kept by holds", Cell(", ".join(each.id for each in holds), note=kept)))
    if found.closed_on:
        facts.append(("Closed on", batches.day(found.closed_on)))
    amounts = [
        charts.Amount(STAGES[stage][0], count, "good" if stage == rules.DISPOSED else "plain")
        for stage, count in found.by_stage().items()
    ]
    parts = [
        Part(facts=facts, charts=[charts.outcomes("Disclosures, by how far they are", amounts)]),
        Part("Lots", table=_lots(visitor, found, page.object_list), page=page, query=query),
        Part("Places", table=_places(visitor, found)),
    ]
    actions = []
    if not found.closed_on:
        actions = [(url("attest-recall", found.id), "Enter an attestation")]
        parts.append(
            Part(
                "Close it",
                "Once every place has attested its disposal.",
                post=reverse("safeguards:close-recall"),
                fields={"id": found.id},
                submit="Go on to sign that it is closed",
            )
        )
    head = Head("safeguards", f"Recall {found.id}", up=[_up()], actions=actions)
    return pages.page(request, head, parts)


@at_desk("safeguards")
def open_(request: HttpRequest) -> HttpResponse:
    """Open a recall of all that a ground covers."""
    visitor = visitor_of(request)
    form = OpenForm(request.POST or None)
    fixed: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        fixed = _asked(form)
        try:
            incidents.check_id("id", form.cleaned_data["id"])
            covered = cover(visitor.deployment.holder, _ground(fixed), _things(fixed))
            fixed["disclosures"] = covered.height
        except PortcullisError as error:
            pages.refuse(form, error)
        if form.cleaned_data.get("id") in recalls.every():
            form.add_error("id", "There is a recall of that id already. Give it another.")
    head = Head(
        "safeguards",
        "Open a recall",
        "From your signature on no package of it can be opened. The recipient is to dispose of it "
        f"within {visitor.deployment.pack.safeguards.disposal_days} days.",
        [_up()],
    )
    return pages.ask(request, head, form, OPEN, fixed)


@at_desk("safeguards")
def attest(request: HttpRequest) -> HttpResponse:
    """Enter what the custodian of one place certifies."""
    found = _named(request)
    head = Head(
        "safeguards",
        f"Attestation for {found.id}",
        "What the custodian of one place has signed. A disposal is refused while a preservation "
        "hold reaches it that counsel has not cleared.",
        [_up(), (url("recall", found.id), found.id)],
    )
    form = AttestForm(found, request.POST or None, request.FILES or None)
    return pages.ask(request, head, form, ATTEST, {"recall": found.id})


@at_desk("safeguards")
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Begin the act that closes a recall."""
    found = recalls.find(request.POST.get("id", ""))
    return signing.begin(request, CLOSE, {"recall": found.id})


def url(name: str, recall_id: str) -> str:
    """Return the address of a page of a recall; an id may have strokes in it."""
    return f"{reverse(f'safeguards:{name}')}?{urlencode({'id': recall_id})}"


def _up() -> tuple[str, str]:
    return reverse("safeguards:recalls"), _UP


def _named(request: HttpRequest) -> Recall:
    return recalls.find(request.GET.get("id", ""))


def _lines(text: str) -> list[str]:
    return list(dict.fromkeys(filter(None, (line.strip() for line in text.splitlines()))))


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


def _asked(form: forms.Form) -> dict[str, Any]:
    """Take apart what is asked: the ground and its object, batches, histories and packages."""
    said = form.cleaned_data
    kind, _, of = said.pop("why").partition(" ")
    named = said.pop("batches")
    histories = set(History.objects.filter(id__in=named).values_list("id", flat=True))
    known = histories | set(Batch.objects.filter(id__in=named).values_list("id", flat=True))
    off = [str(at) for at, each in enumerate(named, start=1) if each not in known]
    if off:
        form.add_error(
            "batches", f"No batch or history of the id on line {', '.join(off[:5])} is here."
        )
    return {
        "kind": kind,
        "of": of,
        "batches": [each for each in named if each not in histories],
        "histories": sorted(histories),
        "packages": said.pop("packages"),
    }


def _ground(data: Data) -> Ground:
    return Ground(data["kind"], data["of"])


def _things(data: Data) -> Named:
    return Named(tuple(data["packages"]), tuple(data["batches"]), tuple(data["histories"]))


def _open(deployment: Deployment, actor: Actor, data: Data) -> Done:
    asked = recalls.Asked(data["id"], _ground(data), _things(data))
    found = recalls.open_recall(deployment.holder, actor, asked)
    told = f"{found.disclosures:,} disclosures are recalled; none of them can be opened any more."
    return Done(url("recall", found.id), told)


def _ordering(_deployment: Deployment, data: Data) -> tuple[str, Mapping[str, Any]]:
    """Return what is signed: all that is asked. The list it covers is made, with a salt, after."""
    return "", dict(data)


def _attest(deployment: Deployment, actor: Actor, data: Data) -> Done:
    said = Attestation(
        place=Place(data["custodian"], data["place"]),
        lots=data["lots"],
        stage=data["stage"],
        copies=data["copies"],
        derived_records=data["derived"],
        actions_taken=data["actions"],
        document=data["document"],
        method=data["method"],
    )
    recall_steps.attest(deployment.holder, actor, data["recall"], said)
    return Done(url("recall", data["recall"]), "The attestation is entered.")


def _close(deployment: Deployment, actor: Actor, data: Data) -> Done:
    recall_steps.close(deployment.holder, actor, data["recall"])
    return Done(url("recall", data["recall"]), "The recall is closed.")


register(WebAct(OPEN, OPEN, "Open a recall", _open, _ordering, says.RecallOpening))
register(WebAct(ATTEST, ATTEST, "Enter an attestation", _attest, takes=says.RecallAttestation))
register(WebAct(CLOSE, CLOSE, "Close a recall", _close, takes=says.OfRecall))
