"""Who is refused again and again is turned away for a while, before anything is recorded of it.

What is denied, and a single request that is refused, stays for ever, on the ledger or in the
accounting; so one person may have only so many a minute. Counted in each process's own memory, by
the person who signed in or whose key signed: nobody uses up another's.
"""

import threading
import time
from collections import deque

MOST = 60
"""Refusals a minute of one person, in one process."""
_MINUTE = 60.0

_lock = threading.Lock()
_missed: dict[str, deque[float]] = {}


def count(person_id: str) -> None:
    """Count a refusal of that person."""
    with _lock:
        _missed.setdefault(person_id, deque(maxlen=MOST)).append(time.monotonic())


def wait(person_id: str) -> int:
    """Return for how many seconds that person is to be turned away; 0: not at all."""
    now = time.monotonic()
    with _lock:
        missed = _missed.get(person_id)
        if missed is None or len(missed) < MOST or now - missed[0] >= _MINUTE:
            return 0
        return int(_MINUTE - (now - missed[0])) + 1
