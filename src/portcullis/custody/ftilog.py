"""The recipient's log of federal tax information: by request identifier, and never any FTI.

JSON Lines, append-only, each line naming the digest of the line before it, so that an edit, a gap
or a reordering shows. A cut at the end shows only against another record: the holder keeps its
own of every package delivered and every token granted.

Fields after Publication 1075 (law.md, section 6): identifier, taxable periods, type, reason, dates
requested and received, location, who has access, disposal date and method; and of each event: when,
who, what, success or failure, from where. An acknowledgement of the warning, a look at a list and
an act that was denied are events of no one package: their fields of a package are empty. An opening
that the officer's own browser then could not show has a second entry, failed, with the same nonce.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Literal

from portcullis.canonical import json_bytes
from portcullis.errors import Misuse, Refused
from portcullis.tables import fsync_folder, publish

FORMAT = "portcullis-fti-log/1"
MEANWHILE = timedelta(seconds=30)
"""How long an act may take while others' entries are made."""
_FIRST = "0" * 64
_LONGEST = 200
_LONGEST_LINE = 65_536
_NEWEST = 1 << 20  # bytes that the newest entries are looked for in

Event = Literal[
    "receipt",
    "replacement",
    "opening",
    "acknowledgement",
    "view",
    "status",
    "disposal",
    "continued-safeguard",
    "denied",
    "correction",
]


@dataclass(frozen=True)
class Entry:
    """One line of the log, before it has its number and its link.

    Dates and times are ISO 8601 text; ``access`` lists roster ids; ``reason`` is the statute at
    receipt, the purpose at opening, the status stated, the subdivision certified under, which
    warning was read, what was looked at, the act denied; ``opening`` is the nonce of the opening
    request; the disposal's fields are empty until there is one.
    """

    event: Event
    success: bool
    at: str
    user: str
    origin: str
    package_id: str
    request_id: str
    taxable_periods: tuple[str, ...]
    type: tuple[str, ...]
    reason: str
    requested_on: str
    received_on: str
    location: str
    access: tuple[str, ...]
    opening: str = ""
    disposal_on: str = ""
    disposal_method: str = ""

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            texts = value if isinstance(value, tuple) else (str(value),)
            if any(len(text) > _LONGEST or not text.isprintable() for text in texts):
                raise Misuse(
                    f"The field {name} is too long or not plain for the FTI log.",
                    "Say where and who in a few words; the log holds no tax information.",
                )


