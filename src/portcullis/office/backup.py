"""Backups: a home as it stood at one moment, in a folder of its own, with a list of digests.

What was published of a batch lies open at home, and here under the batch's own key.

One thing is not in it. The secrets by which working data is erased lie in *one* folder beside all
backups, which mirrors the home's: what is erased at home is erased there, and so in every backup.

The digests are a list such as ``sha256sum -c`` reads. They find damage, not malice: keep a backup
as you keep the home, for it holds the home's keys.
"""

from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from portcullis import ledger, progress
from portcullis.errors import Misuse, Refused
from portcullis.ledger.durable import locked
from portcullis.ledger.log import LOCK
from portcullis.office import locks, published, saving
from portcullis.office.home import Home
from portcullis.office.keystore import Erasable
from portcullis.office.models import Batch, Erasure, History, Reexamination
from portcullis.office.putting_back import ERASABLE, HOME, ORIGIN, copy_file, files_below
from portcullis.office.restored import Restored
from portcullis.tables import publish, sweep

_SEQUENCER = (".sequencer/lock", ".sequencer/parts", ".sequencer/part")


@dataclass(frozen=True)
class BackedUp:
    """A backup made: its folder, what it holds, and what is still to be done by hand.

    ``unsaved``: the batches whose key is missing though nobody erased it, so that what was
    published of them is not in the backup.
    """

    folder: Path
    files: int
    bytes: int
    entries: int
    database: str
    kept_secrets: tuple[str, ...]
    unsaved: tuple[str, ...]


def backup(home: Home, to: Path, *, show: progress.Show = progress.unseen) -> BackedUp:
    """Save the home in a new folder below ``to``, and mirror its erasable keys beside it.

    Nobody is kept waiting but the sequencer, while database and ledger are copied: orders are filed
    and in force meanwhile. Raises Refused where ``to`` holds another home's backups, or this home
    was restored and has not caught up; Misuse where it cannot be written.
    """
    _check_may(home, to)
    try:
        # One at a time; what an earlier one left unfinished goes.
        with locks.alone(home, home.path / "backup.lock"):
            folder, size, kept, unsaved = _backup(home, to, show)
    except OSError as problem:
        raise Misuse(
            f"The backup could not be written: {problem.strerror}.",
            "Mend it and run the same again; an unfinished backup has no name and counts for "
            "nothing.",
        ) from problem
    saved = [path for path in folder.rglob("*") if path.is_file()]
    total = sum(path.stat().st_size for path in saved)
    return BackedUp(folder, len(saved), total, size, connection.vendor, kept, unsaved)


def _backup(
    home: Home, to: Path, show: progress.Show
) -> tuple[Path, int, tuple[str, ...], tuple[str, ...]]:
    """Return the backup's folder, its number of entries, the keys kept, the batches not saved."""
    origin = ledger.Log.open(home.ledger).origin
    size = 0
    kept: tuple[str, ...] = ()
    unsaved: tuple[str, ...] = ()

    def fill(part: Path) -> dict[str, object]:
        nonlocal size, kept, unsaved
        size = _copy_state(home, part, show)
        saving.copy_files(home.path, filter(_is_saved, files_below(home.path)), part / HOME, show)
        # After the batches' folders: a package published meanwhile was there, or is here.
        unsaved = published.save(home, part / HOME / home.outgoing.name, show)
        kept = _mirror_secrets(home, to / ERASABLE)
        return {"ledger": origin, "entries": size, "database": connection.vendor}

    folder = saving.save(to, fill, show)
    publish(to / ORIGIN, f"{origin}\n".encode())
    return folder, size, kept, unsaved


def _check_may(home: Home, to: Path) -> None:
    mark = Restored.read(home.path)
    if mark is not None and mark.caught_up is None:
        raise Refused(
            "This home was put back from a backup and has not caught up; a backup of it would "
            "lack the same.",
            "Run `portcullis ledger catch-up` first.",
        )
    if to.resolve().is_relative_to(home.path):
        raise Misuse("A backup inside the home is none.", "Name a folder on another disk.")
    origin = ledger.Log.open(home.ledger).origin
    named = to / ORIGIN
    if named.exists() and named.read_text() != origin + "\n":
        raise Refused(
            f"The folder {to.name} holds another home's backups.",
            "Name a folder of its own: the erasable keys of two homes would mix.",
        )


def _copy_state(home: Home, part: Path, show: progress.Show) -> int:
    """Copy database, ledger and local witness as they are at one moment; return the ledger's size.

    Whoever writes the ledger waits meanwhile. So the database has every entry of the ledger, and
    at most some more, which are integrated at the same places when their turn comes.
    """
    folder = part / HOME
    folder.mkdir(parents=True)
    with locks.sequencer(), locked(home.ledger / LOCK):
        saving.copy_database(home.path, part, show)
        names = [
            each for each in files_below(home.ledger) if not each.as_posix().startswith(_SEQUENCER)
        ]
        with progress.step(show, "Copy the ledger", len(names), "files") as advance:
            for relative in names:
                copy_file(home.ledger / relative, folder / home.ledger.name / relative)
                advance(1)
        for relative in files_below(home.witness):
            copy_file(home.witness / relative, folder / home.witness.name / relative)
        return ledger.Log.open(home.ledger).size


def _is_saved(relative: Path) -> bool:
    """Whether the home's file at ``relative`` is one of those that are copied as they are."""
    top = relative.parts[0]
    return not (
        top in ("ledger", "witness")
        or saving.is_left_out(relative)
        or relative.parts[:2] == ("keys", "erasable")
        or published.is_published(relative)
    )


def _mirror_secrets(home: Home, folder: Path) -> tuple[str, ...]:
    """Make ``folder`` hold the home's erasable keys; return those kept though the home lacks them.

    One that is gone at home is destroyed here too, if its erasure is on record. Gone without one,
    it was lost and not erased, and this is the last copy.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    sweep(folder)
    here = {path.name for path in home.secrets.folder.glob("*.key")}
    for name in sorted(here):
        secret = (home.secrets.folder / name).read_bytes()
        if not (folder / name).exists() or (folder / name).read_bytes() != secret:
            publish(folder / name, secret)
    erased = {
        Erasable(kind, subject).name + ".key"
        for kind, subject in Erasure.objects.values_list("kind", "subject")
    }
    gone = {path.name for path in folder.glob("*.key")} - here
    mirror = type(home.secrets)(folder)
    for name in sorted(gone & erased):
        kind, _, subject = name.removesuffix(".key").partition("-")
        mirror.destroy(Erasable(kind, subject))
    return tuple(sorted((gone - erased) & _in_use()))


def _in_use() -> set[str]:
    """Return the names of the erasable keys that some row of the database needs."""
    return {
        f"{what.name}.key"
        for what in (
            *map(Erasable.batch, Batch.objects.values_list("id", flat=True)),
            *map(Erasable.history, History.objects.values_list("id", flat=True)),
            *map(Erasable.reexamination, Reexamination.objects.values_list("number", flat=True)),
        )
    }
