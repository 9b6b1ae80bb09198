"""The office's locks: files on one machine, and on PostgreSQL locks of the database beside them.

SQLite has one machine, and there the files do it. PostgreSQL may serve several machines that share
a home: beside each file a session's advisory lock is held, which the server lets go of when the
session ends, however it ends. The session is the one that the act writes in. So whoever loses the
lock has lost the transaction too, and can record nothing more by it; what else it was about to do
asks ``check_held`` first, and a package that was about to leave is taken back
(``leaving``) by whoever next holds the gate alone. A lost lock is never taken again in silence.

They are taken outside any transaction; one that begins while they are held ends before they are
let go of.

The sessions must be the server's own: a pool between that gives one session to several clients by
turns (PgBouncer's transaction mode) breaks these locks.
"""

import hashlib
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import Error, connection

from portcullis.errors import Refused
from portcullis.office import leaving
from portcullis.office.home import Home
from portcullis.standing import DEFAULT_TIMEOUT, Beside, GateLock, not_in_time

if TYPE_CHECKING:
    from portcullis.office.requesting import RequesterHome

SEQUENCER_WAITS = 600.0  # seconds; the sequencer may wait for witnesses
# Any number will do that nobody else uses in the home's own database.
_SEQUENCER = 0x706F7274
_MIGRATING = _SEQUENCER + 1
MIGRATING_WAITS = 600.0  # seconds a second process may wait for the first
_NOT_IN_TIME = ("55P03", "40P01")  # lock_not_available, deadlock_detected


def gate(home: Home) -> GateLock:
    """Return the gate lock of the home, good between all machines that share it."""
    key = _key("gate")

    @contextmanager
    def beside(*, shared: bool, deadline: float) -> Iterator[None]:
        with _held(key, shared=shared, deadline=deadline):
            if not shared:
                leaving.take_back(home)
            yield

    return GateLock(home.gate_lock, beside=beside)


def alone(
    home: "Home | RequesterHome", path: Path, timeout: float = DEFAULT_TIMEOUT
) -> AbstractContextManager[None]:
    """Hold the lock file at ``path`` in the home alone, good between machines.

    ``timeout`` in seconds. Raises Refused where it cannot be had in time.
    """
    key = _key(path.relative_to(home.path).as_posix())
    return GateLock(path, timeout, _beside(key)).exclusive()


@contextmanager
def sequencer() -> Iterator[None]:
    """Hold the sequencer's lock of this database; waits its turn. On SQLite the log's file does."""
    with _held(_SEQUENCER, shared=False, deadline=time.monotonic() + SEQUENCER_WAITS):
        yield


@contextmanager
def migrating() -> Iterator[None]:
    """Hold the lock under which the pages' tables are made; waits its turn."""
    with _held(_MIGRATING, shared=False, deadline=time.monotonic() + MIGRATING_WAITS):
        yield


def check_held() -> None:
    """Raise Refused where the connection is gone, and with it every lock that was held by it.

    To be asked, while a lock is held, before what no transaction undoes. Costs nothing on SQLite.
    """
    if connection.vendor == "postgresql":
        try:
            _ask("SELECT 1")
        except Error as problem:
            raise _lost() from problem


def _beside(key: int) -> Beside:
    def beside(*, shared: bool, deadline: float) -> AbstractContextManager[None]:
        return _held(key, shared=shared, deadline=deadline)

    return beside


@contextmanager
def _held(key: int, *, shared: bool, deadline: float) -> Iterator[None]:
    """Hold the database's lock ``key`` in this session. Raises Refused where it was lost."""
    if connection.vendor != "postgresql":
        yield
        return
    kind = "_shared" if shared else ""
    _take(f"pg_advisory_lock{kind}({key})", deadline)
    unlock = f"pg_advisory_unlock{kind}({key})"
    try:
        yield
    except Error as problem:
        if _let_go(unlock):
            raise
        raise _lost() from problem
    except BaseException:
        _let_go(unlock)
        raise
    if not _let_go(unlock):
        raise _lost()


def _take(lock: str, deadline: float) -> None:
    left = max(1, round(1000 * (deadline - time.monotonic())))
    try:
        # In one go, so that the limit is this statement's alone, in a transaction or outside.
        _ask(f"SET LOCAL lock_timeout = {left}; SELECT {lock}; SET LOCAL lock_timeout TO DEFAULT")
    except Error as problem:
        if getattr(problem.__cause__, "sqlstate", None) in _NOT_IN_TIME:
            raise not_in_time() from problem
        connection.close()
        raise _lost() from problem


def _let_go(unlock: str) -> bool:
    """Let go of a lock; return whether it was held all the time.

    Where it cannot be let go of, the session is ended, which lets go of everything.
    """
    try:
        held = _ask(f"SELECT {unlock}")
    except Error:
        held = False
    if not held:
        connection.close()
    return held


def _ask(statement: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.description is not None and bool(cursor.fetchone()[0])


def _key(name: str) -> int:
    """Return the number of the lock of that name: 64 bits with a sign, as PostgreSQL has them."""
    digest = hashlib.sha256(f"portcullis/lock/{name}".encode()).digest()
    return int.from_bytes(digest[:8], signed=True)


def _lost() -> Refused:
    return Refused(
        "The connection to the database was lost. What was not on record by then was not done.",
        "Run it again; if it goes on, see whether the database server is well.",
    )
