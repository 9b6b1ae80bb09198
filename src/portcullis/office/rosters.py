"""The roster on disk, and the one that the ledger has: nothing leaves while they are not the same.

Each roster that was proposed is kept in the home's folder ``rosters`` under its digest, the SHA-256
of its file. In a home whose ledger has none yet, the roster is as it was put there.
"""

from functools import lru_cache
from pathlib import Path

from portcullis.canonical import sha256_hex
from portcullis.errors import Misuse, Refused
from portcullis.office.home import Home
from portcullis.office.models import RosterChange
from portcullis.tables import publish

DIFFERS = "roster-differs"


def kept(home: Home, digest: str) -> Path:
    """Return where the roster of that digest is kept."""
    return home.path / "rosters" / f"{digest}.json"


def digest(path: Path) -> str:
    """Return the SHA-256 (hex) of the roster's file at ``path``; "" where there is none."""
    try:
        found = path.stat()
    except OSError:
        return ""
    return _digest(path, (found.st_ino, found.st_mtime_ns, found.st_size))


def on_record() -> str | None:
    """Return the digest of the roster that the ledger has; None where it has none yet."""
    return (
        RosterChange.objects.exclude(decided=None)
        .order_by("-decided__entry_id")
        .values_list("after", flat=True)
        .first()
    )


def closed_reasons(home: Home) -> list[str]:
    """Return why the gate is closed on the roster's account; empty where it is not."""
    said = on_record()
    if said is None or said == digest(home.people):
        return []
    return [f"{DIFFERS}: The roster in this home is not the one that the ledger has."]


def check_recorded(home: Home) -> None:
    """Raise Refused where the roster on disk is not the one that the ledger has."""
    if closed_reasons(home):
        raise Refused(
            "The roster in this home is not the one that the ledger has.",
            "Put that one back; where it is lost, `portcullis people adopt` takes this one.",
        )


def keep(home: Home) -> str:
    """Keep the roster that stands on disk under its digest, and return that."""
    data = _read(home.people)
    name = sha256_hex([data])
    if not kept(home, name).exists():
        publish(kept(home, name), data)
    return name


def settle(home: Home) -> None:
    """Put the decided roster in place where that was cut off after its decision.

    Only where the one in its place is the one it was decided upon: any other is for people to see.
    """
    newest = RosterChange.objects.exclude(decided=None).order_by("-decided__entry_id").first()
    if newest is None or newest.after == newest.before:
        return
    path = kept(home, newest.after)
    if digest(home.people) == newest.before and digest(path) == newest.after:
        publish(home.people, _read(path))


@lru_cache(maxsize=8)
def _digest(path: Path, _state: tuple[int, ...]) -> str:
    return sha256_hex([_read(path)])


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise Misuse("The roster cannot be read.", "Put people.json back from a backup.") from None
