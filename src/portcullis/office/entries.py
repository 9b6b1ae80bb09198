"""The outbox of the ledger: acts write entries; the sequencer integrates them in order.

A position is given under one lock, in the transaction of the act it records, and never moves.
So the order of acts in the database *is* the order of the ledger, and a crash between the two
leaves only entries still to be integrated, which the next run integrates at the same place.
"""

import contextlib
import json
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from portcullis import ledger
from portcullis.canonical import json_bytes
from portcullis.errors import Misuse, PortcullisError, Refused
from portcullis.office import cosigned, former_keys, locks, restoring, signers, witnesses
from portcullis.office.home import Home
from portcullis.office.models import Checkpoint, Counter, Entry
from portcullis.office.public import is_public, write_public

Announce = Callable[[str], None]
"""Told the name of each durable step before it, so that tests can cut it off there. What shows how
far work has come is ``progress.Show``."""

BULK = 2000
# A loss that two people have still to accept closes the gate, and is accepted on the ledger.
LOST = "loss-not-accepted"
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 5.0  # seconds between two questions to silent witnesses

_asked: set[Path] = set()  # homes whose witnesses this process has asked what they have seen


def silent(_step: str) -> None:
    """Announce nothing."""


def record(kind: str, facts: Mapping[str, Any], *, batch: str = "", at: str) -> Entry:
    """Write one entry into the outbox. Must run inside the transaction of the act it records."""
    return record_all(kind, [facts], batch=batch, at=at)[0]


def record_all(
    kind: str, facts: Iterable[Mapping[str, Any]], *, batch: str = "", at: str
) -> list[Entry]:
    """Write several entries of one kind, at consecutive positions.

    Raises Misuse, before anything is written, where one is longer than the ledger takes: it would
    stop every later entry too.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an entry is written only in the transaction of its act")
    bodies = [json_bytes({**fact, "kind": kind, "at": at}) for fact in facts]
    if any(len(body) > ledger.LONGEST_ENTRY for body in bodies):
        raise Misuse(
            f"What is to be recorded ({kind}) is longer than the {ledger.LONGEST_ENTRY} bytes that "
            "one entry of the ledger holds. Nothing was done.",
            "Name less in it, and do the rest in another.",
        )
    first = take_positions(len(bodies))
    entries = [
        Entry(position=first + number, kind=kind, batch=batch, body=body)
        for number, body in enumerate(bodies)
    ]
    return Entry.objects.bulk_create(entries, batch_size=BULK)


def take_positions(count: int) -> int:
    """Take ``count`` positions under the one lock and return the first of them.

    Raises Refused in a home that is behind its own ledger: the positions are taken there. A ledger
    that cannot be read stops nobody here; an order must be recorded even then.
    """
    restoring.check_may_record()
    head, _ = Counter.objects.select_for_update().get_or_create(name="ledger")
    if head.value < _decided_size():
        raise Refused(
            "The database is older than the ledger beside it; nothing can be recorded in it.",
            "Run `portcullis ledger catch-up` with the newest copy of the ledger.",
        )
    first = head.value
    head.value = first + count
    head.save()
    return first


def create_log(home: Home, origin: str = "") -> None:
    """Make the ledger, its first key and its local witness, where the home has none yet.

    ``origin`` is the name outsiders know the log by for ever, best the address it is served at
    without its scheme (``example.gov/ledger``); else the agreement's name with a random part. The
    first entry says by which keys the ledger is signed and who witnesses it.
    """
    if (home.ledger / "checkpoint").exists():
        return
    if Entry.objects.exists():
        raise Misuse(
            "The ledger of this home is missing.",
            "Bring its folder back (is a disk not mounted?); another is never made in its place.",
        )
    origin = origin or f"portcullis/{home.pack.id}/{secrets.token_hex(8)}"
    witnesses.make_witness_key(home)
    vkey = signers.new_key(home, origin)
    here = witnesses.cosigners(home, origin, [vkey], only_local=True)
    ledger.Log.create(home.ledger, origin, signers.load(home, origin, [vkey]), here)
    first = ledger.LogKeys((vkey,), tuple(witnesses.vkeys(home)), home.pack.witnesses.k)
    with transaction.atomic():
        record(signers.KIND, signers.facts(first), at=home.now().isoformat())
    write_public(home, first)
    # Witnesses elsewhere must first be told the key: until they are, the entry stays staged.
    with contextlib.suppress(ledger.TooFewCosigned):
        _integrate(home, silent)


def integrate(home: Home, announce: Announce = silent) -> str:
    """Integrate every waiting entry in order and return the checkpoint that covers them.

    One sequencer at a time. Safe to run again after a crash at any step: entries already in the
    log are recognised by position and not written twice. Waits for the witnesses as long as the
    pack says. Raises Refused where too few of them cosign, the disk will not have it, or the home
    was restored and has not caught up; LedgerDamaged where the ledger is not what it was.
    """
    with locks.sequencer():
        return _patiently(home, lambda: _integrate(home, announce))


class OnRecord(PortcullisError):  # noqa: N818 - read as a sentence: it is on record
    """What was asked is done, and on record; what was to follow it is not."""

    exit_code = 1


def publish(home: Home, announce: Announce = silent) -> None:
    """Integrate the entries of an act that is done, as ``integrate``.

    Raises OnRecord where that must wait: whoever did the act must not take it for undone.
    """
    try:
        integrate(home, announce)
    except PortcullisError as waits:
        raise OnRecord(
            f"It is on record, and in force. Its publication waits: {waits.message}",
            "Do not do it again: the ledger publishes it with the next act, once that is mended. "
            "Tell whoever operates the office.",
        ) from waits


def refresh(home: Home) -> None:
    """Integrate what waits, and have the published checkpoint cosigned anew. Raises as that."""
    integrate(home)
    recosign(home)


def recosign(home: Home) -> None:
    """Have the published checkpoint cosigned anew, whatever time it bears now."""
    with locks.sequencer():
        _patiently(home, lambda: _refresh(home))


def _integrate(home: Home, announce: Announce) -> str:
    restoring.check_may_record()
    log = ledger.Log.open(home.ledger)
    # What a crash left staged is published first, and kept: a sample's seed may be made of it.
    _append(home, log, [], announce)
    _keep(log)
    _refuse_while_behind(home)
    _refuse_by_a_wrong_clock(home)
    _ask_once(home)
    first = log.size
    waiting = [
        bytes(body)
        for body in Entry.objects.filter(position__gte=first)
        .order_by("position")
        .values_list("body", flat=True)
    ]
    _append(home, log, waiting, announce)
    announce("mark-integrated")
    _keep(log)
    ledger.write_contents(home.ledger)
    _settle_keys(home, log.size)
    return log.checkpoint


def _append(home: Home, log: ledger.Log, waiting: list[bytes], announce: Announce) -> None:
    size = log.size
    vkeys, said = signers.signing(size), signers.now_in_force()
    ledger.Log.open(home.ledger, signers.load(home, log.origin, vkeys)).append(
        waiting,
        witnesses.cosigners_in_force(home, log.origin, vkeys, said),
        first=size if waiting else None,
        quorum=said.k,
        announce=announce,
    )


def _refresh(home: Home) -> str:
    log = ledger.Log.open(home.ledger)
    vkeys = signers.signing(log.size)
    # Nothing is signed by this: the published checkpoint goes to the witnesses as it is.
    opened = ledger.Log.open(home.ledger, signers.load(home, log.origin, vkeys))
    said = signers.now_in_force()
    return opened.refresh(
        witnesses.cosigners_in_force(home, log.origin, vkeys, said), quorum=said.k
    )


def _ask_once(home: Home) -> None:
    """Ask the witnesses, once a process, whether they have seen more than is here.

    A home copied back from a backup must not sign a second ledger: so before this process signs
    anything, the checkpoint already signed is shown to them.
    """
    if home.path not in _asked:
        _refresh(home)
        _asked.add(home.path)


def _refuse_while_behind(home: Home) -> None:
    """Raise Refused in a home that is behind: what it would sign next has been signed already."""
    behind = [why for why in restoring.closed_reasons(home) if not why.startswith(LOST)]
    if behind:
        raise Refused(
            "Nothing is written to the ledger now. " + " ".join(behind),
            "Catch up with `portcullis ledger catch-up`; the gate is closed meanwhile.",
        )


def _decided_size() -> int:
    """Return up to where the ledger's positions are taken; 0 where it cannot be read."""
    try:
        return ledger.Log.open(Path(settings.HOME) / "ledger").decided_size
    except Misuse:
        return 0


