"""The doctor: looks at everything a home needs, and says what is wrong and what to do about it.

It changes nothing and records nothing. What is found here comes first from the files, which can be
looked at even where the database cannot; ``doctor_state`` then asks the database and the witnesses.
"""

import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

from django.db import DatabaseError

from portcullis import ledger, records
from portcullis.errors import PortcullisError
from portcullis.ledger import REMEDIES, LedgerDamaged, Problem
from portcullis.office import rootkey
from portcullis.office.home import Home
from portcullis.office.public import FILE, read_public
from portcullis.office.setup import open_office

LEAST_FREE = 1 << 30  # bytes: a batch of a million requests needs about as much
_FROM_BACKUP = "Put it back from a backup: `portcullis restore` into another folder shows it."
_MORE = 20  # findings of one kind that are listed one by one


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: a code, a sentence, and what to do about it."""

    code: str
    message: str
    remedy: str

    @classmethod
    def of(cls, code: str, error: PortcullisError) -> Self:
        """Return the finding that an error makes; a damaged ledger's is named by its fault."""
        named = error.fault.value if isinstance(error, LedgerDamaged) else code
        return cls(named, error.message, error.remedy)

    @classmethod
    def about(cls, problem: Problem) -> Self:
        """Return the finding that a problem of the ledger makes."""
        return cls(problem.fault.value, problem.message, REMEDIES[problem.fault])


H = TypeVar("H")
Check = Callable[[Home], Iterator[Finding]]


def examine(home: Home) -> list[Finding]:
    """Return everything that is wrong with the home, the gravest kinds first; empty: nothing."""
    findings = run(home, {"keys": _keys, "disk": _disk, "ledger": _ledger, "index": _index})
    try:
        open_office(home)
    except PortcullisError as problem:
        return [*findings, Finding.of("database", problem)]
    except DatabaseError:
        return [*findings, Finding("database", "The database cannot be read.", _FROM_BACKUP)]
    from portcullis.office import doctor_state

    return [*findings, *run(home, doctor_state.CHECKS)]


def run(home: H, checks: Mapping[str, Callable[[H], Iterator[Finding]]]) -> list[Finding]:
    """Run ``checks`` by their codes; one that cannot be finished is a finding itself."""
    findings: list[Finding] = []
    for code, check in checks.items():
        try:
            found = list(check(home))
        except PortcullisError as problem:
            found = [Finding.of(code, problem)]
        except DatabaseError:
            found = [Finding(code, "The database cannot be read.", _FROM_BACKUP)]
        except OSError as problem:
            message = f"The disk fails: {problem.strerror}."
            found = [Finding(code, message, "Mend it, and run `portcullis doctor` again.")]
        findings += found[:_MORE]
        if len(found) > _MORE:
            rest = f"There are {len(found) - _MORE} more of this kind."
            findings.append(Finding(code, rest, "Mend the first; then run it again."))
    return findings


def _keys(home: Home) -> Iterator[Finding]:
    folder = home.path / "keys"
    needed = [rootkey.FILE, "service.pem"]
    if any(each.local for each in home.pack.witnesses.witness):
        needed.append("witness.pem")
    for name in needed:
        if not (folder / name).is_file():
            yield Finding("key-missing", f"The key {name} is not in the home.", _FROM_BACKUP)
    home.service_key()
    yield from readable_by_others(home.path)


def readable_by_others(home: Path) -> Iterator[Finding]:
    """Yield a finding for the home, and each of its keys, that others on the machine may read."""
    for path in sorted([home, *(home / "keys").rglob("*")]):
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO) and (path == home or path.is_file()):
            what = "The home" if path == home else f"The key {path.name}"
            yield Finding(
                "key-readable",
                f"{what} may be read by others on this machine.",
                "Take the right from them: chmod go-rwx. Think about who may have read it.",
            )


def _disk(home: Home) -> Iterator[Finding]:
    stops = "A full disk stops the ledger, and that closes the gate."
    yield from disk(home.path, (home.ledger, home.trees, home.outgoing), stops)


def disk(home: Path, folders: Iterable[Path], stops: str) -> Iterator[Finding]:
    """Yield what is wrong with the disk of the home and its ``folders``.

    ``stops``: what a full one does, in words.
    """
    free = shutil.disk_usage(home).free
    if free < LEAST_FREE:
        yield Finding(
            "disk-nearly-full",
            f"The disk of the home has {free >> 20} MiB left.",
            f"Make room. {stops}",
        )
    for folder in (home, *folders):
        if folder.is_dir() and not _writable(folder):
            yield Finding(
                "not-writable",
                f"Nothing can be written to {folder.name if folder != home else 'the home'}.",
                "Mount it writable, or give the office's own user the right to write.",
            )


def _writable(folder: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(b"portcullis")
            trial.flush()
            os.fsync(trial.fileno())
    except OSError:
        return False
    return True


def _ledger(home: Home) -> Iterator[Finding]:
    """Verify the whole ledger from its files, with the public keys as the home hands them out."""
    public = read_public(home.path / FILE)
    found = ledger.verify_log(
        home.ledger, public.ledger, public.witnesses, public.k, trees=home.trees
    )
    yield from map(Finding.about, found.problems)


def _index(home: Home) -> Iterator[Finding]:
    try:
        with records.open_index(home.index, home.derived_key("index")):
            return
    except PortcullisError as problem:
        yield Finding.of("index", problem)
