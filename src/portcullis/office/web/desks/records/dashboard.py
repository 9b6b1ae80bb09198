"""What working data is due under the schedule, the holds that keep it, what was disposed of."""

from collections import Counter
from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from portcullis.office import retention
from portcullis.office.keystore import BATCH, HISTORY, REEXAMINATION, Erasable
from portcullis.office.models import Erasure
from portcullis.office.orders import standing_holds
from portcullis.office.retention import Due, Waiting
from portcullis.office.web import batches, charts, pages, placed
from portcullis.office.web.desks import at_desk
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.standing import Hold

KINDS = {BATCH: "Batch", HISTORY: "Imported history", REEXAMINATION: "Re-examination"}
_DUE = 30  # days after its day in which working data is disposed of
_SHOWN = 25


@at_desk("records")
def first(request: HttpRequest) -> HttpResponse:
    """Show what is due, and what a hold keeps."""
    visitor = visitor_of(request)
    home = visitor.deployment.holder
    due = retention.waiting(home)
    begun = [each for each in due if each.begun]
    days = home.pack.retention.working_data_days
    page, query = batches.page_of(request, due, _SHOWN)
    holds = standing_holds()
    alarms = [
        pages.alarm(
            "error",
            f"The disposal of {name(each.what)} is not finished.",
            "Nobody can read it any more. Sign it again, and it goes on where it stopped.",
        )
        for each in begun
    ]
    return pages.first(
        request,
        Head(
            "records",
            "Records officer",
            f"You dispose of working data once its day has come: {days:,} days after its batch "
            "was answered, or it was imported or made. Accounting and ledger are permanent.",
            actions=[
                (reverse("records:kept"), "All working data"),
                (reverse("records:erased"), "Disposed of"),
            ],
        ),
        alarms=alarms,
        stats=[
            {
                "label": "due, to be disposed of unless a hold keeps it",
                "value": f"{len(due):,}",
                "kind": "warn" if due else "good",
            },
            {"label": "preservation holds stand", "value": len(holds)},
            {
                "label": "disposed of",
                "value": f"{Erasure.objects.filter(finished=True).count():,}",
                "url": reverse("records:erased"),
            },
        ],
        waiting=_due(visitor, retention.kept_by(home, page.object_list)),
        charts=[
            charts.ageing(
                "How long past its day",
                Counter((visitor.today - each.due_on).days for each in due),
                due=_DUE,
            ),
            charts.outcomes("Working data that is due", _amounts(due)),
            charts.over_time(
                "Disposed of",
                batches.per_month(
                    ((on, 1) for on in Erasure.objects.values_list("on", flat=True)),
                    "Disposed of",
                    visitor.today,
                ),
                says="Each month of the last year.",
            ),
        ],
        parts=[Part(page=page, query=query), _holds(holds)],
    )


@at_desk("records")
def kept(request: HttpRequest) -> HttpResponse:
    """List all working data there is, with the day on which each is due."""
    visitor = visitor_of(request)
    home = visitor.deployment.holder
    page, query = batches.page_of(request, retention.kept(), _SHOWN)
    holds = standing_holds()
    rows = [
        [
            Cell(what.id, url=_url(what) if is_due else ""),
            KINDS[what.kind],
            batches.day(since) if since else None,
            Cell(batches.day(due_on), note="Its day has come." if is_due else "")
            if due_on
            else Cell("No day yet", note="The batch is not answered."),
            _by(retention.reaching(home, what, holds)),
        ]
        for what, since in page.object_list
        for due_on in [retention.due_day(home, since) if since else None]
        for is_due in [due_on is not None and due_on <= visitor.today]
    ]
    listed = table(
        "Working data in the home",
        ["Id", "Kind", "Kept since", "Due on", "Kept by holds"],
        rows,
        stacked=True,
        empty="There is no working data.",
        quiet=True,
    )
    head = Head("records", "All working data", "What is not disposed of yet, and until when.")
    return pages.page(request, head, [Part(table=listed, page=page, query=query)])


@at_desk("records")
def erased(request: HttpRequest) -> HttpResponse:
    """List what was disposed of."""
    found = Erasure.objects.order_by("-entry_id")
    page, query = batches.page_of(request, found, _SHOWN)
    rows = [
        [
            each.subject,
            KINDS[each.kind],
            batches.day(each.on),
            each.days,
            Cell("Disposed of", tag="good") if each.finished else Cell("Not finished", tag="bad"),
            each.entry_id,
        ]
        for each in page.object_list
    ]
    listed = table(
        "Disposed of, the newest first",
        ["Id", "Kind", "On", "Days kept", "State", "Ledger entry"],
        rows,
        stacked=True,
        empty="Nothing was disposed of yet.",
        quiet=True,
    )
    head = Head("records", "Disposed of", "For good: its key is destroyed, in every backup too.")
    return pages.page(request, head, [Part(table=listed, page=page, query=query)])


def name(what: Erasable) -> str:
    """Return what is disposed of, in words."""
    return f"{KINDS[what.kind].lower()} {what.id}"


def _due(visitor: Visitor, found: Iterable[Due]) -> Table:
    return table(
        "Working data that is due",
        ["Id", "Kind", "Due on", "Waiting", "State"],
        [
            [
                Cell(each.what.id, url="" if each.holds else _url(each.what)),
                KINDS[each.what.kind],
                batches.day(each.due_on),
                batches.age((visitor.today - each.due_on).days),
                _state(each),
            ]
            for each in found
        ],
        stacked=True,
        empty="No working data is due.",
        quiet=True,
    )


def _state(each: Due) -> Cell:
    if each.holds:
        return _by(each.holds) or Cell("")
    if each.begun:
        return Cell("Not finished", tag="bad")
    return Cell("To be disposed of", tag="busy")


def _by(holds: Sequence[Hold]) -> Cell | None:
    named = ", ".join(hold.id for hold in holds)
    return Cell("Kept by a hold", tag="warn", note=named) if holds else None


def _amounts(due: Sequence[Waiting]) -> list[charts.Amount]:
    counts = Counter(each.what.kind for each in due)
    return [charts.Amount(KINDS[kind], counts[kind]) for kind in KINDS if counts[kind]]


def _holds(holds: Sequence[Hold]) -> Part:
    rows = [
        [
            hold.id,
            f"{hold.court} {hold.docket}",
            placed.scope_words(hold.scope),
            batches.day(hold.on),
        ]
        for hold in holds
    ]
    listed = table(
        "Preservation holds that stand",
        ["Hold", "Court and docket", "Scope", "Since"],
        rows,
        stacked=True,
        empty="No preservation hold stands.",
        quiet=True,
    )
    return Part("Preservation holds", table=listed)


def _url(what: Erasable) -> str:
    return reverse("records:erase", args=[what.kind, what.id])
