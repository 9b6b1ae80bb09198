"""The tree on disk, as c2sp.org/tlog-tiles lays it out.

Tiles of height 8 (256 hashes) at ``tile/<level>/<index>``, entry bundles (256 entries, each after
its length as big-endian uint16) at ``tile/entries/<index>``; the last of each, when not full, at
``.../<index>.p/<width>``. Any web server can serve the folder as it is.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path

from portcullis.errors import Misuse
from portcullis.ledger.faults import Fault, LedgerDamaged
from portcullis.ledger.merkle import (
    HASH_BYTES,
    fold,
    leaf_hash,
    leaf_hashes,
    parents,
    root_of_hashes,
)

WIDTH = 256
HEIGHT = 8
LONGEST_ENTRY = 0xFFFF
ENTRIES = -1
"""The level under which entry bundles are named: they lie below the leaf hashes of level 0."""

_PREFIX_BYTES = 2
_INDEX_DIGITS = 3
_KEPT_TILES = 1024
_TOP_LEVEL = 63
# Seven groups hold every number below 2**63, so a path from outside cannot be of any length.
_INDEX = r"(?P<index>(?:x\d{3}/){0,6}\d{3})"
_TILE_PATH = re.compile(
    rf"tile/(?P<level>entries|\d{{1,2}})/{_INDEX}(?:\.p/(?P<width>\d{{1,3}}))?", re.ASCII
)
_CHECKPOINT_PATH = re.compile(rf"checkpoints/{_INDEX}", re.ASCII)


@dataclass(frozen=True)
class TileName:
    """Which tile: its level (``ENTRIES`` for a bundle), its index, its width (256 if full)."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """The path below the ledger's folder, e.g. ``tile/0/x001/234.p/5``."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        partial = f".p/{self.width}" if self.width < WIDTH else ""
        return f"tile/{level}/{_index_path(self.index)}{partial}"


def parse_path(path: str) -> TileName | None:
    """Return the tile that ``path`` names, or None where it is no tile's one right name."""
    found = _TILE_PATH.fullmatch(path)
    if found is None:
        return None
    level = ENTRIES if found["level"] == "entries" else int(found["level"])
    name = TileName(level, _parse_index(found["index"]), int(found["width"] or WIDTH))
    return name if name.path == path and level <= _TOP_LEVEL and name.width > 0 else None


def checkpoint_path(size: int) -> str:
    """Return where the checkpoint of ``size`` entries is kept, e.g. ``checkpoints/x001/234``."""
    return f"checkpoints/{_index_path(size)}"


def parse_checkpoint_path(path: str) -> int | None:
    """Return the size whose checkpoint ``path`` names, None where it is not its one right name."""
    found = _CHECKPOINT_PATH.fullmatch(path)
    if found is None:
        return None
    size = _parse_index(found["index"])
    return size if checkpoint_path(size) == path else None


