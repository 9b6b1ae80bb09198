"""A batch's own tree: many leaves, one root, which a ledger entry then commits to.

Same tiles and bundles on disk as the ledger's (c2sp.org/tlog-tiles), but written once, whole, and
with no checkpoint: the ledger entry that names ``leaves_root`` and ``leaves`` stands for it.
"""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from portcullis.errors import Misuse
from portcullis.ledger.durable import FolderWriter, fsync_path, make_folder
from portcullis.ledger.merkle import inclusion_proofs
from portcullis.ledger.tiles import TileGrower, TileReader, stored_size


@dataclass(frozen=True)
class TreeHead:
    """How many leaves a tree has, and the 32-byte root over them."""

    size: int
    root: bytes


def write_tree(folder: Path, leaves: Iterable[bytes]) -> TreeHead:
    """Write the tree of ``leaves`` (bytes, each at most 65,535) to ``folder``; return its head.

    The folder appears only when all of it is on the disk. Written again with the same leaves it is
    left as it is; with others, Misuse: a tree is never rewritten.
    """
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        make_folder(part / "tile")
        writer = FolderWriter(part)
        grower = TileGrower(lambda name, data: writer.write(name.path, data))
        grower.extend(leaves)
        head = TreeHead(grower.size, grower.finish())
        if not folder.exists():
            writer.sync()
            part.rename(folder)
            fsync_path(folder.parent)
            return head
    finally:
        shutil.rmtree(part, ignore_errors=True)
    if Tree(folder).head != head:
        raise Misuse(
            f"There is another tree in {folder.name} already.",
            "A tree is written once; give the new leaves a folder of their own.",
        )
    return head


class Tree:
    """A batch tree on disk. Reading checks every leaf against its hash (LedgerDamaged)."""

    def __init__(self, folder: Path) -> None:
        if not (folder / "tile").is_dir():
            raise Misuse(
                f"There is no tree in {folder.name}.", "Name the folder of a batch's tree."
            )
        self._reader = TileReader(folder, stored_size(folder))
        self.size = self._reader.size

    @property
    def head(self) -> TreeHead:
        """Size and root, as the tiles at the right edge have them."""
        levels, _ = self._reader.edge()
        return TreeHead(self.size, TileGrower(lambda _name, _data: None, self.size, levels).root)

    def leaf(self, index: int) -> bytes:
        """Return the leaf at ``index``."""
        return self._reader.entry(index)

    def leaves(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the leaves from ``start`` up to ``end`` (default: all)."""
        return self._reader.entries(start, end)

    def proof(self, index: int) -> list[bytes]:
        """Return the inclusion proof of the leaf at ``index`` under the tree's root."""
        return next(self.proofs([index]))

    def proofs(self, indices: Iterable[int]) -> Iterator[list[bytes]]:
        """Yield the inclusion proof for each of ``indices``; rising order is quickest."""
        return inclusion_proofs(self._reader.node, indices, self.size)
