"""How far an order or a hold reaches: asked in a form, read so that doubt widens it, and counted.

What the form cannot know is asked again, for a mistyped id must not leave the gate open; what comes
past it (over the API) and is not clear is everything.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django import forms

from portcullis import law
from portcullis.office import persons, scopes
from portcullis.office.home import Home
from portcullis.office.persons import Named
from portcullis.office.web import pages
from portcullis.office.web.acts import Data
from portcullis.office.web.forms import DateInput, LinesField, given
from portcullis.office.web.parts import Cell
from portcullis.standing import EVERYTHING, Scope

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.datastructures import MultiValueDict

_EVERYTHING, _NAMED = "everything", "named"
_LISTED = {
    "batches": "No batch or history of the id on line {} is here.",
    "packages": "No package of the id on line {} is here.",
    "officers": "Nobody of the id on line {} is on the roster.",
    "statutes": "The statute on line {} is none that a request here rests on.",
}
"""What is named a line each, and how lines that name nothing here are told of."""
_CHOSEN = ("agreements", "readings")
_DAYS = {"from": "received_from", "to": "received_to"}
_SEALED = "Their requests come beside those counted here: nobody is looked for now."
_AGAIN = (
    "A file of persons was chosen before, and browsers keep no files. Choose it again, or tick "
    "below that there is none."
)
_UNCLEAR = (
    "Whom the file means is not clear: a row has neither a TIN of nine digits nor a name, a column "
    "is another, or it is no plain CSV. Mend it; or, where it cannot wait, choose everything."
)
_LONGEST = 8 * 1024 * 1024  # bytes of a file of persons that waits for its signature


class ScopeForm(pages.Form):
    """Everything, or what is named: what any one of the headings names lies in the scope."""

    reach = forms.ChoiceField(
        label="Scope",
        choices=[
            (_EVERYTHING, "Everything"),
            (_NAMED, "Only what is named below"),
        ],
        widget=forms.RadioSelect,
        initial=_EVERYTHING,
        help_text="In doubt, everything: it is lifted or filed anew once its scope is clear. What "
        "stands under any one of the headings below is reached, whether or not it stands under "
        "the others.",
    )
    batches = LinesField(
        label="Batches",
        help_text="Ids of batches or imported histories, one on each line.",
    )
    packages = LinesField(label="Packages", help_text="Ids of packages, one on each line.")
    officers = LinesField(
        label="Officers",
        help_text="Ids of the roster, one on each line: what was asked for, or sealed to, them.",
    )
    statutes = LinesField(label="Statutes")
    agreements = forms.MultipleChoiceField(
        label="Agreement", required=False, widget=forms.CheckboxSelectMultiple
    )
    readings = forms.MultipleChoiceField(
        label="Readings of the law",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(each.id, each.id) for each in law.READINGS],
        help_text="What was judged under one of them, or would be today.",
    )
    received_from = forms.DateField(label="Received from the day", required=False, widget=DateInput)
    received_to = forms.DateField(
        label="Received until the day",
        required=False,
        widget=DateInput,
        help_text="Both days are in the scope. One alone leaves the other end open.",
    )
    persons = forms.FileField(
        label="Persons under seal",
        required=False,
        help_text="A CSV file with the columns tin, given_name and family_name. Only keyed "
        "digests are kept, once you have signed; nobody reads here whom it names.",
    )
    without_persons = forms.BooleanField(
        label="It names no persons under seal after all", required=False
    )
    had_persons = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        home: Home,
        data: "QueryDict | None" = None,
        files: "MultiValueDict[str, Any] | None" = None,
    ) -> None:
        chosen = bool(files and files.get("persons"))
        if data is not None:
            data = data.copy()
            chosen = chosen or bool(data.get("had_persons"))
            data["had_persons"] = "on" if chosen else ""
        super().__init__(data, files)
        if not chosen:
            del self.fields["without_persons"]
        self._home = home
        pack = home.pack
        self.fields["agreements"].choices = [(pack.id, pack.agreement.title)]  # type: ignore[attr-defined]
        here = "; ".join(sorted({*pack.request.statutes, pack.agreement.legal_basis}))
        self.fields["statutes"].help_text = (
            f"Citations, one on each line. Requests here rest on {here}. A section is all that "
            "it contains."
        )

    def clean_persons(self) -> str:
        """Return the CSV's text; raise ValidationError where it is not clear whom it means."""
        sent = self.cleaned_data["persons"]
        if not sent:
            return ""
        if sent.size > _LONGEST:
            told = "The file is longer than 8 megabytes. File it from the command line."
            raise forms.ValidationError(told)
        data = bytes(sent.read())
        if persons.digested(self._home, "unsaid", data) is None:
            raise forms.ValidationError(_UNCLEAR)
        return data.decode()

    def clean(self) -> dict[str, Any]:
        """Raise ValidationError where what is named is not known, or is not what is chosen."""
        said = self.cleaned_data
        for kind in _LISTED:
            if kind in said:
                said[kind] = self._listed(kind, said[kind])
        had, without = said.pop("had_persons", False), said.pop("without_persons", False)
        if had and not without and not said.get("persons") and "persons" not in self.errors:
            self.add_error("persons", _AGAIN)
        first, last = said.get("received_from"), said.get("received_to")
        if first and last and last < first:
            self.add_error("received_to", "It lies before the first day. Mend one of them.")
        fields = (*_LISTED, *_CHOSEN, *_DAYS.values(), "persons")
        named = any(said.get(field) for field in fields)
        if said.get("reach") == _NAMED and not named and not self.errors:
            self.add_error("reach", "Nothing is named. Name what it reaches, or everything.")
        if said.get("reach") == _EVERYTHING and named:
            told = "Something is named below. Choose that, or take it out."
            self.add_error("reach", told)
        return said

    @cached_property
    def _known(self) -> Mapping[str, frozenset[str]]:
        return scopes.known(self._home)

    def _listed(self, kind: str, lines: Sequence[str]) -> list[str]:
        """Return what the lines name, with an error for each that names nothing here."""
        known = {kind: self._known[kind]} if any(lines) else {}
        off = [
            str(at)
            for at, line in enumerate(lines, start=1)
            if line and Scope.read({kind: [line]}).settled(known).everything
        ]
        if off:
            told = _LISTED[kind].format(", ".join(off[:5]))
            self.add_error(kind, f"{told} Mend it; or, where it cannot wait, choose everything.")
        return given(lines)


