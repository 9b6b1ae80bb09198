"""Packages by what became of them, in words."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Count

from portcullis.office.models import Entry, Package
from portcullis.office.web import charts
from portcullis.office.web.batches import entry_day

if TYPE_CHECKING:
    from django.db.models import QuerySet

STATES: dict[str, tuple[str, charts.Kind, str]] = {
    "authorised": ("Authorised, on the ledger", "plain", "plain"),
    "sealed": ("Sealed, waits at the gate", "plain", "busy"),
    "delivered": ("Delivered", "good", "good"),
    "not-sent": ("Not sent", "bad", "bad"),
}
"""State of a package -> its words, how it is drawn, and the tag it is shown with."""


def counted(packages: "QuerySet[Package]") -> Counter[str]:
    """Return how many of the packages stand in each state."""
    return Counter(dict(packages.order_by().values_list("state").annotate(Count("*"))))


def amounts(counts: Mapping[str, int], url: str = "") -> list[charts.Amount]:
    """Return the counts to be drawn; each a link to those at ``url``."""
    return [
        charts.Amount(says, counts[state], kind, f"{url}?state={state}" if url else "")
        for state, (says, kind, _) in STATES.items()
        if counts[state]
    ]


def of_batches() -> dict[str, Counter[str]]:
    """Return how many packages of each batch stand in each state, of all there are."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    rows = Package.objects.order_by().values_list("batch", "state")
    for batch, state, number in rows.annotate(number=Count("*")):
        found[batch][state] = number
    return found


def delivered_on(packages: Mapping[str, Mapping[str, int]]) -> Iterator[tuple[date, int]]:
    """Yield the day on which each batch was answered, and how many packages were delivered."""
    for entry in Entry.objects.filter(kind="answered"):
        if number := packages.get(entry.batch, {}).get("delivered", 0):
            yield entry_day(entry), number
