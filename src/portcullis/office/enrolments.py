"""Requests to enrol a key that people made at their own page, until an administrator proposes them.

Each is a file in the home's folder ``enrolments``, of a name drawn here. It holds public keys and
signatures only.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from portcullis.agreements import enrolment
from portcullis.errors import Misuse, PortcullisError, Refused
from portcullis.tables import publish

_FOLDER = "enrolments"
_NAME = re.compile(r"[0-9a-f]{32}")
_MOST = 10  # requests of one person that wait at once


@dataclass(frozen=True)
class Kept:
    """A request that waits: by what name, whose, of when, and whether it is of a passkey."""

    name: str
    person: str
    at: datetime
    is_passkey: bool


def keep(home: Path, person: str, text: str) -> str:
    """Keep the request of ``person``; return its name.

    Raises Refused where its new key did not sign it, it is another's, or too many wait already.
    """
    asked = enrolment.read_request(text)
    if asked.person != person:
        raise Refused("The request is another person's.", "Make one of your own.")
    if sum(each.person == person for each in waiting(home)) >= _MOST:
        raise Refused(
            f"{_MOST} requests of yours wait already.", "Have an administrator see to them."
        )
    name = secrets.token_hex(16)
    publish(_path(home, name), text.encode())
    return name


def waiting(home: Path) -> list[Kept]:
    """Return the requests that wait, the oldest first; what cannot be read is left out."""
    found = []
    for path in (home / _FOLDER).glob("*.json"):
        try:
            asked = enrolment.read_request(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, PortcullisError):
            continue
        found.append(Kept(path.stem, asked.person, asked.at, asked.passkey is not None))
    return sorted(found, key=lambda each: each.at)


def read(home: Path, name: str) -> str:
    """Return the text of a request. Raises Misuse where none of that name waits."""
    try:
        return _path(home, name).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise Misuse("That request does not wait any more.", "See the requests that do.") from None


def remove(home: Path, name: str) -> None:
    """Take away a request: it was proposed, or its person took it back."""
    _path(home, name).unlink(missing_ok=True)


def _path(home: Path, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise Misuse("There is no request of that name.", "See the requests that wait.")
    return home / _FOLDER / f"{name}.json"
