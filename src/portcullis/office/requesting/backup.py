"""Backups of the requester's home: database, drafts, keys and the FTI log, as at one moment.

The sealed packages are not in a backup. They lie in *one* folder beside all backups, which mirrors
the home's: what the custodian certified as returned or destroyed goes there too, and so from every
backup there is (26 U.S.C. § 6103(p)(4)(F)(ii)).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from portcullis import progress
from portcullis.custody import RecipientHome
from portcullis.errors import Misuse, Refused
from portcullis.office import saving
from portcullis.office.putting_back import HOME, ORIGIN, PACKAGES, copy_file, files_below
from portcullis.office.requesting.home import ROLE, RequesterHome
from portcullis.standing.lock import GateLock
from portcullis.tables import publish, sweep

_LOG = "fti-log.jsonl"


@dataclass(frozen=True)
class Saved:
    """A backup made: its folder, what it holds, and what is gone here that nobody disposed of.

    ``entries``: of the FTI log. ``missing``: ids of packages that the mirror alone still has.
    """

    folder: Path
    files: int
    bytes: int
    entries: int
    database: str
    missing: tuple[str, ...]


def backup(home: RequesterHome, to: Path, *, show: progress.Show = progress.unseen) -> Saved:
    """Save the home in a new folder below ``to``, and mirror its packages beside it.

    Raises Refused where ``to`` holds another home's backups or the FTI log's chain is broken;
    Misuse where it cannot be written. Nobody is kept waiting.
    """
    if to.resolve().is_relative_to(home.path):
        raise Misuse("A backup inside the home is none.", "Name a folder on another disk.")
    here = f"{ROLE} {home.identity()}\n"
    if (to / ORIGIN).exists() and (to / ORIGIN).read_text() != here:
        raise Refused(
            f"The folder {to.name} holds another home's backups.",
            "Name a folder of its own: the packages of two homes would mix.",
        )
    try:
        with GateLock(home.path / "backup.lock").exclusive():
            return _backup(home, to, here, show)
    except OSError as problem:
        raise Misuse(
            f"The backup could not be written: {problem.strerror}.",
            "Mend it and run the same again; an unfinished backup has no name and counts for "
            "nothing.",
        ) from problem


def _backup(home: RequesterHome, to: Path, here: str, show: progress.Show) -> Saved:
    entries = 0
    missing: tuple[str, ...] = ()

    def fill(part: Path) -> Mapping[str, object]:
        nonlocal entries, missing
        if has_database(home):
            saving.copy_database(home.path, part, show)
        names = [each for each in files_below(home.path) if _is_saved(each)]
        saving.copy_files(home.path, names, part / HOME, show)
        # The packages before the log: each has its receipt in it, as at home.
        missing = _mirror_packages(home.recipient, to / PACKAGES)
        log = RecipientHome(part / HOME).log
        if home.recipient.log.path.exists():
            copy_file(home.recipient.log.path, log.path)
            entries = log.verify()
        return {"role": ROLE, "entries": entries, "database": connection.vendor}

    folder = saving.save(to, fill, show)
    publish(to / ORIGIN, here.encode())
    found = [path for path in folder.rglob("*") if path.is_file()]
    total = sum(path.stat().st_size for path in found)
    return Saved(folder, len(found), total, entries, connection.vendor, missing)


def has_database(home: RequesterHome) -> bool:
    """Say whether the home was served yet, so that there is a database."""
    return connection.vendor == "postgresql" or saving.database_file(home.path).exists()


def _is_saved(relative: Path) -> bool:
    top = relative.parts[0]
    return not (top == "packages" or relative == Path(_LOG) or saving.is_left_out(relative))


def _mirror_packages(home: RecipientHome, folder: Path) -> tuple[str, ...]:
    """Make ``folder`` hold the packages of ``home``; return those that only it has though due here.

    What the log says was disposed of is removed. What is gone without that was lost, and this is
    the last copy.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    sweep(folder)
    here = {path.name for path in home.packages.glob("*.*") if not path.name.startswith(".")}
    for name in sorted(here):
        data = (home.packages / name).read_bytes()
        if not (folder / name).exists() or (folder / name).read_bytes() != data:
            publish(folder / name, data)
    disposed = home.disposed()
    missing = []
    for path in sorted(folder.glob("*.*")):
        package = path.name.partition(".")[0]
        if package in disposed:
            path.unlink()
        elif path.name not in here and path.suffix == ".json":
            missing.append(package)
    return tuple(missing)
