"""Filing an order, or placing a hold: one person's act, which takes effect at once."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.errors import Misuse
from portcullis.office import notices, persons
from portcullis.office.home import Home
from portcullis.office.models import Batch, History, Placed
from portcullis.office.people import Actor
from portcullis.office.web import pages
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.counsel import said as says
from portcullis.office.web.documents import DocumentField
from portcullis.office.web.forms import DateInput
from portcullis.office.web.pages import Head
from portcullis.office.web.placed import STOPS
from portcullis.office.web.visitors import visitor_of
from portcullis.standing import EVERYTHING, Hold, Order, Scope, read_instant

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

ORDER, HOLD = "order-file", "hold-file"
_EVERYTHING, _NAMED = "everything", "named"


class HoldForm(pages.Form):
    """A preservation hold."""

    id = forms.CharField(
        label="Id",
        max_length=128,
        help_text="A short name of your own, for example tro-2026-02. Name no person.",
    )
    court = forms.CharField(
        label="Court", max_length=60, help_text="Its code or abbreviation: dcd, or D. Mass."
    )
    docket = forms.CharField(label="Docket", max_length=40, help_text="For example 1:25-cv-00457.")
    document = DocumentField(
        label="The document", help_text="Only its SHA-256 is kept; keep the document yourself."
    )
    reach = forms.ChoiceField(
        label="Scope",
        choices=[
            (_EVERYTHING, "Everything"),
            (_NAMED, "Only the batches and persons named below"),
        ],
        widget=forms.RadioSelect,
        initial=_EVERYTHING,
        help_text="In doubt, everything: it is lifted or filed anew once its scope is clear.",
    )
    batches = forms.CharField(
        label="Batches",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ids of batches or imported histories, one on each line.",
    )
    persons = forms.FileField(
        label="Persons under seal",
        required=False,
        help_text="A CSV file with the columns tin, given_name and family_name. Only keyed "
        "digests are kept; nobody reads here whom it names.",
    )

    def clean_batches(self) -> list[str]:
        """Return the batches named; raise ValidationError where a line names none."""
        lines = [line.strip() for line in self.cleaned_data["batches"].splitlines()]
        known = {*Batch.objects.values_list("id", flat=True),
                 *History.objects.values_list("id", flat=True)}  # fmt: skip
        off = [str(at) for at, line in enumerate(lines, start=1) if line and line not in known]
        if off:
            raise forms.ValidationError(
                f"No batch or history of the id on line {', '.join(off[:5])} is here. Mend it; "
                "or, where it cannot wait, choose everything."
            )
        return list(dict.fromkeys(filter(None, lines)))

    def clean(self) -> dict[str, Any]:
        """Raise ValidationError where the scope is to be named and nothing names it."""
        said = self.cleaned_data
        named = said.get("batches") or said.get("persons")
        if said.get("reach") == _NAMED and not named and not self.errors:
            self.add_error("reach", "Nothing is named. Name batches or persons, or everything.")
        if said.get("reach") == _EVERYTHING and named:
            self.add_error("reach", "Batches or persons are named. Choose them, or take them out.")
        return said


class OrderForm(HoldForm):
    """An order of court."""

    stops = forms.MultipleChoiceField(
        label="It stops",
        choices=list(STOPS.items()),
        widget=forms.CheckboxSelectMultiple,
        initial=list(STOPS),
        error_messages={"required": "Say what the order stops; in doubt, all three."},
    )
    effective = forms.CharField(
        label="Takes effect",
        required=False,
        max_length=40,
        help_text="Left empty: at once. Else a day or time: 2026-02-05, or 2026-02-05T17:00.",
    )
    zone = forms.CharField(
        label="Time zone",
        required=False,
        max_length=60,
        initial="America/New_York",
        help_text="That of the court's clock, for the time above.",
    )
    expires = forms.DateField(
        label="Last day by its own words",
        required=False,
        widget=DateInput,
        help_text="It stands after that day too, until two people lift it.",
    )

    field_order = ("id", "court", "docket", "document", "stops", "effective", "zone", "expires")

    def clean_zone(self) -> str:
        """Return the zone; raise ValidationError where the time it is of cannot be read."""
        effective, zone = self.cleaned_data.get("effective", ""), self.cleaned_data["zone"]
        if effective:
            try:
                self.cleaned_data["effective"] = read_instant(effective, zone).isoformat()
            except Misuse as error:
                self.add_error("effective", str(error))
        return str(zone)


@at_desk("counsel")
def order(request: HttpRequest) -> HttpResponse:
    """File an order: the gate closes at once for everything in its scope."""
    head = Head(
        "counsel",
        "File an order",
        "It takes effect when you have signed, for everything in its scope; the recipient is told "
        "at once. You alone file it; two people lift it.",
        [(reverse("counsel:orders"), "Orders and holds")],
    )
    return _ask(request, head, OrderForm(request.POST or None, request.FILES or None), ORDER)


@at_desk("counsel")
def hold(request: HttpRequest) -> HttpResponse:
    """Place a hold: nothing in its scope is erased, disposed of or destroyed."""
    head = Head(
        "counsel",
        "Place a hold",
        "From your signature on nothing in its scope is erased, disposed of or destroyed, here or "
        "with the recipient. You alone place it; two people lift it.",
        [(reverse("counsel:orders"), "Orders and holds")],
    )
    return _ask(request, head, HoldForm(request.POST or None, request.FILES or None), HOLD)


def _ask(request: HttpRequest, head: Head, form: HoldForm, act: str) -> HttpResponse:
    fixed: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        home = visitor_of(request).deployment.holder
        if Placed.objects.filter(id=form.cleaned_data["id"]).exists():
            form.add_error("id", "There is an order or hold of that id. Give it another.")
        sent = form.cleaned_data.pop("persons", None)
        if sent and not form.errors:
            named = _seal(home, form.cleaned_data["id"], sent)
            if named is None:
                form.add_error(
                    "persons",
                    "Whom the file means is not clear: a row has neither a TIN of nine digits nor "
                    "a name, or a column is unknown. Mend it; or, where it cannot wait, choose "
                    "everything.",
                )
            fixed["persons"] = named
    return pages.ask(request, head, form, act, fixed)


def _seal(home: Home, placed_id: str, sent: "UploadedFile[Any]") -> str | None:
    with TemporaryDirectory(dir=home.path) as folder:
        path = Path(folder) / "persons.csv"
        with path.open("wb") as file:
            file.writelines(sent.chunks())
        return persons.seal(home, placed_id, path)


def _scope(batches: Iterable[str], named: str | None) -> Scope:
    found = Scope.read({"batches": list(batches)}) if batches else EVERYTHING
    return replace(found, persons=(named,)) if named else found


def _placed(deployment: Deployment, data: Data) -> Order | Hold:
    scope = _scope(data["batches"], data.get("persons"))
    today = deployment.today()
    common = (data["id"], data["docket"], data["court"], today, data["document"], scope)
    if "stops" not in data:
        return Hold(*common)
    effective, expires = data["effective"], data["expires"]
    return Order(
        *common,
        stops=tuple(data["stops"]),
        effective_at=datetime.fromisoformat(effective) if effective else None,
        expires_on=datetime.fromisoformat(expires).date() if expires else None,
    )


def _file(deployment: Deployment, actor: Actor, data: Data) -> Done:
    row = notices.file(deployment.holder, actor, _placed(deployment, data))
    said = "The order is filed, and has closed the gate" if row.kind == "order" else "It is placed"
    reach = "to everything" if not row.entry["scope"] else "to what is in its scope"
    told = f"{said} {reach}." if row.kind == "order" else "The hold stands."
    return Done(reverse("counsel:order", args=[row.id]), told)


register(WebAct(ORDER, ORDER, "File an order", _file, takes=says.Order))
register(WebAct(HOLD, HOLD, "Place a hold", _file, takes=says.Hold))
