"""Whether 5 U.S.C. 552a(b)(7) reaches disclosures: what counsel determined of each source."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.office import individuals
from portcullis.office.accounting import BATCH, HISTORY, Source
from portcullis.office.models import History, Package
from portcullis.office.people import Actor
from portcullis.office.web import batches, pages
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.counsel import said as says
from portcullis.office.web.documents import DocumentField
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, table
from portcullis.office.web.visitors import Visitor, visitor_of

ACT = individuals.DETERMINED
_UP = "What persons may be told"
_REACHED, _NOT = "reached", "not-reached"
_KINDS = {BATCH: "Batch", HISTORY: "Imported history"}


class DetermineForm(pages.Form):
    """Whether (b)(7) reaches what a batch or history disclosed."""

    of = forms.ChoiceField(label="Disclosures of")
    reached = forms.ChoiceField(
        label="Under (b)(7), for law enforcement",
        choices=[
            (_REACHED, "They were made under it: persons are not told of them"),
            (_NOT, "They were not: persons who ask are told of them"),
        ],
        widget=forms.RadioSelect,
    )
    document = DocumentField(
        label="The written determination", help_text="Only its SHA-256 is kept."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args, **kwargs)
        self.fields["of"].choices = [(each.id, _called(each)) for each in sources()]  # type: ignore[attr-defined]


@at_desk("counsel")
def every(request: HttpRequest) -> HttpResponse:
    """List what was disclosed from, and the newest determination of each."""
    visitor = visitor_of(request)
    newest = individuals.determinations()
    page, query = batches.page_of(request, sources())
    rows = [
        [
            Cell(each.id, url=f"{reverse('counsel:determine')}?of={each.id}"),
            _KINDS[each.kind],
            *_determined(visitor, newest.get(each)),
        ]
        for each in page.object_list
    ]
    listed = table(
        "Disclosures, by what they are of",
        ["Of", "Kind", "Persons who ask", "Determined"],
        rows,
        stacked=True,
        empty="Nothing was disclosed yet.",
        quiet=True,
    )
    head = Head(
        "counsel",
        _UP,
        "Who asks is told what was disclosed about them, except under 5 U.S.C. 552a(b)(7), for law "
        "enforcement (552a(c)(3)). Until you have determined that it does not reach a batch, they "
        "are told nothing of it. The newest determination counts.",
        actions=[(reverse("counsel:determine"), "Record a determination")],
    )
    return pages.page(request, head, [Part(table=listed, page=page, query=query)])


@at_desk("counsel")
def determine(request: HttpRequest) -> HttpResponse:
    """Record a determination of a batch or history."""
    head = Head(
        "counsel",
        "Record a determination",
        "Of all that a batch or an imported history disclosed; never of one person.",
        [(reverse("counsel:determinations"), _UP)],
    )
    form = DetermineForm(
        request.POST or None, request.FILES or None, initial={"of": request.GET.get("of", "")}
    )
    return pages.ask(request, head, form, ACT)


def sources() -> list[Source]:
    """Return the batches and histories that anything was disclosed of, by their ids."""
    delivered = Package.objects.filter(state="delivered").order_by("batch")
    histories = History.objects.order_by("id").values_list("id", flat=True)
    return [
        *(Source(BATCH, each) for each in delivered.values_list("batch", flat=True).distinct()),
        *(Source(HISTORY, each) for each in histories),
    ]


def undetermined() -> list[Source]:
    """Return those of ``sources`` that nobody has determined on: persons are told nothing."""
    newest = individuals.determinations()
    return [each for each in sources() if each not in newest]


def _called(source: Source) -> str:
    return f"{_KINDS[source.kind]} {source.id}"


def _determined(visitor: Visitor, said: Any) -> tuple[Cell, Cell | None]:  # noqa: ANN401 - an entry
    if said is None:
        return Cell("Not told", tag="warn", note="Nobody has determined on it."), None
    by = Cell(batches.person(visitor, said["by"]), note=f"on {said['at'][:10]}")
    if said["reached"]:
        return Cell("Not told", tag="plain", note="(b)(7) reaches it."), by
    return Cell("Told", tag="good", note="(b)(7) does not reach it."), by


def _determine(deployment: Deployment, actor: Actor, data: Data) -> Done:
    # Over the API it comes as it will: what does not say that they are told says that they are not.
    reached = data["reached"] != _NOT
    individuals.determine(
        deployment.holder, actor, data["of"], reached=reached, document=data["document"]
    )
    return Done(reverse("counsel:determinations"), "The determination is recorded.")


register(WebAct(ACT, ACT, "Record a determination on (b)(7)", _determine, takes=says.Determination))
