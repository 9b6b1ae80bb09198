"""Taking a transmittal in: sent from the browser, stored in the home, taken in by a worker."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from portcullis.intake import REFUSALS
from portcullis.office import entries, work
from portcullis.office.models import Batch, Entry
from portcullis.office.web import batches, working
from portcullis.office.web.desks import at_desk
from portcullis.office.web.parts import Cell, table
from portcullis.office.web.visitors import visitor_of
from portcullis.office.work import uploads

_SUFFIXES = (".csv", ".jsonl", ".parquet", ".xlsx")
_LONGEST_MANIFEST = 64 << 20


class TransmittalForm(forms.Form):
    """A transmittal: the batch file and its signed manifest."""

    batch = forms.FileField(
        label="Batch file",
        help_text="CSV, JSON Lines, Parquet or XLSX: one request a row.",
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(_SUFFIXES)}),
    )
    manifest = forms.FileField(
        label="Signed manifest",
        help_text="The file that stands beside the batch: its name ends in .manifest.json.",
        widget=forms.ClearableFileInput(attrs={"accept": ".json"}),
    )

    def clean_batch(self) -> "UploadedFile[Any]":
        """Return the batch file. Refuses one of no format that is taken in."""
        given: UploadedFile[Any] = self.cleaned_data["batch"]
        if not str(given.name).lower().endswith(_SUFFIXES):
            raise forms.ValidationError(" ".join(REFUSALS["format"]))
        return given

    def clean_manifest(self) -> "UploadedFile[Any]":
        """Return the manifest. Refuses what is too long to be one."""
        given: UploadedFile[Any] = self.cleaned_data["manifest"]
        if (given.size or 0) > _LONGEST_MANIFEST:
            raise forms.ValidationError(" ".join(REFUSALS["manifest"]))
        return given


@at_desk("specialist")
def intake(request: HttpRequest) -> HttpResponse:
    """Ask for a transmittal; on POST, store it and have a worker take it in."""
    if request.method != "POST":
        return _ask(request, TransmittalForm())
    form = TransmittalForm(request.POST, request.FILES)
    if not form.is_valid():
        return _ask(request, form, status=400)
    visitor = visitor_of(request)
    here = visitor.deployment
    sent, manifest = form.cleaned_data["batch"], form.cleaned_data["manifest"]
    stored = uploads.receive(
        here.holder.path, sent.name, sent.chunks(), manifest.chunks(), person=visitor.person.id
    )
    data, key = stored.as_json(), f"take-in/{stored.id}"
    task = work.begin(key, "take-in", "", visitor.person.id, "", here.now(), data)
    return redirect("specialist:taken", task.id)


@at_desk("specialist")
def taken(request: HttpRequest, task_id: str) -> HttpResponse:
    """Show how far a transmittal is taken in, and what it came to."""
    task = work.find(task_id)
    batch = Batch.objects.filter(id=task.result.get("batch", "")).first()
    progress = working.progress(visitor_of(request), task)
    context = {"task": task, "progress": progress, "batch": batch}
    return render(request, "office/specialist/taken.html", context)


@at_desk("specialist")
def refusals(request: HttpRequest) -> HttpResponse:
    """List the transmittals that were refused whole: the code, why, and the remedy."""
    found = Entry.objects.filter(kind="transmittal-refused").order_by("-position")
    page, query = batches.page_of(request, found)
    rows = [_refusal(entries.body(entry), entry.position) for entry in page.object_list]
    context = {
        "page": page,
        "query": query,
        "table": table(
            "Transmittals refused whole, the newest first",
            ["Refused on", "Code", "Why, and the remedy", "Digest of the file", "Ledger entry"],
            rows,
            stacked=True,
            empty="No transmittal was ever refused whole.",
        ),
    }
    return render(request, "office/specialist/refusals.html", context)


def _refusal(said: dict[str, Any], position: int) -> list[Any]:
    why, remedy = REFUSALS.get(said["code"], ("Refused.", ""))
    digest = Cell(said["file"] or "none", mono=bool(said["file"]))
    return [str(said["at"])[:10], said["code"], Cell(why, note=remedy), digest, position]


def _ask(request: HttpRequest, form: TransmittalForm, status: int = 200) -> HttpResponse:
    return render(request, "office/specialist/intake.html", {"form": form}, status=status)
