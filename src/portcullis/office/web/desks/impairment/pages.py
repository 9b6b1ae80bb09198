"""One batch before the impairment official: whom to mark, or what was recorded."""

from typing import Any

import polars as pl
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portcullis.errors import Refused
from portcullis.office import referrals, stages
from portcullis.office.home import Home
from portcullis.office.models import Batch
from portcullis.office.web import batches, drafts, eligible
from portcullis.office.web.desks import at_desk
from portcullis.office.web.parts import Cell, table
from portcullis.office.web.visitors import Visitor, visitor_of

ACT = "impairment"
STATES = ("determined", "sampled", "examined")
PAGE = 50


class MarkedFilter(forms.Form):
    """Which eligible requests are listed."""

    show = forms.ChoiceField(
        label="Show", required=False, choices=[("", "All"), ("marked", "Those that are barred")]
    )


class FileForm(forms.Form):
    """A file of the request ids that are barred."""

    ids = forms.FileField(
        label="File of request ids",
        help_text="A text file, one request id a line; marked beside those marked already.",
    )


@at_desk("impairment")
def one(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Show the eligible requests of a batch, to be marked; or what was recorded of them."""
    visitor, batch = visitor_of(request), batches.batch_named(batch_id)
    return page(request, visitor, batch, FileForm())


def page(
    request: HttpRequest, visitor: Visitor, batch: Batch, form: forms.Form, status: int = 200
) -> HttpResponse:
    """Return the batch's page, with ``form`` to mark by a file."""
    home = visitor.deployment.holder
    context: dict[str, Any] = {"batch": batch, "apart": batches.apart(visitor, ACT, batch)}
    if batch.impairments.exists():
        context |= _recorded(request, home, batch)
        return render(request, "office/impairment/recorded.html", context)
    context |= {"closed": _closed(home, batch), "form": MarkedFilter(request.GET)}
    if context["closed"] is None:
        marked = drafts.read(home, batch, ACT, visitor.person.id)
        every = eligible.requests(home, batch)
        shown = every.filter(pl.col("request_id").is_in(list(marked))) if _only(request) else every
        found, query = batches.page_of(request, shown["request_id"].to_list(), PAGE)
        context |= {
            "page": found,
            "query": query,
            "rows": [(each, marked.get(each, False)) for each in found.object_list],
            "eligible": every.height,
            "marked": len(marked),
            "draft": drafts.digest(home, batch, ACT, visitor.person.id),
            "file_form": form,
            "file_url": reverse("impairment:file", args=[batch.id]),
        }
    return render(request, "office/impairment/batch.html", context, status=status)


def _only(request: HttpRequest) -> bool:
    return request.GET.get("show") == "marked"


def _closed(home: Home, batch: Batch) -> Refused | None:
    """Return why nothing can be recorded now; None where it can."""
    try:
        stages.check_state(batch, *STATES)
        referrals.check_none_unlisted(home, batch)
    except Refused as refused:
        return refused
    return None


def _recorded(request: HttpRequest, home: Home, batch: Batch) -> dict[str, Any]:
    found = batch.impairments.order_by("row")
    records = found.filter(adverse=True) if _only(request) else found
    shown, query = batches.page_of(request, records, PAGE)
    names = dict(eligible.requests(home, batch).iter_rows())
    return {
        "form": MarkedFilter(request.GET),
        "page": shown,
        "query": query,
        "counts": (found.count(), found.filter(adverse=True).count()),
        "table": table(
            "Records under § 6103(i)(6), in the order received",
            ["Request", "Found"],
            [
                [
                    names.get(record.row, f"row {record.row}"),
                    Cell("Barred", tag="bad") if record.adverse else Cell("Not barred", tag="good"),
                ]
                for record in shown.object_list
            ],
            stacked=True,
            empty="None is barred.",
        ),
    }
