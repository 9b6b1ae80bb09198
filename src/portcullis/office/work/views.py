"""Long work as a page: how far it is, live where there is JavaScript; stopping it; its files."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from portcullis.office.web.visitors import Visitor, visitor_of
from portcullis.office.work import kinds, results, tasks, words
from portcullis.office.work.models import Task

_HEALTH = "see-health"


@require_GET
def page(request: HttpRequest, task_id: str) -> HttpResponse:
    """Show the task: what it is, how far, and what it came to."""
    visitor = visitor_of(request)
    task = _find(visitor, task_id)
    context = {
        "task": task,
        "title": kinds.find(task.kind).title,
        "files": _files(visitor, task),
        **shown(visitor, task),
    }
    return render(request, "office/work/task.html", context)


@require_GET
def progress(request: HttpRequest, task_id: str) -> HttpResponse:
    """Answer with the part of a page that shows how far the task is, and asks for itself again."""
    visitor = visitor_of(request)
    task = _find(visitor, task_id)
    return render(request, "office/parts/progress.html", shown(visitor, task))


@require_POST
def cancel(request: HttpRequest, task_id: str) -> HttpResponse:
    """Stop the task, and go back to its page."""
    visitor = visitor_of(request)
    task = tasks.find(task_id)
    if not _may(visitor, task):
        act = kinds.find(task.kind).act
        visitor.deployment.deny(act, visitor.person, "This work is not yours to stop.")
    tasks.cancel(task.id)
    return redirect("work", task.id)


@require_GET
def file(request: HttpRequest, task_id: str, name: str) -> HttpResponse:
    """Give one of the files that the task made, to whoever ordered it."""
    visitor = visitor_of(request)
    task = tasks.find(task_id)
    if task.person != visitor.person.id or not visitor.may(kinds.find(task.kind).act):
        act = kinds.find(task.kind).act
        visitor.deployment.deny(act, visitor.person, "These files are for whoever ordered them.")
    data = results.read(visitor.deployment.holder, str(task.id), name)
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def shown(visitor: Visitor, task: Task) -> dict[str, Any]:
    """Return what ``office/parts/progress.html`` shows of the task, for a page of any desk."""
    ended = task.state == Task.DONE
    return {
        "url": reverse("work-progress", args=[task.id]),
        "name": words.title(task),
        "state": "working" if task.state == Task.STOPPING else task.state,
        "step": words.step(task),
        "done": task.done,
        "of": None if ended else task.total,
        "cancel": reverse("work-cancel", args=[task.id]) if _may(visitor, task) else "",
        "after": task.after,
        "error": task.said,
        "remedy": task.remedy,
    }


def _find(visitor: Visitor, task_id: str) -> Task:
    """Return the task; whose it is not to see is denied, on the record."""
    task = tasks.find(task_id)
    if not _may(visitor, task):
        act = kinds.find(task.kind).act
        visitor.deployment.deny(act, visitor.person, "This work is not yours to see.")
    return task


def _may(visitor: Visitor, task: Task) -> bool:
    mine = task.person == visitor.person.id
    return mine or visitor.may(kinds.find(task.kind).act) or visitor.may(_HEALTH)


def _files(visitor: Visitor, task: Task) -> list[dict[str, str]]:
    if task.person != visitor.person.id or not task.result.get("files"):
        return []
    kept = results.names(visitor.deployment.holder, str(task.id))
    return [{"name": each, "url": reverse("work-file", args=[task.id, each])} for each in kept]
