"""Whether the office is up (live) and able to work (ready), for whoever keeps it running.

``ready`` asks only what costs little; ``portcullis doctor`` looks at everything.
"""

import os
from collections.abc import Iterator

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from portcullis.errors import PortcullisError
from portcullis.office.web.deployment import Deployment, deployment

_NOT_READY = 503


@require_safe
def live(_request: HttpRequest) -> JsonResponse:
    """Say that this process answers."""
    return JsonResponse({"live": True})


@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """Say whether the office can work now; where not, by codes, why."""
    reasons = list(_reasons(deployment()))
    status = _NOT_READY if reasons else 200
    return JsonResponse({"ready": not reasons, "reasons": reasons}, status=status)


def _reasons(here: Deployment) -> Iterator[str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        yield "database"
        return
    if not os.access(here.path, os.W_OK):
        yield "disk"
    try:
        if not here.roster.people:
            yield "roster"
        here.pack  # noqa: B018 - it is read whole, or raises
        if here.role == "holder":
            yield from _ledger(here)
    except PortcullisError:
        yield "home"


def _ledger(here: Deployment) -> Iterator[str]:
    """Yield why nothing can be recorded now: a home that is behind, or a wrong clock."""
    from portcullis.office.restoring import closed_reasons

    if closed_reasons(here.holder):
        yield "ledger-behind"
