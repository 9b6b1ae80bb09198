"""The verification of a whole ledger from its files alone.

Everything is counted again from the entry bundles: each leaf hash, each tile, full and partial,
the root, and the root of each batch tree that an entry names. Every disagreement is named by file
and position. It needs no key but the public ones, and trusts no file to be of its name's size.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from portcullis.errors import Misuse
from portcullis.ledger.durable import locked
from portcullis.ledger.faults import LedgerDamaged
from portcullis.ledger.log import CHECKPOINT, LOCK, SEQUENCER, STAGED
from portcullis.ledger.merkle import HASH_BYTES, leaf_hashes, root_of_hashes
from portcullis.ledger.notes import (
    Checkpoint,
    NoteInvalid,
    Verifier,
    open_checkpoint,
    open_note,
    parse_vkey,
    split_note,
)
from portcullis.ledger.proofs import ProofInvalid, tree_in
from portcullis.ledger.tiles import (
    ENTRIES,
    HEIGHT,
    WIDTH,
    TileGrower,
    TileName,
    decode_bundle,
    encode_bundle,
    parse_path,
    split_hashes,
    stored_files,
    stored_size,
)
from portcullis.ledger.trees import TreeHead

Visit = Callable[[int, bytes], None]


@dataclass(frozen=True)
class Verification:
    """What a verification found: size and root of the log, trees checked, and every problem."""

    size: int
    root: bytes | None
    trees: int
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether everything agrees."""
        return not self.problems


def verify_log(
    folder: Path,
    vkeys: Sequence[str],
    witness_vkeys: Sequence[str] = (),
    k: int = 0,
    trees: Path | None = None,
) -> Verification:
    """Verify the log in ``folder`` and, below ``trees``, every tree that its entries name.

    The checkpoint must be signed by one of ``vkeys`` and cosigned by ``k`` of ``witness_vkeys``. An
    entry names its tree by ``leaves_root``, ``leaves`` and ``tree`` (the folder, below ``trees``).
    Raises Misuse for a key that is none; everything wrong with the log is a problem in the answer.
    """
    named: dict[str, TreeHead] = {}
    problems: list[str] = []

    def note_tree(index: int, entry: bytes) -> None:
        if trees is not None and b'"leaves_root"' in entry:
            with _reported(problems, f"entry {index}"):
                _name_tree(named, entry)

    with _unwritten(folder):
        problems += _unexpected(folder, {CHECKPOINT, "tile", SEQUENCER})
        if (folder / STAGED).exists():
            problems.append("An append was cut off and stays staged: the next append finishes it.")
        checkpoint, faults = _open(folder, vkeys, witness_vkeys, k)
        problems += faults
        # A size nobody signed may be anything: count what is there instead.
        size = stored_size(folder) if checkpoint is None else checkpoint.size
        root, faults = _recount(folder, size, checkpoint.root if checkpoint else None, note_tree)
        problems += faults
    for path, head in named.items():
        problems += [f"{path}: {fault}" for fault in verify_tree(_below(trees, path), head)]
    return Verification(size, root, len(named), tuple(problems))


def verify_tree(folder: Path, head: TreeHead) -> list[str]:
    """Return every problem of the batch tree in ``folder``, which should have this ``head``."""
    if not folder.is_dir():
        return ["The tree's folder is missing."]
    problems = _unexpected(folder, {"tile"})
    _, faults = _recount(folder, head.size, head.root, lambda _index, _entry: None)
    return problems + faults


