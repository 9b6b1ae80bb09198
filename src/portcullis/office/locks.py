"""The database's own locks: one process at a time integrates entries, one makes tables.

On PostgreSQL it is a lock of the database (a session's advisory lock, let go of when the session
ends, however it ends), so that it holds between machines. SQLite has one machine, and no lock that
others may wait for without being kept from writing; there the log's own lock file does it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# Any number will do that nobody else uses in the home's own database.
_SEQUENCER = 0x706F7274
_MIGRATING = _SEQUENCER + 1


@contextmanager
def sequencer() -> Iterator[None]:
    """Hold the sequencer's lock of this database; waits its turn."""
    with _held(_SEQUENCER):
        yield


@contextmanager
def migrating() -> Iterator[None]:
    """Hold the lock under which this database's tables are made; waits its turn."""
    with _held(_MIGRATING):
        yield


@contextmanager
def _held(lock: int) -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    _ask("SELECT pg_advisory_lock(%s)", lock)
    try:
        yield
    finally:
        _ask("SELECT pg_advisory_unlock(%s)", lock)


def _ask(statement: str, lock: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [lock])
