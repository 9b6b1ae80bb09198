"""The inspector's first page: the ledger, denied attempts, alarms; and what their authority is."""

from collections import Counter

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.office import denials
from portcullis.office.freshness import ledger_standing
from portcullis.office.models import Entry, Package
from portcullis.office.permissions import PERMISSIONS
from portcullis.office.web import alarming, batches, charts, denied, pages, reasons
from portcullis.office.web.desks import at_desk
from portcullis.office.web.desks.oversight import ledger
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Table, table
from portcullis.office.web.visitors import Visitor, visitor_of

_DUE = 5  # days in which an alarm is acknowledged


@at_desk("oversight")
def first(request: HttpRequest) -> HttpResponse:
    """Show the ledger's state, what was denied, and the alarms that stand."""
    visitor = visitor_of(request)
    home = visitor.deployment.holder
    found = alarming.standing(visitor)
    gate = ledger_standing(home)
    reports = Entry.objects.filter(kind="report-made").count()
    exports = Entry.objects.filter(kind="oversight-export").count()
    alarms = [] if gate.met else [
        pages.alarm("error", "The ledger closes the gate.", reasons.sentence(each))
        for each in gate.reasons
    ]  # fmt: skip
    return pages.first(
        request,
        Head(
            "oversight",
            "Oversight",
            "You see that the office keeps to the law: its ledger, its counts, what was denied. "
            "What you verify, you verify yourself, from files.",
            actions=[
                (reverse("oversight:ledger"), "The ledger"),
                (reverse("oversight:denials"), "Denied attempts"),
                (reverse("oversight:alarms"), "Alarms"),
                (reverse("oversight:reports"), "Reports and exports"),
                (reverse("oversight:accounting"), "The accounting"),
                (reverse("oversight:batches"), "Batches"),
                (reverse("oversight:explain"), "Explain a request"),
                (reverse("oversight:incidents"), "Incidents"),
                (reverse("oversight:recalls"), "Recalls"),
                (reverse("oversight:standing"), "May the recipient receive?"),
                (reverse("oversight:duties"), "What the recipient owes"),
                (reverse("oversight:histories"), "Histories and re-examinations"),
                (reverse("oversight:authority"), "What you may see and do"),
            ],
        ),
        alarms=alarms,
        stats=[
            {
                "label": "alarms stand",
                "value": len(found),
                "kind": "warn" if found else "good",
                "url": reverse("oversight:alarms"),
            },
            {
                "label": "attempts denied",
                "value": f"{denials.total():,}",
                "url": reverse("oversight:denials"),
            },
            {
                "label": "disclosures delivered",
                "value": f"{Package.objects.filter(state='delivered').count():,}",
                "note": _attested(),
                "url": reverse("oversight:accounting"),
            },
            {
                "label": "reports made",
                "value": f"{reports:,}",
                "note": f"{exports:,} exports.",
                "url": reverse("oversight:reports"),
            },
        ],
        waiting=alarming.listed(visitor, "oversight", found, "Alarms that stand"),
        charts=[
            denied.by_reason(),
            charts.ageing(
                "How long alarms have stood",
                Counter(alarming.waits(one, visitor) for one in found),
                due=_DUE,
            ),
            denied.per_month(visitor.today),
            batches.way(visitor.today),
        ],
        parts=[
            Part(
                "The ledger",
                facts=ledger.facts(home),
                links=[(reverse("oversight:ledger"), "Verify it yourself")],
            )
        ],
    )


@at_desk("oversight")
def authority(request: HttpRequest) -> HttpResponse:
    """Show what the visitor may see and do: the table of permissions, for them."""
    visitor = visitor_of(request)
    head = Head(
        "oversight",
        "What you may see and do",
        "The one table of who may do what, as it stands for you today. What is not here is "
        "denied, and the attempt is on the record.",
    )
    parts = [
        Part("You may do", table=_rights(visitor, reads=False)),
        Part("You may see", table=_rights(visitor, reads=True)),
    ]
    return pages.page(request, head, parts)


def _rights(visitor: Visitor, *, reads: bool) -> Table:
    found = [
        each
        for act, each in PERMISSIONS.items()
        if each.side == "holder" and each.reads == reads and visitor.may(act)
    ]
    if reads:
        seen = [[each.says, each.held_by] for each in found]
        return table("See", ["What", "Roles"], seen, stacked=True, quiet=True)
    done = [
        [each.says, "With a passkey" if each.binding else "With key or passkey", each.held_by]
        for each in found
    ]
    return table("Do", ["What", "Signed", "Roles"], done, stacked=True, quiet=True)


def _attested() -> str:
    newest = Entry.objects.filter(kind="accounting-attested").order_by("-position").first()
    if newest is None:
        return "Their accounting was never attested."
    return f"Their accounting was attested on {batches.day(batches.entry_day(newest))}."
