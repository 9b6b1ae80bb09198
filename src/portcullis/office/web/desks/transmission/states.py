"""Packages by what became of them, in words."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count, Min

from portcullis.office.models import Entry
from portcullis.office.web import charts
from portcullis.office.web.batches import entry_day

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from portcullis.office.models import Package

STATES: dict[str, tuple[str, charts.Kind, str]] = {
    "authorised": ("Authorised, on the ledger", "plain", "plain"),
    "sealed": ("Sealed, waits at the gate", "plain", "busy"),
    "delivered": ("Delivered", "good", "good"),
    "not-sent": ("Not sent", "bad", "bad"),
}
"""State of a package -> its words, how it is drawn, and the tag it is shown with."""


def counted(packages: "QuerySet[Package]") -> Counter[str]:
    """Return how many of the packages stand in each state."""
    return Counter(dict(packages.order_by().values_list("state").annotate(Count("id"))))


def amounts(counts: Mapping[str, int], url: str = "") -> list[charts.Amount]:
    """Return the counts to be drawn; each a link to those at ``url``."""
    return [
        charts.Amount(says, counts[state], kind, f"{url}?state={state}" if url else "")
        for state, (says, kind, _) in STATES.items()
        if counts[state]
    ]


def concluded_on(packages: "QuerySet[Package]") -> Iterator[tuple[date, int]]:
    """Yield the day on which batches' packages were concluded, and how many."""
    answered = (
        packages.order_by().values("batch").annotate(count=Count("id"), first=Min("concluded"))
    )
    counts = {each["first"]: each["count"] for each in answered if each["first"] is not None}
    for entry in Entry.objects.filter(position__in=counts):
        yield entry_day(entry), counts[entry.position]
