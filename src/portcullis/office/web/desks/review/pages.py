"""The reviewers' pages: the queue of a batch, and one near miss before anybody looks."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from portcullis.errors import Refused
from portcullis.matching import RULES
from portcullis.office import referrals
from portcullis.office.models import Batch
from portcullis.office.referrals import Waiting
from portcullis.office.web import batches
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.review import queues
from portcullis.office.web.desks.review.forms import RefuseForm
from portcullis.office.web.parts import Cell, table
from portcullis.office.web.visitors import Visitor, visitor_of

_ANY = ("", "Any")
_MINE, _OTHERS = "mine", "others"


class QueueFilter(forms.Form):
    """Which near misses of a batch are listed."""

    state = forms.ChoiceField(
        label="Where it stands",
        required=False,
        choices=[_ANY, *((state, says) for state, (says, _) in queues.STATES.items())],
    )
    whose = forms.ChoiceField(
        label="Found by",
        required=False,
        choices=[_ANY, (_MINE, "Me"), (_OTHERS, "Somebody else")],
    )
    rule = forms.ChoiceField(
        label="Rule", required=False, choices=[_ANY, *((rule, rule) for rule in RULES)]
    )


@at_desk("review")
def queue(request: HttpRequest, batch_id: str) -> HttpResponse:
    """List the near misses of a batch; nothing of a record is among it."""
    visitor = visitor_of(request)
    home, batch = visitor.deployment.holder, batches.batch_named(batch_id)
    context: dict[str, Any] = {"batch": batch, "ended": _ended(batch)}
    if context["ended"] is None:
        wanted = [
            each for each in queues.near_misses(home, batch) if _wanted(each, request, visitor)
        ]
        page, query = batches.page_of(request, wanted)
        context |= {
            "form": QueueFilter(request.GET),
            "page": page,
            "query": query,
            "apart": batches.apart(visitor, "review", batch),
            "table": table(
                "Near misses, in the order received",
                ["Request", "Row", "Where it stands", "Found by", "Rule", "Answered by"],
                [_line(visitor, batch, each) for each in page.object_list],
                stacked=True,
                empty="No near miss of the batch is like that.",
            ),
        }
    return render(request, "office/review/queue.html", context)


@at_desk("review")
def one(request: HttpRequest, batch_id: str, row: int) -> HttpResponse:
    """Show where the review of one near miss stands, and offer the look; nothing of a record."""
    visitor = visitor_of(request)
    home, batch = visitor.deployment.holder, batches.batch_named(batch_id)
    referrals.check_open(batch)
    miss = queues.one(home, batch, row)
    return render(request, "office/review/one.html", about(visitor, batch, miss))


@at_desk("review")
def rules(request: HttpRequest) -> HttpResponse:
    """Show the written rules by which an address may be found to be of record."""
    listed = table(
        "The written rules",
        ["Rule", "Says"],
        [[rule.id, rule.statement] for rule in RULES.values()],
        stacked=True,
    )
    return render(request, "office/review/rules.html", {"table": listed})


def about(visitor: Visitor, batch: Batch, miss: Waiting) -> dict[str, object]:
    """Return what every page of one near miss says of it; nothing of a record."""
    says, kind = queues.STATES[miss.state]
    own = miss.finder == visitor.person.id
    return {
        "batch": batch,
        "miss": miss,
        "facts": [
            ("Where it stands", Cell(says, tag=kind)),
            ("Found by", batches.person(visitor, miss.finder)),
            ("Rule", miss.rule),
            ("Answered by", batches.person(visitor, miss.confirmer)),
        ],
        "apart": batches.apart(visitor, "review", batch),
        "own": own,
        "to_find": miss.state in {"open", "refused"},
        "to_answer": miss.state == "found" and not own,
        "refuse_form": RefuseForm(),
    }


def _ended(batch: Batch) -> Refused | None:
    try:
        referrals.check_open(batch)
    except Refused as ended:
        return ended
    return None


def _wanted(each: Waiting, request: HttpRequest, visitor: Visitor) -> bool:
    state, whose, rule = (request.GET.get(name, "") for name in ("state", "whose", "rule"))
    own = each.finder == visitor.person.id
    return (
        state in {"", each.state}
        and rule in {"", each.rule}
        and (not whose or (bool(each.finder) and own == (whose == _MINE)))
    )


def _line(visitor: Visitor, batch: Batch, each: Waiting) -> list[object]:
    says, kind = queues.STATES[each.state]
    return [
        Cell(each.request_id, url=reverse("review:one", args=[batch.id, each.row])),
        each.row,
        Cell(says, tag=kind),
        batches.person(visitor, each.finder),
        each.rule,
        batches.person(visitor, each.confirmer),
    ]
