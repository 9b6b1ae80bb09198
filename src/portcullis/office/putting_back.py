"""Putting a backup back: every file checked, the new home marked and closed until it has caught up.

Nothing here opens the home: its database is only a file, or is filled as a whole (``dumping``).
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from portcullis import progress
from portcullis.custody import Place, RecipientHome
from portcullis.errors import Misuse
from portcullis.office import setup
from portcullis.office.home import MARK
from portcullis.office.restored import Restored
from portcullis.tables import publish

FORMAT = "portcullis-backup/1"
FACTS = "backup.json"
DIGESTS = "SHA256SUMS"
ERASABLE, PACKAGES = "erasable-keys", "packages"
REQUESTER = "requester"
ORIGIN = "ledger-origin"
HOME = "home"
DATABASE = "database"
POSTGRESQL = "postgresql"
SERVED = "served"
UNFINISHED = ".unfinished"
"""In a new home as long as it is being put back: what lies there is nobody's yet."""


def restore(source: Path, path: Path, *, show: progress.Show = progress.unseen) -> Restored:
    """Put the backup in the folder ``source`` back as a new home at ``path``.

    The holder's is marked, and closed until it has caught up; the requester's says in its FTI log
    that it was put back.

    Every file is checked by its digest first. Raises Misuse where the folder is no whole backup,
    a file is not as it was saved, ``path`` holds something, or DATABASE_URL does not name an empty
    database of the backup's kind. Cut off before its end, it leaves nothing there; or, killed,
    what the next restoring there removes.
    """
    facts = _check_whole(source, show)
    if (path / UNFINISHED).exists() and not (path / MARK).exists():
        _clear(path)
    if path.exists() and any(path.iterdir()):
        raise Misuse(f"The folder {path.name} is not empty.", "Name a new folder for the home.")
    _check_database(source)
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    mark = Restored(str(facts["at"]))
    try:
        (path / UNFINISHED).touch()
        if facts.get("role") != REQUESTER:
            mark.write(path)
        _copy(source, path, show)
        if facts.get("role") == REQUESTER:
            _settle_recipient(source, path, str(facts["at"]))
        if has_database(source):
            from portcullis.office import dumping

            dumping.load(source / DATABASE, show)
        # Last: without it there is no home, whatever else is there.
        publish(path / MARK, (source / HOME / MARK).read_bytes())
        (path / UNFINISHED).unlink()
    except BaseException as problem:
        _clear(path)
        if not isinstance(problem, OSError):
            raise
        raise Misuse(
            f"The backup could not be put back: {problem.strerror}. Nothing is left of it.",
            "Mend the disk and run it again.",
        ) from problem
    return mark


def _copy(source: Path, path: Path, show: progress.Show) -> None:
    """Copy everything but the home's own mark."""
    names = [each for each in files_below(source / HOME) if each.as_posix() != MARK]
    total = sum(size_of(source / HOME / each) for each in names)
    with progress.step(show, "Put the files back", total, "bytes") as advance:
        for relative in names:
            copy_file(source / HOME / relative, path / relative, advance)
    secrets = source.parent / ERASABLE
    for relative in files_below(secrets):
        if relative.suffix == ".key":
            copy_file(secrets / relative, path / "keys" / "erasable" / relative)


def _settle_recipient(source: Path, path: Path, at: str) -> None:
    """Put back the packages that the restored log knows and nobody disposed of, and log it."""
    home = RecipientHome(path)
    wanted = home.received() - home.disposed()
    mirror = source.parent / PACKAGES
    for relative in files_below(mirror):
        if relative.name.partition(".")[0] in wanted:
            copy_file(mirror / relative, home.packages / relative)
    # Not before the log's last entry, whose clock may have been ahead.
    newest = [datetime.fromisoformat(entry.at) for entry in home.log.newest(1)]
    now = max([datetime.now(UTC).replace(microsecond=0), *newest])
    home.restored(at, at=now, place=Place("office", "office"))


