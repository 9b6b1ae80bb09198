"""Where a home's state is: SQLite in the home, or the PostgreSQL database of an address.

Nobody waits for ever for the other's transaction: after ``WAITS`` seconds an act fails, and nothing
of it is done. A machine that vanished is given up by the server within half a minute, and with
it whatever lock its sessions held.
"""

from pathlib import Path
from typing import Any

import dj_database_url

from portcullis.errors import Misuse

FILE = "state.sqlite3"
WAITS = 60  # seconds for a lock of the database

_SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {
        # A transaction takes the write lock when it begins, so two workers never deadlock halfway.
        "transaction_mode": "IMMEDIATE",
        "timeout": WAITS,
        # Erased means overwritten, in the database's free pages too.
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
        ),
    },
}
# Of the server, for our sessions alone. READ COMMITTED: what is read once a lock is had is what
# the one who had it before has left.
_SESSION = {
    "default_transaction_isolation": "read\\ committed",
    "lock_timeout": f"{WAITS}s",
    "synchronous_commit": "on",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
# Of the client: a server that vanished is no longer waited for either (libpq; seconds).
_CLIENT = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}


def databases(home: Path, address: str) -> dict[str, dict[str, Any]]:
    """Return Django's DATABASES: the one at ``address`` (postgresql://...), else the home's own.

    Raises Misuse where the address is of another kind of database, without repeating it: it may
    hold a password.
    """
    if not address:
        return {"default": {**_SQLITE, "NAME": home / FILE}}
    if not address.startswith(("postgres://", "postgresql://")):
        raise Misuse(
            "DATABASE_URL does not name a PostgreSQL database.",
            "Write postgresql://USER@HOST/NAME, or leave it away for SQLite in the home.",
        )
    found: dict[str, Any] = {**dj_database_url.parse(address)}
    given: dict[str, Any] = found.get("OPTIONS") or {}
    session = " ".join(f"-c {name}={value}" for name, value in _SESSION.items())
    options = {**_CLIENT, **given, "options": f"{session} {given.get('options', '')}".strip()}
    return {"default": {**found, "OPTIONS": options}}
