"""A ledger of 65,537 entries and more with three lists, its fork under the same keys, and Go.

Sizes lie at and about the edges of tiles. Both ledgers are made once by the ledger's own code, with
real keys and witnesses; what is shown to outsiders is only what a holder would hand out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portcullis.canonical import json_bytes
from portcullis.ledger import (
    Log,
    Tree,
    Witness,
    log_verifier,
    two_level_proofs,
    witness_verifier,
    write_tree,
)
from tests.outside.gochecker import GoChecker, build
from tests.outside.shown import Folder, Grown, Shown, ShownFile, Trust

ORIGIN = "gate.example/ledger"
WITNESSES = ("one.example/witness", "two.example/witness")
SIZES = (1, 2, 3, 7, 8, 255, 256, 257, 300, 511, 512, 513, 1000, 65535, 65536, 65537)
LISTS = {255: 1, 256: 256, 257: 700}  # the entry after so many names a list of so many leaves
DAY = "2025-04-07"
NOW = 1_750_000_000


def key(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


KEY, OTHER_KEY = key(1), key(9)
WITNESS_KEYS = (key(2), key(3))
TRUST = Trust(
    (log_verifier(ORIGIN, KEY).vkey,),
    tuple(
        witness_verifier(name, each).vkey
        for name, each in zip(WITNESSES, WITNESS_KEYS, strict=True)
    ),
    len(WITNESSES),
)
OTHER_TRUST = replace(TRUST, keys=(log_verifier(ORIGIN, OTHER_KEY).vkey,))


def make_entry(number: int, words: str) -> bytes:
    """Return an entry; every third is of the day after ``DAY``, every seventh of another kind."""
    at = f"{'2025-04-08' if number % 3 == 0 else DAY}T12:00:00Z"
    kind = "package-sent" if number % 7 == 0 else "batch-received"
    return json_bytes({"at": at, "kind": kind, "n": number, "words": words})


def make_leaves(count: int) -> list[bytes]:
    return [json_bytes({"determination": f"{n:064x}", "request": n}) for n in range(count)]


@dataclass(frozen=True)
class Ledger:
    """A ledger on the disk, its entries, and the checkpoint it published at each size."""

    root: Path
    entries: list[bytes] = field(repr=False)
    notes: dict[int, str] = field(repr=False)

    @property
    def folder(self) -> Folder:
        return Folder(TRUST, str(self.root / "log"))

    @cached_property
    def log(self) -> Log:
        return Log.open(self.root / "log")

    def shown(self, index: int, size: int) -> Shown:
        path = tuple(self.log.inclusion_proof(index, size))
        return Shown(TRUST, self.notes[size], index, self.entries[index], path)

    def grown(self, old: int, size: int) -> Grown:
        path = tuple(self.log.consistency_proof(old, size))
        return Grown(TRUST, self.notes[old], self.notes[size], path)

    def file(self, position: int, place: int) -> ShownFile:
        tree = Tree(self.root / f"list-{position}")
        (proof,) = two_level_proofs(self.log, position, tree, [place])
        return ShownFile(TRUST, proof.text, tree.leaf(place))


def make_witnesses(root: Path, keys: Sequence[str]) -> list[Witness]:
    return [
        Witness(root / name.replace("/", "-"), name, each, {ORIGIN: keys}, lambda: NOW)
        for name, each in zip(WITNESSES, WITNESS_KEYS, strict=True)
    ]


def make_ledger(root: Path, words: str, sizes: tuple[int, ...] = SIZES) -> Ledger:
    witnesses = make_witnesses(root, TRUST.keys)
    entries = [make_entry(number, words) for number in range(sizes[-1])]
    for position, count in LISTS.items():
        head = write_tree(root / f"list-{position}", make_leaves(count))
        entries[position] = json_bytes(
            {
                "at": f"{DAY}T12:00:00Z",
                "kind": "list",
                "leaves": head.size,
                "leaves_root": head.root.hex(),
            }
        )
    log = Log.create(root / "log", ORIGIN, KEY, witnesses)
    notes = {}
    for before, size in pairwise((0, *sizes)):
        log.append(entries[before:size], witnesses)
        notes[size] = log.checkpoint
    return Ledger(root, entries, notes)


@pytest.fixture(scope="session")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    return make_ledger(tmp_path_factory.mktemp("ledger"), "as it was")


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """One to be damaged on the disk, and mended again."""
    return make_ledger(tmp_path_factory.mktemp("small"), "as it was", (3, 300, 1000))


@pytest.fixture(scope="session")
def fork(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """The same keys over other entries: what a holder who rewrites would hand out."""
    return make_ledger(tmp_path_factory.mktemp("fork"), "as somebody would have it")


@pytest.fixture(scope="session")
def go(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoChecker]:
    with GoChecker(build(tmp_path_factory.mktemp("go"))) as checker:
        yield checker
