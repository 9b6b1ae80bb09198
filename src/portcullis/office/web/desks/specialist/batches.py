"""The specialist's pages of batches: the list, one batch, its quarantine and its receipt."""

import json
from pathlib import Path

import polars as pl
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portcullis.errors import Refused
from portcullis.intake import DEFECTS
from portcullis.office import files, look_ups, referrals, whereabouts
from portcullis.office.home import Home
from portcullis.office.models import Batch
from portcullis.office.web import batches, became, reasons, working
from portcullis.office.web.desks import at_desk
from portcullis.office.web.parts import Cell, table
from portcullis.office.web.visitors import visitor_of

_ANY = ("", "Any")


class StateFilter(forms.Form):
    """Which batches are listed."""

    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[_ANY, *((state, name) for state, (name, _) in batches.STATES.items())],
    )


class DefectFilter(forms.Form):
    """Which quarantined rows are listed."""

    defect = forms.ChoiceField(
        label="Defect",
        required=False,
        choices=[_ANY, *((code, reasons.defect(code)) for code in DEFECTS)],
    )


@at_desk("specialist")
def every(request: HttpRequest) -> HttpResponse:
    """List every batch."""
    visitor = visitor_of(request)
    wanted = request.GET.get("state", "")
    found = Batch.objects.order_by("-received_on", "-id")
    page, query = batches.page_of(request, found.filter(state=wanted) if wanted else found)
    listed = batches.listed(
        whereabouts.of_each(visitor.deployment.holder, page.object_list),
        reverse("specialist:batches"),
        caption="Batches, the newest first",
        empty="No batch stands in that state." if wanted else "No batch was taken in yet.",
        visitor=visitor,
    )
    context = {"form": StateFilter(request.GET), "table": listed, "page": page, "query": query}
    return render(request, "office/specialist/batches.html", context)


@at_desk("specialist")
def one(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Show one batch: where it stands, what became of its requests, and why."""
    visitor = visitor_of(request)
    home, batch = visitor.deployment.holder, batches.batch_named(batch_id)
    stand = whereabouts.of(home, batch)
    task = working.newest(batch.id, "adjudicate", "supplement")
    context = {
        "batch": batch,
        "stand": stand,
        "facts": _facts(batch, stand),
        "steps": batches.steps_table(home, batch),
        "task": task,
        "progress": working.progress(visitor, task),
        "apart": batches.apart(visitor, "adjudicate", batch),
        "others": batches.others(visitor, "adjudicate", batch),
        "to_adjudicate": batch.state in {"received", "held"},
        "closed": _closed(home, batch),
    }
    context |= became.context(home, batch, reverse("specialist:quarantine", args=[batch.id]))
    if "erased" not in context:
        context["confirmed"] = _confirmed(home, batch)
    return render(request, "office/specialist/batch.html", context)


@at_desk("specialist")
def quarantine(request: HttpRequest, batch_id: str) -> HttpResponse:
    """List the rows that could not be taken in: row, field, defect and remedy, never a value."""
    home, batch = visitor_of(request).deployment.holder, batches.batch_named(batch_id)
    wanted = request.GET.get("defect", "")
    rows = files.read_step(
        home, batch, files.QUARANTINE, ["source_row", "field", "reason", "message"]
    )
    found = rows.filter(pl.col("reason") == wanted) if wanted else rows
    page, query = batches.page_of(request, batches.Rows(found))
    context = {
        "batch": batch,
        "form": DefectFilter(request.GET),
        "page": page,
        "query": query,
        "table": table(
            "Quarantined rows, in the order received",
            ["Row", "Field", "Defect", "What is wrong, and the remedy"],
            [
                [
                    Cell(f"{row['source_row']:,}"),
                    row["field"],
                    reasons.defect(row["reason"]),
                    row["message"],
                ]
                for row in page.object_list
            ],
            stacked=True,
            empty="No row has that defect." if wanted else "Every row was taken in.",
        ),
    }
    return render(request, "office/specialist/quarantine.html", context)


@at_desk("specialist")
def receipt(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Show the signed receipt of a batch."""
    home, batch = visitor_of(request).deployment.holder, batches.batch_named(batch_id)
    given = json.loads(_receipt(home, batch).read_bytes())
    facts = [(_RECEIPT[name], given[name], name in _DIGESTS) for name in _RECEIPT if name in given]
    context = {
        "batch": batch,
        "facts": [(label, Cell(reasons.said(value), mono=mono)) for label, value, mono in facts],
        "signature": given["signature"],
    }
    return render(request, "office/specialist/receipt.html", context)


@at_desk("specialist")
def receipt_file(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Give the signed receipt of a batch as the file that goes to the requester."""
    home, batch = visitor_of(request).deployment.holder, batches.batch_named(batch_id)
    given = HttpResponse(_receipt(home, batch).read_bytes(), content_type="application/json")
    given["Content-Disposition"] = f'attachment; filename="{batch.id}-receipt.json"'
    return given


_RECEIPT = {
    "batch_id": "Batch",
    "received_on": "Received on",
    "rows": "Rows received",
    "taken": "Taken in",
    "quarantined": "Quarantined",
    "unattested_officers": "Officers named without a valid attestation",
    "dropped_columns": "Columns that the agreement does not know, dropped",
    "ledger_position": "Ledger entry",
    "manifest_digest": "Digest of the manifest",
    "requests_root": "Root of the requests",
    "quarantine_digest": "Digest of the quarantine",
}
_DIGESTS = {"manifest_digest", "requests_root", "quarantine_digest"}


def _receipt(home: Home, batch: Batch) -> Path:
    path = home.outgoing / batch.id / files.RECEIPT
    if not path.is_file():
        raise Refused(
            "This batch has no receipt.",
            "If its intake was cut off, take the same transmittal in again: then it gets one.",
        )
    return path


def _facts(batch: Batch, stand: whereabouts.Whereabouts) -> list[tuple[str, object]]:
    return [
        ("State", batches.state_cell(batch)),
        ("Next", "; ".join(turn.says for turn in stand.turns) or "Nothing"),
        ("Waiting", batches.age(stand.days) if stand.turns else "No more"),
        ("Received on", batches.day(batch.received_on)),
        ("Answer day", batches.day(stand.answer_day)),
        ("Signed by", batch.signatory),
        ("Prepared by", batch.prepared_by),
        ("Agreement", f"Version {batch.agreement_version}"),
    ]


def _closed(home: Home, batch: Batch) -> list[str]:
    """Return why nobody of the batch may be looked up now, before there is a list."""
    if batch.state not in {"received", "held"}:
        return []
    return [reasons.sentence(each) for each in look_ups.may_look_up(home, batch).reasons]


def _confirmed(home: Home, batch: Batch) -> int:
    """Return how many confirmed findings wait for their list."""
    if batch.state != "determined" or batch.impairments.exists():
        return 0
    return len(referrals.confirmed(home, batch))
