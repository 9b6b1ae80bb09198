"""The roster on disk, and the one that the ledger has: nothing leaves while they are not the same.

Each roster that was proposed is kept in the home's folder ``rosters`` under its digest, the SHA-256
of its file. The first is put on the ledger when the home is made. In a home of an earlier release,
whose ledger has none until two people adopt it, the roster is as it was put there.
"""

from functools import lru_cache
from pathlib import Path

from django.db import transaction

from portcullis import keys
from portcullis.canonical import sha256_hex
from portcullis.errors import Misuse, Refused
from portcullis.office import entries
from portcullis.office.home import Home
from portcullis.office.models import Entry, RosterChange
from portcullis.tables import publish

DIFFERS = "roster-differs"
FIRST = "roster-first"
"""The kind of the entries that say with which roster a home began, from position 1 on."""
_FIRST_AT = 1  # after the entry on the ledger's own keys
_FORMAT = "portcullis-roster-first/1"
_PEOPLE = 400  # of one entry: an entry of the ledger holds no more than 65,535 bytes


def record_first(home: Home) -> None:
    """Put the roster that a new home was made with on the ledger, before anything else is.

    The entry has the roster's digest and, of each person, the thumbprints (RFC 7638) of the keys.
    Nobody signed it: no key is in force before it. Raises Refused in a home that is not new.
    """
    digest_ = keep(home)
    people = home.roster.people
    facts = [
        {
            "format": _FORMAT,
            "after": digest_,
            "keys": {
                each.id: [keys.thumbprint(jwk) for jwk in each.public_keys()]
                for each in people[start : start + _PEOPLE]
            },
        }
        for start in range(0, len(people), _PEOPLE)
    ]
    with transaction.atomic():
        made = entries.record_all(FIRST, facts, at=home.now().isoformat())
        if made[0].position != _FIRST_AT:
            raise Refused(
                "The ledger has other entries already; its first roster cannot be put before them.",
                "Two people record the roster with `portcullis people adopt` and `people accept`.",
            )
    entries.integrate(home)


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
    changed = (
        RosterChange.objects.exclude(decided=None)
        .order_by("-decided__entry_id")
        .values_list("after", flat=True)
        .first()
    )
    return changed or _first()


def _first() -> str | None:
    entry = Entry.objects.filter(position=_FIRST_AT, kind=FIRST).first()
    return None if entry is None else str(entries.body(entry)["after"])


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
