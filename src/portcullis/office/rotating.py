"""Changing the home's root key: everything stored is brought under a fresh one, or nothing is.

1. The fresh key, and every table encrypted anew under it, are written into the folder ``rotating``.
2. One transaction wraps every file key anew, and puts the act on the ledger: that is the change.
3. What was written beside takes the old one's place, and the old key is destroyed (``settle``).

Killed before the second, nothing has changed, and what was begun is swept when the home is opened;
killed after it, the third is finished then, before anything else is done. The home must be no other
process's meanwhile (``in_use``): what was written under the old key after the first could never be
read again.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction

from portcullis import progress, records, tables
from portcullis.errors import Misuse
from portcullis.office import entries, in_use, locks
from portcullis.office.entries import Announce, silent
from portcullis.office.home import Home
from portcullis.office.models import Entry
from portcullis.office.people import Actor, check_role, sign_act
from portcullis.office.putting_back import files_below, size_of
from portcullis.office.rewrapping import rewrap
from portcullis.office.rootkey import FILE, REWRITTEN, RootKey

ACT = "root-key-rotate"
_FORMAT = "portcullis-root-key/1"
STAGE = "rotating"
_KEYS = "keys"


@dataclass(frozen=True)
class Rotated:
    """A root key changed: the ids of the new one and the former, and how many tables were written.

    ``index_gone``: the index lay in the home under the former key, and is to be built again.
    """

    key: str
    former: str
    tables: int
    index_gone: bool


def rotate(
    home: Home,
    actor: Actor,
    *,
    show: progress.Show = progress.unseen,
    announce: Announce = silent,
) -> Rotated:
    """Put a fresh root key in the place of the home's, and bring under it what lies under that.

    ``announce``: told each step. Raises Refused where another process has the home open, or a file
    key cannot be read; Misuse where a table is damaged or there is no room. Then nothing changed.
    """
    check_role(home, actor, ACT)
    with in_use.alone(home.path), locks.alone(home, home.path / "rotate.lock"):
        _settle(home, silent)
        former = home.root
        fresh = RootKey.draw().carrying(former)
        indexed = records.has_files(home.index)
        try:
            written = _stage(home, former, fresh, show)
            announce("staged")
            with transaction.atomic():
                rewrap(home, fresh, show)
                facts = {"format": _FORMAT, "key": fresh.id, "former": former.id}
                sign_act(home, actor, ACT, facts)
            announce("recorded")
        finally:
            # After an error it sweeps; once recorded it goes through.
            _settle(home, announce)
    entries.integrate(home)
    return Rotated(fresh.id, former.id, written, indexed)


def settle(home: Home) -> None:
    """Finish a change of the root key that was cut off after it was recorded; sweep one before.

    To be called before anything in the home is read.
    """
    if (home.path / STAGE).exists():
        with locks.alone(home, home.path / "rotate.lock"):
            _settle(home, silent)


def last() -> tuple[str, datetime] | None:
    """Return the id of the root key that the ledger says is in force, and since when; else None."""
    newest = Entry.objects.filter(kind=ACT).order_by("-position").first()
    if newest is None:
        return None
    said = entries.body(newest)
    return str(said["key"]), datetime.fromisoformat(said["at"])


def _stage(home: Home, former: RootKey, fresh: RootKey, show: progress.Show) -> int:
    """Write the fresh key and every table under it beside the home; return how many tables."""
    stage = home.path / STAGE
    found = list(_tables(home))
    total = sum(size_of(home.path / relative) for _, relative in found)
    try:
        stage.mkdir(mode=0o700)
        fresh.write(stage / _KEYS)
        with progress.step(show, "Encrypt the tables anew", total, "bytes") as advance:
            for purpose, relative in found:
                source = home.path / relative
                old, new = former.derived(purpose), fresh.derived(purpose)
                tables.encrypt_anew(source, old, stage / relative, new)
                advance(size_of(source))
    except OSError as problem:
        raise Misuse(
            f"The tables could not be written anew: {problem.strerror}. Nothing was changed.",
            "There must be room for all of them twice. Make it, and run the same again.",
        ) from problem
    return len(found)


def _tables(home: Home) -> Iterator[tuple[str, Path]]:
    """Yield the purpose of each table that is encrypted for one, and its path in the home."""
    for purpose, folder in REWRITTEN.items():
        for relative in files_below(home.path / folder):
            if relative.suffix == ".tbl":
                yield purpose, Path(folder) / relative


def _settle(home: Home, announce: Announce) -> None:
    stage = home.path / STAGE
    if not stage.exists():
        return
    recorded = last()
    staged = stage / _KEYS
    if recorded is not None and (staged / FILE).exists():
        fresh = RootKey.read(staged)
        if fresh.id == recorded[0]:
            _put_in_place(home, stage, fresh, announce)
    shutil.rmtree(stage)
    tables.fsync_folder(home.path)


def _put_in_place(home: Home, stage: Path, fresh: RootKey, announce: Announce) -> None:
    """Move everything to its place, the key last: until then it is known what is to be finished."""
    for relative in list(files_below(stage)):
        if relative != Path(_KEYS) / FILE:
            announce(f"put {relative.parts[0]}")
            (stage / relative).rename(home.path / relative)
            tables.fsync_folder((home.path / relative).parent)
    records.remove_files(home.index)
    announce("key")
    _destroy(home.path / _KEYS / FILE)
    fresh.write(home.path / _KEYS)
    fresh.forget_others(home.path / _KEYS)


def _destroy(path: Path) -> None:
    """Write over a key's file. What a disk keeps of overwritten blocks is beyond this."""
    with path.open("r+b") as key:
        key.write(bytes(path.stat().st_size))
        key.flush()
        os.fsync(key.fileno())
