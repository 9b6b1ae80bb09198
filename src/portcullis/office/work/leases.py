"""Who does a task now: a lease that ends unless it is heard of, and one attempt that counts.

Each delivery of a task (a message) is an attempt of its own, and only the task's newest message
counts: every write here names the message it is made under, and changes nothing where another has
taken its place. So a process that was stopped for a while, and goes on when its lease is gone,
can neither end the task nor keep it.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from portcullis.office.work import tasks
from portcullis.office.work.models import Task
from portcullis.progress import Report

LEASE = timedelta(seconds=60)
"""How long nothing may be heard of an attempt before any worker takes the task over."""

MOST_ATTEMPTS = 3
"""How often a task is taken up again whose attempts were all cut off."""

LOST = "It was begun {attempts} times, and each time what did it was cut off before its end."
LOST_REMEDY = (
    "See the machine's log (is there too little memory?). Begun again, it goes on where it stopped."
)


def take(message: UUID) -> Task | None:
    """Take the task of a message; None where the message does not count, or it was taken before."""
    mine = Task.objects.filter(message=message, state=Task.WAITING)
    taken = mine.update(state=Task.WORKING, attempts=F("attempts") + 1, leased_until=Now() + LEASE)
    return Task.objects.get(message=message) if taken else None


def is_held(message: UUID) -> bool:
    """Whether the attempt still counts, and nobody asked it to stop."""
    return Task.objects.filter(message=message, state=Task.WORKING).exists()


def is_wanted(message: UUID) -> bool:
    """Whether the attempt is to be begun, or is held."""
    return Task.objects.filter(message=message, state__in=(Task.WAITING, Task.WORKING)).exists()


def beat(message: UUID, report: Report | None) -> bool:
    """Renew the attempt's lease, and say how far it is. False where it does not count any more."""
    said: dict[str, Any] = {"leased_until": Now() + LEASE}
    if report is not None:
        said |= {
            "step": report.step,
            "done": report.done,
            "total": report.total,
            "unit": report.unit,
            "rate": report.rate,
            "left": report.seconds_left,
        }
    return bool(Task.objects.filter(message=message, state=Task.WORKING).update(**said))


def keep(message: UUID, facts: Mapping[str, Any]) -> None:
    """Leave ``facts`` with the task for a later attempt."""
    Task.objects.filter(message=message).update(kept=dict(facts))


def end(
    message: UUID, state: str, said: str, remedy: str = "", result: Mapping[str, Any] | None = None
) -> bool:
    """End the task: DONE, FAILED or CANCELLED. False where the attempt does not count any more."""
    ended: dict[str, Any] = {
        "state": state,
        "said": said,
        "remedy": remedy,
        "ended_at": timezone.now(),
        "leased_until": None,
    }
    if result is not None:
        ended["result"] = dict(result)
    mine = Task.objects.filter(message=message, state__in=(Task.WORKING, Task.STOPPING))
    return bool(mine.update(**ended))


def settle(message: UUID, *, given_back: bool) -> None:
    """Decide on a task whose attempt is over and did not end it.

    ``given_back``: its worker was told to stop; the attempt then does not count as one that was cut
    off.
    """
    with transaction.atomic():
        task = _locked(Task.objects.filter(message=message))
        if task is None or not task.live:
            return
        if given_back and task.state != Task.STOPPING:
            task.attempts -= task.state == Task.WORKING
            _again(task)
        else:
            _cut_off(task)


def reclaim() -> int:
    """Take over every task whose attempt is not heard of any more; return how many."""
    taken = 0
    for task_id in list(_abandoned().values_list("id", flat=True)):
        with transaction.atomic():
            task = _locked(_abandoned().filter(id=task_id))
            if task is not None:
                _cut_off(task)
                taken += 1
    return taken


def _abandoned() -> QuerySet[Task]:
    """Return the tasks whose lease is over, or whose message was taken by a worker that died.

    By the database's clock, which is one for all machines.
    """
    from django_tasks_db.models import DBTaskResult

    dead = DBTaskResult.objects.exclude(status="READY").filter(started_at__lt=Now() - LEASE)
    return Task.objects.filter(
        Q(state__in=(Task.WORKING, Task.STOPPING), leased_until__lt=Now())
        | Q(state=Task.WAITING, message__in=dead.values("id"))
    )


def _locked(found: QuerySet[Task]) -> Task | None:
    return found.select_for_update().first()


def _cut_off(task: Task) -> None:
    """Stop the task where that was asked, fail it after too many attempts, else send it again."""
    # What died before it took its task is an attempt too, or there would be no end of them.
    task.attempts += task.state == Task.WAITING
    if task.state == Task.STOPPING:
        _end(task, Task.CANCELLED, tasks.CANCELLED, task.remedy)
    elif task.attempts >= MOST_ATTEMPTS:
        _end(task, Task.FAILED, LOST.format(attempts=task.attempts), LOST_REMEDY)
    else:
        _again(task)


def _again(task: Task) -> None:
    task.state, task.leased_until = Task.WAITING, None
    task.save(update_fields=["state", "leased_until", "attempts"])
    tasks.deliver(task)


def _end(task: Task, state: str, said: str, remedy: str) -> None:
    task.state, task.said, task.remedy = state, said, remedy
    task.ended_at, task.leased_until = timezone.now(), None
    task.save(update_fields=["state", "said", "remedy", "ended_at", "leased_until", "attempts"])
