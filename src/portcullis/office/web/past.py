"""The past at the desks of who may see it: imported histories, and what re-examinations came to."""

from collections.abc import Mapping
from typing import Any

import polars as pl
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse

from portcullis import oversight
from portcullis.errors import Refused
from portcullis.office import erased, histories, reexaminations
from portcullis.office.keystore import Erasable
from portcullis.office.models import History, Reexamination
from portcullis.office.reexaminations import Counted
from portcullis.office.web import batches, charts, pages, working
from portcullis.office.web.desks import at_desk
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import Visitor, visitor_of

HISTORIES, REEXAMINATIONS = "Imported histories", "Re-examinations"
VERDICTS = {
    oversight.SAME: "The same",
    oversight.CLOSES: "Disclosed then, and not now",
    oversight.OPENS: "Not disclosed then, and now it would be",
    oversight.NEEDS_LOOK_UP: "Would hang on a look-up that was never made",
}


def urls(desk: str) -> list[URLPattern]:
    """Return the addresses of what is shown of the past at ``desk``."""

    @at_desk(desk)
    def imported(request: HttpRequest) -> HttpResponse:
        progress = _progress(request, "history-import", "history-compare")
        return pages.page(request, *_imported(request, desk), progress=progress)

    @at_desk(desk)
    def history(request: HttpRequest, history_id: str) -> HttpResponse:
        return pages.page(request, *_one_history(request, desk, history_id))

    @at_desk(desk)
    def judged(request: HttpRequest) -> HttpResponse:
        progress = _progress(request, "reexamine")
        return pages.page(request, *_judged(request, desk), progress=progress)

    @at_desk(desk)
    def reexamination(request: HttpRequest, number: int) -> HttpResponse:
        return pages.page(request, *_one_judged(request, desk, number))

    return [
        path("histories/", imported, name="histories"),
        path("histories/<str:history_id>/", history, name="history"),
        path("reexaminations/", judged, name="reexaminations"),
        path("reexaminations/<int:number>/", reexamination, name="reexamination"),
    ]


def _progress(request: HttpRequest, *kinds: str) -> Mapping[str, Any] | None:
    """Return how far the newest work of ``kinds`` is, to whom it may be shown."""
    visitor = visitor_of(request)
    if not all(visitor.may(each) for each in kinds):
        return None
    return working.progress(visitor, working.newest("", *kinds))


def _imported(request: HttpRequest, desk: str) -> tuple[Head, list[Part]]:
    visitor = visitor_of(request)
    page, query = batches.page_of(request, History.objects.order_by("-imported_on", "id"))
    listed = table(
        "Imported histories, the newest first",
        ["History", "Imported", "Disclosures", "Quarantined rows", "State", "Made under"],
        [
            [
                Cell(each.id, url=reverse(f"{desk}:history", args=[each.id])),
                batches.day(each.imported_on),
                each.taken,
                each.quarantined,
                _state(visitor, each),
                ", ".join(each.made_under) or "Not said",
            ]
            for each in page.object_list
        ],
        stacked=True,
        empty="Nothing was imported.",
        quiet=True,
    )
    head = Head(
        desk,
        HISTORIES,
        "Disclosures made elsewhere, or before this office, imported with the requests they "
        "answered: so that they can be judged, recalled and accounted for.",
        actions=[
            *(
                [(reverse("counsel:import-history"), "Import a history")]
                if visitor.may("history-import")
                else []
            ),
            (reverse(f"{desk}:reexaminations"), REEXAMINATIONS),
        ],
    )
    return head, [Part(table=listed, page=page, query=query)]


def _one_history(request: HttpRequest, desk: str, history_id: str) -> tuple[Head, list[Part]]:
    visitor = visitor_of(request)
    history = histories.find_history(history_id)
    facts: list[tuple[str, object]] = [
        ("Imported", batches.day(history.imported_on)),
        ("By", batches.person(visitor, history.act.person)),
        ("State", _state(visitor, history)),
        ("Rows of the file", f"{history.taken + history.quarantined:,}"),
        ("Disclosures taken", f"{history.taken:,}"),
        ("Rows quarantined", f"{history.quarantined:,}"),
        ("Made under the readings", ", ".join(history.made_under) or "Not said"),
        ("File (SHA-256)", Cell(history.file_digest, mono=True)),
        ("Ledger entry", f"{history.act.entry_id:,}"),
    ]
    parts = [Part(facts=facts)]
    if history.quarantined:
        parts.append(_quarantined(request, visitor, history))
    if history.compared_id is None and visitor.may("history-compare"):
        parts.append(
            Part(
                "Compare it with the records",
                "Whose each request was, and whether the address in it was theirs. Every look-up "
                "is logged first, and is on the ledger.",
                post=reverse("counsel:compare-history", args=[history.id]),
                submit="Go on to sign the comparison",
            )
        )
    up = [(reverse(f"{desk}:histories"), HISTORIES)]
    return Head(desk, f"History {history.id}", up=up), parts


def _quarantined(request: HttpRequest, visitor: Visitor, history: History) -> Part:
    """Return the rows that were not taken: row, field and remedy, never a value."""
    heading = "Rows that could not be taken"
    try:
        rows = histories.quarantined_rows(visitor.deployment.holder, history)
    except Refused as gone:
        return Part(heading, str(gone))
    page, query = batches.page_of(request, batches.Rows(rows))
    listed = table(
        "Quarantined rows, in the file's order",
        ["Row", "Field", "What is wrong, and the remedy"],
        [
            [Cell(f"{row['source_row']:,}"), row["field"] or "The whole row", row["message"]]
            for row in page.object_list
        ],
        stacked=True,
    )
    return Part(heading, table=listed, page=page, query=query)


