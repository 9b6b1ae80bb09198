"""What the doctor asks the database and the witnesses. Imported once the office is open."""

from collections.abc import Iterator

from django.db import connection

from portcullis import keys, ledger, records
from portcullis.errors import PortcullisError, Refused
from portcullis.ledger import REMEDIES, Fault, LedgerDamaged
from portcullis.ledger.asking import Question, ask_all
from portcullis.ledger.durable import quietly
from portcullis.ledger.notes import with_lines_of
from portcullis.office import (
    catching_up,
    comparing,
    cosigned,
    former_keys,
    key_ages,
    persons,
    reinstating,
    restoring,
    rosters,
    rotating,
    sealed,
    signers,
    witnesses,
)
from portcullis.office.doctor import Check, Finding
from portcullis.office.home import Home
from portcullis.office.keystore import Erasable
from portcullis.office.models import Batch, Checkpoint, Entry, Erasure, History

_CATCH_UP = "Run `portcullis ledger catch-up` with the newest copy of the ledger."
_MEND = "Keep the home as it is, and put a backup back beside it; tell the inspector."
_REMEDIES = {
    "restored-from-backup": _CATCH_UP,
    "loss-not-accepted": "See what is missing below; two people accept each loss with "
    "`portcullis ledger accept-loss`.",
    "ledger-rolled-back": REMEDIES[Fault.ROLLED_BACK],
    "database-behind-ledger": _CATCH_UP,
    "ledger-unreadable": _CATCH_UP,
    rosters.DIFFERS: "Find out who changed people.json, and put the recorded roster back: from the "
    "home's folder rosters, or a backup. Where it is lost, see `portcullis people adopt`.",
    "ledger-stale": "Any act has it cosigned anew, if the witnesses answer; see what they say.",
    "clock-wrong": "Put the clock right. If it was wrong before and is right now, run "
    "`portcullis ledger recosign`.",
}
_MINUTE = 60


def _closed(home: Home) -> Iterator[Finding]:
    """Say why nothing may leave, as the gate itself says it."""
    limit = home.pack.thresholds.checkpoint_age_minutes * _MINUTE
    for reason in [
        *restoring.closed_reasons(home),
        *rosters.closed_reasons(home),
        *cosigned.clock_reasons(home),
        *cosigned.age_reasons(home, limit),
    ]:
        code, _, sentence = reason.partition(": ")
        yield Finding(code, sentence, _REMEDIES.get(code, _CATCH_UP))


def _losses(home: Home) -> Iterator[Finding]:
    found = catching_up.pending(home)
    for loss in found.losses if found else ():
        yield Finding("lost", f"{loss.id}: {loss.words}", loss.remedy)


def _database(_home: Home) -> Iterator[Finding]:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            told = cursor.execute("PRAGMA quick_check(1)").fetchone()
        if told != ("ok",):
            yield Finding("database", "The database's file is damaged.", _MEND)


def _outbox(home: Home) -> Iterator[Finding]:
    waiting = Entry.objects.filter(position__gte=ledger.Log.open(home.ledger).size).count()
    if waiting:
        yield Finding(
            "outbox",
            f"{waiting} entries wait to be integrated into the ledger.",
            "Any act integrates them first, if disk and witnesses allow it.",
        )


def _same_entries(home: Home) -> Iterator[Finding]:
    """Compare the database's entries, and the checkpoints it kept, with the ledger's."""
    catching_up.check_database(home.ledger)
    log = ledger.Log.open(home.ledger)
    said = signers.now_in_force()
    kept = dict(Checkpoint.objects.values_list("size", "text"))
    roots = ledger.verify_log(home.ledger, said.signed_by, sizes=sorted(kept)).roots
    for size, text in kept.items():
        root = ledger.open_checkpoint(text, _every_vkey()).checkpoint.root
        if size > log.size:
            message = f"A checkpoint of {size} entries was published; the ledger has {log.size}."
            yield _fault(Fault.ROLLED_BACK, message)
        elif roots.get(size) not in (None, root):
            message = f"The checkpoint published at {size} entries has another root than they make."
            yield _fault(Fault.FORKED, message)


def _every_vkey() -> list[str]:
    """Return every key that ever signed this ledger, as its own entries have them."""
    rows = Entry.objects.filter(kind=signers.KIND).values_list("body", flat=True)
    said = [ledger.LogKeys.parse(bytes(body)) for body in rows]
    return list(dict.fromkeys(vkey for one in said if one for vkey in one.signed_by))


def _fault(fault: Fault, message: str) -> Finding:
    return Finding(fault.value, message, REMEDIES[fault])


def _state(home: Home) -> Iterator[Finding]:
    if restoring.closed_reasons(home):
        return  # said already, and then it cannot agree
    for sentence in comparing.disagreements(catching_up.recorded_state()):
        yield Finding("state-disagrees", sentence, _MEND)


def _roster(home: Home) -> Iterator[Finding]:
    if rosters.on_record() is None and not home.demo:
        yield Finding(
            "roster-not-recorded",
            "The ledger has no roster yet: one that somebody changed would not be noticed.",
            "Two people record it, once, with `portcullis people adopt` and `people accept`.",
        )