class FtiLog:
    """The log at ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, *entries: Entry, once: str = "") -> None:
        """Append ``entries``, all of them or none; they are on the disk when this returns.

        What was begun a moment before the last entry is entered at the last one's time: others come
        and go meanwhile. ``once``: the nonce of an opening, which no successful one may have had.
        Raises Refused where it had, where the last line is not whole (``verify`` says where), and
        where an entry is of a time before the last one's.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "r+b") as log:
            fcntl.flock(log, fcntl.LOCK_EX)
            number, previous, last_at = _end(log)
            if once:
                self._check_unused(once)
            lines = []
            for entry in entries:
                line = _line(entry, number, previous, last_at)
                number, previous = number + 1, hashlib.sha256(line).hexdigest()
                lines.append(line)
            log.write(b"".join(lines))
            log.flush()
            os.fsync(log.fileno())
        fsync_folder(self.path.parent)

    def _check_unused(self, nonce: str) -> None:
        with_nonce = (line for line in self._lines() if nonce.encode() in line)
        entries = (_entry(_read(line)) for line in with_nonce)
        if any(entry.success and entry.opening == nonce for entry in entries):
            raise Refused("This token was used before.", "Ask for a new one for each opening.")

    def mend(self, entry: Entry) -> str:
        """Enter what a custodian mends of the log, whatever the last entry's time; say what it is.

        A last line that is not whole is set apart, in a file beside the log that its digest names.
        A time of the last entry that has not come yet is left as it stands, and said to be wrong.
        ``entry``, of the event ``correction``, has the words for its reason. Raises Refused where
        there is nothing to mend.
        """
        if not self.path.exists():
            raise Refused("There is no FTI log here yet.", "There is nothing to mend.")
        with self.path.open("r+b") as log:
            fcntl.flock(log, fcntl.LOCK_EX)
            found = [self._set_apart(log), _ahead(log, datetime.fromisoformat(entry.at))]
            said = "; ".join(filter(None, found))
            if not said:
                raise Refused("The FTI log ends whole and in order.", "There is nothing to mend.")
            number, previous, _ = _end(log)
            log.seek(0, os.SEEK_END)
            log.write(_line(replace(entry, reason=said), number, previous, ""))
            log.flush()
            os.fsync(log.fileno())
        return said

    def _set_apart(self, log: BinaryIO) -> str:
        """Move what stands after the last whole line into a file of its own; say so."""
        log.seek(0)
        data = log.read()
        torn = data[data.rfind(b"\n") + 1 :]
        if not torn:
            return ""
        name = hashlib.sha256(torn).hexdigest()
        publish(self.path.with_name(f"{self.path.name}.torn-{name}"), torn)
        log.truncate(len(data) - len(torn))
        return f"a torn last line set apart, {name}"

    def check_follows(self, at: datetime) -> None:
        """Raise Refused where ``at`` is before the time of the last entry."""
        if self.path.exists():
            with self.path.open("rb") as log:
                fcntl.flock(log, fcntl.LOCK_SH)
                _check_order(_end(log)[2], at)

    def entries(self) -> Iterator[Entry]:
        """Yield the entries from the first on; raise Refused at the first that does not follow."""
        previous = _FIRST
        for number, line in enumerate(self._lines()):
            try:
                entry = _entry(_read(line))
                whole = json_bytes(_members(entry, number, previous)) + b"\n" == line
            except (KeyError, TypeError, ValueError, Misuse):
                whole = False
            if not whole:
                raise Refused(
                    f"The FTI log does not follow at entry {number}.",
                    "Keep the file as it is and report it: an entry was cut, changed or moved.",
                )
            previous = hashlib.sha256(line).hexdigest()
            yield entry

    def of_request(self, request_id: str) -> list[Entry]:
        """Return every entry of one request. Raises Refused where the chain is broken."""
        return [entry for entry in self.entries() if entry.request_id == request_id]

    def newest(self, count: int) -> list[Entry]:
        """Return the last ``count`` entries, the last first; what is before them is not read.

        Whether the chain is whole is for ``verify`` to say.
        """
        if not self.path.exists():
            return []
        with self.path.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            start = max(0, size - _NEWEST)
            log.seek(start)
            lines = log.read().splitlines()[1 if start else 0 :]
        return [_entry(_read(line)) for line in reversed(lines[-count:])]

    def verify(self) -> int:
        """Return the number of entries; raise Refused where the chain is broken."""
        return sum(1 for _ in self.entries())

    def _lines(self) -> list[bytes]:
        return self.path.read_bytes().splitlines(keepends=True) if self.path.exists() else []


def _ahead(log: BinaryIO, at: datetime) -> str:
    """Return in words that the last entry is of a time after ``at``; "" where it is not."""
    last_at = _end(log)[2]
    ahead = last_at and datetime.fromisoformat(last_at) > at + MEANWHILE
    return f"the clock was wrong, at {last_at} last" if ahead else ""


def _line(entry: Entry, number: int, previous: str, last_at: str) -> bytes:
    """Return the entry as a line, at its own time or a moment later at the last entry's."""
    at = datetime.fromisoformat(entry.at)
    _check_order(last_at, at)
    if last_at and at < datetime.fromisoformat(last_at):
        entry = replace(entry, at=last_at)
    line = json_bytes(_members(entry, number, previous)) + b"\n"
    if len(line) >= _LONGEST_LINE:
        raise Misuse("The entry is too long for the FTI log.", "Name fewer officers.")
    return line


def _check_order(last_at: str, at: datetime) -> None:
    if last_at and at + MEANWHILE < datetime.fromisoformat(last_at):
        raise Refused(
            "By this time the act would be before the last entry of the FTI log.",
            "Set the clock right, or wait until it has passed that entry's time.",
        )


def _end(log: BinaryIO) -> tuple[int, str, str]:
    """Return the number and the link of the entry to come, and the time of the last one."""
    size = log.seek(0, os.SEEK_END)
    if not size:
        return 0, _FIRST, ""
    log.seek(max(0, size - _LONGEST_LINE))
    last = log.read().splitlines(keepends=True)[-1]
    members = _read(last)
    number = members.get("number")
    if not last.endswith(b"\n") or not isinstance(number, int):
        raise Refused(
            "The last entry of the FTI log is not whole.",
            "Keep a copy, report it, and remove the torn line.",
        )
    return number + 1, hashlib.sha256(last).hexdigest(), str(members.get("at", ""))


def _members(entry: Entry, number: int, previous: str) -> dict[str, Any]:
    return {"format": FORMAT, "number": number, "previous": previous, **asdict(entry)}


def _entry(members: dict[str, Any]) -> Entry:
    read: dict[str, Any] = {}
    for field in fields(Entry):
        value = members[field.name]
        read[field.name] = tuple(value) if isinstance(value, list) else value
    return Entry(**read)


def _read(line: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}
