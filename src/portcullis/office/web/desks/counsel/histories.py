"""Disclosures made elsewhere: importing a file of them, and comparing them with the records."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST
from pydantic import Field

from portcullis import law
from portcullis.errors import PortcullisError
from portcullis.intake import FORMATS
from portcullis.office import histories, work
from portcullis.office.people import Actor
from portcullis.office.web import pages, past, signing, working
from portcullis.office.web.acts import Data, Done, WebAct, register
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.desks import at_desk
from portcullis.office.web.pages import Head
from portcullis.office.web.said import Among, Digest, Id, Said
from portcullis.office.web.visitors import visitor_of
from portcullis.office.work import uploads

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

IMPORT, COMPARE = "history-import", "history-compare"
_SUFFIXES = tuple(f".{each}" for each in FORMATS)
_READINGS = [each.id for each in law.READINGS]


class OfHistory(Said):
    """The act is done to an imported history."""

    history: Id


class Import(OfHistory):
    """A file of disclosures, sent before; what the history is called; what they were made under."""

    upload: Annotated[str, Field(max_length=36, description="The id of the upload.")]
    name: Annotated[str, Field(max_length=80, description="The name that it was given here.")]
    sha256: Digest
    made_under: Annotated[list[Annotated[str, Among.of(_READINGS)]], Field(max_length=100)]


class ImportForm(pages.Form):
    """A file of disclosures, and what is known of how they were made."""

    history = forms.CharField(
        label="Id",
        max_length=80,
        help_text="A short name, for example irs-august-2025. Name no person.",
    )
    file = forms.FileField(
        label="File of disclosures",
        help_text="CSV, JSON Lines, Parquet or XLSX: the fields of the request each one answered, "
        "and disclosed_on and disclosed_to.",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(_SUFFIXES)}),
    )
    made_under = forms.MultipleChoiceField(
        label="Readings that they were made under, as far as known",
        required=False,
        choices=[(each, each) for each in _READINGS],
        widget=forms.CheckboxSelectMultiple,
    )

    def clean_file(self) -> "UploadedFile[Any]":
        """Return the file; raise ValidationError where it is of no format that is read."""
        sent: UploadedFile[Any] = self.cleaned_data["file"]
        if not str(sent.name).lower().endswith(_SUFFIXES):
            raise forms.ValidationError(
                "The file is none of CSV, JSON Lines, Parquet or XLSX. Its name ends so: "
                f"{', '.join(_SUFFIXES)}."
            )
        return sent


@at_desk("counsel")
def import_(request: HttpRequest) -> HttpResponse:
    """Ask for a file of disclosures; on POST, keep it and go on to sign its import."""
    form = ImportForm(request.POST or None, request.FILES or None)
    head = Head(
        "counsel",
        "Import a history",
        "Each row becomes a disclosure in the permanent accounting, with the request it answered. "
        "Rows that cannot be read are listed, and counted too.",
        [(reverse("counsel:histories"), past.HISTORIES)],
    )
    if request.method == "POST" and form.is_valid():
        home = visitor_of(request).deployment.path
        sent: UploadedFile[Any] = form.cleaned_data.pop("file")
        stored = uploads.receive(home, str(sent.name), sent.chunks())
        try:
            return signing.begin(request, IMPORT, {**form.cleaned_data, **stored.as_json()})
        except PortcullisError as error:
            uploads.remove(home, stored.id)
            pages.refuse(form, error)
    return pages.asking(request, head, form, submit="Go on to sign")


@at_desk("counsel")
@require_POST
def compare(request: HttpRequest, history_id: str) -> HttpResponse:
    """Begin the comparison of an imported history with the records."""
    return signing.begin(request, COMPARE, {"history": history_id})


def _import_ordering(deployment: Deployment, data: Data) -> tuple[str, Mapping[str, Any]]:
    """Return what is signed; refuse, before it is, what cannot be imported."""
    histories.check_new(data["history"], data["sha256"], data["made_under"])
    uploads.path_of(deployment.path, data["upload"], data["name"])
    return work.ordering("", data)


def _compare_ordering(_deployment: Deployment, data: Data) -> tuple[str, Mapping[str, Any]]:
    histories.check_uncompared(histories.find_history(data["history"]))
    return work.ordering("", data)


def _import(deployment: Deployment, actor: Actor, data: Data) -> Done:
    return working.begin(deployment, actor, IMPORT, "", data, reverse("counsel:histories"))


def _compare(deployment: Deployment, actor: Actor, data: Data) -> Done:
    return working.begin(deployment, actor, COMPARE, "", data, reverse("counsel:histories"))


register(WebAct(IMPORT, IMPORT, "Import a history", _import, _import_ordering, Import))
register(
    WebAct(
        COMPARE,
        COMPARE,
        "Compare a history with the records",
        _compare,
        _compare_ordering,
        OfHistory,
    )
)
