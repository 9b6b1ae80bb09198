"""Beginning long work, finding it again, and stopping it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from portcullis.errors import Misuse, Refused
from portcullis.office.work import kinds

if TYPE_CHECKING:
    from portcullis.office.work.models import Task


def begin(  # noqa: PLR0917 - as everybody calls it
    key: str,
    kind: str,
    batch: str,
    person_id: str,
    order_token: str,
    moment: datetime,
    data: Mapping[str, Any],
    *,
    after: str = "",
) -> "Task":
    """Begin the work ``kind`` on ``batch`` ("" for none); the same ``key`` twice is one task.

    ``order_token`` is what the person signed, at ``moment``; ``data``: ids and words, never a
    value of a request; it is what an order's facts must be (``ordering``). ``after``: the address
    of the page that shows what it came to. Work that was stopped or failed is begun again under
    its key, and goes on where it stopped. Raises Misuse for an unknown kind, and Refused where
    another task of the kind is under way on that batch, or the person has too many of the kind.
    The caller has checked that the person may; that, and the token, are checked again when the work
    is done.
    """
    from portcullis.office.work.models import Task

    found = kinds.find(kind)
    given: dict[str, Any] = {
        "kind": kind,
        "batch": batch,
        "person": person_id,
        "token": order_token,
        "moment": moment,
        "data": dict(data),
        "after": after,
    }
    try:
        with transaction.atomic():
            task, made = Task.objects.select_for_update().get_or_create(key=key, defaults=given)
            if made:
                _check_room(found, person_id)
                deliver(task)
            elif task.state in (Task.FAILED, Task.CANCELLED):
                _begin_again(task, given)
                _check_room(found, person_id)
    except IntegrityError:
        other = Task.objects.filter(key=key).first()
        if other is not None and other.live:
            return other
        raise Refused(
            "This is being done for the batch already.",
            "Look at its progress; begin it again once it has ended, if need be.",
        ) from None
    return task


def find(task_id: str | UUID) -> "Task":
    """Return the task. Raises Misuse where there is none of that id."""
    from portcullis.office.work.models import Task

    try:
        return Task.objects.get(id=task_id)
    except (Task.DoesNotExist, ValidationError, ValueError):
        raise Misuse("There is no such work.", "Look for it at its desk.") from None


def of_batch(batch: str) -> list["Task"]:
    """Return what was begun on a batch, the newest first."""
    from portcullis.office.work.models import Task

    return list(Task.objects.filter(batch=batch).order_by("-begun_at"))


def cancel(task_id: str | UUID, by: str) -> "Task":
    """Stop the work: at once where nobody does it yet, else as soon as who does it hears of it.

    ``by``: who stops it, by their id; its page names them. What is half-done counts for nothing;
    begun again, the work goes on. The caller has checked that the person may.
    """
    from portcullis.office.work.models import Task

    waiting = Task.objects.filter(id=task_id, state=Task.WAITING)
    who = f"Stopped by {by}."
    now = timezone.now()
    if not waiting.update(state=Task.CANCELLED, ended_at=now, said=CANCELLED, remedy=who):
        working = Task.objects.filter(id=task_id, state=Task.WORKING)
        working.update(state=Task.STOPPING, remedy=who)
    return find(task_id)


CANCELLED = "It was stopped. Nothing half-done counts."


def deliver(task: "Task") -> None:
    """Send the task to the workers: its newest message is the only one that counts."""
    from portcullis.office.work.attempts import attempt

    priority = _FIRST if kinds.find(task.kind).first else _AFTER
    task.message = UUID(attempt.using(priority=priority).enqueue(str(task.id)).id)
    task.save(update_fields=["message"])


_FIRST, _AFTER = 10, 0  # of two messages that wait, a worker takes the greater
_MOMENT = timedelta(minutes=10)


def _check_room(kind: kinds.Kind, person_id: str) -> None:
    """Raise Refused where the person has more of the kind than it allows, with the newest."""
    from portcullis.office.work.models import Task

    if not kind.most:
        return
    lately = Q(state=Task.FAILED, ended_at__gt=timezone.now() - _MOMENT)
    theirs = Task.objects.filter(kind=kind.name, person=person_id)
    if theirs.filter(Q(state__in=Task.LIVE) | lately).count() > kind.most:
        raise Refused(
            f"“{kind.title}”: as many as you may begin at once are under way, or failed within the "
            "last ten minutes.",
            "Wait until one has ended, or for ten minutes.",
        )


def _begin_again(task: "Task", given: Mapping[str, Any]) -> None:
    for name, value in {**given, **_AFRESH, "state": task.WAITING}.items():
        setattr(task, name, value)
    task.save()
    deliver(task)


_AFRESH: dict[str, Any] = {
    "attempts": 0,
    "leased_until": None,
    "ended_at": None,
    "step": "",
    "done": 0,
    "total": None,
    "rate": 0,
    "left": None,
    "said": "",
    "remedy": "",
}
