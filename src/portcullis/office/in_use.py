"""Whether other processes have the home open: all of them hold one lock file, shared.

Who changes what every process relies on, the home's root key, needs the home alone. It holds for
the processes of one machine; where several share a home, whoever runs them stops them first.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from portcullis.errors import Refused

_FILE = "in-use.lock"

_held: dict[Path, int] = {}  # the home that this process has open, and the lock's descriptor


def hold(home: Path) -> None:
    """Say, until this process ends, that it has the home open.

    Raises Refused while another has it alone. A home that cannot be written to is used by nobody.
    """
    if home in _held and _is_still(home / _FILE, _held[home]):
        return
    for descriptor in _held.values():
        os.close(descriptor)
    _held.clear()
    with contextlib.suppress(OSError):
        _held[home] = os.open(home / _FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if home in _held and not _try(_held[home], fcntl.LOCK_SH):
        os.close(_held.pop(home))
        raise Refused(
            "The home's key is being changed; nothing else is done meanwhile.",
            "Wait until that has ended. If it was killed, run the same command again.",
        )


@contextlib.contextmanager
def alone(home: Path) -> Iterator[None]:
    """Have the home, which this process has open, for this process alone.

    Raises Refused while another process has it open.
    """
    hold(home)
    descriptor = _held[home]
    try:
        if not _try(descriptor, fcntl.LOCK_EX):
            raise Refused(
                "The home is in use: by the office, a worker or another command.",
                "Stop them, on every machine, and run the same again.",
            )
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_SH)


def _is_still(path: Path, descriptor: int) -> bool:
    """Whether ``path`` is still the file we locked: a lock on a deleted file guards nothing."""
    try:
        return os.path.samestat(path.stat(), os.fstat(descriptor))
    except OSError:
        return False


def _try(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
