"""The folder of a witness that runs for others: its name, its key, the logs it knows, its store.

``witness.json`` holds the name and the trusted log keys, ``key.pem`` the private key, ``store/``
what was cosigned. The store must never be restored from a backup: an older one would let the
witness sign what it has promised not to.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from portcullis.errors import Misuse
from portcullis.ledger.durable import locked
from portcullis.ledger.notes import (
    LOG_SIGNATURE,
    Verifier,
    generate_key,
    load_key,
    parse_vkey,
    save_key,
    witness_verifier,
)
from portcullis.ledger.witness import Witness
from portcullis.tables import publish

FORMAT = "portcullis-witness/1"

_FILE = "witness.json"
_KEY = "key.pem"
_STORE = "store"


class TrustedLogs(Mapping[str, Sequence[str]]):
    """The logs that the witness in ``folder`` knows: origin -> vkeys, read anew at each look."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, origin: str) -> Sequence[str]:
        return _by_origin(self._folder)[origin]

    def __iter__(self) -> Iterator[str]:
        return iter(_by_origin(self._folder))

    def __len__(self) -> int:
        return len(_by_origin(self._folder))


def make_witness(folder: Path, name: str) -> Witness:
    """Make a witness called ``name`` (like ``example.org/w1``) with a new key in ``folder``.

    Raises Misuse where the folder holds something already, or the name is none.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Misuse(f"The folder {folder.name} is not empty.", "Name a new one for the witness.")
    key = generate_key()
    witness_verifier(name, key)  # refuses a name that no key may bear
    save_key(key, folder / _KEY)
    _write(folder, name, [])
    return open_witness(folder)


def open_witness(folder: Path) -> Witness:
    """Open the witness in ``folder``. Raises Misuse where there is none or it is damaged."""
    name, _ = _read(folder)
    return Witness(
        folder / _STORE,
        name,
        load_key(folder / _KEY),
        TrustedLogs(folder),
        lambda: int(time.time()),
    )


def trust_logs(folder: Path, vkeys: Sequence[str]) -> None:
    """Trust exactly ``vkeys`` (type 01) for the logs they are named after; others stay as they are.

    A running witness heeds it from the next request on. Raises Misuse where a key is no log's.
    """
    fresh = [_log_key(vkey) for vkey in vkeys]
    named = {verifier.name for verifier in fresh}
    with locked(folder / "lock"):
        name, old = _read(folder)
        kept = [verifier for verifier in old if verifier.name not in named]
        _write(folder, name, list(dict.fromkeys([*kept, *fresh])))


def _by_origin(folder: Path) -> dict[str, list[str]]:
    logs: dict[str, list[str]] = {}
    for verifier in _read(folder)[1]:
        logs.setdefault(verifier.name, []).append(verifier.vkey)
    return logs


def _read(folder: Path) -> tuple[str, list[Verifier]]:
    try:
        facts = json.loads((folder / _FILE).read_bytes())
        known = facts["format"] == FORMAT
        name, vkeys = str(facts["name"]), list(facts["logs"])
    except FileNotFoundError:
        raise Misuse(
            f"There is no witness in {folder.name}.", "Make one with `portcullis witness init`."
        ) from None
    except (ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise Misuse(f"{_FILE} of the witness is damaged.", "Write it again as it was.")
    return name, [_log_key(vkey) for vkey in vkeys]


def _write(folder: Path, name: str, logs: Sequence[Verifier]) -> None:
    facts = {"format": FORMAT, "name": name, "logs": [verifier.vkey for verifier in logs]}
    publish(folder / _FILE, json.dumps(facts, indent=1).encode() + b"\n")


def _log_key(vkey: object) -> Verifier:
    verifier = parse_vkey(vkey) if isinstance(vkey, str) else None
    if verifier is None or verifier.kind != LOG_SIGNATURE:
        raise Misuse("This is not a log's key.", "A log's verifier key is of type 01 (Ed25519).")
    return verifier