def scope_of(home: Home, data: Data) -> tuple[Scope, Named | None]:
    """Return the scope that an act's ``data`` says, and the persons that it names under seal.

    What is unclear, or unknown here, is everything.
    """
    written = {kind: data.get(kind) for kind in (*_LISTED, *_CHOSEN)}
    written["received"] = {end: data.get(name) for end, name in _DAYS.items() if data.get(name)}
    written = {kind: said for kind, said in written.items() if said}
    if not data.get("persons"):
        return scopes.read(home, written), None
    sealed = persons.digested(home, data["id"], data["persons"].encode())
    if sealed is None:
        return EVERYTHING, None
    return scopes.read(home, written, sealed), sealed


def reached(home: Home, scope: Scope, sealed: Named | None) -> list[tuple[str, object]]:
    """Return what a scope reaches today, counted, in words."""
    found = scopes.reach(home, scope)
    facts: list[tuple[str, object]] = [
        ("Batches reached whole", f"{found.batches:,}"),
        ("Requests in them", f"{found.requests:,}"),
        ("Packages already delivered", f"{found.delivered:,}"),
        ("Packages made and not delivered", f"{found.undelivered:,}"),
        ("Imported disclosures", f"{found.imported:,}"),
    ]
    if sealed is not None:
        facts.append(("Persons under seal", Cell(f"{sealed.count:,}", note=_SEALED)))
    return facts
