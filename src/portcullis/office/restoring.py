"""Is this home behind its own record? A home put back from a backup is, until it has caught up.

Its database, or its ledger, may lack an order filed after the backup was made, or a package that
left. So while it is marked, or whenever the files themselves show that something is missing, the
gate is closed; and until it has caught up nothing is recorded or signed, since its next position
in the ledger is another entry's already.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from portcullis import ledger
from portcullis.errors import Misuse, Refused
from portcullis.office.home import Home
from portcullis.office.models import Counter
from portcullis.office.restored import Restored

_CATCH_UP = "Run `portcullis ledger catch-up` with the newest copy of the ledger."


def closed_reasons(home: Home) -> list[str]:
    """Return why nothing may leave this home: it is behind its own record. Empty: it is not.

    Each reason is a code, a colon and a sentence. Cheap enough to be asked for every package,
    inside the gate lock.
    """
    return [*_marked(home), *_behind(home)]


def check_may_record() -> None:
    """Raise Refused while the open home has not caught up: nothing is recorded, nothing signed."""
    mark = Restored.read(Path(settings.HOME))
    if mark is not None and mark.caught_up is None:
        raise Refused(
            "This home was put back from a backup and has not caught up with its ledger; nothing "
            "can be recorded in it, and its gate is closed.",
            _CATCH_UP,
        )


def witnessed_here(home: Home, origin: str) -> int:
    """Return how many entries of the log the local witness has seen, 0 where it is not asked.

    Raises Misuse where its store is damaged.
    """
    path = home.witness / hashlib.sha256(origin.encode()).hexdigest()
    try:
        return int(path.read_text().split("\n")[1])
    except FileNotFoundError:
        return 0
    except (OSError, ValueError, IndexError):
        raise Misuse(
            "What the local witness has stored is damaged.",
            "Restore its folder; a witness never starts anew under its old key.",
        ) from None


def _marked(home: Home) -> Iterator[str]:
    mark = Restored.read(home.path)
    if mark is None:
        return
    if mark.caught_up is None:
        yield (
            "restored-from-backup: This home was put back from a backup and has not caught up with "
            "its ledger."
        )
    else:
        yield (
            "loss-not-accepted: The ledger records what this home no longer has, and two people "
            "have not accepted the loss."
        )


def _behind(home: Home) -> Iterator[str]:
    try:
        log = ledger.Log.open(home.ledger)
        # In this order: an append under way in another process shows its witness first.
        seen = witnessed_here(home, log.origin)
        decided = log.decided_size
    except Misuse as problem:
        yield f"ledger-unreadable: {problem.message}"
        return
    if decided < seen:
        yield (
            f"ledger-rolled-back: The ledger has {decided} entries and its witness has seen "
            f"{seen}: this is an older copy."
        )
    recorded = Counter.objects.filter(name="ledger").values_list("value", flat=True).first() or 0
    if recorded < decided:
        yield (
            f"database-behind-ledger: The database has {recorded} entries and the ledger "
            f"{decided}: the database is an older copy."
        )
