"""A small ledger with one witness and two batch trees, made once and copied for each test."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portcullis.canonical import json_bytes
from portcullis.ledger import Log, Witness, log_verifier, witness_verifier, write_tree

ORIGIN = "gate.example/ledger"
WITNESS = "gate.example/witness"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
VKEY = log_verifier(ORIGIN, KEY).vkey
WITNESS_VKEY = witness_verifier(WITNESS, WITNESS_KEY).vkey


def make_witness(folder: Path, name: str = WITNESS, key: Ed25519PrivateKey = WITNESS_KEY):
    return Witness(folder, name, key, {ORIGIN: [VKEY]}, lambda: 1_750_000_000)


def make_entries(count: int, start: int = 0) -> list[bytes]:
    return [json_bytes({"act": "note", "n": n}) for n in range(start, start + count)]


def make_leaves(count: int, salt: str) -> list[bytes]:
    return [f"{salt}:{n}:{'x' * (n % 7)}".encode() for n in range(count)]


@dataclass(frozen=True)
class Place:
    """Where one test's ledger, trees and witness lie."""

    root: Path

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def trees(self) -> Path:
        return self.root / "trees"

    @property
    def witness(self) -> Witness:
        return make_witness(self.root / "witness")

    def open(self) -> Log:
        return Log.open(self.log, KEY)


def _build(place: Place) -> None:
    witness = place.witness
    log = Log.create(place.log, ORIGIN, KEY, [witness])
    log.append(make_entries(3), [witness])
    log.append(make_entries(300, 3), [witness])
    for name, count in (("batch-1/1", 700), ("batch-2/1", 5)):
        head = write_tree(place.trees / name, make_leaves(count, name))
        entry = {"leaves": head.size, "leaves_root": head.root.hex(), "tree": name}
        log.append([json_bytes(entry)], [witness])
    log.append(make_entries(2, 303), [witness])


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Place:
    place = Place(tmp_path_factory.mktemp("ledger"))
    for batch in ("batch-1", "batch-2"):
        (place.trees / batch).mkdir(parents=True)
    _build(place)
    return place


@pytest.fixture
def place(built: Place, tmp_path: Path) -> Place:
    shutil.copytree(built.root, tmp_path / "place")
    return Place(tmp_path / "place")
