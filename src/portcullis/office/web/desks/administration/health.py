"""The home's health: whether the office can work now, and everything that the doctor looks at."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from portcullis.office import work
from portcullis.office.freshness import ledger_standing
from portcullis.office.safeguards import standing_today
from portcullis.office.web import batches, pages, reasons, working
from portcullis.office.web.desks import at_desk
from portcullis.office.web.pages import Head, Part
from portcullis.office.web.parts import Cell, Table, table
from portcullis.office.web.visitors import visitor_of

KIND = "doctor"


@at_desk("administration")
def state(request: HttpRequest) -> HttpResponse:
    """Show what can be seen at a glance, the newest of the doctor's findings, and the tasks."""
    from portcullis.office.work.models import Task

    visitor = visitor_of(request)
    home = visitor.deployment.holder
    standings = (
        ("The ledger, its witnesses, the roster and the clock", ledger_standing(home)),
        ("The recipient’s safeguards", standing_today(home)),
    )
    facts: list[tuple[str, object]] = [
        (
            name,
            Cell("In order", tag="good")
            if found.met
            else Cell(
                "Not in order", tag="bad", note=" ".join(map(reasons.sentence, found.reasons))
            ),
        )
        for name, found in standings
    ]
    tasks, query = batches.page_of(request, Task.objects.order_by("-begun_at"))
    rows = [
        [
            Cell(each.kind.replace("-", " ").capitalize(), url=reverse("work", args=[each.id])),
            each.batch or None,
            batches.person(visitor, each.person),
            f"{each.begun_at:%-d %B %Y, %H:%M}",
            Cell(each.state.capitalize(), tag=_STATES.get(each.state, "plain")),
        ]
        for each in tasks.object_list
    ]
    listed = table(
        "Background work, the newest first",
        ["Work", "Batch", "Of", "Begun (UTC)", "State"],
        rows,
        stacked=True,
        empty="No background work was begun yet.",
        quiet=True,
    )
    task = working.newest("", KIND)
    parts = [
        Part("At a glance", facts=facts),
        Part(
            "The doctor",
            "It looks at keys, disk, the whole ledger, the index, the database and the witnesses. "
            "It changes nothing.",
            table=_findings(task.result["findings"]) if _is_done(task) and task else None,
            post=reverse("administration:doctor"),
            submit="Have the doctor look",
        ),
        Part("Background work", table=listed, page=tasks, query=query),
    ]
    head = Head("administration", "Health", "Whether everything is there that the office needs.")
    return pages.page(request, head, parts, progress=working.progress(visitor, task))


@at_desk("administration")
@require_POST
def doctor(request: HttpRequest) -> HttpResponse:
    """Have the doctor look at everything, in the background. It is no act: it changes nothing."""
    visitor = visitor_of(request)
    moment = visitor.deployment.now()
    key = f"{KIND}//{visitor.person.id}/{moment.isoformat()}"
    after = reverse("administration:health")
    work.begin(key, KIND, "", visitor.person.id, "", moment, {}, after=after)
    visitor.tell(request, working.BEGUN)
    return redirect(after)


_STATES = {"done": "good", "failed": "bad", "working": "busy", "cancelled": "warn"}


def _is_done(task: object) -> bool:
    result = getattr(task, "result", None) or {}
    return "findings" in result


def _findings(found: list[list[str]]) -> Table:
    return table(
        "What the doctor found",
        ["What is wrong", "What to do"],
        [[Cell(message, note=code), remedy] for code, message, remedy in found],
        stacked=True,
        empty="Nothing is wrong.",
    )
