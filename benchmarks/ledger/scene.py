"""What the ledger is measured on: keys, entries, a list of determinations, a log that names it."""

from collections.abc import Sequence
from pathlib import Path

from benchmarks.ledger import LIST, LOG
from portcullis import ledger
from portcullis.canonical import json_bytes
from portcullis.ledger.signers import LogKeys

ON = "2025-06-27T12:00:00Z"


def origin(log: str) -> str:
    """Return the name of the log that lies in the folder ``log``."""
    return f"bench.example/{log}"


def make_key(folder: Path, log: str) -> str:
    """Make the key of a log in ``folder`` and return its vkey."""
    key = ledger.generate_key()
    ledger.save_key(key, folder / f"{log}.pem")
    return ledger.log_verifier(origin(log), key).vkey


def create(folder: Path, log: str, witnesses: Sequence[ledger.Cosigner]) -> ledger.Log:
    """Make the log in ``folder``, empty, under the key made for it."""
    key = ledger.load_key(folder / f"{log}.pem")
    return ledger.Log.create(folder / log, origin(log), key, witnesses)


def build(folder: Path, leaves: int, witnesses: Sequence[ledger.Cosigner]) -> int:
    """Make a log that names its keys and a list of ``leaves``; return the list's position."""
    log = create(folder, LOG, witnesses)
    named = tuple(witness.vkey for witness in witnesses)
    trees = folder / "trees" / LIST
    trees.parent.mkdir(parents=True)
    head = ledger.write_tree(trees, map(leaf, range(leaves)))
    entry = {
        "at": ON,
        "kind": "list",
        "leaves": head.size,
        "leaves_root": head.root.hex(),
        "tree": LIST,
    }
    keys = LogKeys((log.vkey,), named, len(named))
    (_, position) = log.append([keys.body(ON), json_bytes(entry)], witnesses)
    return position


def leaf(number: int) -> bytes:
    """Return a leaf of the size of the real ones: two commitments and a request's place."""
    return json_bytes({"answer": "0" * 64, "determination": "1" * 64, "request": number})


def entries(first: int, count: int) -> list[bytes]:
    """Return entries of the size of the real ones: what was sent, by its digest."""
    return [
        json_bytes(
            {"at": ON, "batch": "bench", "kind": "package-sent", "package": f"{number:064x}"}
        )
        for number in range(first, first + count)
    ]
