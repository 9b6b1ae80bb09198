"""What a worker removes by time at the requester: what a killed process, or nobody, took away."""

import shutil
import time
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from portcullis.office.requesting.home import RequesterHome

_OLD = 3600.0  # seconds after which nobody writes such a folder any more


def tidy(home: "RequesterHome") -> None:
    """Remove packages certified as disposed, tokens that are over, rows and files of no batch.

    In the outgoing folder only what is sent and not yet received stays.
    """
    from portcullis.office.requesting import received
    from portcullis.office.requesting.models import Draft
    from portcullis.office.requesting.sending import OUTGOING

    home.recipient.sweep()
    received.forget_old(home)
    sent = set(Draft.objects.filter(state="sent").values_list("id", flat=True))
    for folder in (home.path / OUTGOING).glob("*/"):
        if folder.name not in sent and _is_old(folder.stat().st_mtime):
            shutil.rmtree(folder, ignore_errors=True)
    kept = set(Draft.objects.exclude(state="withdrawn").values_list("folder", flat=True))
    for folder in (home.path / "drafts").glob("*/"):
        if _uuid(folder.name) not in kept and _is_old(folder.stat().st_mtime):
            shutil.rmtree(folder, ignore_errors=True)


def _is_old(changed: float) -> bool:
    return time.time() - changed > _OLD


def _uuid(name: str) -> UUID | None:
    try:
        return UUID(name)
    except ValueError:
        return None
