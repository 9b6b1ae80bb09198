"""Who is refused again and again is turned away for a while, before anything is recorded of it.

What is denied, and a single request that is refused, stays for ever, on the ledger or in the
accounting; so one key may have only so many a minute. Counted in each process's own memory, by the
person whose key signed: nobody uses up another's.
"""

import threading
import time
from collections import deque

from ninja.errors import Throttled

MOST = 60
"""Refusals a minute of one person, in one process."""
_MINUTE = 60.0

_lock = threading.Lock()
_missed: dict[str, deque[float]] = {}


def check(person_id: str) -> None:
    """Raise Throttled where that person was refused too often within the last minute."""
    now = time.monotonic()
    with _lock:
        missed = _missed.get(person_id)
        if not missed:
            return
        while missed and now - missed[0] > _MINUTE:
            missed.popleft()
        if not missed:
            del _missed[person_id]
        elif len(missed) >= MOST:
            raise Throttled(wait=int(_MINUTE - (now - missed[0])) + 1)


def count(person_id: str) -> None:
    """Count a refusal of that person."""
    with _lock:
        _missed.setdefault(person_id, deque(maxlen=MOST)).append(time.monotonic())
