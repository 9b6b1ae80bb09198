"""The verification of a whole ledger from its files alone.

Everything is counted again from the entry bundles: each leaf hash, each tile, full and partial,
the root, the root of every archived checkpoint, and the root of each batch tree that an entry
names. Every disagreement is named by file and position. It needs no key but the public ones.
"""

import contextlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from portcullis import progress
from portcullis.errors import Misuse
from portcullis.ledger.durable import locked
from portcullis.ledger.faults import Fault, LedgerDamaged, Problem
from portcullis.ledger.log import CHECKPOINT, CHECKPOINTS, LOCK, SEQUENCER, STAGED
from portcullis.ledger.notes import (
    Checkpoint,
    NoteInvalid,
    Verifier,
    open_note,
    parse_checkpoint,
    parse_vkey,
    split_note,
)
from portcullis.ledger.proofs import ProofInvalid, tree_in
from portcullis.ledger.recount import Recount, Visit
from portcullis.ledger.signers import LEDGER_KEYS, key_history
from portcullis.ledger.tiles import (
    checkpoint_path,
    parse_checkpoint_path,
    stored_files,
    stored_size,
)
from portcullis.ledger.trees import TreeHead
from portcullis.ledger.vouching import Vouched, Vouching

CONTENTS = f"{CHECKPOINTS}/sizes"
"""The sizes of the archived checkpoints, one a line: a web server lists no folder."""

_KEYS_MARK = f'"{LEDGER_KEYS}"'.encode()
_TREE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}/[0-9]{1,9}")  # a folder that can be served


@dataclass(frozen=True)
class Verification:
    """What a verification found.

    ``size`` and ``root`` of the log, how many ``trees`` were checked, every problem; the archived
    checkpoints that are signed as they must be, rising; and, for whoever asks more of the same log,
    its ``roots`` at each size that was looked at and the keys that vouch for it.
    """

    size: int
    root: bytes | None
    trees: int
    problems: tuple[Problem, ...]
    checkpoints: tuple[Vouched, ...] = field(repr=False)
    roots: dict[int, bytes] = field(repr=False)
    vouching: Vouching = field(repr=False)

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
    *,
    visit: Visit | None = None,
    sizes: Iterable[int] = (),
    show: progress.Show = progress.unseen,
) -> Verification:
    """Verify the log in ``folder`` and, below ``trees``, every tree that its entries name.

    The checkpoint must be signed by one of ``vkeys`` and cosigned by ``k`` of ``witness_vkeys``; a
    key that the log has replaced since also does, where the archived checkpoints lead from it to
    the one in force. An entry names its tree by ``leaves_root``, ``leaves`` and ``tree`` (the
    folder, below ``trees``). ``visit`` is called with each entry; ``sizes`` asks for more roots;
    ``show`` is told how far the counting is.
    Raises Misuse for a key that is none, or a witness named twice; everything wrong with the log is
    a problem in the answer.
    """
    for key in vkeys:
        parse_vkey(key)
    if len({parse_vkey(key).public for key in witness_vkeys}) < len(witness_vkeys):
        raise Misuse("A witness's key is named twice.", "Name each key once.")
    with _unwritten(folder):
        return _Examination(folder, vkeys, witness_vkeys, k, trees, show).run(visit, sizes)


def verify_tree(
    folder: Path, head: TreeHead, advance: progress.Advance | None = None
) -> list[Problem]:
    """Return every problem of the batch tree in ``folder``, which should have this ``head``."""
    if not folder.is_dir():
        return [Problem(Fault.MISSING_BUNDLE, "The tree's folder is missing.")]
    count = Recount(folder, head.size, beyond=Fault.UNEXPECTED_FILE)
    count.run(advance=advance)
    return _unexpected(folder, {"tile"}) + count.problems(head.root)


