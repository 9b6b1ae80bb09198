"""What the requester's desks have done in the background: what is large, of a batch or a notice.

While work on a batch is under way, nothing else is done to that batch.
"""

from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from portcullis.errors import Refused
from portcullis.office.people import Actor
from portcullis.office.requesting import checking
from portcullis.office.requesting.models import Draft
from portcullis.office.web.acts import Data, Done
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.visitors import visitor_of
from portcullis.office.work import tasks
from portcullis.office.work.models import Task

LARGE_FILE = 4 << 20  # bytes of a file that is read in the background
_UNFOLDING = (".xlsx", ".parquet")


def is_large_file(name: str, size: int) -> bool:
    """Say whether a file is read in the background: a long one, or one that unfolds as it is read.

    What it unfolds to is then the worker's to bear, and not the office's.
    """
    return size > LARGE_FILE or name.endswith(_UNFOLDING)


def is_large(draft: Draft) -> bool:
    """Say whether what is done to all of the draft's requests is done in the background."""
    return draft.rows > checking.AT_ONCE


def begin(
    request: HttpRequest,
    kind: str,
    batch: str,
    after: str,
    **data: Any,  # noqa: ANN401 - what JSON holds
) -> HttpResponseRedirect:
    """Begin the work ``kind``, on ``batch`` ("" for none), and go to its progress."""
    visitor = visitor_of(request)
    here = visitor.deployment
    task = tasks.begin(
        f"{kind}:{batch}:{visitor.person.id}:{here.now().isoformat()}",
        kind,
        batch,
        visitor.person.id,
        "",
        here.now(),
        {"by": visitor.person.id, **data},
        after=after,
    )
    return redirect("work", task.id)


def signed(  # noqa: PLR0917 - what is done to what, by whom, and what was signed
    here: Deployment, actor: Actor, kind: str, draft: Draft, token: str, data: Data
) -> Done:
    """Begin the work ``kind`` on the draft, which is the act that ``token`` is signed for."""
    moment = actor.moment or here.now()
    key = f"{kind}:{draft.id}:{actor.id}:{moment.isoformat()}"
    after = f"/prepare/{draft.id}/"
    task = tasks.begin(key, kind, draft.id, actor.id, token, moment, data, after=after)
    url = reverse("work", args=[task.id])
    return Done(url, "It has begun. You may leave this page; the work goes on.")


def under_way(draft: Draft) -> Task | None:
    """Return the work that is being done on the draft; None where there is none."""
    return Task.objects.filter(batch=draft.id, state__in=Task.LIVE).first()


def check_free(draft: Draft) -> None:
    """Raise Refused while work on the draft is under way."""
    if under_way(draft) is not None:
        raise Refused(
            "Work on this batch is under way.", "Wait until it has ended, or stop it on its page."
        )
