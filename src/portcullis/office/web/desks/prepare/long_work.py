"""A large batch's work, done in the background; while it is, nothing else is done to the batch."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from portcullis.errors import Refused
from portcullis.office.requesting.models import Draft
from portcullis.office.web.visitors import visitor_of
from portcullis.office.work import tasks
from portcullis.office.work.models import Task

LARGE_FILE = 4 << 20  # bytes of a file that is read in the background


def begin(request: HttpRequest, kind: str, draft: Draft, **data: str) -> HttpResponse:
    """Begin the work ``kind`` on the draft, and go to its progress."""
    visitor = visitor_of(request)
    here = visitor.deployment
    task = tasks.begin(
        f"{kind}:{draft.id}:{here.now().isoformat()}",
        kind,
        draft.id,
        visitor.person.id,
        "",
        here.now(),
        {"by": visitor.person.id, **data},
        after=f"/prepare/{draft.id}/",
    )
    return redirect("work", task.id)


def under_way(draft: Draft) -> Task | None:
    """Return the work that is being done on the draft; None where there is none."""
    return Task.objects.filter(batch=draft.id, state__in=Task.LIVE).first()


def check_free(draft: Draft) -> None:
    """Raise Refused while work on the draft is under way."""
    if under_way(draft) is not None:
        raise Refused(
            "Work on this batch is under way.", "Wait until it has ended, or stop it on its page."
        )
