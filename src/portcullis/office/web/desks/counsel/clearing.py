"""Clearing, as counsel, the destruction of what a preservation hold keeps: named things only."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.agreements import Person
from portcullis.errors import Misuse
from portcullis.office import clearances, scopes
from portcullis.office.models import Package, Placed
from portcullis.office.people import Actor
from portcullis.office.web import batches, pages
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.counsel import said as says
from portcullis.office.web.desks.counsel.orders import UP, named
from portcullis.office.web.documents import DocumentField
from portcullis.office.web.forms import LinesField, given
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.standing import Scope, read_placed

ACT = clearances.ACT
_LISTED, _NAMED = "listed", "named"
_CLEARED = Cell("Cleared", tag="warn", note="It may be destroyed under this hold.")
_KEPT = Cell("Kept", tag="good")


class KeptFilter(forms.Form):
    """Which of the packages that a hold keeps are listed."""

    batch = forms.ChoiceField(label="Batch", required=False)
    officer = forms.ChoiceField(label="Officer", required=False)

    def __init__(self, data: Any, found: QuerySet[Package]) -> None:  # noqa: ANN401 - Django's
        super().__init__(data)
        for field, of in (("batch", "batch_id"), ("officer", "officer")):
            values = found.order_by(of).values_list(of, flat=True).distinct()
            self.fields[field].choices = [("", "Any"), *((each, each) for each in values)]  # type: ignore[attr-defined]


class ClearForm(pages.Form):
    """What may be destroyed, on whose authority."""

    which = forms.ChoiceField(
        label="Packages",
        choices=[
            (_NAMED, "Only the packages named below"),
            (_LISTED, "All that is listed above, whatever page it is on"),
        ],
        widget=forms.RadioSelect,
        initial=_NAMED,
    )
    packages = LinesField(label="Packages by their ids", help_text="One on each line.")
    histories = forms.MultipleChoiceField(
        label="Imported histories",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="The copies of all that one of them disclosed.",
    )
    docket = forms.CharField(
        label="Docket", max_length=40, help_text="Of what allows it: the court’s leave, say."
    )
    document = DocumentField(
        label="The document", help_text="What allows it. Only its SHA-256 is kept."
    )

    def __init__(self, histories: Sequence[str], *args: Any) -> None:  # noqa: ANN401 - Django's
        super().__init__(*args)
        if histories:
            self.fields["histories"].choices = [(each, each) for each in histories]  # type: ignore[attr-defined]
        else:
            del self.fields["histories"]

    def clean(self) -> dict[str, Any]:
        """Raise ValidationError where what is named is not what is chosen."""
        said = self.cleaned_data
        said["packages"] = given(said.get("packages", ()))
        if said.get("which") == _LISTED and said["packages"]:
            self.add_error("which", "Packages are named below. Choose them, or take them out.")
        if said.get("which") == _NAMED and not said["packages"] and not said.get("histories"):
            self.add_error("packages", "Nothing is named. Name packages, or an imported history.")
        return said


@at_desk("counsel")
def clear(request: HttpRequest, placed_id: str) -> HttpResponse:
    """Show what a hold keeps, and ask which of it may be destroyed."""
    visitor, row = visitor_of(request), _hold(placed_id)
    home, scope = visitor.deployment.holder, read_placed(row.entry).scope
    under = clearances.cleared_under("packages")
    kept = scopes.packages(home, scope).filter(state="delivered")
    filters = KeptFilter(request.GET, kept)
    shown = _filtered(filters, kept)
    page, query = batches.page_of(request, shown)
    histories = [each.id for each in scopes.histories(home, scope)]
    form = ClearForm(histories, request.POST or None, request.FILES or None)
    fixed: dict[str, Any] = {"hold": row.id}
    if request.method == "POST" and form.is_valid():
        fixed |= _asked(form, [each for each in shown if row.id not in under.get(each.id, ())])
    head = Head(
        "counsel",
        f"Clear destruction under {row.id}",
        "A hold overrides every disposal. What you clear may be destroyed all the same, under "
        "this hold alone: another that reaches it is cleared for itself.",
        [(reverse("counsel:orders"), UP), (reverse("counsel:order", args=[row.id]), row.id)],
    )
    parts = [
        Part(
            "Packages that it keeps",
            _says(scope),
            filters=filters,
            table=_kept(visitor, row, page.object_list, under),
            page=page,
            query=query,
        )
    ]
    return pages.ask(request, head, form, ACT, fixed, parts=parts)


def _hold(placed_id: str) -> Placed:
    row = named(placed_id)
    if row.kind != "hold" or not row.standing:
        raise Misuse("No hold of that id stands.", "See the list of orders and holds.")
    return row


def _filtered(filters: KeptFilter, kept: QuerySet[Package]) -> QuerySet[Package]:
    filters.full_clean()
    wanted = {of: value for of, value in filters.cleaned_data.items() if value}
    return kept.filter(**wanted).order_by("batch", "row", "officer")


def _asked(form: ClearForm, waiting: Sequence[Package]) -> dict[str, Any]:
    """Put what is listed and not cleared yet into the form; return how much is left after it."""
    if form.cleaned_data.pop("which") == _NAMED:
        return {}
    most = clearances.MOST_NAMED
    form.cleaned_data["packages"] = [each.id for each in waiting[:most]]
    if not waiting and not form.cleaned_data.get("histories"):
        form.add_error("which", "All that is listed is cleared already. List other packages.")
    return {"more": max(0, len(waiting) - most)}


def _says(scope: Scope) -> str:
    if not scope.persons:
        return ""
    return (
        "It names persons under seal too, and nobody is looked for here: name their packages by "
        "their ids."
    )


def _kept(
    visitor: Visitor, row: Placed, found: Iterable[Package], under: Mapping[str, set[str]]
) -> Table:
    return table(
        "Packages that the hold keeps",
        ["Package", "Batch", "Officer", "State"],
        [
            [
                Cell(each.id, mono=True),
                each.batch_id,
                batches.person(visitor, each.officer),
                _CLEARED if row.id in under.get(each.id, ()) else _KEPT,
            ]
            for each in found
        ],
        stacked=True,
        empty="No delivered package is listed.",
        quiet=True,
    )


def _clear(deployment: Deployment, actor: Actor, data: Data) -> Done:
    clearance = clearances.Clearance(
        data["hold"],
        data["docket"],
        data["document"],
        data["packages"],
        data.get("histories") or (),
    )
    clearances.clear(deployment.holder, actor, clearance)
    url = reverse("counsel:clear", args=[data["hold"]])
    return Done(url, "It is cleared: this hold keeps it no more.")


def _told(_deployment: Deployment, _person: Person, data: Data) -> Sequence[tuple[str, object]]:
    facts: list[tuple[str, object]] = [
        ("Packages", f"{len(data['packages']):,}"),
        ("Imported histories", f"{len(data.get('histories') or ()):,}"),
    ]
    if data.get("more"):
        facts.append(("Left for another clearance", f"{data['more']:,} packages"))
    return facts


register(WebAct(ACT, ACT, "Clear destruction", _clear, takes=says.Clearance, stands_for=_told))
