"""The alarms on record: raised once, standing until a named person acknowledges them with a reason.

What an alarm says may tell how many requests passed, and the reason somebody gives may say
anything; so both lie in encrypted files of the home, and the ledger commits to those. In clear it
says who watched, under which hours, which alarms (by keyed digests) that raised, and who
acknowledged one. So everybody can see that an alarm stands, and for how long, but not of whom.
"""

import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from portcullis import tables
from portcullis.canonical import sha256_hex
from portcullis.office import entries
from portcullis.office.home import Home
from portcullis.office.models import Entry
from portcullis.oversight.watching import Alarm

WATCHED, ACKNOWLEDGED = "watched", "alarm-acknowledged"
_ID = 16  # hexadecimal characters of an alarm's id
_SCHEMA: dict[str, pl.DataType] = {
    "alarm": pl.String(),
    "code": pl.String(),
    "subject": pl.String(),
    "since": pl.String(),
    "newest": pl.Int64(),
    "evidence": pl.List(pl.Int64()),
    "counts": pl.String(),
    "people": pl.List(pl.String()),
}


@dataclass(frozen=True)
class Acknowledged:
    """That an alarm was acknowledged: at which position, by whom, why.

    ``reason`` is None where the file that says it is missing.
    """

    position: int
    by: str
    reason: str | None


@dataclass(frozen=True)
class Raised:
    """An alarm on record: its id, the position it was raised at, and where it stands.

    ``on``: the day it was raised. ``alarm`` is None where the file that says what it was is
    missing, or is another than the ledger commits to: the alarm stands all the same. ``replaced``:
    a later one about the same was raised.
    """

    id: str
    position: int
    on: date
    alarm: Alarm | None
    acknowledged: Acknowledged | None = None
    replaced: bool = False

    @property
    def standing(self) -> bool:
        """Whether somebody has still to acknowledge it."""
        return self.acknowledged is None and not self.replaced


def alarm_id(home: Home, alarm: Alarm) -> str:
    """Return the id of an alarm: nobody without the home's key can tell what it is about."""
    said = "\x1f".join((alarm.code, alarm.subject, str(alarm.newest))).encode()
    return hmac.digest(home.derived_key("alarms"), said, "sha256").hex()[:_ID]


def on_record(home: Home) -> dict[str, Raised]:
    """Return every alarm ever raised, by id, in the order of the ledger."""
    found: dict[str, Raised] = {}
    for entry in Entry.objects.filter(kind__in=(WATCHED, ACKNOWLEDGED)).order_by("position"):
        said = entries.body(entry)
        if entry.kind == WATCHED:
            _raise(found, entry.position, said, _alarms(home, said))
        else:
            one = found[said["alarm"]]
            given = Acknowledged(entry.position, said["by"], _reason(home, said))
            found[one.id] = replace(one, acknowledged=given)
    return found


def _raise(
    found: dict[str, Raised], position: int, said: Mapping[str, Any], alarms: Mapping[str, Alarm]
) -> None:
    on = date.fromisoformat(str(said["at"])[:10])
    for id_ in said["raised"]:
        alarm = alarms.get(id_)
        for other in list(found.values()):
            if alarm and other.alarm and other.standing and _same(alarm, other.alarm):
                found[other.id] = replace(other, replaced=True)
        found[id_] = Raised(id_, position, on, alarm)


def _same(one: Alarm, other: Alarm) -> bool:
    return (one.code, one.subject) == (other.code, other.subject)


def covered(raised: Mapping[str, Raised]) -> dict[tuple[str, str], int]:
    """Return by code and subject up to which ledger position alarms were acknowledged."""
    found: dict[tuple[str, str], int] = {}
    for one in raised.values():
        if one.alarm is not None and one.acknowledged is not None:
            about = (one.alarm.code, one.alarm.subject)
            found[about] = max(found.get(about, -1), one.alarm.newest)
    return found


def store(home: Home, alarms: Mapping[str, Alarm]) -> dict[str, str]:
    """Write new alarms to a file, if any; return what the ledger's entry says of it."""
    if not alarms:
        return {}
    rows = [
        {
            "alarm": id_,
            "code": one.code,
            "subject": one.subject,
            "since": one.since.isoformat(),
            "newest": one.newest,
            "evidence": list(one.evidence),
            "counts": json.dumps(one.counts, sort_keys=True),
            "people": list(one.people),
        }
        for id_, one in alarms.items()
    ]
    return _write(home, pl.DataFrame(rows, schema=_SCHEMA))


def store_reason(home: Home, id_: str, reason: str) -> dict[str, str]:
    """Write why an alarm was acknowledged to a file; return what the ledger's entry says of it."""
    return _write(home, pl.DataFrame({"alarm": [id_], "reason": [reason]}))


def _write(home: Home, table: pl.DataFrame) -> dict[str, str]:
    path = _folder(home) / f"{secrets.token_hex(16)}.tbl"
    tables.write_table(path, table, home.derived_key("alarms"))
    return {"file": path.stem, "log": sha256_hex([path.read_bytes()])}


def _alarms(home: Home, said: Mapping[str, Any]) -> dict[str, Alarm]:
    """Return the alarms that a watch raised, as far as its file is here."""
    table = _read(home, said) if said["raised"] else None
    if table is None:
        return {}
    return {row["alarm"]: _alarm(row) for row in table.iter_rows(named=True)}


def _reason(home: Home, said: Mapping[str, Any]) -> str | None:
    table = _read(home, said)
    return None if table is None else str(table["reason"].item())


def _read(home: Home, said: Mapping[str, Any]) -> pl.DataFrame | None:
    """Return the file an entry commits to; None where it is missing, or is another.

    One byte changed must not take the whole watch away: the alarm stands, and says what it lacks.
    """
    path = _folder(home) / f"{said['file']}.tbl"
    try:
        data = path.read_bytes()
    except OSError:
        return None
    if sha256_hex([data]) != said["log"]:
        return None
    return tables.read_table(path, home.derived_key("alarms"))


def _alarm(row: Mapping[str, Any]) -> Alarm:
    return Alarm(
        code=row["code"],
        subject=row["subject"],
        since=datetime.fromisoformat(row["since"]),
        newest=row["newest"],
        evidence=tuple(row["evidence"]),
        counts=json.loads(row["counts"]),
        people=tuple(row["people"]),
    )


def _folder(home: Home) -> Path:
    return home.path / "alarms"