def role_of(source: Path) -> str:
    """Return whose home the backup is of: ``holder`` or ``requester``."""
    return str(_facts(source).get("role", "holder"))


def _clear(folder: Path) -> None:
    """Empty ``folder``; last goes the mark by which it is known that this may be done."""
    for each in sorted(folder.iterdir(), key=lambda each: each.name == UNFINISHED):
        if each.is_dir():
            shutil.rmtree(each)
        else:
            each.unlink()


def database_of(source: Path) -> str:
    """Return which database the backup was made of: ``sqlite`` or ``postgresql``."""
    return str(_facts(source)["database"])


def has_database(source: Path) -> bool:
    """Whether the backup holds a PostgreSQL database; one of an earlier version does not."""
    return (source / DATABASE).is_dir()


def _check_database(source: Path) -> None:
    """Raise Misuse unless the rows of the backup can go where DATABASE_URL says.

    Django is set up for the home as it lies in the backup, since the new one is none yet, and with
    the pages where the backup has their tables.
    """
    if has_database(source):
        served = (source / DATABASE / SERVED).exists()
        settings = "portcullis.office.web.settings" if served else "portcullis.office.settings"
        os.environ["DJANGO_SETTINGS_MODULE"] = settings
        setup.point_django_at((source / HOME).resolve())
        from portcullis.office import dumping

        dumping.check_free()
    elif database_of(source) == POSTGRESQL:
        return  # of an earlier version, which saved none: it is put back by the server's own tool
    elif os.environ.get("DATABASE_URL"):
        raise Misuse(
            "This is the backup of a home whose state is in SQLite, and DATABASE_URL is set.",
            "Run it without DATABASE_URL.",
        )


def _check_whole(source: Path, show: progress.Show) -> dict[str, object]:
    """Return the backup's facts. Raises Misuse unless it holds the files listed, and no others."""
    facts = _facts(source)
    try:
        lines = (source / DIGESTS).read_text().splitlines()
    except (OSError, UnicodeDecodeError):
        raise _damaged(DIGESTS) from None
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    there = {path.as_posix() for path in files_below(source)} - {DIGESTS}
    for name in sorted(there ^ set(listed)):
        raise _damaged(name)
    total = sum(size_of(source / name) for name in listed)
    with progress.step(show, "Check the backup", total, "bytes") as advance:
        for name, digest in listed.items():
            if digest_of(source / name, advance) != digest:
                raise _damaged(name)
    return facts


def _facts(source: Path) -> dict[str, object]:
    try:
        facts = json.loads((source / FACTS).read_text())
    except FileNotFoundError:
        raise Misuse(
            f"There is no backup in {source.name}.", "Name the folder of one backup, by its time."
        ) from None
    except (OSError, ValueError):
        raise _damaged(FACTS) from None
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise Misuse("This backup was made by another version.", "Restore it with that version.")
    return facts


def _damaged(name: str) -> Misuse:
    return Misuse(
        f"The backup is damaged: {name} is missing, altered or not of it. Nothing was put back.",
        "Take another copy of this backup, or another backup.",
    )


def files_below(folder: Path) -> Iterator[Path]:
    """Yield the files below ``folder``, relative to it. What goes meanwhile is passed by."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            yield (Path(place) / name).relative_to(folder)


def copy_file(source: Path, to: Path, advance: progress.Advance | None = None) -> None:
    """Copy a file and who may read it, its folders as needed; then advance by its bytes."""
    to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(source, to)
    shutil.copymode(source, to)
    if advance is not None:
        advance(size_of(to))


def digest_of(path: Path, advance: progress.Advance) -> str:
    """Return the SHA-256 (hex) of the file at ``path``, and advance by its bytes."""
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
    advance(size_of(path))
    return digest


def size_of(path: Path) -> int:
    """Return how many bytes the file has; 0 where it is gone."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
