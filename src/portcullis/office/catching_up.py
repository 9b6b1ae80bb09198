"""Catching up: the newest copy of the ledger is fetched, checked, put in place, and followed.

In this order and no other; cut off anywhere, it is run again:

1. the source is copied beside the ledger and verified whole, with the log's keys that this home
   knows, and with the witnesses that the ledger itself asked for at each checkpoint;
2. it must be this home's own log, continued: not shorter, not another, and every entry that the
   database has must stand in it at its place;
3. the home is marked: from here on nothing is recorded, signed or released;
4. the copy takes the place of the ledger, which is kept beside it; the database gets the missing
   entries, and the public keys are those the ledger records;
5. the witnesses in force by the ledger are shown the checkpoint: one that has seen more, or
   another, ends it here, and so does a pack too old to name enough of them;
6. the state is put back from the entries, erasures are done again, and everything is compared;
   what was published of the batches comes out of the backup's tables;
7. what is lost is accepted by two people; then the mark goes, and ``restored`` is written.
"""

import contextlib
import filecmp
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.db import transaction

from portcullis import ledger, progress
from portcullis.errors import Refused
from portcullis.ledger import Fault, LedgerDamaged
from portcullis.ledger.durable import locked
from portcullis.ledger.log import LOCK, STAGED
from portcullis.ledger.staged import Staged
from portcullis.office import (
    comparing,
    entries,
    erasure,
    former_keys,
    locks,
    losses,
    published,
    rebuilding,
    reinstating,
    reinstating_batches,
    signers,
)
from portcullis.office.entries import Announce, silent
from portcullis.office.home import Home
from portcullis.office.losses import Loss
from portcullis.office.models import Checkpoint, Counter, Entry
from portcullis.office.people import Actor, check_role, sign_act
from portcullis.office.public import FILE, read_public, write_public
from portcullis.office.restored import MARK, Restored
from portcullis.tables import publish