class _Examination:
    """One verification of one log: what it gathers from the files, and then compares."""

    def __init__(  # noqa: PLR0917 - what ``verify_log`` is asked
        self,
        folder: Path,
        vkeys: Sequence[str],
        witness_vkeys: Sequence[str],
        k: int,
        trees: Path | None,
        show: progress.Show,
    ) -> None:
        self._folder, self._trees, self._show = folder, trees, show
        self._vkeys, self._witness_vkeys, self._k = vkeys, witness_vkeys, k
        self._keys: list[tuple[int, bytes]] = []
        self._named: dict[str, TreeHead] = {}
        self._problems: list[Problem] = []

    def run(self, visit: Visit | None, sizes: Iterable[int]) -> Verification:
        expected = {CHECKPOINT, "tile", SEQUENCER, CHECKPOINTS}
        problems = _unexpected(self._folder, expected) + self._staged()
        note, head, damage = self._published()
        notes, strays = self._archived()
        size = self._size(note, head)
        count = Recount(self._folder, size, {*notes, *sizes}, self._beyond)
        with progress.step(self._show, "Verify the ledger", count.size, "entries") as advance:
            count.run(self._visiting(visit), advance)
        vouching = Vouching(
            self._vkeys,
            self._witness_vkeys,
            self._k,
            key_history(self._keys),
            sorted(one for one in notes if one <= size),
        )
        faults, seen = self._check_archive(notes, vouching, count)
        linked = not faults and any(one.anchored for one in seen)
        if head is not None:
            damage += self._check_head(note, vouching, linked=linked)
            faults += self._check_last(head.size, size, notes)
        problems += damage + count.problems(head.root if head and not damage else None)
        problems += strays + faults + self._problems
        leaves = sum(tree.size for tree in self._named.values())
        with progress.step(self._show, "Verify the lists", leaves, "leaves") as advance:
            for path, tree in self._named.items():
                found = verify_tree((self._trees or Path()) / path, tree, advance)
                problems += [Problem(one.fault, f"{path}: {one.message}") for one in found]
        return Verification(
            size,
            count.root,
            len(self._named),
            tuple(problems),
            tuple(seen),
            count.roots,
            vouching,
        )

    @property
    def _cut_off(self) -> bool:
        return (self._folder / STAGED).exists()

    @property
    def _beyond(self) -> Fault:
        """What it means that there is more than the checkpoint promises."""
        return Fault.CUT_OFF if self._cut_off else Fault.ROLLED_BACK

    def _staged(self) -> list[Problem]:
        message = "An append was cut off and stays staged: the next append finishes it."
        return [Problem(Fault.CUT_OFF, message)] if self._cut_off else []

    def _published(self) -> tuple[str, Checkpoint | None, list[Problem]]:
        """Return the newest checkpoint, its signatures not yet looked at (None: it is none)."""
        try:
            note = (self._folder / CHECKPOINT).read_bytes().decode()
            return note, parse_checkpoint(split_note(note)[0]), []
        except OSError:
            fault, message = Fault.MISSING_CHECKPOINT, "missing, or cannot be read."
        except UnicodeDecodeError:
            fault, message = Fault.CORRUPT_CHECKPOINT, "not text."
        except NoteInvalid as problem:
            fault, message = Fault.CORRUPT_CHECKPOINT, problem.message
        return "", None, [Problem(fault, f"checkpoint: {message}")]

    def _size(self, note: str, head: Checkpoint | None) -> int:
        """Return how many entries to count: a size nobody signed may be anything."""
        there = stored_size(self._folder)
        if head is None:
            return there
        given = [parse_vkey(key) for key in self._vkeys]
        try:
            signed = bool(open_note(note, given)[1])
        except NoteInvalid:
            signed = False
        return head.size if signed else min(head.size, there)

    def _archived(self) -> tuple[dict[int, str | None], list[Problem]]:
        """Return the archived notes by their size (None: not readable), and what is amiss there."""
        notes: dict[int, str | None] = {}
        strays = []
        for path in sorted(stored_files(self._folder, CHECKPOINTS)):
            size = parse_checkpoint_path(path)
            if size is not None:
                notes[size] = _text(self._folder / path)
            elif path != CONTENTS:
                strays.append(Problem(Fault.UNEXPECTED_FILE, f"{path} does not belong here."))
        listed = set((_text(self._folder / CONTENTS) or "").split())
        absent = sorted(listed - {str(size) for size in notes})
        strays += [
            Problem(Fault.MISSING_CHECKPOINT, f"The archived checkpoint of {size} is missing.")
            for size in absent
        ]
        return notes, strays

    def _visiting(self, visit: Visit | None) -> Visit:
        def see(position: int, entry: bytes) -> None:
            if _KEYS_MARK in entry:
                self._note_keys(position, entry)
            if self._trees is not None and b'"leaves_root"' in entry:
                self._note_tree(position, entry)
            if visit is not None:
                visit(position, entry)

        return see

    def _note_keys(self, position: int, entry: bytes) -> None:
        try:
            key_history([*self._keys, (position, entry)])
        except LedgerDamaged as damage:
            self._problems.append(Problem(damage.fault, f"entry {position}: {damage.message}"))
        else:
            self._keys.append((position, entry))

    def _note_tree(self, position: int, entry: bytes) -> None:
        try:
            _name_tree(self._named, entry)
        except ProofInvalid as problem:
            message = f"entry {position}: {problem.message}"
            self._problems.append(Problem(Fault.CORRUPT_BUNDLE, message))

    def _check_archive(
        self, notes: Mapping[int, str | None], vouching: Vouching, count: Recount
    ) -> tuple[list[Problem], list[Vouched]]:
        """Return what is wrong with the archived checkpoints, and those that are sound."""
        problems, sound = [], []
        for size in sorted(notes):
            try:
                vouched = _open_archived(notes[size], size, vouching)
            except LedgerDamaged as damage:
                problems.append(Problem(damage.fault, f"{checkpoint_path(size)}: {damage.message}"))
                continue
            root = count.roots.get(size)
            if size > count.size:
                problems += [] if self._cut_off else [_beyond_the_head(size)]
            elif root == vouched.checkpoint.root:
                sound.append(vouched)
            elif root is not None and count.agrees:
                problems.append(_forked(size, vouched.checkpoint.root, root))
        return problems, sound

    def _check_head(self, note: str, vouching: Vouching, *, linked: bool) -> list[Problem]:
        verifiers = [parse_vkey(key) for key in (*self._vkeys, *self._witness_vkeys)]
        try:
            open_note(note, verifiers)
        except NoteInvalid as problem:
            return [Problem(Fault.CORRUPT_CHECKPOINT, f"checkpoint: {problem.message}")]
        try:
            vouching.open_head(note, linked=linked)
        except NoteInvalid as problem:
            return [Problem(Fault.UNSIGNED, f"checkpoint: {problem.message}")]
        recorded = [parse_vkey(key) for key in vouching.recorded]
        return _doubtful_lines(note, verifiers, recorded)

    def _check_last(self, promised: int, size: int, notes: Collection[int]) -> list[Problem]:
        """Return what the newest checkpoint promises and the folder does not hold."""
        problems = []
        if size < promised:
            message = f"The checkpoint promises {promised} entries; {size} are there."
            problems.append(Problem(Fault.MISSING_BUNDLE, message))
        if (self._folder / CHECKPOINTS).is_dir() and promised not in notes:
            message = f"{checkpoint_path(promised)} is missing."
            problems.append(Problem(Fault.MISSING_CHECKPOINT, message))
        return problems


