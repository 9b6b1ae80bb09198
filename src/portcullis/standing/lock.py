"""The gate lock: shared by those who let something out, exclusive to who files an order.

Two lock files of one host (flock(2); not for network file systems). The second is a turnstile:
releases pass through it one moment each, an order holds it from the first moment it can until
it is done, so that no stream of releases keeps an order waiting for longer than the package in
hand. The kernel lets go of a dead process's locks. The lock is not re-entrant: who holds it and
asks again waits in vain. Where several hosts share a home, a lock that all of them see is held
``beside`` the files.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Protocol

from portcullis.errors import Refused

DEFAULT_TIMEOUT = 30.0
_PAUSE = 0.001


class Beside(Protocol):
    """What is held beside the lock files, and let go before them.

    Called with how it is to be held, and by which moment of ``time.monotonic`` at the latest;
    raises ``not_in_time`` where it cannot be had by then.
    """

    def __call__(self, *, shared: bool, deadline: float) -> AbstractContextManager[None]:
        """Return a context in which it is held."""


def _nothing(*, shared: bool, deadline: float) -> AbstractContextManager[None]:  # noqa: ARG001
    return nullcontext()


class NotInTime(Refused):
    """The lock could not be had in time: what was to be done under it was not, and may be yet."""


def not_in_time() -> NotInTime:
    """Return the refusal of who could not have the lock in time."""
    return NotInTime(
        "The gate lock could not be had in time; nothing was done.",
        "Try again; if it goes on, look for a process that hangs while it holds the gate.",
    )


class GateLock:
    """The lock at ``path`` and its turnstile beside it; ``timeout`` in seconds."""

    def __init__(
        self, path: Path, timeout: float = DEFAULT_TIMEOUT, beside: Beside = _nothing
    ) -> None:
        self.path = path
        self.turnstile = path.with_name(path.name + ".turnstile")
        self.timeout = timeout
        self.beside = beside

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Hold the gate with others who release. Raises Refused where it cannot be had in time."""
        deadline = time.monotonic() + self.timeout
        with _locked(self.turnstile, fcntl.LOCK_SH, deadline):
            gate = _take(self.path, fcntl.LOCK_SH, deadline)
        try:
            with self.beside(shared=True, deadline=deadline):
                yield
        finally:
            _let_go(gate)

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the gate alone. Raises Refused where it cannot be had in time."""
        deadline = time.monotonic() + self.timeout
        with (
            _locked(self.turnstile, fcntl.LOCK_EX, deadline),
            _locked(self.path, fcntl.LOCK_EX, deadline),
            self.beside(shared=False, deadline=deadline),
        ):
            yield


@contextmanager
def _locked(path: Path, how: int, deadline: float) -> Iterator[None]:
    descriptor = _take(path, how, deadline)
    try:
        yield
    finally:
        _let_go(descriptor)


def _let_go(descriptor: int) -> None:
    # Unlocked by name, not by closing alone: a child forked meanwhile has the descriptor too.
    fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


def _take(path: Path, how: int, deadline: float) -> int:
    """Return a descriptor that holds the lock ``how``."""
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if _try(descriptor, how) and _is_still(path, descriptor):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
        if time.monotonic() >= deadline:
            raise not_in_time()
        time.sleep(_PAUSE)


def _try(descriptor: int, how: int) -> bool:
    try:
        fcntl.flock(descriptor, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(path: Path, descriptor: int) -> bool:
    """Whether ``path`` is still the file we locked: a lock on a deleted file guards nothing."""
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    mine = os.fstat(descriptor)
    return (there.st_dev, there.st_ino) == (mine.st_dev, mine.st_ino)
