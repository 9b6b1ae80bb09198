"""Putting a backup back: every file checked, the new home marked and closed until it has caught up.

Nothing here opens the home: its database is only a file, or somebody else's to restore.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from portcullis.errors import Misuse
from portcullis.office.home import MARK
from portcullis.office.restored import Restored
from portcullis.tables import publish

FORMAT = "portcullis-backup/1"
FACTS = "backup.json"
DIGESTS = "SHA256SUMS"
ERASABLE = "erasable-keys"
ORIGIN = "ledger-origin"
HOME = "home"


def restore(source: Path, path: Path) -> Restored:
    """Put the backup in the folder ``source`` back as a new home at ``path``, marked and closed.

    Every file is checked by its digest first. Raises Misuse where the folder is no whole backup,
    a file is not as it was saved, or ``path`` holds something.
    """
    facts = _check_whole(source)
    if path.exists() and any(path.iterdir()):
        raise Misuse(f"The folder {path.name} is not empty.", "Name a new folder for the home.")
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    mark = Restored(str(facts["at"]))
    mark.write(path)
    try:
        for relative in files_below(source / HOME):
            if relative.as_posix() != MARK:
                copy_file(source / HOME / relative, path / relative)
        secrets = source.parent / ERASABLE
        for relative in files_below(secrets):
            if relative.suffix == ".key":
                copy_file(secrets / relative, path / "keys" / "erasable" / relative)
        # Last: without it there is no home, whatever else is there.
        publish(path / MARK, (source / HOME / MARK).read_bytes())
    except OSError as problem:
        raise Misuse(
            f"The backup could not be put back: {problem.strerror}.",
            "Remove the new folder, mend the disk and run it again.",
        ) from problem
    return mark


def database_of(source: Path) -> str:
    """Return which database the backup was made of: ``sqlite`` or ``postgresql``."""
    return str(_facts(source)["database"])


def _check_whole(source: Path) -> dict[str, object]:
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
    for name, digest in listed.items():
        if digest_of(source / name) != digest:
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


def copy_file(source: Path, to: Path) -> None:
    """Copy a file and who may read it, its folders as needed."""
    to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(source, to)
    shutil.copymode(source, to)


def digest_of(path: Path) -> str:
    """Return the SHA-256 (hex) of the file at ``path``."""
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
