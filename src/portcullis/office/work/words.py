"""How far a task is, in words."""

from datetime import timedelta

from portcullis.office.work import kinds
from portcullis.office.work.models import Task


def title(task: Task) -> str:
    """Return what is done, and to which batch."""
    named = kinds.find(task.kind).title
    return f"{named}: {task.batch}" if task.batch else named


def step(task: Task) -> str:
    """Return where the task is: its step, how quickly it goes and how long it still takes."""
    if not task.live:
        return task.said
    if task.state == Task.WAITING:
        return "It waits for a worker." if task.attempts == 0 else "It waits to be taken up again."
    if task.state == Task.STOPPING:
        return "It is being stopped."
    parts = [task.step or "It begins."]
    if task.done and task.rate >= 1:
        parts.append(f"{task.rate:,.0f} {task.unit} a second")
    if task.left is not None:
        parts.append(f"{timedelta(seconds=round(task.left))} left")
    return ", ".join(parts)