def _refuse_by_a_wrong_clock(home: Home) -> None:
    """Raise Refused where the checkpoint is of this clock's future: no time would be true."""
    wrong = cosigned.clock_reasons(home) if Entry.objects.filter(integrated=True).exists() else []
    if wrong:
        raise Refused(
            "Nothing is written to the ledger now. " + " ".join(wrong),
            "Put the clock right. If it was wrong before and is right now, the administrator has "
            "the checkpoint cosigned anew with `portcullis ledger recosign`.",
        )


def _patiently(home: Home, act: Callable[[], str]) -> str:
    """Do ``act``; while too few witnesses cosign, try again until the pack's patience ends."""
    deadline = time.monotonic() + home.pack.witnesses.wait_seconds
    pause = _FIRST_PAUSE
    while True:
        try:
            return act()
        except ledger.TooFewCosigned:
            if time.monotonic() + pause > deadline:
                raise
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_PAUSE)


def differing(log: ledger.Log) -> list[int]:
    """Return the positions where the database has another entry than the published ledger.

    Looked at are those not yet marked as integrated: a database that has lost its last
    transactions may have given their positions away again.
    """
    waiting = Entry.objects.filter(position__lt=log.size, integrated=False).order_by("position")
    bodies = waiting.values_list("position", "body")
    return [position for position, body in bodies if log.entry(position) != bytes(body)]


def _keep(log: ledger.Log) -> None:
    """Keep the published checkpoint, and mark the entries that it covers.

    Raises LedgerDamaged where the database has other entries at their positions.
    """
    checkpoint = log.checkpoint
    size = int(checkpoint.split("\n")[1])
    if Checkpoint.objects.filter(size=size).exists():
        return
    if other := differing(log):
        raise ledger.LedgerDamaged(
            f"The database has another entry {other[0]} than the ledger: it has lost what was "
            "signed.",
            ledger.Fault.FORKED,
        )
    with transaction.atomic():
        Entry.objects.filter(position__lt=size, integrated=False).update(integrated=True)
        Checkpoint.objects.get_or_create(size=size, defaults={"text": checkpoint})


def _settle_keys(home: Home, size: int) -> None:
    """Let the public keys be those in force, and destroy the private halves of those retired."""
    said = signers.in_force(size)
    for vkey in signers.retired(size):
        signers.forget(home, vkey)
    if not is_public(home, said):
        write_public(home, said, former_keys.formers())


def body(entry: Entry) -> dict[str, Any]:
    """Return what an entry says."""
    return dict(json.loads(bytes(entry.body)))
