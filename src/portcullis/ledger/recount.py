"""A tree counted again from its entry bundles: every leaf hash, every tile, the root.

Used for the log and for each batch tree. It trusts no file to be of its name's size, and names
every disagreement by file and position.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from portcullis.ledger.faults import Fault, LedgerDamaged, Problem
from portcullis.ledger.merkle import (
    EMPTY_ROOT,
    HASH_BYTES,
    fold,
    leaf_hashes,
    node_hash,
    root_of_hashes,
)
from portcullis.ledger.tiles import (
    ENTRIES,
    HEIGHT,
    WIDTH,
    TileName,
    decode_bundle,
    encode_bundle,
    parse_path,
    split_hashes,
    stored_files,
)
from portcullis.progress import Advance

_BUNDLES = "entries"
_MOST_MISSING = 1 << 16

Visit = Callable[[int, bytes], None]
"""Called with the position and the bytes of each entry, in order."""


class Recount:
    """One counting-again of a tree of ``size`` leaves.

    ``roots`` has, after ``run``, the root at the tree's own size and at each of ``sizes`` that is
    within it (as far as every leaf hash before could be had). ``beyond`` is what it means that
    there are files for more leaves.
    """

    def __init__(
        self, folder: Path, size: int, sizes: Iterable[int] = (), beyond: Fault = Fault.ROLLED_BACK
    ) -> None:
        self.roots: dict[int, bytes] = {}
        self._folder = folder
        self._promised = size
        # A promise may be of any size: what is missing is named, but not without end.
        self.size = min(size, _extent(folder) + _MOST_MISSING)
        wanted = {self.size, *(one for one in sizes if one <= self.size)}
        self._wanted = sorted(wanted, reverse=True)
        self._beyond = beyond
        self._problems: list[Problem] = []
        self._disagreements: list[tuple[TileName, int]] = []  # the tile, the place in it
        self._older: dict[tuple[int, int], list[int]] = {}

    @property
    def root(self) -> bytes | None:
        """The root over all leaves, None where a leaf hash is nowhere to be had."""
        return self.roots.get(self.size)

    def run(self, visit: Visit | None = None, advance: Advance | None = None) -> None:
        """Count all levels; ``advance`` is told of the entries counted."""
        if self.size < self._promised:
            message = f"Of {self._promised} entries promised, most are missing."
            self._report(Fault.MISSING_BUNDLE, message)
        self._sort_files()
        full: list[bytes] = []
        peaks: list[bytes] = []
        self._take_roots(0, [], peaks)
        for index in range(-(-self.size // WIDTH)):
            hashes = self._count_leaves(index, visit)
            if hashes is None:
                self._wanted.clear()  # no root beyond this place can be told
                hashes = [bytes(HASH_BYTES)] * self._width(0, index)
            self._take_roots(index * WIDTH, hashes, peaks)
            if len(hashes) == WIDTH:
                full.append(root_of_hashes(hashes))
                _push(peaks, full[-1], len(full))
            if advance is not None:
                advance(len(hashes))
        if self.root is not None:
            self._count_above(full)

    def problems(self, promised: bytes | None) -> list[Problem]:
        """Return every problem, given the root that was promised (None: none was)."""
        problems = list(self._problems)
        if promised is not None and self.root not in (None, promised):
            problems.append(
                Problem(
                    Fault.FORKED if self.agrees else Fault.CORRUPT_BUNDLE,
                    f"The entries make the root {self.roots[self.size].hex()}, "
                    f"but {promised.hex()} was promised.",
                )
            )
        entries_are_right = self.root is not None and self.root == promised
        # Where an entry is wrong, the hashes above it differ for that alone.
        wrong = [] if entries_are_right else _positions(self._disagreements)
        return problems + [
            _describe(tile, place, entries_are_right=entries_are_right)
            for tile, place in self._disagreements
            if tile.level == 0 or not _one_of(wrong, *_span(tile, place))
        ]

    @property
    def agrees(self) -> bool:
        """Whether entries and tiles agree with one another, whatever was promised of them."""
        return not self._disagreements and not self._problems

    def _take_roots(self, start: int, hashes: list[bytes], peaks: list[bytes]) -> None:
        """Keep the roots wanted up to the end of ``hashes``; ``peaks`` stand for what is before."""
        while self._wanted and self._wanted[-1] <= start + len(hashes):
            size = self._wanted.pop()
            part = [root_of_hashes(hashes[: size - start])] if size > start else []
            self.roots[size] = fold([*peaks, *part]) if size else EMPTY_ROOT

    def _sort_files(self) -> None:
        """Name files that no tree of this size has; keep the older partial ones for checking."""
        for path in sorted(stored_files(self._folder)):
            name = parse_path(path)
            if name is None:
                self._report(Fault.UNEXPECTED_FILE, f"{path} does not belong here.")
                continue
            width = self._width(name.level, name.index)
            if name.width > width:
                self._report(self._beyond, f"{path} lies beyond the {self.size} entries promised.")
            elif name.width < width:
                self._older.setdefault((name.level, name.index), []).append(name.width)

    def _count_leaves(self, index: int, visit: Visit | None) -> list[bytes] | None:
        entries = self._read_bundle(index)
        stored = self._read_tile(0, index)
        if entries is None:
            return None if stored is None else split_hashes(stored)
        if visit is not None:
            for position, entry in enumerate(entries, index * WIDTH):
                visit(position, entry)
        hashes = leaf_hashes(entries)
        self._compare(0, index, hashes, stored)
        return hashes

    def _count_above(self, hashes: list[bytes]) -> None:
        """Compare the tiles above level 0."""
        level = 1
        while hashes:
            tiles = [hashes[start : start + WIDTH] for start in range(0, len(hashes), WIDTH)]
            for index, tile in enumerate(tiles):
                self._compare(level, index, tile, self._read_tile(level, index))
            hashes = [root_of_hashes(tile) for tile in tiles if len(tile) == WIDTH]
            level += 1

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
            self._report(damage.fault, damage.message)
            return None
        for width in self._older.pop((ENTRIES, index), []):
            self._check_older(TileName(ENTRIES, index, width), encode_bundle(entries[:width]))
        return entries

    def _read_tile(self, level: int, index: int) -> bytes | None:
        name = TileName(level, index, self._width(level, index))
        data = self._read(name)
        if data is not None and len(data) != name.width * HASH_BYTES:
            self._report(Fault.CORRUPT_TILE, f"{name.path} does not have its {name.width} hashes.")
            return None
        return data

    def _check_older(self, name: TileName, expected: bytes) -> None:
        if self._read(name) != expected:
            corrupt = Fault.CORRUPT_BUNDLE if name.level == ENTRIES else Fault.CORRUPT_TILE
            self._report(corrupt, f"{name.path} is not the beginning of what followed it.")

    def _read(self, name: TileName) -> bytes | None:
        try:
            return (self._folder / name.path).read_bytes()
        except OSError:
            missing = Fault.MISSING_BUNDLE if name.level == ENTRIES else Fault.MISSING_TILE
            self._report(missing, f"{name.path} is missing or cannot be read.")
            return None

    def _report(self, fault: Fault, message: str) -> None:
        self._problems.append(Problem(fault, message))

    def _width(self, level: int, index: int) -> int:
        """Return how many hashes a tile has in a tree of this size (0: there is no such tile)."""
        count = self.size >> (HEIGHT * max(level, 0))
        return min(WIDTH, max(0, count - index * WIDTH))


def _extent(folder: Path) -> int:
    """Return how far the bundles in ``folder`` reach, by their names, gaps or no."""
    names = map(parse_path, stored_files(folder, f"tile/{_BUNDLES}"))
    ends = (name.index * WIDTH + name.width for name in names if name is not None)
    return max(ends, default=0)


def _push(peaks: list[bytes], root: bytes, count: int) -> None:
    """Add the root of the ``count``-th full tile to the roots of perfect subtrees before it."""
    while count % 2 == 0:
        root = node_hash(peaks.pop(), root)
        count //= 2
    peaks.append(root)


def _span(tile: TileName, place: int) -> tuple[int, int]:
    """Return the first and the last of the entries that a hash of a tile stands for."""
    span = WIDTH**tile.level
    first = (tile.index * WIDTH + place) * span
    return first, first + span - 1


def _positions(disagreements: Iterable[tuple[TileName, int]]) -> list[int]:
    return sorted(_span(tile, place)[0] for tile, place in disagreements if tile.level == 0)


def _one_of(positions: Sequence[int], first: int, last: int) -> bool:
    return bisect_left(positions, first) < bisect_right(positions, last)


def _describe(tile: TileName, place: int, *, entries_are_right: bool) -> Problem:
    first, last = _span(tile, place)
    if tile.level > 0:
        return Problem(
            Fault.CORRUPT_TILE,
            f"{tile.path}: hash {place} is not the root over entries {first} to {last}.",
        )
    if entries_are_right:
        return Problem(
            Fault.CORRUPT_TILE,
            f"{tile.path}: hash {place} is not that of entry {first}, which is as it was signed.",
        )
    bundle = TileName(ENTRIES, tile.index, tile.width)
    return Problem(
        Fault.CORRUPT_BUNDLE,
        f"Entry {first} ({bundle.path}, place {place}) does not hash to its leaf in {tile.path}.",
    )
