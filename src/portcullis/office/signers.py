"""Which keys sign the ledger's checkpoints: what the ledger itself says, and the files they are in.

A ``ledger-keys`` entry says by which keys checkpoints are signed from there on. A checkpoint that
is the first to cover such an entry is signed by the keys before it and after it, so that whoever
trusts the old ones can follow to the new.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db.models import QuerySet

from portcullis import ledger
from portcullis.errors import Misuse
from portcullis.office.home import Home
from portcullis.office.models import Entry

KIND = ledger.LEDGER_KEYS


def new_key(home: Home, origin: str) -> str:
    """Make another key of the log ``origin`` in the home; return its verifier key."""
    key = ledger.generate_key()
    verifier = ledger.log_verifier(origin, key)
    ledger.save_key(key, _folder(home) / f"{verifier.key_id.hex()}.pem")
    return verifier.vkey


def next_key(home: Home, origin: str) -> str:
    """Return the verifier key of the key that is announced next: made once, and waiting until then.

    So an announcement that is rehearsed, refused or cut off makes no other.
    """
    ever = {vkey for entry in _changes() for vkey in _said(entry).signed_by}
    for path in sorted(_folder(home).glob("*.pem")):
        waits = ledger.log_verifier(origin, ledger.load_key(path)).vkey
        if waits not in ever:
            return waits
    return new_key(home, origin)


def facts(said: ledger.LogKeys) -> dict[str, Any]:
    """Return what an entry of the kind says, beside when it was and by whom."""
    return {"signed_by": list(said.signed_by), "witnesses": list(said.witnesses), "k": said.k}


def in_force(before: int) -> ledger.LogKeys:
    """Return what the last ``ledger-keys`` entry below the position ``before`` says."""
    return _said(_changes().filter(position__lt=before).last())


def now_in_force() -> ledger.LogKeys:
    """Return what the last ``ledger-keys`` entry says, integrated or not."""
    return _said(_changes().last())


def signing(size: int) -> list[str]:
    """Return the vkeys that sign the next checkpoint of a log of ``size`` entries."""
    since = list(_changes().filter(position__gte=size))
    before = _changes().filter(position__lt=size).last()
    said = [_said(entry) for entry in ([before] if before else []) + since]
    return list(dict.fromkeys(vkey for one in said for vkey in one.signed_by))


def origin() -> str:
    """Return the ledger's name, which stands in what is signed; it needs no file of the ledger."""
    first = Entry.objects.filter(position=0, kind=KIND).first()
    return ledger.parse_vkey(_said(first).signed_by[0]).name


def retired(size: int) -> list[str]:
    """Return the vkeys that signed once and are not in force in a log of ``size`` entries."""
    said = [_said(entry).signed_by for entry in _changes().filter(position__lt=size)]
    return sorted({vkey for keys in said for vkey in keys}.difference(*said[-1:]))


def load(home: Home, origin: str, vkeys: Sequence[str]) -> list[Ed25519PrivateKey]:
    """Return the private keys of ``vkeys``. Raises Misuse where one's file is missing."""
    files = sorted(_folder(home).glob("*.pem"))
    have = {ledger.log_verifier(origin, key).vkey: key for key in map(ledger.load_key, files)}
    missing = [vkey for vkey in vkeys if vkey not in have]
    if missing:
        raise Misuse(
            f"The key {missing[0].split('+')[1]} of the ledger is not in this home.",
            "Restore keys/ledger/ from where it is kept.",
        )
    return [have[vkey] for vkey in vkeys]


def forget(home: Home, vkey: str) -> None:
    """Destroy the private half of a retired key."""
    (_folder(home) / f"{vkey.split('+')[1]}.pem").unlink(missing_ok=True)


def _changes() -> QuerySet[Entry]:
    return Entry.objects.filter(kind=KIND).order_by("position")


def _said(entry: Entry | None) -> ledger.LogKeys:
    said = ledger.LogKeys.parse(bytes(entry.body)) if entry else None
    if said is None:
        raise Misuse("The ledger does not say by which keys it is signed.", "Restore the database.")
    return said


def _folder(home: Home) -> Path:
    return home.path / "keys" / "ledger"
