"""One list before the sampler: its sample, and the sampled requests beside what is of record."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from portcullis import addresses, law, names
from portcullis.errors import Refused
from portcullis.office import files, referrals, review
from portcullis.office.home import Home
from portcullis.office.models import Batch
from portcullis.office.web import batches, drafts, sampled
from portcullis.office.web.desks import at_desk
from portcullis.office.web.parts import said
from portcullis.office.web.visitors import Visitor, visitor_of

ACT = "examine"
_PAGE = 10
_ADDRESS = ("address_line1", "address_line2", "city", "state", "zip")
_NAME = ("given_name", "middle_name", "family_name", "suffix")
_OF_RECORD = ("lka_line1", "lka_line2", "lka_city", "lka_state", "lka_zip")
_ROUTES = {
    "tin": "By TIN: TIN equal, name agrees, one of the addresses of record agrees",
    "name-address": "By name and address: one taxpayer of that name at that address of record",
}
# Shown by themselves, or in other words.
_APART = {"request_id", "tin", *_NAME, *_ADDRESS}


class VerdictFilter(forms.Form):
    """Which sampled requests are listed."""

    show = forms.ChoiceField(
        label="Show",
        required=False,
        choices=[
            ("", "All"),
            ("open", "Those without a verdict"),
            ("unlawful", "Those found unlawful"),
        ],
    )


@at_desk("sample")
def one(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Show one batch: what its sample will be, is, or came to."""
    visitor, batch = visitor_of(request), batches.batch_named(batch_id)
    home, sample = visitor.deployment.holder, sampled.sample_of(batch)
    context: dict[str, Any] = {
        "batch": batch,
        "state": batches.state_cell(batch),
        "sample": sample,
        "steps": batches.steps_table(home, batch),
    }
    if sample is None:
        context |= _to_draw(visitor, batch)
    else:
        context |= {
            "facts": sampled.drawn(sample),
            "apart": batches.apart(visitor, ACT, batch),
            "opened": review.has_opened(batch.id, visitor.person.id),
            "to_examine": batch.state == "sampled",
        }
    return render(request, "office/sample/batch.html", context)


@at_desk("sample")
def examine(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Show the sampled requests, to whoever is on the ledger as reading them."""
    visitor, batch = visitor_of(request), batches.batch_named(batch_id)
    home, person = visitor.deployment.holder, visitor.person.id
    sample = sampled.sample_of(batch)
    if sample is None or batch.state != "sampled" or not review.has_opened(batch.id, person):
        return redirect("sample:batch", batch.id)
    verdicts = drafts.read(home, batch, ACT, person)
    rows = review.sampled_requests(home, batch.id)
    page, query = batches.page_of(request, batches.Rows(_wanted(rows, verdicts, request)), _PAGE)
    context = {
        "batch": batch,
        "form": VerdictFilter(request.GET),
        "page": page,
        "query": query,
        "requests": [
            (
                row["request_id"],
                _asked(row, home.pack.fields),
                _found(row),
                verdicts.get(row["request_id"]),
            )
            for row in page.object_list
        ],
        "given": len(verdicts),
        "size": rows.height,
        "unlawful": sum(not lawful for lawful in verdicts.values()),
    }
    return render(request, "office/sample/examine.html", context)


def _to_draw(visitor: Visitor, batch: Batch) -> dict[str, Any]:
    if batch.state != "determined":
        return {}
    listed = files.list_in_force(batch)
    return {
        "facts": sampled.planned(visitor.deployment.holder, listed),
        "listed": listed,
        "apart": batches.apart(visitor, "sample", batch),
        "unlisted": _unlisted(visitor.deployment.holder, batch),
    }


def _unlisted(home: Home, batch: Batch) -> Refused | None:
    try:
        referrals.check_none_unlisted(home, batch)
    except Refused as refused:
        return refused
    return None


def _wanted(rows: pl.DataFrame, verdicts: Mapping[str, bool], request: HttpRequest) -> pl.DataFrame:
    match request.GET.get("show"):
        case "open":
            return rows.filter(~pl.col("request_id").is_in(list(verdicts)))
        case "unlawful":
            found = [each for each, lawful in verdicts.items() if not lawful]
            return rows.filter(pl.col("request_id").is_in(found))
    return rows


def _asked(row: Mapping[str, Any], fields: Iterable[str]) -> list[tuple[str, object]]:
    """Return what the request says, field by field; the TIN by its last four digits."""
    tin = str(row.get("tin") or "")
    return [
        ("Name", _joined(row, _NAME)),
        ("TIN", f"Ends in {tin[-4:]}" if tin else "None given"),
        ("Address", _joined(row, _ADDRESS)),
        *(
            (name.replace("_", " ").capitalize(), row[name])
            for name in fields
            if name not in _APART and row.get(name)
        ),
    ]


def _found(row: Mapping[str, Any]) -> list[tuple[str, object]]:
    """Return what would be disclosed, and how far the record agrees."""
    flags = [
        (fact.says[:1].upper() + fact.says[1:], _flag(name, row[name]))
        for name, fact in law.FACTS.items()
        if name in row and row[name] is not None and name not in {"lka_found", "lka_period"}
        and fact.source == law.FACTS["margin"].source
    ]  # fmt: skip
    return [
        ("Would be disclosed", _joined(row, _OF_RECORD)),
        ("Of the taxable period", row["lka_period"]),
        ("Route", _ROUTES.get(row["route"], row["route"])),
        *flags,
    ]


def _flag(name: str, value: object) -> str:
    """Return a comparison flag in words: a code by the sentence that says it."""
    reasons = {"tin_name": names.REASONS, "tin_address": addresses.REASONS}.get(name, {})
    return reasons.get(str(value)) or said(value)


def _joined(row: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return " ".join(str(row[name]) for name in names if row.get(name))
