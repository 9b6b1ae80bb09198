"""The workload: what came in, where it stands, how long it took, how much was done."""

from collections import Counter
from datetime import date

import polars as pl

from portcullis.oversight.reports import common
from portcullis.oversight.reports.document import Document, Section, Table, Value
from portcullis.oversight.reports.facts import PENDING, Counted

_STEPS = ("determination-list", "approve", "answered")


def workload(counted: Counted) -> Document:
    """Return the workload as of the day counted."""
    return Document(
        name="workload",
        title="Workload of the office",
        as_of=counted.by,
        agreement=counted.heading.agreement,
        about=common.about(counted),
        sections=(
            Section("Batches", _words(counted), (_batches(counted),)),
            Section(
                "Acts",
                (
                    "Every act is signed by its person's own key. How many people did acts of a "
                    "kind is given, and not who; an inspector is told that.",
                ),
                (_acts(counted), _denied(counted)),
            ),
            Section(
                "Where it stands",
                (common.places(counted, "batch-received", *_STEPS, "denied"),),
            ),
        ),
        source=counted.source,
        verify=common.verify(counted, "workload"),
    )


def _words(counted: Counted) -> tuple[str, ...]:
    waiting = counted.requests.filter(pl.col("outcome") == PENDING)
    oldest = waiting["received_on"].min()
    number = int(waiting["count"].sum())
    if not number:
        return ("No request waits for its answer.",)
    assert isinstance(oldest, date)  # noqa: S101 - a pending request has the day it came
    return (
        f"{number:,} requests wait for their answer, the oldest for {(counted.by - oldest).days:,} "
        "days.",
    )


def _batches(counted: Counted) -> Table:
    reached: dict[str, dict[str, str]] = {}
    for kind in _STEPS:
        for _, body in counted.told(kind):
            # Of several lists the first: the later ones supplement it.
            reached.setdefault(body["batch"], {}).setdefault(kind, body["at"][:10])
    rows: list[tuple[Value, ...]] = []
    for _, body in counted.told("batch-received"):
        came, days = body["at"][:10], reached.get(body["batch"], {})
        end = days.get("answered")
        took = (date.fromisoformat(end or counted.by.isoformat()) - date.fromisoformat(came)).days
        rows.append((body["batch"], body["rows"], came, *(days.get(each) for each in _STEPS), took))
    return Table(
        "batches",
        "Batches, and the days on which they came so far",
        (
            ("batch", "Batch"),
            ("requests", "Requests"),
            ("received_on", "Received"),
            ("determined_on", "Determined"),
            ("approved_on", "Approved"),
            ("answered_on", "Answered"),
            ("days", "Days, until answered or now"),
        ),
        tuple(rows),
        "" if rows else "None.",
    )


def _acts(counted: Counted) -> Table:
    numbers: Counter[str] = Counter()
    people: dict[str, set[str]] = {}
    for kind, told in counted.entries.items():
        for _, body in told:
            if "by" in body and "signature" in body:
                numbers[kind] += 1
                people.setdefault(kind, set()).add(body["by"])
    return Table(
        "acts",
        "Acts of people, by kind",
        (("act", "Act"), ("number", "Number"), ("people", "People")),
        tuple((kind, number, len(people[kind])) for kind, number in sorted(numbers.items())),
    )


def _denied(counted: Counted) -> Table:
    numbers: Counter[tuple[str, str]] = Counter()
    for _, body in counted.told("denied"):
        numbers[body["act"], body["reason"]] += common.attempts(body)
    return Table(
        "denied",
        "Acts attempted and denied",
        (("act", "Act"), ("reason", "Why"), ("number", "Number")),
        tuple((act, reason, number) for (act, reason), number in sorted(numbers.items())),
        "" if numbers else "None.",
    )
