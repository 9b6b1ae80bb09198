"""One batch before the transmitter: its gate, its release as it goes, its packages."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portcullis.office import approval, entries, whereabouts
from portcullis.office.models import Batch, Entry
from portcullis.office.web import batches, charts, reasons, working
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.transmission import gate, states
from portcullis.office.web.parts import Cell, table
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.office.whereabouts import Whereabouts

_PAGE = 50
_ANY = ("", "Any")


class PackageFilter(forms.Form):
    """Which packages are listed."""

    state = forms.ChoiceField(
        label="State",
        required=False,
        choices=[_ANY, *((state, says) for state, (says, _, _) in states.STATES.items())],
    )
    reason = forms.ChoiceField(label="Why not sent", required=False)

    def __init__(self, batch: Batch, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        found = batch.packages.exclude(reason="").order_by("reason").values_list("reason")
        told = [(code, reasons.not_sent(code)[0]) for (code,) in found.distinct()]
        self.fields["reason"].choices = [_ANY, *told]  # type: ignore[attr-defined]


@at_desk("transmission")
def one(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Show one batch: whether it can be released, how far its release is, what became of it."""
    visitor, batch = visitor_of(request), batches.batch_named(batch_id)
    home = visitor.deployment.holder
    stand = whereabouts.of(home, batch)
    task = working.newest(batch.id, "release")
    counts = states.counted(batch.packages.all())
    url = reverse("transmission:packages", args=[batch.id])
    context = {
        "batch": batch,
        "facts": _facts(stand),
        "gate": gate.now(home),
        "task": task,
        "progress": working.progress(visitor, task),
        "step": _step(stand, visitor),
        "apart": batches.apart(visitor, "transmit", batch),
        "others": batches.others(visitor, "transmit", batch),
        "sent_back": approval.reason_sent_back(home, batch),
        "packages": charts.outcomes("Packages", states.amounts(counts, url)) if counts else None,
        "answered": _answered(batch),
        "steps": batches.steps_table(home, batch),
    }
    return render(request, "office/transmission/batch.html", context)


@at_desk("transmission")
def packages(request: HttpRequest, batch_id: str) -> HttpResponse:
    """List the packages of a batch: to whom, and what became of each; nothing of what is in it."""
    visitor, batch = visitor_of(request), batches.batch_named(batch_id)
    found = batch.packages.order_by("row", "officer").select_related("concluded")
    if state := request.GET.get("state"):
        found = found.filter(state=state)
    if reason := request.GET.get("reason"):
        found = found.filter(reason=reason)
    page, query = batches.page_of(request, found, _PAGE)
    rows = []
    for package in page.object_list:
        says, _, kind = states.STATES[package.state]
        why, remedy = reasons.not_sent(package.reason) if package.reason else ("", "")
        rows.append(
            [
                Cell(package.id, mono=True),
                batches.person(visitor, package.officer),
                Cell(says, tag=kind),
                Cell(why, note=remedy) if why else None,
                package.concluded_id if package.concluded_id is not None else package.authorised_id,
            ]
        )
    context = {
        "batch": batch,
        "form": PackageFilter(batch, request.GET),
        "page": page,
        "query": query,
        "table": table(
            "Packages, in the order of their requests",
            ["Package", "Sealed to", "State", "Why not sent, and the remedy", "Ledger entry"],
            rows,
            stacked=True,
            empty="No package is like that.",
        ),
    }
    return render(request, "office/transmission/packages.html", context)


def _facts(stand: Whereabouts) -> list[tuple[str, object]]:
    batch = stand.batch
    facts: list[tuple[str, object]] = [
        ("State", batches.state_cell(batch)),
        ("Answer day", batches.day(stand.answer_day)),
        ("Received on", batches.day(batch.received_on)),
        ("Rows received", f"{batch.taken + batch.quarantined:,}"),
    ]
    if stand.expires_on is not None:
        facts.insert(1, ("Approved until", batches.day(stand.expires_on)))
    return facts


def _step(stand: Whereabouts, visitor: Visitor) -> dict[str, str] | None:
    """Return what the transmitter can do now: heading, what it does, the button's words."""
    today, batch = visitor.today, stand.batch
    if "transmit" not in stand.acts:
        return None
    if today < stand.answer_day:
        return {
            "heading": f"Not before {batches.day(stand.answer_day)}",
            "text": "The whole batch is answered together on its answer day, so that nobody learns "
            "anything from the time of an answer.",
        }
    if batch.state == "approved":
        if stand.expires_on is not None and today > stand.expires_on:
            return {
                "heading": "The approval has expired",
                "text": "Nothing of this list can be released any more.",
            }
        return {
            "heading": "Release",
            "text": "Each package is authorised on the ledger, judged again, sealed to its "
            "officer, and published only while the gate is open to it; then the batch is "
            "answered. You sign the act, and the work is done in the background.",
            "submit": "Go on to sign the release",
        }
    if batch.state == "releasing":
        return {
            "heading": "Finish the release",
            "text": "The release was stopped or cut off. It goes on where it stopped; nothing is "
            "sent twice.",
            "submit": "Go on with the release",
        }
    return {
        "heading": "Answer the batch",
        "text": "Nothing of it is released. Every request gets its public answer.",
        "submit": "Go on to sign the answer",
    }


def _answered(batch: Batch) -> list[tuple[str, object]]:
    entry = Entry.objects.filter(batch=batch.id, kind="answered").first()
    if entry is None:
        return []
    said = entries.body(entry)
    return [
        ("Answered on", str(said["at"])[:10]),
        ("Ledger entry", f"{entry.position:,}"),
        ("Digest of the answers", Cell(str(said["answers"]), mono=True)),
    ]
