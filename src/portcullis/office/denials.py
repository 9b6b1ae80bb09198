"""Denied attempts on the record: each is counted, and the ledger tells of all of them.

The first attempt is an entry at once. Those of the same person at the same act, for the same reason
and in the same batch, within ``BETWEEN`` are counted in the database; the next entry like it says
how many it tells of (``times``), or a worker enters them once the minutes are over. So whoever
tries again and again is on the ledger with every attempt, and cannot make it grow with each.
"""

import threading
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from portcullis.office import entries, misses
from portcullis.office.home import Home
from portcullis.office.models import CountedDenial, DeniedAttempt, Entry

KIND = "denied"
BETWEEN = timedelta(minutes=10)
"""How long after an entry others like it are counted only."""

_answering = threading.Event()


def answer_first() -> None:
    """Have this process leave its denials to a worker to integrate.

    Its threads answer people: none of them waits for the sequencer and its witnesses because
    somebody was refused.
    """
    _answering.set()


def record(home: Home, act: str, person_id: str, reason: str, batch: str = "") -> None:
    """Put one denied attempt on the record: on the ledger, or counted for its next entry.

    Raises as ``entries.record``.
    """
    misses.count(person_id)
    alike = {"kind": act, "person": person_id, "batch": batch, "reason": reason}
    with transaction.atomic():
        row, fresh = CountedDenial.objects.select_for_update().get_or_create(
            **alike, defaults={"since": timezone.now()}
        )
        now = timezone.now()  # another may have held the row, and entered it, till now
        row.times += 1
        told = fresh or _is_over(row, now)
        if told:
            _tell(home, row)
            row.since, row.times = now, 0
        row.save(update_fields=["since", "times"])
    if told and not _answering.is_set():
        with suppress(entries.OnRecord):  # it may be published later: it is denied now
            settle(home)


def settle(home: Home) -> None:
    """Enter what was counted and whose minutes are over, and publish what waits. Raises as that.

    Workers do it all the time; the command line, whenever it writes a denial.
    """
    now = timezone.now()
    for key in list(_over(now).values_list("pk", flat=True)):
        with transaction.atomic():
            row = _over(now).select_for_update().filter(pk=key).first()
            if row is None:
                continue
            if row.times:
                _tell(home, row)
            row.delete()
    if Entry.objects.filter(integrated=False, kind=KIND).exists():
        entries.publish(home)


def total() -> int:
    """Return how many attempts were ever denied, those no entry tells yet among them."""
    counted: list[QuerySet[DeniedAttempt] | QuerySet[CountedDenial]] = [
        DeniedAttempt.objects.all(),
        CountedDenial.objects.all(),
    ]
    return sum(each.aggregate(Sum("times"))["times__sum"] or 0 for each in counted)


def waiting() -> int:
    """Return how many attempts no entry tells yet."""
    return CountedDenial.objects.aggregate(Sum("times"))["times__sum"] or 0


def _tell(home: Home, row: CountedDenial) -> None:
    """Write the entry of the attempts that ``row`` counts. Run inside a transaction."""
    at = home.now()
    facts: dict[str, object] = {
        "act": row.kind,
        "person": row.person,
        "reason": row.reason,
        "batch": row.batch,
    }
    if row.times > 1:
        facts["times"] = row.times
    entry = entries.record(KIND, facts, batch=row.batch, at=at.isoformat())
    DeniedAttempt.objects.create(
        kind=row.kind,
        person=row.person,
        batch=row.batch,
        at=at,
        reason=row.reason,
        times=row.times,
        entry=entry,
    )


def _is_over(row: CountedDenial, now: datetime) -> bool:
    return abs(now - row.since) >= BETWEEN


def _over(now: datetime) -> QuerySet[CountedDenial]:
    # A clock that was put back would else keep a count for as long as it was ahead.
    over = Q(since__lte=now - BETWEEN) | Q(since__gte=now + BETWEEN)
    return CountedDenial.objects.filter(over)