@contextlib.contextmanager
def _unwritten(folder: Path) -> Iterator[None]:
    """Keep this machine's writer out meanwhile (a copy of the log has no lock, and no writer)."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(FileNotFoundError, PermissionError):
            stack.enter_context(locked(folder / LOCK, shared=True))
        yield


def _text(path: Path) -> str | None:
    try:
        return path.read_bytes().decode()
    except (OSError, UnicodeDecodeError):
        return None


def _unexpected(folder: Path, expected: set[str]) -> list[Problem]:
    if not folder.is_dir():
        return [Problem(Fault.MISSING_CHECKPOINT, f"There is no folder {folder.name}.")]
    names = sorted(path.name for path in folder.iterdir())
    return [
        Problem(Fault.UNEXPECTED_FILE, f"{name} does not belong here.")
        for name in names
        if name not in expected
    ]


def _open_archived(note: str | None, size: int, vouching: Vouching) -> Vouched:
    if note is None:
        raise LedgerDamaged("It cannot be read, or is not text.", Fault.CORRUPT_CHECKPOINT)
    vouched = vouching.open(note)
    if vouched.checkpoint.size != size:
        raise LedgerDamaged(
            f"It is the checkpoint of {vouched.checkpoint.size} entries.", Fault.CORRUPT_CHECKPOINT
        )
    return vouched


def _beyond_the_head(size: int) -> Problem:
    return Problem(
        Fault.ROLLED_BACK,
        f"{checkpoint_path(size)}: {size} entries were signed, more than the newest has.",
    )


def _forked(size: int, signed: bytes, counted: bytes) -> Problem:
    return Problem(
        Fault.FORKED,
        f"{checkpoint_path(size)}: the root {signed.hex()} was signed for {size} entries, "
        f"but they make the root {counted.hex()}.",
    )


def _doubtful_lines(
    note: str, verifiers: Sequence[Verifier], recorded: Sequence[Verifier]
) -> list[Problem]:
    """Name signature lines that look like a given key's, but are not, where that key has no other.

    Lines of keys that the log records, and of keys nobody gave us, are left alone, as the format
    asks.
    """
    ours = {(key.name, key.key_id) for key in recorded}
    _, signed = open_note(note, verifiers)
    absent = [verifier for verifier in verifiers if verifier not in signed]
    return [
        Problem(
            Fault.UNSIGNED,
            f"checkpoint: the signature line of {name} is not under the key given for it.",
        )
        for name, key_id, _ in split_note(note)[1]
        if (name, key_id) not in ours
        and any((name == key.name) != (key_id == key.key_id) for key in absent)
    ]


def tree_folder(entry: Mapping[str, Any]) -> str | None:
    """Return the folder of the tree that an entry names, None where it names none.

    Raises ProofInvalid where that is not ``batch/number``, as the trees are kept and served.
    """
    path = entry.get("tree")
    if path is None:
        return None
    if not isinstance(path, str) or not _TREE.fullmatch(path):
        raise ProofInvalid("The entry's tree is not a folder below the trees.")
    return path


def _name_tree(named: dict[str, TreeHead], entry: bytes) -> None:
    value, head = tree_in(entry)
    path = tree_folder(value)
    if path is not None and named.setdefault(path, head) != head:
        raise ProofInvalid(f"An earlier entry gives another root for the tree {path}.")
