"""The doctor of the requester's home: what is wrong with it, and what to do about it.

It changes nothing and records nothing. The findings are as the holder's (``office.doctor``).
"""

from collections.abc import Iterator

from django.db import DatabaseError, connection

from portcullis.custody import check_answer
from portcullis.errors import PortcullisError
from portcullis.office.doctor import Finding, disk, readable_by_others, run
from portcullis.office.requesting.backup import has_database
from portcullis.office.requesting.holder import holder_keys
from portcullis.office.requesting.home import RequesterHome
from portcullis.office.web.keys import FILE as WEB_KEY
from portcullis.release import read_package

_BACKUP = "Put it back from a backup: `portcullis restore` into another folder shows it."
_REPORT = "Keep the file as it is, and report it to the holder's safeguards staff."


def examine(home: RequesterHome) -> list[Finding]:
    """Return everything that is wrong with the home; empty: nothing."""
    return run(
        home,
        {
            "keys": _keys,
            "disk": _disk,
            "people": _people,
            "holder-keys": _holder_keys,
            "fti-log": _log,
            "packages": _packages,
            "database": _database,
        },
    )


def _keys(home: RequesterHome) -> Iterator[Finding]:
    if has_database(home) and not (home.path / WEB_KEY).is_file():
        yield Finding(
            "key-missing",
            "The office's own key is not here; without it no batch that is in the making is read.",
            f"Bring {WEB_KEY} from a backup before the office is started again.",
        )
    yield from readable_by_others(home.path)


def _disk(home: RequesterHome) -> Iterator[Finding]:
    stops = "A full disk stops the FTI log, and nothing is opened without it."
    yield from disk(home.path, (home.recipient.packages,), stops)


def _people(home: RequesterHome) -> Iterator[Finding]:
    today = home.now().date()
    for role in ("custodian", "signatory"):
        if not any(each.holds(role, today) for each in home.roster.people):
            yield Finding(
                "nobody",
                f"Nobody on the roster is {role} today.",
                "Put a newer roster in place with `portcullis custody init`.",
            )
    home.pack  # noqa: B018 - it is read whole, or raises


def _holder_keys(home: RequesterHome) -> Iterator[Finding]:
    holder_keys(home)
    yield from ()


def _log(home: RequesterHome) -> Iterator[Finding]:
    """Follow the chain from the first entry on; what does not follow raises."""
    home.recipient.log.verify()
    yield from ()


def _packages(home: RequesterHome) -> Iterator[Finding]:
    """Compare the packages with what the log says of them, and check each one's proof."""
    recipient, holder = home.recipient, holder_keys(home)
    received, disposed = recipient.received(), recipient.disposed()
    here = {path.stem: path for path in sorted(recipient.packages.glob("*.json"))}
    for package in sorted(received - disposed - set(here)):
        yield Finding(
            "package-missing",
            f"The package {package} was received, and is not here.",
            "Put it back from the backups' folder packages, or ask the holder for it again.",
        )
    for package, path in here.items():
        if package in disposed:
            yield Finding(
                "package-disposed",
                f"The package {package} was certified as returned or destroyed, and is here.",
                "Delete it, and find out who put it there.",
            )
        elif package not in received:
            yield Finding(
                "package-unlogged", f"The package {package} has no receipt in the log.", _REPORT
            )
        else:
            try:
                check_answer(read_package(path.read_bytes()).parcel, holder.check_proof)
            except PortcullisError as problem:
                yield Finding("package-damaged", f"{package}: {problem.message}", problem.remedy)


def _database(home: RequesterHome) -> Iterator[Finding]:
    if not has_database(home):
        return
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                told = cursor.execute("PRAGMA quick_check(1)").fetchone()
            else:
                told = ("ok",)
                cursor.execute("SELECT 1")
    except DatabaseError:
        told = ()
    if told != ("ok",):
        yield Finding("database", "The database cannot be read, or is damaged.", _BACKUP)
