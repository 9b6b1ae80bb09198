"""Proofs that travel by themselves, as text (c2sp.org/tlog-proof).

A ``LogProof`` shows one entry in the log. A ``TwoLevelProof`` shows one leaf of a batch's tree:
the leaf under the root that an entry names, and that entry in the log. Its file is a plain
tlog-proof of the entry; entry and lower proof travel in the ``extra`` line, base64 of

    portcullis-list-proof/1
    entry <base64 of the entry's bytes>
    index <place of the leaf in its tree>
    <base64 of a hash, one a line, from the leaf's sibling up>

The entry is canonical JSON; its keys ``leaves_root`` (hex) and ``leaves`` (count) are the tree's.

A proof's ``check`` opens its checkpoint (signatures: some hundred microseconds) and then looks at
the hashes; ``shows`` looks at the hashes alone, under a checkpoint that was opened once for many.
"""

import base64
import json
import re
from binascii import b2a_base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Self

from portcullis.canonical import json_bytes
from portcullis.errors import Misuse
from portcullis.ledger.log import Log
from portcullis.ledger.merkle import HASH_BYTES, is_included, leaf_hash
from portcullis.ledger.notes import Checkpoint, NoteInvalid, SignedCheckpoint, open_checkpoint
from portcullis.ledger.trees import Tree, TreeHead

LOG_PROOF = "c2sp.org/tlog-proof@v1"
LIST_PROOF = "portcullis-list-proof/1"

_INDEX = re.compile(r"0|[1-9][0-9]{0,18}")


class ProofInvalid(NoteInvalid):
    """A proof is malformed, or does not show what it should."""


@dataclass(frozen=True)
class LogProof:
    """The entry at ``index`` is in the log of the checkpoint ``note``, by way of ``path``."""

    index: int
    path: tuple[bytes, ...]
    note: str
    extra: bytes = b""

    @classmethod
    def of(cls, log: Log, index: int) -> Self:
        """Return the proof of entry ``index`` under the log's published checkpoint."""
        return cls(index, tuple(log.inclusion_proof(index)), log.checkpoint)

    @property
    def text(self) -> str:
        """The proof as a ``.tlog-proof`` file."""
        extra = f"extra {_b64(self.extra)}\n" if self.extra else ""
        return f"{LOG_PROOF}\n{extra}{self.tail}"

    @cached_property
    def tail(self) -> str:
        """What stands in the file after the extra line: index, path, checkpoint.

        Written once, for it is the same in the proof of every leaf of a list.
        """
        return f"{write_index_and_path(self.index, self.path)}\n{self.note}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the proof in a ``.tlog-proof`` file. Raises ProofInvalid where it is not one."""
        head, gap, note = text.partition("\n\n")
        title, *lines = head.split("\n")
        extra = b""
        if lines and lines[0].startswith("extra "):
            extra = _unb64(lines.pop(0).removeprefix("extra "))
        if title != LOG_PROOF or not gap:
            raise ProofInvalid("This is not a transparency log proof.")
        return cls(*parse_index_and_path(lines), note, extra)

    def check(
        self, entry: bytes, vkeys: Sequence[str], witness_vkeys: Sequence[str] = (), k: int = 0
    ) -> SignedCheckpoint:
        """Return the checkpoint under which ``entry`` is proven; raise NoteInvalid if it is not."""
        signed = open_checkpoint(self.note, vkeys, witness_vkeys, k)
        self.shows(entry, signed.checkpoint)
        return signed

    def shows(self, entry: bytes, checkpoint: Checkpoint) -> None:
        """Raise ProofInvalid unless ``entry`` is in the log of ``checkpoint``, already opened."""
        size, root = checkpoint.size, checkpoint.root
        if not is_included(leaf_hash(entry), self.index, size, self.path, root):
            raise ProofInvalid(f"The entry is not at position {self.index} of the log.")


@dataclass(frozen=True)
class ProvenLeaf:
    """What a two-level proof has shown: the leaf's place in its tree, the entry, the checkpoint."""

    leaf_index: int
    entry_index: int
    entry: dict[str, Any]
    signed: SignedCheckpoint