@dataclass(frozen=True)
class CaughtUp:
    """How far a home has come: whether it is whole again, and if not, what is missing.

    ``added``: entries that the database lacked. ``again``: what was done after the backup and is to
    be done again, which keeps nothing closed.
    """

    size: int
    added: int
    losses: tuple[Loss, ...]
    disagreements: tuple[str, ...]
    again: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is missing: the home is no longer closed on this account."""
        return not self.losses and not self.disagreements


def catch_up(
    home: Home,
    actor: Actor,
    source: str,
    announce: Announce = silent,
    *,
    show: progress.Show = progress.unseen,
) -> CaughtUp:
    """Bring the home up to the copy of its ledger at ``source``: a folder, or a URL.

    The copy holds ``ledger`` and ``trees``, as a home does and as ``portcullis serve`` shows them.
    Raises LedgerDamaged, named for what it is, where the copy is damaged, older or another log;
    Refused where it is not signed by this home's keys, or too few witnesses answer.
    """
    check_role(home, actor, "ledger-catch-up")
    _mend_exchange(home)
    copy = home.path / "catching-up"
    announce("fetch")
    _fetch(source, copy, show)
    announce("check")
    _check_source(home, copy, show)
    mark = Restored.read(home.path) or Restored(None)
    with locks.gate(home).exclusive(), locks.sequencer(), locked(home.ledger / LOCK):
        _check_continues(home, copy)
        check_database(copy / "ledger", show)
        announce("mark")
        Restored(mark.backup).write(home.path)
        _put_in_place(home, copy, announce)
        announce("add-entries")
        size, added = _add_entries(home, show)
    shutil.rmtree(copy, ignore_errors=True)
    write_public(home, signers.now_in_force(), former_keys.formers())
    announce("ask-witnesses")
    entries.recosign(home)
    return _settle(home, actor, Restored(mark.backup, size), added, announce, show)


def accept_losses(home: Home, actor: Actor, named: Sequence[str]) -> tuple[int, CaughtUp]:
    """Approve that the losses ``named`` are accepted; with the second approval the home goes on.

    Returns how many people have approved, and how far the home has come. Raises Refused where the
    home has not caught up, or a loss named is none of those that are missing.
    """
    check_role(home, actor, losses.ACT)
    mark = Restored.read(home.path)
    if mark is None or mark.caught_up is None:
        raise Refused(
            "There is no loss to accept: the home has not caught up, or lacks nothing.",
            "See `portcullis doctor`.",
        )
    pending = {loss.id: loss for loss in _evaluate(home, mark, 0).losses}
    unknown = sorted(set(named) - set(pending))
    if unknown or not named:
        raise Refused(
            f"Nothing is missing under the name {unknown[0]}." if unknown else "No loss is named.",
            f"Name of these: {', '.join(pending) or 'none is left'}.",
        )
    approvals = losses.accept(home, actor, [pending[name] for name in named], mark.caught_up)
    if approvals < losses.APPROVALS:
        return approvals, _evaluate(home, mark, 0)
    return approvals, _settle(home, actor, mark, 0)


def pending(home: Home) -> CaughtUp | None:
    """Return what a home that has caught up still lacks; None where it is not marked so.

    Nothing is written to the database by asking.
    """
    mark = Restored.read(home.path)
    if mark is None or mark.caught_up is None:
        return None
    with transaction.atomic():
        found = _evaluate(home, mark, 0)
        transaction.set_rollback(True)
    return found


def recorded_state() -> rebuilding.Recorded:
    """Return what the entries in the database say of the state."""
    rows = Entry.objects.order_by("position").iterator()
    return rebuilding.fold((row.position, entries.body(row)) for row in rows)


def _settle(  # noqa: PLR0917 - how far it has come, and who is told
    home: Home,
    actor: Actor,
    mark: Restored,
    added: int,
    announce: Announce = silent,
    show: progress.Show = progress.unseen,
) -> CaughtUp:
    """Put the state back, and take the mark away if nothing is missing."""
    announce("reinstate")
    with progress.step(show, "Put the state back and compare it"):
        found = _evaluate(home, mark, added)
    # After the erasures: what was erased does not come back.
    unread = published.put_back(home, announce, show)
    found = replace(found, again=(*found.again, *map(_unread, unread)))
    # From here on acts may be recorded again: the loss itself is accepted by one.
    announce("mark-caught-up")
    mark.write(home.path)
    if found.whole:
        facts = {"size": mark.caught_up, "backup": mark.backup, "confirmed_by": _confirmed(home)}
        with transaction.atomic():
            sign_act(home, actor, "restored", facts)
        entries.integrate(home)
        announce("unmark")
        (home.path / MARK).unlink(missing_ok=True)
    return found


def _unread(batch_id: str) -> str:
    return (
        f"What was published of the batch {batch_id} cannot be read while its key is missing. Put "
        "the key into keys/erasable, and catch up again."
    )


def _evaluate(home: Home, mark: Restored, added: int) -> CaughtUp:
    recorded = recorded_state()
    again: list[str] = []
    with transaction.atomic():
        reinstating.reinstate_acts(recorded)
        reinstating.reinstate_orders(recorded)
        reinstating.reinstate_readings(recorded)
        reinstating.reinstate_rosters(recorded)
        again += reinstating.reinstate_safeguards(recorded)
        put_back = reinstating_batches.reinstate_batches(home, recorded)
        again += [*put_back.again, *reinstating.reinstate_reexaminations(recorded)]
        reinstating.reinstate_openings(recorded)
    again += [*_erase_again(home, recorded), *reinstating.to_do_again(home, recorded)]
    missing = [*put_back.losses, *_unconfirmed(home, mark, recorded)]
    wrong = [] if missing else comparing.disagreements(recorded)
    return CaughtUp(mark.caught_up or 0, added, tuple(missing), tuple(wrong), tuple(again))


def _erase_again(home: Home, recorded: rebuilding.Recorded) -> Iterator[str]:
    for what, position in recorded.erased.items():
        done = erasure.erase_again(home, Entry.objects.get(position=position))
        if not done.finished:
            yield (
                f"The working data of the {what[0]} {what[1]} was erased after the backup, and a "
                "preservation hold stands now: it is kept. Tell counsel."
            )


def _unconfirmed(home: Home, mark: Restored, recorded: rebuilding.Recorded) -> Iterator[Loss]:
    """Name what may lie beyond the copy where no independent witness says that nothing does."""
    loss = f"entries-after:{mark.caught_up}"
    if _confirmed(home) or loss in recorded.lost:
        return
    yield Loss(
        loss,
        f"No independent witness confirms that the ledger ended at {mark.caught_up} entries. What "
        "was recorded later, an order too, is not known here.",
        "Look for a newer copy of the ledger. If this is the newest, two people accept what may be "
        "missing. A witness run by somebody else makes this step needless.",
    )


def _confirmed(home: Home) -> list[str]:
    """Return the witnesses elsewhere that have cosigned the checkpoint published here.

    Those count that the pack and the ledger both name, by their keys.
    """
    log = ledger.Log.open(home.ledger)
    said = signers.in_force(log.size)
    elsewhere = {each.vkey for each in home.pack.witnesses.witness if not each.local}
    vkeys = [vkey for vkey in said.witnesses if vkey in elsewhere]
    return sorted(ledger.open_checkpoint(log.checkpoint, said.signed_by, vkeys).cosigned)


def _fetch(source: str, copy: Path, show: progress.Show) -> None:
    """Copy ``source`` to ``copy``; goes on where an earlier copy of the same was cut off."""
    named = copy / "source"
    if not named.exists() or named.read_text() != source:
        shutil.rmtree(copy, ignore_errors=True)
        publish(named, source.encode())
    (copy / "trees").mkdir(exist_ok=True)
    ledger.mirror(source, copy, trees=True, show=show)


def _check_source(home: Home, copy: Path, show: progress.Show) -> None:
    """Raise LedgerDamaged unless the copy is whole and signed by the keys that this home knows.

    Which witnesses had to cosign is what the ledger says of each checkpoint: they may have been
    changed after the backup, of which this home knows nothing.
    """
    public = read_public(home.path / FILE)
    found = ledger.verify_log(copy / "ledger", public.ledger, trees=copy / "trees", show=show)
    if found.problems:
        # It is fetched anew next time, whole: what was wrong in it must not be kept.
        shutil.rmtree(copy)
        first, *more = found.problems
        others = f" There are {len(more)} more problems." if more else ""
        raise LedgerDamaged(f"The source is not used. {first.message}{others}", first.fault)


def _check_continues(home: Home, copy: Path) -> None:
    """Raise LedgerDamaged unless the copy is our own log, as it was or longer."""
    log = ledger.Log.open(copy / "ledger")
    head = log.head
    for ours in _ours(home):
        if head.size < ours.size:
            raise LedgerDamaged(
                f"The source is older than this home: it has {head.size} entries, and this home's "
                f"ledger {ours.size}.",
                Fault.ROLLED_BACK,
            )
        proof = log.consistency_proof(ours.size)
        same = ours.size == 0 or ledger.is_consistent(
            ours.size, head.size, proof, ours.root, head.root
        )
        if not same:
            raise LedgerDamaged(
                f"The source is another ledger than this home's from before entry {ours.size}.",
                Fault.FORKED,
            )


def _ours(home: Home) -> list[ledger.TreeHead]:
    """Return the checkpoints this home knows: the published one, the newest in the database."""
    heads = []
    notes = list(Checkpoint.objects.order_by("-size").values_list("text", flat=True)[:1])
    path = home.ledger / "checkpoint"
    if path.exists():
        notes.append(path.read_bytes().decode(errors="replace"))
    public = read_public(home.path / FILE)
    for note in notes:
        try:
            signed = ledger.open_checkpoint(note, public.ledger).checkpoint
        except ledger.NoteInvalid:
            continue  # damaged here: it is what the copy is to mend
        heads.append(ledger.TreeHead(signed.size, signed.root))
    return heads


def check_database(folder: Path, show: progress.Show = progress.unseen) -> None:
    """Raise LedgerDamaged where the database has another entry than the log at some position."""
    log = ledger.Log.open(folder)
    rows = Entry.objects.filter(position__lt=log.size).order_by("position")
    have = rows.values_list("position", "body").iterator()
    position, body = next(have, (-1, b""))
    with progress.step(show, "Compare the database", log.size, "entries") as advance:
        for at, entry in enumerate(progress.counted(log.entries(), advance)):
            if at != position:
                continue
            if bytes(body) != entry:
                raise LedgerDamaged(
                    f"The database has another entry at position {at} than the ledger.",
                    Fault.FORKED,
                )
            position, body = next(have, (-1, b""))


def _put_in_place(home: Home, copy: Path, announce: Announce) -> None:
    """Exchange the ledger and the trees for the copy's; what stood there is kept beside them.

    It may be evidence: what it signed, and had staged. Each has a name of its own, and only what
    stands in the copy to the last file is not kept twice.
    """
    _take_staged(home.ledger, copy / "ledger")
    for folder in (home.ledger, home.trees):
        aside = _aside(folder, max(_set_aside(folder), default=0) + 1)
        announce(f"set-aside {folder.name}")
        if folder.exists():
            folder.rename(aside)
        announce(f"exchange {folder.name}")
        (copy / folder.name).rename(folder)
        if _holds(folder, aside):
            shutil.rmtree(aside, ignore_errors=True)


def _take_staged(ours: Path, copy: Path) -> None:
    """Take an append that was cut off along, if it follows on the copy: it is signed already.

    Else its entries are in the copy; or it is damaged, and they are appended from the database.
    """
    with contextlib.suppress(FileNotFoundError, LedgerDamaged):
        data = (ours / STAGED).read_bytes()
        if Staged.decode(data).first == ledger.Log.open(copy).size:
            publish(copy / STAGED, data)


def _mend_exchange(home: Home) -> None:
    """Undo an exchange that was cut off between the two renames."""
    for folder in (home.ledger, home.trees):
        if not folder.exists() and (numbers := _set_aside(folder)):
            _aside(folder, max(numbers)).rename(folder)


def _aside(folder: Path, number: int) -> Path:
    return folder.with_name(f"{folder.name}.before" + (f"-{number}" if number > 1 else ""))


def _set_aside(folder: Path) -> list[int]:
    """Return the numbers of what was set aside of ``folder``; the first has none in its name."""
    names = (path.name for path in folder.parent.glob(f"{folder.name}.before*"))
    found = (re.fullmatch(r".*\.before(?:-(\d+))?", name) for name in names)
    return [int(match[1] or 1) for match in found if match]


def _holds(folder: Path, aside: Path) -> bool:
    """Return whether every file in ``aside`` (but the lock) stands in ``folder``, byte for byte."""
    files = (path.relative_to(aside) for path in aside.rglob("*") if path.is_file())
    return all(
        (folder / path).is_file() and filecmp.cmp(folder / path, aside / path, shallow=False)
        for path in files
        if path != Path(LOCK)
    )


def _add_entries(home: Home, show: progress.Show) -> tuple[int, int]:
    """Write the entries that the database lacks, and every archived checkpoint.

    Returns how many there are, and how many were lacking.
    """
    log = ledger.Log.open(home.ledger)
    size = log.size
    name = "Give the database what it lacks"
    with progress.step(show, name, size, "entries") as advance, transaction.atomic():
        have = set(Entry.objects.filter(position__lt=size).values_list("position", flat=True))
        missing = (
            (at, entry, rebuilding.read(at, entry))
            for at, entry in enumerate(progress.counted(log.entries(), advance))
            if at not in have
        )
        reinstating.add_entries(missing)
        Entry.objects.filter(position__lt=size, integrated=False).update(integrated=True)
        head, _ = Counter.objects.select_for_update().get_or_create(name="ledger")
        head.value = max(head.value, size)
        head.save()
        for at in log.checkpoint_sizes():
            Checkpoint.objects.get_or_create(size=at, defaults={"text": log.checkpoint_at(at)})
        Checkpoint.objects.get_or_create(size=size, defaults={"text": log.checkpoint})
    return size, size - len(have)