def _state(visitor: Visitor, history: History) -> Cell:
    if erased.erasure_of(visitor.deployment.holder, Erasable.history(history.id)):
        return Cell("Working data erased", tag="plain")
    if history.compared_id is None:
        return Cell("Not compared with the records", tag="warn")
    return Cell("Compared with the records", tag="good")


def _judged(request: HttpRequest, desk: str) -> tuple[Head, list[Part]]:
    visitor = visitor_of(request)
    rows = Reexamination.objects.order_by("-number").select_related("act", "act__entry")
    page, query = batches.page_of(request, rows)
    listed = table(
        "Re-examinations, the newest first",
        ["Number", "On", "By", "Readings", "Batches and histories"],
        [
            [
                Cell(f"{each.number:,}", url=reverse(f"{desk}:reexamination", args=[each.number])),
                batches.day(each.act.at.date()),
                batches.person(visitor, each.act.person),
                ", ".join(each.basis["readings"]),
                len(reexaminations.sources_of(each)),
            ]
            for each in page.object_list
        ],
        stacked=True,
        empty="The past was not judged again yet.",
        quiet=True,
    )
    head = Head(
        desk,
        REEXAMINATIONS,
        "Every stored request judged again, from what is stored; nobody is looked up for it.",
        actions=[
            *(
                [(reverse("counsel:reexamine"), "Judge the past again")]
                if visitor.may("reexamine")
                else []
            ),
            (reverse(f"{desk}:histories"), HISTORIES),
        ],
    )
    return head, [Part(table=listed, page=page, query=query)]


def _one_judged(request: HttpRequest, desk: str, number: int) -> tuple[Head, list[Part]]:
    visitor = visitor_of(request)
    row = reexaminations.find(number)
    facts: list[tuple[str, object]] = [
        ("On", batches.day(row.act.at.date())),
        ("By", batches.person(visitor, row.act.person)),
        ("Under the readings", ", ".join(row.basis["readings"])),
        ("Result (SHA-256)", Cell(row.digest, mono=True)),
        ("Ledger entry", f"{row.act.entry_id:,}"),
    ]
    head = Head(
        desk,
        f"Re-examination {number}",
        "What stored requests would come to under those readings.",
        [(reverse(f"{desk}:reexaminations"), REEXAMINATIONS)],
    )
    try:
        found = reexaminations.counted(visitor.deployment.holder, row)
    except Refused as gone:
        return head, [Part(facts=facts), Part("Counts", str(gone))]
    unlawful = sum(found.unlawful.values())
    facts[:0] = [
        ("Requests judged again", f"{sum(found.judged.values()):,}"),
        ("Disclosures that should not have been made", _unlawful(unlawful)),
    ]
    elements = (
        Part(VERDICTS[verdict], _BY_ELEMENT[verdict], table=_elements(found.elements[verdict]))
        for verdict in _BY_ELEMENT
        if not found.elements[verdict].is_empty()
    )
    parts = [Part(facts=facts, charts=[_chart(found)]), _sources(request, found), *elements]
    return head, [*parts, *_lists(visitor, number)]


def _lists(visitor: Visitor, number: int) -> list[Part]:
    """Return where its files are, to whoever ordered it."""
    from portcullis.office.work.models import Task

    ordered = Task.objects.filter(kind="reexamine", person=visitor.person.id)
    task = ordered.filter(result__number=number).first()
    if task is None:
        return []
    links = [(reverse("work", args=[task.id]), "Its lists, and drafts of demands")]
    return [Part("Files", "For you, who ordered it; kept a week.", links=links)]


_BY_ELEMENT = {
    oversight.CLOSES: "By the elements that these requests do not meet now.",
    oversight.OPENS: "By the elements that these requests did not meet then, and meet now.",
}


def _unlawful(number: int) -> Cell:
    return Cell(f"{number:,}", tag="bad" if number else "good")


def _chart(found: Counted) -> charts.Bars:
    kinds: dict[str, charts.Kind] = {oversight.CLOSES: "bad", oversight.NEEDS_LOOK_UP: "warn"}
    amounts = [
        charts.Amount(says, found.of(verdict), kinds.get(verdict, "plain"))
        for verdict, says in VERDICTS.items()
    ]
    return charts.outcomes("Requests, by what they come to now", amounts)


def _sources(request: HttpRequest, found: Counted) -> Part:
    page, query = batches.page_of(request, list(found.judged))
    listed = table(
        "By batch and history",
        [
            *("Batch or history", "Judged", "Same", "Closes", "Opens", "Needs a look-up"),
            "Should not have been made",
        ],
        [
            [
                source,
                found.judged[source],
                *(found.of(verdict, source) for verdict in VERDICTS),
                found.unlawful.get(source, 0),
            ]
            for source in page.object_list
        ],
        stacked=True,
    )
    return Part("Where they stand", table=listed, page=page, query=query)


def _elements(counted: pl.DataFrame) -> Table:
    return table(
        "By element",
        ["Element", "Requests", "Newly", "By it alone"],
        counted.select("element", "requests", "newly", "alone").iter_rows(),
        stacked=True,
    )
