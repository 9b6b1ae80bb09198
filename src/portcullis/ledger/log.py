"""The ledger itself: an append-only log of entries in a folder any web server can serve.

An append is decided at one point, and the same path finishes it however often it is cut off:

1. *stage*: the entries and the checkpoint signed over them go to ``.sequencer/staged``. Cut off
   before, nothing has happened; after, exactly these entries will be appended, for a checkpoint
   once signed may not be contradicted.
2. *tiles*: tiles and bundles are written beside the old ones, which nobody yet looks at.
3. *witness*: each witness cosigns, or the append stays staged until it does.
4. *publish*: ``checkpoint`` is replaced. From here on the entries are in the log.
5. *sweep*, *unstage*: partial tiles that full ones have outgrown go, and so does the staged file.

The folder holds ``checkpoint`` and ``tile/`` (public) and ``.sequencer/`` (the lock, the staged
append; need not be served).
"""

import contextlib
import shutil
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portcullis.errors import Misuse, Refused
from portcullis.ledger.durable import (
    Announce,
    FolderWriter,
    locked,
    make_folder,
    quietly,
    remove,
    write_durably,
)
from portcullis.ledger.faults import Fault, LedgerDamaged
from portcullis.ledger.merkle import EMPTY_ROOT, consistency_proof, inclusion_proof
from portcullis.ledger.notes import (
    Checkpoint,
    NoteInvalid,
    log_verifier,
    open_checkpoint,
    open_note,
    parse_checkpoint,
    parse_vkey,
    sign_checkpoint,
    split_note,
)
from portcullis.ledger.tiles import (
    ENTRIES,
    HEIGHT,
    TileGrower,
    TileName,
    TileReader,
    decode_bundle,
    encode_bundle,
)
from portcullis.ledger.trees import TreeHead
from portcullis.ledger.witness import CONFLICT, Cosigner, WitnessRefused

CHECKPOINT = "checkpoint"
SEQUENCER = ".sequencer"
STAGED = f"{SEQUENCER}/staged"
LOCK = f"{SEQUENCER}/lock"

Emit = Callable[[TileName, bytes], None]

_STAGED_HEAD = struct.Struct(">QQI")  # first position, number of entries, bytes of the note
_STAGED_MAGIC = b"portcullis-staged/1\n"


