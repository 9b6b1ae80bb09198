"""The outbox of the ledger: acts write entries; the sequencer integrates them in order.

A position is given under one lock, in the transaction of the act it records, and never moves.
So the order of acts in the database *is* the order of the ledger, and a crash between the two
leaves only entries still to be integrated, which the next run integrates at the same place.
"""

import json
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from portcullis import ledger
from portcullis.canonical import json_bytes
from portcullis.office.home import Home
from portcullis.office.models import Checkpoint, Counter, Entry
from portcullis.office.public import write_public

Announce = Callable[[str], None]
BULK = 2000
LOG_KEY = "ledger.pem"
WITNESS_KEY = "witness.pem"


def silent(_step: str) -> None:
    """Announce nothing."""


def record(kind: str, facts: Mapping[str, Any], *, batch: str = "", at: str) -> Entry:
    """Write one entry into the outbox. Must run inside the transaction of the act it records."""
    return record_all(kind, [facts], batch=batch, at=at)[0]


def record_all(
    kind: str, facts: Iterable[Mapping[str, Any]], *, batch: str = "", at: str
) -> list[Entry]:
    """Write several entries of one kind, at consecutive positions."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an entry is written only in the transaction of its act")
    bodies = [json_bytes({**fact, "kind": kind, "at": at}) for fact in facts]
    first = take_positions(len(bodies))
    entries = [
        Entry(position=first + number, kind=kind, batch=batch, body=body)
        for number, body in enumerate(bodies)
    ]
    return Entry.objects.bulk_create(entries, batch_size=BULK)


def take_positions(count: int) -> int:
    """Take ``count`` positions under the one lock and return the first of them."""
    head, _ = Counter.objects.select_for_update().get_or_create(name="ledger")
    first = head.value
    head.value = first + count
    head.save()
    return first


def create_log(home: Home) -> None:
    """Make the ledger and its local witness, where the home has none yet."""
    keys = home.path / "keys"
    if (home.ledger / "checkpoint").exists():
        return
    for name in (LOG_KEY, WITNESS_KEY):
        if not (keys / name).exists():
            ledger.save_key(ledger.generate_key(), keys / name)
    key = ledger.load_key(keys / LOG_KEY)
    # The name outsiders know the log by: the agreement's, with a random part, for ever.
    origin = f"portcullis/{home.pack.id}/{secrets.token_hex(8)}"
    witness = _witness(home, origin, key)
    log = ledger.Log.create(home.ledger, origin, key, [witness])
    write_public(home, [log.vkey], [witness.vkey], home.pack.witnesses.k)


def open_log(home: Home) -> tuple[ledger.Log, ledger.Witness]:
    """Open the ledger for writing, and its local witness."""
    key = ledger.load_key(home.path / "keys" / LOG_KEY)
    log = ledger.Log.open(home.ledger, key)
    return log, _witness(home, log.origin, key)


def integrate(home: Home, announce: Announce = silent) -> str:
    """Integrate every waiting entry in order and return the checkpoint that covers them.

    The log's own lock admits one sequencer at a time. Safe to run again after a crash at any
    step: entries already in the log are recognised by position and not written twice.
    """
    log, witness = open_log(home)
    quorum = home.pack.witnesses.k
    # What a crash left staged is published first, and kept: a sample's seed may be made of it.
    log.append([], [witness], quorum=quorum, announce=announce)
    _keep(log.checkpoint)
    first = log.size
    waiting = [
        bytes(body)
        for body in Entry.objects.filter(position__gte=first)
        .order_by("position")
        .values_list("body", flat=True)
    ]
    log.append(waiting, [witness], first=first, quorum=quorum, announce=announce)
    text = log.checkpoint
    announce("mark-integrated")
    _keep(text)
    return text


def _keep(checkpoint: str) -> None:
    """Keep a published checkpoint, and mark the entries that it covers."""
    size = int(checkpoint.split("\n")[1])
    if Checkpoint.objects.filter(size=size).exists():
        return
    with transaction.atomic():
        Entry.objects.filter(position__lt=size, integrated=False).update(integrated=True)
        Checkpoint.objects.get_or_create(size=size, defaults={"text": checkpoint})


def _witness(home: Home, origin: str, key: Ed25519PrivateKey) -> ledger.Witness:
    """Return the local witness: another key and another store, but the same hands as the log's."""
    return ledger.Witness(
        home.witness,
        home.pack.witnesses.names[0],
        ledger.load_key(home.path / "keys" / WITNESS_KEY),
        {origin: [ledger.log_verifier(origin, key).vkey]},
        lambda: int(time.time()),
    )


def body(entry: Entry) -> dict[str, Any]:
    """Return what an entry says."""
    return dict(json.loads(bytes(entry.body)))
