"""What an outsider is handed: a leaf in the log, the log's growth, a proof without a log."""

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Trust:
    """What an outsider has by another way: the keys, and how many witnesses must have signed."""

    keys: tuple[str, ...]
    witnesses: tuple[str, ...]
    quorum: int


@dataclass(frozen=True)
class Shown:
    """``leaf`` stands at ``index`` of the log whose checkpoint is ``note``, by way of ``path``."""

    trust: Trust
    note: str
    index: int
    leaf: bytes
    path: tuple[bytes, ...]

    def under(self, note: str) -> "Shown":
        return replace(self, note=note)


@dataclass(frozen=True)
class Grown:
    """The log of ``note`` extends the log of ``old_note``, by way of ``path``."""

    trust: Trust
    old_note: str
    note: str
    path: tuple[bytes, ...]


@dataclass(frozen=True)
class Bare:
    """An inclusion proof by itself, that no signature stands behind."""

    leaf: bytes
    digest: bytes
    index: int
    size: int
    root: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True)
class BareGrowth:
    """A consistency proof by itself."""

    old_size: int
    size: int
    old_root: bytes
    root: bytes
    path: tuple[bytes, ...]


@dataclass(frozen=True)
class ShownFile:
    """A ``.tlog-proof`` file, and the exact bytes of the leaf that it is of."""

    trust: Trust
    file: str
    leaf: bytes


@dataclass(frozen=True)
class Folder:
    """A ledger's folder; and the day (``by``) up to which its entries are counted."""

    trust: Trust
    folder: str
    by: str = ""


def sides(index: int, size: int) -> list[int]:
    """Return for each step from a leaf up to the root whether it comes from the right (1)."""
    found = []
    first, last = 0, size
    while last - first > 1:
        middle = first + (1 << ((last - first - 1).bit_length() - 1))
        found.append(int(index >= middle))
        first, last = (middle, last) if index >= middle else (first, middle)
    return found[::-1]


def text_and_lines(note: str) -> tuple[str, list[str]]:
    """Return a signed note's text (with its last newline) and its signature lines."""
    text, _, tail = note.rpartition("\n\n")
    return text + "\n", tail.removesuffix("\n").split("\n")


def joined(text: str, lines: Sequence[str]) -> str:
    """Return the signed note of ``text`` with these signature lines."""
    return "\n".join([text, *lines, ""])