class Log:
    """One log. Open it with its key to append; without, to read and to prove."""

    def __init__(self, folder: Path, origin: str, key: Ed25519PrivateKey | None = None) -> None:
        self.folder = folder
        self.origin = origin
        self._key = key
        self._open_reader: TileReader | None = None

    @classmethod
    def create(
        cls,
        folder: Path,
        origin: str,
        key: Ed25519PrivateKey,
        witnesses: Sequence[Cosigner] = (),
    ) -> Self:
        """Make an empty log called ``origin`` (a name like ``example.gov/ledger``) in ``folder``.

        ``witnesses`` cosign its first, empty checkpoint. Raises Misuse where a log already is.
        """
        log = cls(folder, origin, key)
        with log._writing():
            if (folder / CHECKPOINT).exists():
                raise Misuse(f"There is a ledger in {folder.name} already.", "Open it instead.")
            make_folder(folder / "tile")
            note = sign_checkpoint(Checkpoint(origin, 0, EMPTY_ROOT), key)
            log._publish(log._cosigned(note, 0, witnesses, None, quietly))
        return log

    @classmethod
    def open(cls, folder: Path, key: Ed25519PrivateKey | None = None) -> Self:
        """Open the log in ``folder``. Raises Misuse where none is or ``key`` is not its own."""
        log = cls(folder, "", key)
        log.origin = log._published().origin
        if key is not None:
            try:
                open_checkpoint(log.checkpoint, [log_verifier(log.origin, key).vkey])
            except NoteInvalid:
                raise Misuse(
                    "The checkpoint is not signed by this key.", "Name the ledger's own key."
                ) from None
        return log

    @property
    def vkey(self) -> str:
        """The log's verifier key, as outsiders need it (only where opened with the key)."""
        return log_verifier(self.origin, self._own_key()).vkey

    @property
    def checkpoint(self) -> str:
        """The published checkpoint: a signed note with the witnesses' cosignatures."""
        try:
            return (self.folder / CHECKPOINT).read_bytes().decode()
        except FileNotFoundError:
            raise Misuse(
                f"There is no ledger in {self.folder.name}.", "Make one, or name its folder."
            ) from None
        except UnicodeDecodeError:
            raise LedgerDamaged("The checkpoint is not text.", Fault.CORRUPT_CHECKPOINT) from None

    @property
    def head(self) -> TreeHead:
        """Size and root of the published checkpoint, read together."""
        published = self._published()
        return TreeHead(published.size, published.root)

    @property
    def size(self) -> int:
        """How many entries the published checkpoint covers."""
        return self.head.size

    @property
    def root(self) -> bytes:
        """The 32-byte root in the published checkpoint."""
        return self.head.root

    def entry(self, index: int) -> bytes:
        """Return the entry at ``index``. Raises IndexError where there is none published."""
        return self._reader().entry(index)

    def entries(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the entries from ``start`` up to ``end`` (default: all that are published)."""
        return self._reader().entries(start, end)

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the proof of entry ``index`` in the log of ``size`` entries (default: all)."""
        reader = self._reader()
        return inclusion_proof(reader.node, index, self._within(reader, size))

    def consistency_proof(self, old: int, new: int | None = None) -> list[bytes]:
        """Return the proof that the log of ``new`` entries (default: all) extends ``old``."""
        reader = self._reader()
        return consistency_proof(reader.node, old, self._within(reader, new))

    def append(
        self,
        entries: Sequence[bytes],
        witnesses: Sequence[Cosigner] = (),
        *,
        first: int | None = None,
        quorum: int | None = None,
        announce: Announce = quietly,
    ) -> range:
        """Append ``entries`` and return their positions, once a checkpoint over them is published.

        first: the position the caller has fixed for the first of them. Entries already there are
            compared byte for byte and not appended again, so the same call may be repeated after
            any failure. Without it they go to the end, and a repeated call appends twice.
        quorum: how many of ``witnesses`` must cosign (default: all).
        announce: called with each step's name before the step.

        An earlier append that was cut off is finished first; ``append([])`` does only that. Raises
        Misuse (a gap, or other entries at these positions; LedgerDamaged where the tiles do not
        make the checkpoint's root) and Refused (the disk or the witnesses will not have it; then
        the append may be staged, and the next one finishes it).
        """
        try:
            with self._writing():
                self._finish_staged(witnesses, quorum, announce)
                head = self.head
                begin = head.size if first is None else first
                fresh = entries[self._already_there(entries, begin, head.size) :]
                if fresh:
                    staged = self._sign(head, fresh)
                    announce("stage")
                    self._write(self.folder / STAGED, staged.encode())
                    self._integrate(staged, witnesses, quorum, announce)
        except OSError as problem:
            raise Refused(
                f"The ledger could not be written: {problem.strerror}.",
                "Mend the disk and run the same again; nothing is published half.",
            ) from problem
        return range(begin, begin + len(entries))

    def _finish_staged(
        self, witnesses: Sequence[Cosigner], quorum: int | None, announce: Announce
    ) -> None:
        parts = self.folder / SEQUENCER / "parts"
        shutil.rmtree(parts, ignore_errors=True)
        parts.mkdir()
        try:
            staged = _Staged.decode((self.folder / STAGED).read_bytes())
        except FileNotFoundError:
            return
        published = self._published()
        if staged.checkpoint == published:
            self._clear(staged, announce)
        elif staged.first == published.size:
            self._integrate(staged, witnesses, quorum, announce)
        else:
            raise LedgerDamaged(
                "The staged append does not follow on the published checkpoint.",
                Fault.CORRUPT_STAGE,
            )

    def _already_there(self, entries: Sequence[bytes], begin: int, size: int) -> int:
        """Return how many of ``entries`` stand from ``begin`` on; raise Misuse if others do."""
        if begin > size:
            raise Misuse(
                f"Position {begin} is beyond the end of the ledger ({size} entries).",
                "Append what comes before it first.",
            )
        there = list(self.entries(begin, begin + len(entries)))
        if there != list(entries[: len(there)]):
            raise Misuse(
                f"The ledger holds other entries from position {begin} on.",
                "Nothing is ever overwritten; append at the end.",
            )
        return len(there)

    def _sign(self, head: TreeHead, fresh: Sequence[bytes]) -> "_Staged":
        grower = self._grower(head, lambda _name, _data: None)
        grower.extend(fresh)
        checkpoint = Checkpoint(self.origin, grower.size, grower.root)
        return _Staged(head.size, tuple(fresh), sign_checkpoint(checkpoint, self._own_key()))

    def _integrate(
        self,
        staged: "_Staged",
        witnesses: Sequence[Cosigner],
        quorum: int | None,
        announce: Announce,
    ) -> None:
        self._write_tiles(staged, announce)
        note = self._cosigned(staged.note, staged.first, witnesses, quorum, announce)
        announce("publish")
        self._publish(note)
        self._clear(staged, announce)

    def _write_tiles(self, staged: "_Staged", announce: Announce) -> None:
        writer = FolderWriter(self.folder, self.folder / SEQUENCER / "parts")

        def emit(name: TileName, data: bytes) -> None:
            announce(name.path)
            writer.write(name.path, data)

        grower = self._grower(self.head, emit)
        grower.extend(staged.entries)
        if (grower.size, grower.finish()) != (staged.checkpoint.size, staged.checkpoint.root):
            raise LedgerDamaged(
                "The staged entries do not make the staged checkpoint's root.", Fault.CORRUPT_STAGE
            )
        announce("tiles")
        writer.sync()

    def _grower(self, head: TreeHead, emit: Emit) -> TileGrower:
        """Return a grower at the published right edge, which must make the published root."""
        levels, entries = TileReader(self.folder, head.size).edge()
        grower = TileGrower(emit, head.size, levels, entries)
        if grower.root != head.root:
            raise LedgerDamaged(
                "The tiles do not make the root in the checkpoint.", Fault.CORRUPT_TILE
            )
        return grower

    def _cosigned(
        self,
        note: str,
        old: int,
        witnesses: Sequence[Cosigner],
        quorum: int | None,
        announce: Announce,
    ) -> str:
        """Return ``note`` with the witnesses' lines; raise Refused where fewer than ``quorum``."""
        lines, refusals = [], []
        for witness in witnesses:
            name = parse_vkey(witness.vkey).name
            announce(f"witness {name}")
            try:
                lines.append(self._ask(witness, old, note))
            except (WitnessRefused, NoteInvalid) as refusal:
                refusals.append(f"{name}: {refusal.message}")
        needed = len(witnesses) if quorum is None else quorum
        if len(lines) < needed:
            raise Refused(
                f"{len(lines)} of {needed} witnesses have cosigned. " + " ".join(refusals),
                "The entries stay staged: they are published when enough witnesses cosign.",
            )
        return note + "".join(lines)

    def _ask(self, witness: Cosigner, old: int, note: str) -> str:
        """Return the witness's checked line; ask again from the size it has seen, if it says so."""
        try:
            line = witness.add_checkpoint(old, self._growth(old, note), note)
        except WitnessRefused as refusal:
            size = _size(note)
            if refusal.status != CONFLICT or refusal.size is None or refusal.size == old:
                raise
            if refusal.size > size:
                raise WitnessRefused(
                    CONFLICT,
                    f"It has seen {refusal.size} entries, more than the {size} of this ledger: "
                    "this is an older copy.",
                    refusal.size,
                ) from None
            line = witness.add_checkpoint(refusal.size, self._growth(refusal.size, note), note)
        _, signed = open_note(note + line, [parse_vkey(witness.vkey)])
        if not signed:
            raise NoteInvalid("It answered with another key's signature.")
        return line

    def _growth(self, old: int, note: str) -> list[bytes]:
        """Return the consistency proof from ``old`` to the size in ``note`` (tiles are written)."""
        size = _size(note)
        return consistency_proof(TileReader(self.folder, size).node, old, size) if old else []

    def _publish(self, note: str) -> None:
        self._write(self.folder / CHECKPOINT, note.encode())

    def _clear(self, staged: "_Staged", announce: Announce) -> None:
        announce("sweep")
        size = staged.checkpoint.size
        for level in range(ENTRIES, size.bit_length() // HEIGHT + 1):
            # Only the tile that was unfilled before this append can have been outgrown by it.
            span = HEIGHT * (max(level, 0) + 1)
            index = staged.first >> span
            if (index + 1) << span <= size:
                full = self.folder / TileName(level, index).path
                shutil.rmtree(full.with_name(full.name + ".p"), ignore_errors=True)
        announce("unstage")
        remove(self.folder / STAGED)

    def _published(self) -> Checkpoint:
        try:
            return parse_checkpoint(split_note(self.checkpoint)[0])
        except NoteInvalid as problem:
            raise LedgerDamaged(problem.message, Fault.CORRUPT_CHECKPOINT) from None

    def _reader(self) -> TileReader:
        size = self.size
        if self._open_reader is None or self._open_reader.size != size:
            self._open_reader = TileReader(self.folder, size)
        return self._open_reader

    @staticmethod
    def _within(reader: TileReader, size: int | None) -> int:
        if size is not None and size > reader.size:
            raise ValueError(f"the log has {reader.size} entries, not {size}")
        return reader.size if size is None else size

    def _own_key(self) -> Ed25519PrivateKey:
        if self._key is None:
            raise Misuse("The ledger was opened without its key.", "Open it with the key to write.")
        return self._key

    def _write(self, path: Path, data: bytes) -> None:
        write_durably(path, data, self.folder / SEQUENCER / "part")

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        self._own_key()
        with locked(self.folder / LOCK):
            yield


@dataclass(frozen=True)
class _Staged:
    """An append that is decided: from which position, which entries, the note signed over them."""

    first: int
    entries: tuple[bytes, ...]
    note: str

    @property
    def checkpoint(self) -> Checkpoint:
        return parse_checkpoint(split_note(self.note)[0])

    def encode(self) -> bytes:
        note = self.note.encode()
        head = _STAGED_HEAD.pack(self.first, len(self.entries), len(note))
        return _STAGED_MAGIC + head + note + encode_bundle(self.entries)

    @classmethod
    def decode(cls, data: bytes) -> "_Staged":
        body = data.removeprefix(_STAGED_MAGIC)
        try:
            first, count, length = _STAGED_HEAD.unpack_from(body)
            note = body[_STAGED_HEAD.size :][:length].decode()
            entries = decode_bundle(body[_STAGED_HEAD.size + length :], count, STAGED)
            parse_checkpoint(split_note(note)[0])
        except (struct.error, UnicodeDecodeError, NoteInvalid):
            raise LedgerDamaged("The staged append is damaged.", Fault.CORRUPT_STAGE) from None
        return cls(first, tuple(entries), note)


def _size(note: str) -> int:
    return parse_checkpoint(split_note(note)[0]).size
