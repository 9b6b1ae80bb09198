"""Erasure: working data disposed of when its day has come, unless a preservation hold stands.

In this order and no other:

1. ``decide``: gate lock taken alone; no hold reaches it; ``working-data-erased`` and its row, both
   or neither;
2. the entry is integrated in a checkpoint that meets the witness policy;
3. gate lock taken alone again, and the holds asked again; then the secret of its key is destroyed,
   which makes every copy of it unreadable, backups included; then its files; then what the
   database keeps of it.

A crash leaves at worst an entry whose erasure is not finished. Run again, it goes on where it
stopped. What stays: the accounting, the ledger, the leaves and their trees, and who did what.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from django.db import transaction

from portcullis import progress, tables
from portcullis.errors import Refused
from portcullis.office import (
    accounting,
    entries,
    erased,
    files,
    histories,
    locks,
    reexamining,
    retention,
    window,
)
from portcullis.office.entries import Announce, silent
from portcullis.office.home import Home
from portcullis.office.keystore import BATCH, HISTORY, Erasable
from portcullis.office.models import (
    Batch,
    Entry,
    Erasure,
    History,
    Impairment,
    Package,
    Reexamination,
    Sample,
)
from portcullis.office.people import Actor, check_role, deny, sign_act
from portcullis.office.putting_back import files_below
from portcullis.standing import Hold

ACT = "erase"
ENTRY = "working-data-erased"


def erase(
    home: Home,
    actor: Actor,
    what: Erasable,
    announce: Announce = silent,
    *,
    show: progress.Show = progress.unseen,
) -> Erasure:
    """Dispose of the working data of ``what`` under the schedule, or finish doing so.

    Raises Refused where there is no such thing, a batch is not answered, its day has not come, or
    it was erased before; and, with the attempt on record, while a preservation hold reaches it.
    """
    check_role(home, actor, ACT, batch=_batch_of(what))
    since = retention.kept_since(what)
    erasure = _decided(what)
    if erasure is None:
        _check_day(home, what, since)
        if what.kind == HISTORY:
            announce("account")
            _account(home, what.id, show)
        announce("decide")
        erasure = _decide(home, actor, what, announce)
    elif erasure.finished:
        raise Refused(erased.words(erasure), erased.REMAINS)
    announce("integrate-erasure")
    entries.integrate(home, announce)
    with _no_hold(home, actor, what):
        _carry_out(home, erasure, announce, show)
    return erasure


def erase_again(home: Home, entry: Entry) -> Erasure:
    """Carry out, in a home restored from a backup, an erasure that its ledger has in ``entry``.

    Returns it unfinished, with nothing destroyed, where a preservation hold stands that reaches
    it: whether it was carried out before the hold shows in whether its secret came back.
    """
    said = entries.body(entry)
    what = Erasable(said["subject"]["kind"], said["subject"]["id"])
    with locks.gate(home).exclusive():
        erasure = _decided(what) or _write(what, entry)
        if not erasure.finished and not retention.holds_on(home, what):
            _carry_out(home, erasure, silent)
    return erasure


def _decided(what: Erasable) -> Erasure | None:
    return Erasure.objects.filter(kind=what.kind, subject=what.id).first()


def _check_day(home: Home, what: Erasable, since: date | None) -> None:
    if since is None:
        raise Refused(
            f"The batch {what.id} is not answered; its working data is still needed.",
            "See `portcullis retention due` for what is due.",
        )
    due_day = retention.due_day(home, since)
    if home.today() < due_day:
        raise Refused(
            f"The working data of the {what.kind} {what.id} is kept until {due_day}: "
            f"{home.pack.retention.working_data_days:,} days from {since}.",
            "Erase it on that day or later. The days are the agreement's, in retention.toml.",
        )


@contextmanager
def _no_hold(home: Home, actor: Actor, what: Erasable) -> Iterator[None]:
    """Hold the gate alone while no preservation hold reaches ``what``; deny the act else."""
    with locks.gate(home).exclusive():
        holds = retention.holds_on(home, what)
        if not holds:
            yield
            return
    deny(home, ACT, actor.id, "hold", _held(what, holds), batch=_batch_of(what))


def _held(what: Erasable, holds: list[Hold]) -> str:
    named = ", ".join(f"{hold.id} ({hold.court} {hold.docket})" for hold in holds)
    return (
        f"The working data of the {what.kind} {what.id} is not erased while a preservation hold "
        f"reaches it: {named}."
    )


def _decide(home: Home, actor: Actor, what: Erasable, announce: Announce) -> Erasure:
    """Put the erasure on the ledger: of what, and under which schedule; nothing else."""
    days = home.pack.retention.working_data_days
    facts = {
        "subject": {"kind": what.kind, "id": what.id},
        "schedule": {"agreement": home.pack.id, "version": home.pack.version, "days": days},
    }
    with _no_hold(home, actor, what), transaction.atomic():
        # Another records officer may have decided the same a moment ago.
        erasure = _decided(what)
        if erasure is None:
            act = sign_act(home, actor, ACT, facts, _batch_of(what), entry_kind=ENTRY)
            erasure = _write(what, act.entry)
        announce("commit-erasure")
    return erasure


def _write(what: Erasable, entry: Entry) -> Erasure:
    said = entries.body(entry)
    return Erasure.objects.create(
        kind=what.kind,
        subject=what.id,
        on=date.fromisoformat(said["at"][:10]),
        days=said["schedule"]["days"],
        entry=entry,
    )


def _carry_out(
    home: Home,
    erasure: Erasure,
    announce: Announce,
    show: progress.Show = progress.unseen,
) -> None:
    """Destroy the secret first: whatever a crash leaves after it cannot be read."""
    what = Erasable(erasure.kind, erasure.subject)
    announce("destroy-secret")
    locks.check_held()
    home.secrets.destroy(what)
    doomed = _files(home, what)
    number = sum(_count(path) for path in doomed)
    with progress.step(show, "Destroy the files", number, "files") as advance:
        for path in doomed:
            announce("destroy-files")
            _remove(path, advance)
    announce("forget")
    with transaction.atomic():
        _forget(what)
        erasure.finished = True
        erasure.save(update_fields=["finished"])
        announce("commit-finished")


def _files(home: Home, what: Erasable) -> list[Path]:
    """Return the files and folders of working data: what was published too, but the receipt."""
    if what.kind == BATCH:
        outgoing = home.outgoing / what.id
        published = sorted(outgoing.iterdir()) if outgoing.is_dir() else []
        return [
            home.batch(what.id),
            window.window_file(home, what.id),
            *(path for path in published if path.name != files.RECEIPT),
        ]
    if what.kind == HISTORY:
        return [histories.folder(home, what.id)]
    return [reexamining.result_file(home, int(what.id)).parent]


def _count(path: Path) -> int:
    return sum(1 for _ in files_below(path)) if path.is_dir() else 1


def _remove(path: Path, advance: progress.Advance) -> None:
    if path.is_dir():
        for relative in files_below(path):
            (path / relative).unlink(missing_ok=True)
            advance(1)
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
        advance(1)
    if path.parent.is_dir():
        tables.fsync_folder(path.parent)


def _forget(what: Erasable) -> None:
    """Take out of the database the wrapped keys, and what says of a row more than its accounting.

    Of a batch: the holder's halves of its packages, the findings under 26 U.S.C. § 6103(i)(6), and
    which rows were sampled.
    """
    if what.kind == BATCH:
        Batch.objects.filter(id=what.id).update(wrapped_key=b"")
        Package.objects.filter(batch=what.id).update(wrapped_half=None)
        Impairment.objects.filter(batch=what.id).delete()
        Sample.objects.filter(list__batch=what.id).update(rows=[])
    elif what.kind == HISTORY:
        History.objects.filter(id=what.id).update(wrapped_key=b"")
    else:
        Reexamination.objects.filter(number=what.id).update(wrapped_key=b"")


def _account(home: Home, history_id: str, show: progress.Show) -> None:
    """Write the accounting of a history, if it was imported before histories had one."""
    source = accounting.Source(accounting.HISTORY, history_id)
    if not accounting.is_there(home, source, accounting.QUARANTINED):
        history = histories.find_history(history_id)
        histories.account(home, history_id, histories.history_key(home, history), show)


def _batch_of(what: Erasable) -> str:
    return what.id if what.kind == BATCH else ""
