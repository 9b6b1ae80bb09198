"""The preparer's forms: a batch by a file, one request at a time, what the holder sent back."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from portcullis import law
from portcullis.agreements import Pack, Person
from portcullis.office.web import pages
from portcullis.office.web.drafting import labels

_BATCH_HELP = (
    "Letters, digits, points, hyphens. Addresses, the receipt and the answers will name it; it "
    "names no person."
)
_LONGEST = 1 << 20  # bytes of a receipt
_FILES = ".csv,.jsonl,.parquet,.xlsx"


class BatchForm(pages.Form):
    """How a new batch is called."""

    batch = forms.CharField(label="The batch's identifier", max_length=64, help_text=_BATCH_HELP)


class UploadForm(BatchForm):
    """A new batch, by a file."""

    file = forms.FileField(
        label="File",
        help_text="CSV, JSON Lines, Parquet or XLSX: one request a row, the agreement's fields as "
        "columns; 512 MB at most, in which Parquet holds the most. Nothing is sent yet. What is "
        "taken in is kept encrypted, and the file itself is removed.",
        widget=forms.FileInput(attrs={"accept": _FILES}),
    )


class AgainForm(pages.Form):
    """Another file in the place of a batch's requests."""

    file = forms.FileField(
        label="File",
        help_text="Its requests take the place of all that are in the batch now.",
        widget=forms.FileInput(attrs={"accept": _FILES}),
    )


class SignatoryForm(pages.Form):
    """Who is to sign the batch."""

    def __init__(self, signatories: list[Person], data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.fields["signatory"] = forms.ChoiceField(
            label="Signatory",
            help_text="The head of the agency, or its inspector general. Never who prepared it.",
            choices=[(each.id, f"{each.name}, {each.office}") for each in signatories],
        )


class ReceiptForm(pages.Form):
    """The holder's receipt."""

    receipt = forms.FileField(
        label="Receipt",
        help_text="The file receipt.json that the holder gave. Its signature is checked.",
    )

    def clean_receipt(self) -> UploadedFile[Any]:
        """Return the file; raise ValidationError for one longer than any receipt."""
        sent: UploadedFile[Any] = self.cleaned_data["receipt"]
        if (sent.size or 0) > _LONGEST:
            raise forms.ValidationError("That is no receipt: it is longer than a megabyte.")
        return sent


class AnswersForm(pages.Form):
    """The holder's answers, with their signature."""

    answers = forms.FileField(label="Answers", help_text="The file answers.jsonl.")
    signature = forms.FileField(label="Signature", help_text="The file answers.jsonl.jws.")


class ReasonForm(pages.Form):
    """Why something is done."""

    reason = forms.CharField(
        label="Reason",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="In your own words; do not name the person a request concerns.",
    )


class _Text(forms.CharField):
    def validate(self, value: str) -> None:
        """Let what is missing be missing: the check says it, with the law's own words."""


class _Choice(forms.ChoiceField):
    def validate(self, value: str) -> None:
        """Let what is missing be missing, and refuse what was not to be chosen."""
        if value:
            super().validate(value)


def request_form(
    pack: Pack, row: Mapping[str, str | None], data: QueryDict | None = None
) -> forms.Form:
    """Return the form of one request: the agreement's fields, in its order, with their hints.

    Nothing is required: what must stand there is the law's to say, and the check says it. ``row``
    is the request as it stands; no value of it is lost, whatever it is.
    """
    form = forms.Form(data, initial=dict(row))
    known, words = law.fields(pack.provisions), labels(pack)
    for rule in pack.request.fields:
        about = {
            "label": words[rule.name],
            "help_text": _hint(known[rule.name], pack),
            "required": rule.required,
        }
        here = row.get(rule.name) or ""
        form.fields[rule.name] = _field(known[rule.name], about, rule.max_length, here, pack)
    return form


def _field(
    field: law.Field, about: dict[str, Any], longest: int, here: str, pack: Pack
) -> forms.Field:
    if field.kind is law.Kind.ANSWER:
        answers = [("", "not answered"), ("yes", "yes"), ("no", "no")]
        return _Choice(choices=_with(answers, here), **about)
    if field.name == law.STATUTE.name:
        statutes = [("", "Choose one"), *((each, each) for each in pack.request.statutes)]
        return _Choice(choices=_with(statutes, here), **about)
    longest = max(longest, len(here))
    if field.kind is law.Kind.FREE_TEXT:
        area = forms.Textarea(attrs={"rows": 4})
        return _Text(max_length=longest, widget=area, **about)
    return _Text(max_length=longest, **about)


def _with(choices: list[tuple[str, str]], here: str) -> list[tuple[str, str]]:
    """Return the choices, and what stands there now where it is none of them."""
    known = any(value == here for value, _ in choices)
    return choices if known else [*choices, (here, f"{here} (as it stands)")]


def _hint(field: law.Field, pack: Pack) -> str:
    if field.name == law.ITEMS.name:
        how = f"One or more of {', '.join(pack.disclosure.items)}, with ; between."
    else:
        how = {
            law.Kind.YEARS: "Years, with ; between: 2022;2023.",
            law.Kind.DATE: "A day, written YYYY-MM-DD.",
            law.Kind.LIST: f"With ; between; for instance {field.example}.",
            law.Kind.TIN: f"For instance {field.example}.",
            law.Kind.CODE: f"For instance {field.example}.",
        }.get(field.kind, "")
    return f"{field.name}. {how}".strip()