@dataclass(frozen=True)
class TwoLevelProof:
    """The leaf at ``leaf_index`` is in the tree of ``entry``, and ``entry`` in the log."""

    leaf_index: int
    leaf_path: tuple[bytes, ...]
    entry: bytes
    log_proof: LogProof

    @property
    def text(self) -> str:
        """The proof as a ``.tlog-proof`` file."""
        path = write_index_and_path(self.leaf_index, self.leaf_path)
        lower = f"{LIST_PROOF}\nentry {_b64(self.entry)}\n{path}"
        return f"{LOG_PROOF}\nextra {_b64(lower.encode())}\n{self.log_proof.tail}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the proof in a file. Raises ProofInvalid where it is not one."""
        upper = LogProof.parse(text)
        try:
            title, entry, *lines, end = upper.extra.decode().split("\n")
        except (UnicodeDecodeError, ValueError):
            raise ProofInvalid("The proof says nothing of a list.") from None
        if title != LIST_PROOF or not entry.startswith("entry ") or end:
            raise ProofInvalid("The proof says nothing of a list.")
        index, path = parse_index_and_path(lines)
        return cls(index, path, _unb64(entry.removeprefix("entry ")), upper)

    def check(
        self, leaf: bytes, vkeys: Sequence[str], witness_vkeys: Sequence[str] = (), k: int = 0
    ) -> ProvenLeaf:
        """Return what is proven of ``leaf``; raise NoteInvalid where any part does not hold."""
        signed = open_checkpoint(self.log_proof.note, vkeys, witness_vkeys, k)
        self.shows(leaf, signed.checkpoint)
        return ProvenLeaf(self.leaf_index, self.log_proof.index, tree_in(self.entry)[0], signed)

    def shows(self, leaf: bytes, checkpoint: Checkpoint) -> None:
        """Raise ProofInvalid unless ``leaf`` is in the list, and the list in the opened log."""
        self.log_proof.shows(self.entry, checkpoint)
        head = _head_in(self.entry)
        if not is_included(leaf_hash(leaf), self.leaf_index, head.size, self.leaf_path, head.root):
            raise ProofInvalid(f"The leaf is not at position {self.leaf_index} of the list.")


def two_level_proofs(
    log: Log, index: int, tree: Tree, leaves: Iterable[int]
) -> Iterator[TwoLevelProof]:
    """Yield the proof of each of ``leaves`` (places in ``tree``), whose root entry ``index`` names.

    Rising places are quickest. Raises Misuse where the entry names another tree.
    """
    upper = LogProof.of(log, index)
    entry = log.entry(index)
    try:
        _, head = tree_in(entry)
    except ProofInvalid:
        head = None
    if head != tree.head:
        raise Misuse(f"Entry {index} does not name this tree.", "Give the entry that committed it.")
    places = list(leaves)
    for place, path in zip(places, tree.proofs(places), strict=True):
        yield TwoLevelProof(place, tuple(path), entry, upper)


def tree_in(entry: bytes) -> tuple[dict[str, Any], TreeHead]:
    """Return an entry and the head of the tree it names. Raises ProofInvalid if it names none."""
    try:
        value = json.loads(entry)
        root, leaves = bytes.fromhex(value["leaves_root"]), value["leaves"]
        sound = json_bytes(value) == entry and type(leaves) is int and len(root) == HASH_BYTES
    except (ValueError, TypeError, KeyError, RecursionError):
        sound = False
    if not sound or leaves < 0:
        raise ProofInvalid("The entry does not name a tree.")
    return value, TreeHead(leaves, root)


@lru_cache(maxsize=16)
def _head_in(entry: bytes) -> TreeHead:
    return tree_in(entry)[1]


def write_index_and_path(index: int, path: Iterable[bytes]) -> str:
    """Return the lines of a proof: ``index N``, then each hash in base64."""
    return f"index {index}\n{write_hashes(path)}"


def write_hashes(path: Iterable[bytes]) -> str:
    """Return each hash in base64, one a line."""
    return b"".join(map(b2a_base64, path)).decode()


def parse_index_and_path(lines: Sequence[str]) -> tuple[int, tuple[bytes, ...]]:
    """Undo ``write_index_and_path``. Raises ProofInvalid where a line is not as it must be."""
    digits = lines[0].removeprefix("index ") if lines else ""
    if not _INDEX.fullmatch(digits) or lines[0] != f"index {digits}":
        raise ProofInvalid("The proof's index is malformed.")
    return int(digits), parse_hashes(lines[1:])


def parse_hashes(lines: Iterable[str]) -> tuple[bytes, ...]:
    """Return the 32-byte hashes of a proof's lines. Raises ProofInvalid where one is none."""
    path = tuple(_unb64(line) for line in lines)
    if any(len(digest) != HASH_BYTES for digest in path):
        raise ProofInvalid("The proof holds something that is no hash.")
    return path


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unb64(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        data = b""
    if _b64(data) != text or not data:
        raise ProofInvalid("The proof holds something that is not base64.")
    return data