def _signing_keys(home: Home) -> Iterator[Finding]:
    log = ledger.Log.open(home.ledger)
    signers.load(home, log.origin, signers.signing(log.size))
    yield from ()


def _own_keys(home: Home) -> Iterator[Finding]:
    """Say which of the home's own keys is too old, or not the one that the ledger has."""
    today = home.today()
    for each in key_ages.ages(home):
        if each.is_old(today):
            yield Finding(
                "key-old",
                f"The {each.kind} key {each.id} is {each.days(today):,} days old; such a key is "
                f"good for {key_ages.GOOD_FOR[each.kind].days:,}.",
                f"Change it: `{key_ages.CHANGED_BY[each.kind]}`.",
            )
    root, changed = rotating.last(), former_keys.changes()
    if root and root[0] != home.root.id:
        yield Finding(
            "key-former",
            "The home's root key was changed after the backup it was put back from: it is under "
            "the former one again.",
            "Change it again: `portcullis key rotate-root`.",
        )
    if changed and changed[-1].key != keys.public_jwk(home.service_key()):
        yield Finding(
            "key-former",
            "The home's service key is not the one that the ledger has: nobody outside believes "
            "what it signs.",
            "Bring keys/service.pem from a newer backup; where it is lost, change it again: "
            "`portcullis key rotate-service`.",
        )


def _witnesses(home: Home) -> Iterator[Finding]:
    """Show the published checkpoint to each witness by itself, and hear what it has seen."""
    log = ledger.Log.open(home.ledger)
    note = with_lines_of(log.checkpoint, log.origin)
    size = log.size
    if log.decided_size > size:
        return  # an append was cut off, and a witness may have seen what it will publish
    question = Question(
        note,
        size,
        old=size,
        most=size,
        growth=lambda old: log.consistency_proof(old) if old else [],
    )
    vkeys = signers.signing(size)
    for witness in witnesses.cosigners(home, log.origin, vkeys):
        name = ledger.parse_vkey(witness.vkey).name
        try:
            line = ask_all(question, [witness], 1, quietly)
        except LedgerDamaged as damage:
            yield Finding.of("witness", damage)
        except Refused as refusal:
            yield Finding(
                "witness-silent",
                f"The witness {name} does not cosign. {refusal.message}",
                "Ask whoever runs it. While too few cosign nothing is published or released.",
            )
        else:
            yield from _clock(home, name, note + line, witness.vkey)


def _clock(home: Home, name: str, note: str, vkey: str) -> Iterator[Finding]:
    signed = ledger.open_checkpoint(note, _every_vkey(), [vkey], 1)
    apart = witnesses.clocks(home)[name] - signed.cosigned[name]
    if abs(apart) > cosigned.CLOCKS_MAY_DIFFER:
        yield Finding(
            "clock-wrong",
            f"This machine's clock and that of the witness {name} are {abs(apart)} seconds apart.",
            "Find out which is wrong, and put it right.",
        )


def _erasable_keys(home: Home) -> Iterator[Finding]:
    erased = {(one.kind, one.subject): one for one in Erasure.objects.all()}
    for one in erased.values():
        if not one.finished:
            yield Finding(
                "erasure-unfinished",
                f"The erasure of the {one.kind} {one.subject} is decided and not finished.",
                "Run `portcullis erase` for it again.",
            )
    kept = Batch.objects.exclude(state="lost").values_list("id", flat=True)
    for what in [
        *map(Erasable.batch, kept),
        *map(Erasable.history, History.objects.values_list("id", flat=True)),
    ]:
        if not home.secrets.has(what) and (what.kind, what.id) not in erased:
            yield Finding(
                "key-missing",
                f"The key of the {what.kind} {what.id} is gone, and nobody erased it.",
                "Put keys/erasable back from the backups' folder erasable-keys. Make no backup "
                "elsewhere before.",
            )


def _sealed_files(home: Home) -> Iterator[Finding]:
    for sentence in sealed.missing(home):
        yield Finding("sealed", sentence, "Put the folder sealed/ back from a backup.")


def _sealed_persons(home: Home) -> Iterator[Finding]:
    for name in persons.missing(home):
        yield Finding(
            "persons-missing",
            f"The persons under seal that {name} names are not here; it reaches every request.",
            f"Counsel seals them again with `portcullis order persons {name}`.",
        )


def _newest_index(home: Home) -> Iterator[Finding]:
    try:
        with records.open_index(home.index, home.derived_key("index")) as index:
            digest = index.info.digest
    except PortcullisError:
        return  # said already
    for sentence in reinstating.newer_index(catching_up.recorded_state(), digest):
        yield Finding("index", sentence, "Run `portcullis records index`.")


CHECKS: dict[str, Check] = {
    "closed": _closed,
    "lost": _losses,
    "database": _database,
    "roster": _roster,
    "ledger-keys": _signing_keys,
    "own-keys": _own_keys,
    "entries": _same_entries,
    "outbox": _outbox,
    "state": _state,
    "witness": _witnesses,
    "erasable-keys": _erasable_keys,
    "sealed": _sealed_files,
    "index": _newest_index,
    "sealed-persons": _sealed_persons,
}
