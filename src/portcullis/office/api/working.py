"""Long work that an act began: how far it is, for whoever ordered it."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router

from portcullis.office.api.people import check
from portcullis.office.api.problems import NotFound
from portcullis.office.api.schemas import Problem, TaskOut
from portcullis.office.work import kinds

if TYPE_CHECKING:
    from portcullis.office.work.models import Task

router = Router(tags=["acting"])


@router.get("/tasks/{task_id}", response={200: TaskOut, "4XX": Problem})
def task(request: HttpRequest, task_id: UUID) -> dict[str, Any]:
    """Say how far the work is that the sender ordered, and what it came to."""
    from portcullis.office.work.models import Task

    person = check(request, "holder-sign-in")
    found = Task.objects.filter(id=task_id, person=person.id).first()
    if found is None:
        raise NotFound("There is no such work of yours.", "Name the task that the act told.")
    check(request, kinds.find(found.kind).act)
    return told(found)


def told(task: "Task") -> dict[str, Any]:
    """Return what a client is told of a task."""
    names = ("state", "step", "done", "total", "said", "remedy")
    return {"id": str(task.id), **{name: getattr(task, name) for name in names}}
