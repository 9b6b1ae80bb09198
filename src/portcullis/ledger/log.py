"""The ledger itself: an append-only log of entries in a folder any web server can serve.

An append is decided at one point, and the same path finishes it however often it is cut off:

1. *stage*: the entries and the checkpoint signed over them go to ``.sequencer/staged``. Cut off
   before, nothing has happened; after, exactly these entries will be appended, for a checkpoint
   once signed may not be contradicted.
2. *tiles*: tiles and bundles are written beside the old ones, which nobody yet looks at.
3. *witness*: each witness cosigns, or the append stays staged until it does.
4. *publish*: the cosigned checkpoint goes to ``checkpoints/<size>``, to be kept for ever as it is,
   and replaces ``checkpoint``. From here on the entries are in the log.
5. *sweep*, *unstage*: partial tiles that full ones have outgrown go, and so does the staged file.

The folder holds ``checkpoint``, ``checkpoints/`` and ``tile/`` (public) and ``.sequencer/`` (the
lock, the staged append; need not be served).
"""

import contextlib
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portcullis.errors import Misuse, Refused
from portcullis.ledger.asking import Question, ask_all
from portcullis.ledger.durable import (
    Announce,
    FolderWriter,
    fsync_folders,
    fsync_path,
    locked,
    make_folder,
    quietly,
    remove,
    remove_files,
)
from portcullis.ledger.faults import Fault, LedgerDamaged
from portcullis.ledger.merkle import EMPTY_ROOT, consistency_proof, is_consistent, range_root
from portcullis.ledger.notes import (
    Checkpoint,
    NoteInvalid,
    log_verifier,
    open_checkpoint,
    parse_checkpoint,
    sign_checkpoint,
    split_note,
    with_lines_of,
)
from portcullis.ledger.reading import CHECKPOINT, CHECKPOINTS, SEQUENCER, STAGED, LogReader
from portcullis.ledger.staged import Staged
from portcullis.ledger.tiles import (
    ENTRIES,
    HEIGHT,
    TileGrower,
    TileName,
    TileReader,
    checkpoint_path,
)
from portcullis.ledger.trees import TreeHead
from portcullis.ledger.witness import Cosigner

__all__ = ["CHECKPOINT", "CHECKPOINTS", "LOCK", "SEQUENCER", "STAGED", "Keys", "Log"]

LOCK = f"{SEQUENCER}/lock"
PARTS = f"{SEQUENCER}/parts"

Keys = Ed25519PrivateKey | Sequence[Ed25519PrivateKey]
"""The private keys that sign a log, all of them: one as a rule, two while it changes its key."""


