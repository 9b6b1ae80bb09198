"""The holder's service key, which signs receipts, answers, notices and tokens, and its change.

The new key lies beside the one in force until the ledger has the act that names both; then it takes
its place. What the former key signed is still verified with it, but for tokens and notices: those
must be of the key in force.
"""

from pathlib import Path
from typing import Any

from django.db import transaction

from portcullis import keys
from portcullis.office import entries, former_keys, locks, signers
from portcullis.office.home import Home
from portcullis.office.people import Actor, check_role, sign_act
from portcullis.office.public import write_public
from portcullis.tables import fsync_folder

ACT = former_keys.KIND
_FORMAT = "portcullis-service-key/1"
_FILE, _NEXT = "service.pem", "service.next.pem"


def rotate(home: Home, actor: Actor) -> dict[str, Any]:
    """Put a new service key in force, and destroy the old; return both public halves.

    The gate lock is held alone meanwhile: nobody signs across the change. Killed at any moment, the
    home opens with the one key or the other, as the ledger has it.
    """
    check_role(home, actor, ACT)
    with locks.gate(home).exclusive():
        settle(home)
        facts = {
            "format": _FORMAT,
            "key": keys.public_jwk(_next(home)),
            "former": keys.public_jwk(home.service_key()),
        }
        with transaction.atomic():
            sign_act(home, actor, ACT, facts)
        settle(home)
    entries.integrate(home)
    return facts


def settle(home: Home) -> None:
    """Put the new key in its place where the ledger has it; whatever was cut off after that."""
    path = _folder(home) / _NEXT
    if not path.exists():
        return
    made = former_keys.changes()
    if not made or made[-1].key != keys.public_jwk(keys.load_private(path)):
        return  # nobody signed for it yet
    path.replace(_folder(home) / _FILE)
    fsync_folder(_folder(home))
    write_public(home, signers.now_in_force(), former_keys.formers())


def _next(home: Home) -> keys.ECKey:
    """Return the key that is to be the next: made once, so that what is signed for is what is used.

    An act that is rehearsed in the browser leaves it; it signs nothing before it is in force.
    """
    path = _folder(home) / _NEXT
    if not path.exists():
        keys.save_private(keys.generate(), path)
    return keys.load_private(path)


def _folder(home: Home) -> Path:
    return home.path / "keys"
