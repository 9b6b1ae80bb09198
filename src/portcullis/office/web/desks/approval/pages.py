"""One list before the approver: its root, its sample and the bound reached, and who did what."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portcullis.office import approval
from portcullis.office.models import Approval, Batch, DeterminationList
from portcullis.office.web import batches, became, sampled
from portcullis.office.web.desks import at_desk
from portcullis.office.web.parts import Cell
from portcullis.office.web.visitors import Visitor, visitor_of

_LONGEST = 2000


class SendBackForm(forms.Form):
    """Why a list is sent back."""

    reason = forms.CharField(
        label="Why you send it back",
        max_length=_LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept in the office, encrypted with the batch. Name no person.",
    )


@at_desk("approval")
def one(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Show one batch's list, to be approved or sent back."""
    return page(request, visitor_of(request), batches.batch_named(batch_id), SendBackForm())


def page(
    request: HttpRequest, visitor: Visitor, batch: Batch, form: SendBackForm, status: int = 200
) -> HttpResponse:
    """Return the page of a batch's list, with the ``form`` to send it back."""
    home = visitor.deployment.holder
    listed = batch.lists.filter(final=False).order_by("-number").first()
    sample = sampled.sample_of(batch)
    context: dict[str, Any] = {
        "batch": batch,
        "listed": listed,
        "sample": sample,
        "state": batches.state_cell(batch),
        "apart": batches.apart(visitor, "approve", batch),
        "others": batches.others(visitor, "approve", batch),
        "steps": batches.steps_table(home, batch),
        "sent_back": approval.reason_sent_back(home, batch),
        "form": form,
        "days": home.pack.thresholds.approval_days,
        "to_decide": batch.state == "examined",
        **became.context(home, batch),
    }
    if listed is not None:
        recorded = batch.impairments.count()
        context |= {
            "facts": _facts(visitor, batch, listed),
            "recorded": recorded == listed.eligible,
        }
    if sample is not None:
        context["sample_facts"] = sampled.drawn(sample)
    return render(request, "office/approval/batch.html", context, status=status)


def _facts(visitor: Visitor, batch: Batch, listed: DeterminationList) -> list[tuple[str, object]]:
    given = Approval.objects.filter(list=listed).select_related("act").first()
    recorded = batch.impairments.exists()
    facts: list[tuple[str, object]] = [
        ("State", batches.state_cell(batch)),
        ("List", f"Number {listed.number}, judged as of {batches.day(listed.as_of)}"),
        ("Ledger entry", f"{listed.entry_id:,}"),
        ("Root of the list", Cell(listed.root, mono=True)),
        ("Requests on it", f"{listed.leaves:,}"),
        ("Eligible", f"{listed.eligible:,}"),
        ("Prepared by", batches.person(visitor, listed.prepared_by)),
        ("Records under § 6103(i)(6)", "Made" if recorded else "Not made yet"),
    ]
    if given is not None:
        by = batches.person(visitor, given.act.person)
        facts.append(("Approved by", f"{by}, on {batches.day(given.act.at.date())}"))
        facts.append(("Approval expires after", batches.day(given.expires_on)))
    return facts