@contextlib.contextmanager
def _unwritten(folder: Path) -> Iterator[None]:
    """Keep this machine's writer out meanwhile (a copy of the log has no lock, and no writer)."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(FileNotFoundError, PermissionError):
            stack.enter_context(locked(folder / LOCK, shared=True))
        yield


@contextlib.contextmanager
def _reported(problems: list[str], where: str) -> Iterator[None]:
    try:
        yield
    except (Misuse, NoteInvalid) as problem:
        problems.append(f"{where}: {problem.message}")


def _unexpected(folder: Path, expected: set[str]) -> list[str]:
    if not folder.is_dir():
        return [f"There is no folder {folder.name}."]
    names = sorted(path.name for path in folder.iterdir())
    return [f"{name} does not belong here." for name in names if name not in expected]


def _open(
    folder: Path, vkeys: Sequence[str], witness_vkeys: Sequence[str], k: int
) -> tuple[Checkpoint | None, list[str]]:
    """Return the checkpoint (None where its signature does not hold) and what is wrong with it."""
    problems: list[str] = []
    try:
        note = (folder / CHECKPOINT).read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return None, ["checkpoint: missing, or not text."]
    with _reported(problems, "checkpoint"):
        open_checkpoint(note, vkeys, witness_vkeys, k)
        problems += _doubtful_lines(note, [parse_vkey(key) for key in (*vkeys, *witness_vkeys)])
    with contextlib.suppress(NoteInvalid):
        return open_checkpoint(note, vkeys).checkpoint, problems
    return None, problems


def _doubtful_lines(note: str, verifiers: Sequence[Verifier]) -> list[str]:
    """Name signature lines that look like a given key's, but are not, where that key has no other.

    Lines of keys nobody gave us are ignored, as the format asks.
    """
    _, signed = open_note(note, verifiers)
    absent = [verifier for verifier in verifiers if verifier not in signed]
    return [
        f"checkpoint: the signature line of {name} is not under the key given for it."
        for name, key_id, _ in split_note(note)[1]
        if any((name == key.name) != (key_id == key.key_id) for key in absent)
    ]


def _name_tree(named: dict[str, TreeHead], entry: bytes) -> None:
    value, head = tree_in(entry)
    path = value.get("tree")
    if path is None:
        return
    if not isinstance(path, str) or not path or ".." in path or PurePosixPath(path).is_absolute():
        raise ProofInvalid("The entry's tree is not a folder below the trees.")
    if named.setdefault(path, head) != head:
        raise ProofInvalid(f"An earlier entry gives another root for the tree {path}.")


def _below(trees: Path | None, path: str) -> Path:
    return (trees or Path()) / path


def _recount(
    folder: Path, size: int, root: bytes | None, visit: Visit
) -> tuple[bytes | None, list[str]]:
    """Return the root counted from the bundles (None: not countable), and every problem found."""
    count = _Recount(folder, size)
    found = count.run(visit)
    return found, count.problems(found, root)


class _Recount:
    """One counting-again of a tree of ``size`` leaves from its bundles."""

    def __init__(self, folder: Path, size: int) -> None:
        self._folder = folder
        self._size = size
        self._faults: list[str] = []
        self._disagreements: list[tuple[TileName, int]] = []  # the tile, the place in it
        self._older: dict[tuple[int, int], list[int]] = {}

    def run(self, visit: Visit) -> bytes | None:
        """Count all levels and return the root, or None where a leaf hash is nowhere to be had."""
        self._sort_files()
        above: list[bytes] = []
        edge: list[list[bytes]] = []
        complete = True
        for index in range(-(-self._size // WIDTH)):
            hashes = self._count_leaves(index, visit)
            if hashes is None:
                complete = False
            elif len(hashes) == WIDTH:
                above.append(root_of_hashes(hashes))
            else:
                edge = [hashes]
        if not complete:
            return None
        levels = [*(edge or [[]]), *self._count_above(above)]
        return TileGrower(lambda _name, _data: None, self._size, levels).root

    def problems(self, found: bytes | None, root: bytes | None) -> list[str]:
        """Return the problems in words, given the root counted and the root promised."""
        faults = list(self._faults)
        if root is not None and found is not None and found != root:
            faults.append(
                f"The entries make the root {found.hex()}, but {root.hex()} was promised."
            )
        entries_are_right = found is not None and found == root
        return faults + [
            _describe(tile, place, entries_are_right=entries_are_right)
            for tile, place in self._disagreements
        ]

    def _sort_files(self) -> None:
        """Name files that no tree of this size has; keep the older partial ones for checking."""
        for path in sorted(stored_files(self._folder)):
            name = parse_path(path)
            if name is None:
                self._faults.append(f"{path} does not belong here.")
                continue
            width = self._width(name.level, name.index)
            if name.width > width:
                self._faults.append(f"{path} lies beyond the {self._size} entries promised.")
            elif name.width < width:
                self._older.setdefault((name.level, name.index), []).append(name.width)

    def _count_leaves(self, index: int, visit: Visit) -> list[bytes] | None:
        entries = self._read_bundle(index)
        stored = self._read_tile(0, index)
        if entries is None:
            return None if stored is None else split_hashes(stored)
        for place, entry in enumerate(entries):
            visit(index * WIDTH + place, entry)
        hashes = leaf_hashes(entries)
        self._compare(0, index, hashes, stored)
        return hashes

    def _count_above(self, hashes: list[bytes]) -> list[list[bytes]]:
        """Compare the tiles above level 0; return each level's hashes at its right edge."""
        edges = []
        level = 1
        while hashes:
            tiles = [hashes[start : start + WIDTH] for start in range(0, len(hashes), WIDTH)]
            for index, tile in enumerate(tiles):
                self._compare(level, index, tile, self._read_tile(level, index))
            full = [tile for tile in tiles if len(tile) == WIDTH]
            edges.append(tiles[-1] if len(full) < len(tiles) else [])
            hashes = [root_of_hashes(tile) for tile in full]
            level += 1
        return edges

    def _compare(self, level: int, index: int, hashes: list[bytes], stored: bytes | None) -> None:
        counted = b"".join(hashes)
        if stored is not None and stored != counted:
            self._disagreements += [
                (TileName(level, index, len(hashes)), place)
                for place, (ours, theirs) in enumerate(
                    zip(hashes, split_hashes(stored), strict=True)
                )
                if ours != theirs
            ]
        for width in self._older.pop((level, index), []):
            self._check_older(TileName(level, index, width), counted[: width * HASH_BYTES])

    def _read_bundle(self, index: int) -> list[bytes] | None:
        name = TileName(ENTRIES, index, self._width(ENTRIES, index))
        data = self._read(name)
        if data is None:
            return None
        try:
            entries = decode_bundle(data, name.width, name.path)
        except LedgerDamaged as damage:
            self._faults.append(damage.message)
            return None
        for width in self._older.pop((ENTRIES, index), []):
            self._check_older(TileName(ENTRIES, index, width), encode_bundle(entries[:width]))
        return entries

    def _read_tile(self, level: int, index: int) -> bytes | None:
        name = TileName(level, index, self._width(level, index))
        data = self._read(name)
        if data is not None and len(data) != name.width * HASH_BYTES:
            self._faults.append(f"{name.path} does not have its {name.width} hashes.")
            return None
        return data

    def _check_older(self, name: TileName, expected: bytes) -> None:
        if self._read(name) != expected:
            self._faults.append(f"{name.path} is not the beginning of what followed it.")

    def _read(self, name: TileName) -> bytes | None:
        try:
            return (self._folder / name.path).read_bytes()
        except OSError:
            self._faults.append(f"{name.path} is missing or cannot be read.")
            return None

    def _width(self, level: int, index: int) -> int:
        """Return how many hashes a tile has in a tree of this size (0: there is no such tile)."""
        count = self._size >> (HEIGHT * max(level, 0))
        return min(WIDTH, max(0, count - index * WIDTH))


def _describe(tile: TileName, place: int, *, entries_are_right: bool) -> str:
    span = WIDTH**tile.level
    first = (tile.index * WIDTH + place) * span
    if tile.level > 0:
        return (
            f"{tile.path}: hash {place} is not the root over entries {first} to {first + span - 1}."
        )
    if entries_are_right:
        return f"{tile.path}: hash {place} is not that of entry {first}, which is as it was signed."
    bundle = TileName(ENTRIES, tile.index, tile.width)
    return f"Entry {first} ({bundle.path}, place {place}) does not hash to its leaf in {tile.path}."
