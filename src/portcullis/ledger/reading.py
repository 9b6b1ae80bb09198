"""Reading a log from its folder: what is published, entries, proofs, checkpoints kept."""

from collections.abc import Iterator
from pathlib import Path

from portcullis.errors import Misuse
from portcullis.ledger.faults import Fault, LedgerDamaged
from portcullis.ledger.merkle import consistency_proof, inclusion_proof
from portcullis.ledger.notes import Checkpoint, NoteInvalid, parse_checkpoint, split_note
from portcullis.ledger.staged import Staged
from portcullis.ledger.tiles import (
    TileReader,
    checkpoint_path,
    parse_checkpoint_path,
    stored_files,
)
from portcullis.ledger.trees import TreeHead

CHECKPOINT = "checkpoint"
CHECKPOINTS = "checkpoints"
SEQUENCER = ".sequencer"
STAGED = f"{SEQUENCER}/staged"


class LogReader:
    """What can be read of the log called ``origin`` in ``folder``, by whoever has its files."""

    def __init__(self, folder: Path, origin: str) -> None:
        self.folder = folder
        self.origin = origin
        self._open_reader: TileReader | None = None

    @property
    def checkpoint(self) -> str:
        """The published checkpoint: a signed note with the witnesses' cosignatures."""
        try:
            return (self.folder / CHECKPOINT).read_bytes().decode()
        except FileNotFoundError:
            raise Misuse(
                f"There is no ledger in {self.folder.name}.", "Make one, or name its folder."
            ) from None
        except OSError as problem:
            raise _unreadable("The checkpoint", problem, Fault.CORRUPT_CHECKPOINT) from None
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

    @property
    def decided_size(self) -> int:
        """How many entries the log has or, once an append under way is finished, will have.

        A witness may have seen as many, and no more.
        """
        # In this order: an append that ends in between is published before it is unstaged.
        try:
            staged = Staged.decode((self.folder / STAGED).read_bytes()).checkpoint.size
        except FileNotFoundError:
            staged = 0
        except OSError as problem:
            raise _unreadable("The staged append", problem, Fault.CORRUPT_STAGE) from None
        return max(staged, self.size)

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

    def checkpoint_sizes(self) -> list[int]:
        """Return the sizes of all checkpoints ever published and kept, rising."""
        paths = stored_files(self.folder, CHECKPOINTS)
        return sorted(size for path in paths if (size := parse_checkpoint_path(path)) is not None)

    def checkpoint_at(self, size: int) -> str:
        """Return the checkpoint of ``size`` entries as first published. Raises Misuse if none."""
        kept = self._kept(size)
        if kept is None:
            raise Misuse(
                f"No checkpoint of {size} entries was published.",
                "Ask for one of the sizes at which the ledger was.",
            )
        return kept

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

    def _kept(self, size: int) -> str | None:
        """Return the archived checkpoint of ``size`` entries, None if there is none."""
        path = self.folder / checkpoint_path(size)
        try:
            note = path.read_bytes().decode()
            checkpoint = parse_checkpoint(split_note(note)[0])
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as problem:
            raise _unreadable(checkpoint_path(size), problem, Fault.CORRUPT_CHECKPOINT) from None
        except (UnicodeDecodeError, NoteInvalid):
            checkpoint = None
        if checkpoint is None or (checkpoint.origin, checkpoint.size) != (self.origin, size):
            raise LedgerDamaged(
                f"{checkpoint_path(size)} is not the checkpoint of {size} entries.",
                Fault.CORRUPT_CHECKPOINT,
            )
        return note


def _unreadable(what: str, problem: OSError, fault: Fault) -> LedgerDamaged:
    return LedgerDamaged(f"{what} cannot be read: {problem.strerror}.", fault)