class Log(LogReader):
    """One log. Open it with its keys to append; without, to read and to prove."""

    def __init__(self, folder: Path, origin: str, keys: Keys = ()) -> None:
        super().__init__(folder, origin)
        self._keys = [keys] if isinstance(keys, Ed25519PrivateKey) else list(keys)
        if len({key.public_key().public_bytes_raw() for key in self._keys}) < len(self._keys):
            raise Misuse("A key of the ledger is named twice.", "Name each key once.")

    @classmethod
    def create(
        cls, folder: Path, origin: str, keys: Keys, witnesses: Sequence[Cosigner] = ()
    ) -> Self:
        """Make an empty log called ``origin`` (a name like ``example.gov/ledger``) in ``folder``.

        ``witnesses`` cosign its first, empty checkpoint. Raises Misuse where a log already is.
        """
        log = cls(folder, origin, keys)
        with log._writing():
            if (folder / CHECKPOINT).exists():
                raise Misuse(f"There is a ledger in {folder.name} already.", "Open it instead.")
            log._make_ready()
            make_folder(folder / "tile")
            empty = Checkpoint(origin, 0, EMPTY_ROOT)
            note = sign_checkpoint(empty, *log._own_keys())
            note += ask_all(log._question(note, 0), witnesses, None, quietly)
            # Nothing is published yet: what an earlier try, cut off, has archived may go.
            remove(folder / checkpoint_path(0))
            log._publish(empty, note)
            fsync_folders(folder)
            fsync_path(folder.parent)
        return log

    @classmethod
    def open(cls, folder: Path, keys: Keys = ()) -> Self:
        """Open the log in ``folder``, to append with ``keys``: all of them sign.

        Raises Misuse where no log is, or none of ``keys`` has signed its checkpoint.
        """
        log = cls(folder, "", keys)
        log.origin = log._published().origin
        if log._keys:
            try:
                open_checkpoint(log.checkpoint, log.vkeys)
            except NoteInvalid:
                raise Misuse(
                    "The checkpoint is not signed by this key.", "Name the ledger's own key."
                ) from None
        return log

    @property
    def vkey(self) -> str:
        """The verifier key of the first key the log was opened with, as outsiders need it."""
        return self.vkeys[0]

    @property
    def vkeys(self) -> list[str]:
        """The verifier keys of all the keys that the log was opened with."""
        return [log_verifier(self.origin, key).vkey for key in self._own_keys()]

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
        Misuse (a gap, or other entries at these positions), LedgerDamaged (a file is not what it
        must be; a witness has seen more than this log, or another) and Refused (the disk or the
        witnesses will not have it; then the append may be staged, and the next one finishes it).
        """
        with self._writing():
            self._make_ready()
            self._finish_staged(witnesses, quorum, announce)
            head = self.head
            begin = head.size if first is None else first
            fresh = entries[self._already_there(entries, begin, head.size) :]
            if fresh:
                grown = self._grow(head, fresh)
                staged = self._sign(head, fresh, grown)
                announce("stage")
                self._stage(staged)
                self._integrate(staged, grown, witnesses, quorum, announce)
        return range(begin, begin + len(entries))

    def refresh(self, witnesses: Sequence[Cosigner], quorum: int | None = None) -> str:
        """Have the published checkpoint cosigned anew, publish it so, and return it.

        The log signs nothing (it need not be opened with its keys), and no staged append is
        finished. Every witness is waited for until it answers or gives up by itself, so that what a
        slow one has seen is heard before anything new is signed. Raises LedgerDamaged
        (``ROLLED_BACK``, ``FORKED``) where a witness has seen more than this log, or another, and
        Refused where fewer than ``quorum`` (default: all) cosign or the disk fails; the checkpoint
        then stays as it was.
        """
        with self._locked():
            self._make_ready()
            published = self._published()
            note = with_lines_of(self.checkpoint, self.origin)
            # Who has cosigned what is staged has seen more than is published, and rightly.
            question = self._question(note, published.size, self.decided_size)
            note += ask_all(question, witnesses, quorum, quietly, wait_for_all=True)
            self._publish(published, note)
        return note

    def set_aside_staged(self) -> Path | None:
        """Move a staged append out of the way, unfinished, and return where it is kept (or None).

        Only for a copy that has been caught up: what an older copy signed contradicts the ledger,
        may never be published, and is evidence. An append merely cut off must be finished.
        """
        with self._locked():
            staged = self.folder / STAGED
            if not staged.exists():
                return None
            digest = hashlib.sha256(staged.read_bytes()).hexdigest()
            aside = staged.with_name(f"set-aside-{digest[:16]}")
            staged.rename(aside)
            fsync_path(aside.parent)
        return aside

    def _finish_staged(
        self, witnesses: Sequence[Cosigner], quorum: int | None, announce: Announce
    ) -> None:
        try:
            staged = Staged.decode((self.folder / STAGED).read_bytes())
        except FileNotFoundError:
            return
        # What was cut off may have given files their names, and yet the disk not have them.
        fsync_folders(self.folder)
        published = self._published()
        if staged.checkpoint.size <= published.size:
            self._check_done(staged, published)
            # It may have been cut off between the names of the checkpoint and of its kept copy.
            self._publish(published, self.checkpoint)
            self._clear(staged, announce)
            return
        if staged.first != published.size:
            raise _bad_stage("does not follow on the published checkpoint")
        if not self._answers(staged.note, (), None):
            raise _bad_stage("is not signed by the ledger's key")
        grown = self._grow(self.head, staged.entries)
        if grown.head != TreeHead(staged.checkpoint.size, staged.checkpoint.root):
            raise _bad_stage("does not make the root that was signed over it")
        self._integrate(staged, grown, witnesses, quorum, announce)

    def _check_done(self, staged: Staged, published: Checkpoint) -> None:
        """Raise LedgerDamaged unless what is staged stands in the log already."""
        there = tuple(self.entries(staged.first, staged.checkpoint.size))
        same_size = staged.checkpoint.size == published.size
        if there != staged.entries or (same_size and staged.checkpoint != published):
            raise _bad_stage("contradicts what the ledger holds at its place")

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

    def _grow(self, head: TreeHead, fresh: Sequence[bytes]) -> "_Grown":
        """Return what ``fresh`` adds to the published tree, whose edge must make its root."""
        tiles: list[tuple[TileName, bytes]] = []
        levels, entries = TileReader(self.folder, head.size).edge()
        grower = TileGrower(lambda *tile: tiles.append(tile), head.size, levels, entries)
        if grower.root != head.root:
            raise _rotten()
        grower.extend(fresh)
        root = grower.finish()
        return _Grown(TreeHead(grower.size, root), tiles)

    def _sign(self, head: TreeHead, fresh: Sequence[bytes], grown: "_Grown") -> Staged:
        checkpoint = Checkpoint(self.origin, grown.head.size, grown.head.root)
        self._kept_alike(checkpoint)
        return Staged(head.size, tuple(fresh), sign_checkpoint(checkpoint, *self._own_keys()))

    def _stage(self, staged: Staged) -> None:
        writer = self._writer()
        writer.write(STAGED, staged.encode())
        writer.sync()

    def _integrate(
        self,
        staged: Staged,
        grown: "_Grown",
        witnesses: Sequence[Cosigner],
        quorum: int | None,
        announce: Announce,
    ) -> None:
        self._write_tiles(grown, announce)
        kept = self._kept_alike(staged.checkpoint)
        if kept is not None and self._answers(kept, witnesses, quorum):
            note = kept  # it was cut off just before it was published
        else:
            question = self._question(staged.note, staged.first)
            note = staged.note + ask_all(question, witnesses, quorum, announce)
        announce("publish")
        self._publish(staged.checkpoint, note)
        self._clear(staged, announce)

    def _publish(self, checkpoint: Checkpoint, note: str) -> None:
        """Replace the checkpoint; the first of its size is also kept, and first."""
        writer = self._writer()
        kept = self._kept_alike(checkpoint)
        if kept is None or self.size < checkpoint.size:
            writer.write(checkpoint_path(checkpoint.size), note.encode())
        writer.write(CHECKPOINT, note.encode())
        writer.sync()

    def _write_tiles(self, grown: "_Grown", announce: Announce) -> None:
        writer = self._writer()
        for name, data in grown.tiles:
            announce(name.path)
            writer.write(name.path, data)
        announce("tiles")
        writer.sync()

    def _answers(self, note: str, witnesses: Sequence[Cosigner], quorum: int | None) -> bool:
        """Say whether ``note`` is signed by a key of ours and cosigned by enough witnesses."""
        asked = [witness.vkey for witness in witnesses]
        try:
            open_checkpoint(note, self.vkeys, asked, len(asked) if quorum is None else quorum)
        except NoteInvalid:
            return False
        return True

    def _question(self, note: str, old: int, most: int = 0) -> Question:
        """Return what to ask the witnesses of ``note``: they should have seen ``old`` entries."""
        checkpoint = parse_checkpoint(split_note(note)[0])
        growth = cache(lambda seen: self._growth(seen, checkpoint))
        return Question(note, checkpoint.size, old, max(most, checkpoint.size), growth)

    def _growth(self, old: int, checkpoint: Checkpoint) -> list[bytes]:
        """Return the consistency proof from ``old`` to ``checkpoint`` (its tiles are written)."""
        if not old:
            return []
        size, root = checkpoint.size, checkpoint.root
        node = TileReader(self.folder, size).node
        proof = consistency_proof(node, old, size)
        # What a witness then denies is another log, not a tile of ours that has rotted.
        if not is_consistent(old, size, proof, range_root(node, 0, old), root):
            raise _rotten()
        return proof

    def _kept_alike(self, checkpoint: Checkpoint) -> str | None:
        """Return what is archived at the size of ``checkpoint``, which it must not contradict."""
        note = self._kept(checkpoint.size)
        if note is not None and split_note(note)[0] != checkpoint.text:
            raise LedgerDamaged(
                f"Another checkpoint of {checkpoint.size} entries has been published already "
                f"({checkpoint_path(checkpoint.size)}).",
                Fault.FORKED,
            )
        return note

    def _clear(self, staged: Staged, announce: Announce) -> None:
        announce("sweep")
        size = staged.checkpoint.size
        for level in range(ENTRIES, size.bit_length() // HEIGHT + 1):
            # Only the tile that was unfilled before this append can have been outgrown by it.
            span = HEIGHT * (max(level, 0) + 1)
            index = staged.first >> span
            if (index + 1) << span <= size:
                full = self.folder / TileName(level, index).path
                outgrown = full.with_name(full.name + ".p")
                remove_files(outgrown)
                with contextlib.suppress(FileNotFoundError):
                    outgrown.rmdir()
        announce("unstage")
        remove(self.folder / STAGED)

    def _own_keys(self) -> list[Ed25519PrivateKey]:
        if not self._keys:
            raise Misuse("The ledger was opened without its key.", "Open it with the key to write.")
        return self._keys

    def _make_ready(self) -> None:
        """Make room for the parts of files, and remove what a cut-off writer has left there."""
        make_folder(self.folder / PARTS)
        remove_files(self.folder / PARTS)

    def _writer(self) -> FolderWriter:
        return FolderWriter(self.folder, self.folder / PARTS)

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        self._own_keys()
        with self._locked():
            yield

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Be the one writer meanwhile; an error of the disk is said in plain words."""
        try:
            with locked(self.folder / LOCK):
                yield
        except OSError as problem:
            raise Refused(
                f"The ledger could not be written: {problem.strerror}.",
                "Mend the disk and run the same again; nothing is published half.",
            ) from problem


@dataclass(frozen=True)
class _Grown:
    """What an append makes of the tree: its new head, and every tile and bundle it writes."""

    head: TreeHead
    tiles: list[tuple[TileName, bytes]]


def _bad_stage(what: str) -> LedgerDamaged:
    return LedgerDamaged(f"The staged append {what}.", Fault.CORRUPT_STAGE)


def _rotten() -> LedgerDamaged:
    return LedgerDamaged("The tiles do not make the root in the checkpoint.", Fault.CORRUPT_TILE)
