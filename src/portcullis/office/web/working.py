"""Long work begun from a page: signed for there, done by a worker, watched from the desk."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from portcullis.canonical import json_bytes, sha256_hex
from portcullis.office import acting, duties, work
from portcullis.office.acting import Ordered
from portcullis.office.models import Batch
from portcullis.office.people import Actor
from portcullis.office.web.acts import Done
from portcullis.office.web.deployment import Deployment
from portcullis.office.web.visitors import Visitor
from portcullis.office.work.views import shown

if TYPE_CHECKING:
    from portcullis.office.work.models import Task

BEGUN = "It has begun. You may leave this page; the work goes on."


def begin(  # noqa: PLR0917 - what is done, to what, by whom, and where it is seen
    deployment: Deployment, actor: Actor, kind: str, batch: str, data: Mapping[str, Any], after: str
) -> Done:
    """Begin the work of ``kind`` on ``batch`` that ``actor`` has signed the order for.

    The person goes on to ``after``, where its progress is shown.
    """
    if not isinstance(actor.signer, Ordered):
        raise TypeError("long work is signed for by an order")
    return begin_signed(deployment, actor, actor.signer.token, kind, batch, data, after)


def begin_signed(  # noqa: PLR0917 - the same, and what was signed
    deployment: Deployment,
    actor: Actor,
    token: str,
    kind: str,
    batch: str,
    data: Mapping[str, Any],
    after: str,
) -> Done:
    """Begin the work that ``token`` is signed for, as ``begin``."""
    moment = actor.moment or deployment.now()
    # Moments are whole seconds: within one, a person may order the same of several things.
    of = sha256_hex([json_bytes(dict(data))])[:16]
    key = f"{kind}/{batch}/{actor.id}/{moment.isoformat()}/{of}"
    task = work.begin(key, kind, batch, actor.id, token, moment, data, after=after)
    return Done(after, BEGUN, task=str(task.id))


def newest(batch: str, *kinds: str) -> "Task | None":
    """Return the newest work of one of ``kinds`` that was begun on a batch."""
    return next((task for task in work.of_batch(batch) if task.kind in kinds), None)


def check_apart(visitor: Visitor, act: str, batch: Batch) -> None:
    """Raise Refused, the attempt on the record, where ``act`` on the batch is not the visitor's.

    Asked before an order is signed; the work asks again when it is done.
    """
    actor = acting.rehearsing(visitor.person, visitor.deployment.now())
    duties.check_apart(visitor.deployment.holder, actor, act, batch)


def progress(visitor: Visitor, task: "Task | None") -> dict[str, Any] | None:
    """Return how far the task is, for ``office/batches/task.html``; None where there is none."""
    # The page that shows it is the page that shows what it came to.
    return {**shown(visitor, task), "after": ""} if task is not None else None