def _index_path(index: int) -> str:
    digits = str(index)
    digits = digits.zfill(-(-len(digits) // _INDEX_DIGITS) * _INDEX_DIGITS)
    groups = [digits[at : at + _INDEX_DIGITS] for at in range(0, len(digits), _INDEX_DIGITS)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def _parse_index(path: str) -> int:
    return int(path.replace("x", "").replace("/", ""))


def tile_names(size: int) -> Iterator[TileName]:
    """Yield every tile and bundle that a tree of ``size`` leaves has, level by level from below."""
    level, count = ENTRIES, size
    while count:
        for index in range(count // WIDTH):
            yield TileName(level, index)
        if count % WIDTH:
            yield TileName(level, count // WIDTH, count % WIDTH)
        level += 1
        count = size >> (HEIGHT * level)


def stored_files(folder: Path, below: str = "tile") -> Iterator[str]:
    """Yield the path, relative to ``folder``, of every file (and link) in its folder ``below``."""
    for place, folders, names in os.walk(folder / below):
        where = Path(place).relative_to(folder).as_posix()
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        yield from (f"{where}/{name}" for name in names + links)


def stored_size(folder: Path) -> int:
    """Return how many entries the bundles in ``folder`` hold without a gap, by their names."""
    full: set[int] = set()
    partial: dict[int, int] = {}
    for path in stored_files(folder):
        name = parse_path(path)
        if name is not None and name.level == ENTRIES:
            if name.width == WIDTH:
                full.add(name.index)
            else:
                partial[name.index] = max(name.width, partial.get(name.index, 0))
    count = 0
    while count in full:
        count += 1
    return count * WIDTH + partial.get(count, 0)


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Return ``entries`` as one bundle. Raises Misuse for an entry of more than 65,535 bytes."""
    parts = [b""] * (2 * len(entries))
    try:
        parts[0::2] = [len(entry).to_bytes(_PREFIX_BYTES, "big") for entry in entries]
    except OverflowError:
        raise Misuse(
            f"A ledger entry is longer than {LONGEST_ENTRY} bytes.", "Commit to it by its digest."
        ) from None
    parts[1::2] = entries
    return b"".join(parts)


def decode_bundle(data: bytes, width: int, where: str) -> list[bytes]:
    """Return the ``width`` entries of a bundle; raise LedgerDamaged at ``where`` if it is cut."""
    entries = []
    at, end = 0, len(data)
    while at < end:
        start = at + _PREFIX_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        entries.append(data[start:at])
    if at != end or len(entries) != width:
        raise LedgerDamaged(f"{where} does not hold {width} whole entries.", Fault.CORRUPT_BUNDLE)
    return entries


def split_hashes(data: bytes) -> list[bytes]:
    """Return the 32-byte hashes of a tile's bytes."""
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


class TileGrower:
    """Grows a tree: takes entries, hands each finished tile and bundle to ``emit``.

    It starts from the right edge of an existing tree (``levels``: for each level the hashes of its
    last, unfilled tile; ``entries``: those of the unfilled bundle) or from nothing.
    """

    def __init__(
        self,
        emit: Callable[[TileName, bytes], None],
        size: int = 0,
        levels: Iterable[Sequence[bytes]] = (),
        entries: Sequence[bytes] = (),
    ) -> None:
        self.size = size
        self._emit = emit
        self._levels = [list(hashes) for hashes in levels]
        self._entries = list(entries)

    def extend(self, entries: Iterable[bytes]) -> None:
        """Append ``entries``, emitting whatever they fill."""
        source = iter(entries)
        while chunk := list(islice(source, WIDTH - len(self._entries))):
            self._entries += chunk
            self.size += len(chunk)
            if len(self._entries) == WIDTH:
                self._emit(TileName(ENTRIES, self.size // WIDTH - 1), encode_bundle(self._entries))
                self._entries = []
            self._push(0, leaf_hashes(chunk))

    def finish(self) -> bytes:
        """Emit the partial tiles and bundle of the right edge; return the tree's root."""
        if self._entries:
            name = TileName(ENTRIES, self.size // WIDTH, len(self._entries))
            self._emit(name, encode_bundle(self._entries))
        for level, hashes in enumerate(self._levels):
            if hashes:
                index = self.size >> (HEIGHT * (level + 1))
                self._emit(TileName(level, index, len(hashes)), b"".join(hashes))
        return self.root

    @property
    def root(self) -> bytes:
        """The root of the tree as it stands."""
        return fold([root for hashes in reversed(self._levels) for root in _perfect(hashes)])

    def _push(self, level: int, hashes: list[bytes]) -> None:
        if level == len(self._levels):
            self._levels.append([])
        tile = self._levels[level]
        tile += hashes
        if len(tile) == WIDTH:
            index = (self.size >> (HEIGHT * (level + 1))) - 1
            self._emit(TileName(level, index), b"".join(tile))
            self._levels[level] = []
            self._push(level + 1, [root_of_hashes(tile)])


def _perfect(hashes: list[bytes]) -> Iterator[bytes]:
    """Yield the roots of the perfect subtrees, of falling size, that make up ``hashes``."""
    start = 0
    for height in range(HEIGHT, -1, -1):
        if len(hashes) >> height & 1:
            yield root_of_hashes(hashes[start : start + (1 << height)])
            start += 1 << height


class TileReader:
    """Reads a tree of ``size`` leaves from ``folder``, checking shape as it goes.

    ``node`` is the tree's ``merkle.Node`` function. Errors are LedgerDamaged, naming the file.
    """

    def __init__(self, folder: Path, size: int) -> None:
        self.folder = folder
        self.size = size
        self._subtrees = lru_cache(_KEPT_TILES)(self._read_subtrees)
        self._last_bundle: tuple[int, list[bytes]] = (-1, [])

    def node(self, height: int, index: int) -> bytes:
        """Return the root over leaves ``index * 2**height`` to ``(index + 1) * 2**height``."""
        level, inside = divmod(height, HEIGHT)
        below = HEIGHT - inside
        return self._subtrees(level, index >> below)[inside][index & ((1 << below) - 1)]

    def edge(self) -> tuple[list[list[bytes]], list[bytes]]:
        """Return the unfilled right edge: the hashes of each level, and the bundle's entries."""
        levels = []
        level, count = 0, self.size
        while count:
            rest = count % WIDTH
            levels.append(split_hashes(self.tile(level, count // WIDTH)) if rest else [])
            level, count = level + 1, count >> HEIGHT
        return levels, self.bundle(self.size // WIDTH) if self.size % WIDTH else []

    def tile(self, level: int, index: int) -> bytes:
        """Return the bytes of a tile: as many hashes as a tree of this size has there."""
        name = self._name(level, index)
        data, _ = self._read(name, lambda data, width: len(data) == width * HASH_BYTES)
        return data[: name.width * HASH_BYTES]

    def bundle(self, index: int) -> list[bytes]:
        """Return the entries of a bundle, each checked against its leaf hash in level 0."""
        kept, entries = self._last_bundle
        if kept == index:
            return entries
        name = self._name(ENTRIES, index)
        data, width = self._read(name, lambda _data, _width: True)
        entries = decode_bundle(data, width, name.path)[: name.width]
        for place, (entry, digest) in enumerate(
            zip(entries, split_hashes(self.tile(0, index)), strict=True)
        ):
            if leaf_hash(entry) != digest:
                raise LedgerDamaged(
                    f"Entry {index * WIDTH + place} in {name.path} does not hash to its leaf.",
                    Fault.CORRUPT_BUNDLE,
                )
        self._last_bundle = (index, entries)
        return entries

    def entry(self, index: int) -> bytes:
        """Return the entry at ``index``. Raises IndexError where the tree has none."""
        if not 0 <= index < self.size:
            raise IndexError(f"there is no entry {index} among {self.size}")
        bundle, place = divmod(index, WIDTH)
        return self.bundle(bundle)[place]

    def entries(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the entries from ``start`` up to ``end`` (default: all)."""
        end = self.size if end is None else min(end, self.size)
        while start < end:
            bundle, place = divmod(start, WIDTH)
            found = self.bundle(bundle)[place : place + end - start]
            yield from found
            start += len(found)

    def _name(self, level: int, index: int) -> TileName:
        count = self.size >> (HEIGHT * max(level, 0))
        return TileName(level, index, min(WIDTH, count - index * WIDTH))

    def _read(self, name: TileName, fits: Callable[[bytes, int], bool]) -> tuple[bytes, int]:
        """Return a tile's bytes and width: a full tile stands for the partial one it outgrew."""
        for choice in (name, TileName(name.level, name.index)):
            try:
                data = (self.folder / choice.path).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                continue
            if not fits(data, choice.width):
                raise LedgerDamaged(
                    f"{choice.path} does not have its {choice.width} hashes.", Fault.CORRUPT_TILE
                )
            return data, choice.width
        missing = Fault.MISSING_BUNDLE if name.level == ENTRIES else Fault.MISSING_TILE
        raise LedgerDamaged(f"{name.path} is missing.", missing)

    def _read_subtrees(self, level: int, index: int) -> list[list[bytes]]:
        """Return, for each height within a tile, the roots of its perfect subtrees."""
        rows = [split_hashes(self.tile(level, index))]
        while len(rows[-1]) > 1:
            rows.append(parents(rows[-1]))
        return rows
