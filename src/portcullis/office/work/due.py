"""What a worker removes once its time is over, beside its tasks; no service of its own does it.

The ledger needs nothing by time: whoever lets something leave has its checkpoint cosigned anew.
"""

import shutil
import time
from datetime import timedelta
from itertools import chain
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone

from portcullis.office import singles
from portcullis.office.home import Home
from portcullis.office.requesting import tidying
from portcullis.office.web.deployment import deployment
from portcullis.office.web.models import ApiCall, KeptForm, Mark, PendingAct, SpentToken
from portcullis.office.web.signing import LASTS
from portcullis.office.work import results, uploads

EVERY = 600.0  # seconds
_OLD = 3600.0  # seconds after which nobody reads such a file any more
_LEFT = (f"{singles.LEFT}*/", "screening-*/", "tmp*/", "incoming/*")
ANSWERS_LAST = timedelta(days=1)
"""How long an answer of the API can be had again by its Idempotency-Key."""


class Calendar:
    """Remembers when it was done last."""

    def __init__(self) -> None:
        self._last = -EVERY

    def do(self) -> None:
        """Remove what is over, unless that was done a short while ago."""
        if time.monotonic() - self._last < EVERY:
            return
        self._last = time.monotonic()
        tidy()


def tidy() -> None:
    """Remove what is out of date: acts nobody signed, answers, forms, marks, sessions, files."""
    here = deployment()
    waiting = PendingAct.objects.filter(state=PendingAct.WAITING)
    waiting.filter(begun_at__lt=timezone.now() - LASTS).delete()
    for kept in (ApiCall, KeptForm, SpentToken):
        kept.objects.filter(at__lt=timezone.now() - ANSWERS_LAST).delete()
    Mark.objects.filter(until__lt=timezone.now()).delete()
    call_command("clearsessions", verbosity=0)
    call_command("prune_db_task_results", min_age_days=1, verbosity=0)
    uploads.sweep(here.path)
    _remove_leftovers(here.path)
    if isinstance(here.home, Home):
        results.sweep(here.home)
    else:
        tidying.tidy(here.requester)


def _remove_leftovers(home: Path) -> None:
    """Remove the folders and bodies of requests that a killed process left behind it."""
    for path in chain.from_iterable(map(home.glob, _LEFT)):
        if time.time() - path.stat().st_mtime < _OLD:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
