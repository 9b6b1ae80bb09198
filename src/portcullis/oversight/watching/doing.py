"""What the holder's own people do: look-ups off hours, and approvals too fast to be read."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from portcullis.oversight.watching.alarms import (
    APPROVED_TOO_FAST,
    EXAMINED_TOO_FAST,
    OFF_HOURS,
    Finding,
)
from portcullis.oversight.watching.hours import OfficeHours

LOOKS = pl.Schema({"position": pl.Int64(), "at": pl.Datetime("us", "UTC"), "person": pl.String()})
"""One row a look at the records: its entry, its time, and the roster id of who looked."""

# Seconds a row, below which nobody reads. A line of a list takes two fixations of the eye at the
# least; a sampled request is some seventy words, of which these seconds are a third of the reading.
SECONDS_A_ROW = {APPROVED_TOO_FAST: 0.5, EXAMINED_TOO_FAST: 5.0}
# Times on the ledger are whole seconds.
_CLOCK = timedelta(seconds=1)


@dataclass(frozen=True)
class Reading:
    """One list approved, or one sample examined: ``rows`` that could be read from ``given`` on.

    ``code``: the alarm it would be. ``given_entry`` and ``entry``: their positions.
    """

    code: str
    person: str
    given: datetime
    given_entry: int
    done: datetime
    entry: int
    rows: int


def off_hours(looks: pl.DataFrame, hours: OfficeHours) -> Iterator[Finding]:
    """Yield a finding for each look outside the office's hours."""
    outside = looks.filter(hours.outside(pl.col("at"))).sort("position")
    for position, at, person in outside.select("position", "at", "person").iter_rows():
        people = (person,) if person else ()
        yield Finding(OFF_HOURS, person, position, at, (position,), {}, people)


def too_fast(readings: Iterable[Reading]) -> Iterator[Finding]:
    """Yield a finding for each reading that ended before the reader could have come to its end.

    A person reads one thing at a time, in whatever order serves best: of two lists that lay there
    since nine and were approved in one minute, both must fit into the time since nine.
    """
    of_one: defaultdict[tuple[str, str], list[Reading]] = defaultdict(list)
    for one in readings:
        of_one[one.code, one.person].append(one)
    for (code, person), own in of_one.items():
        read: list[Reading] = []
        for one in sorted(own, key=lambda each: (each.done, each.entry)):
            left = _time_left(one, read)
            if left + _CLOCK >= _needed(one):
                read.append(one)
                continue
            counts = {
                "rows": one.rows,
                "seconds": max(0, round(left.total_seconds())),
                "seconds_needed": round(_needed(one).total_seconds()),
            }
            evidence = (one.given_entry, one.entry)
            yield Finding(code, person, one.entry, one.done, evidence, counts, (person,))


def _needed(one: Reading) -> timedelta:
    return timedelta(seconds=one.rows * SECONDS_A_ROW[one.code])


def _time_left(one: Reading, read: list[Reading]) -> timedelta:
    """Return what time there was for ``one`` beside what was ``read`` before it was done.

    For any moment not after it was given, whatever was given and done since has to fit into the
    time since (the criterion by which work with releases and deadlines is feasible).
    """
    starts = {one.given} | {each.given for each in read if each.given < one.given}
    return min(
        (one.done - start)
        - sum((_needed(each) for each in read if each.given >= start), timedelta())
        for start in starts
    )
