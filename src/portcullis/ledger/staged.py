"""An append that is decided, as it lies on the disk until it is published."""

import struct
from dataclasses import dataclass
from typing import Self

from portcullis.ledger.faults import Fault, LedgerDamaged
from portcullis.ledger.notes import Checkpoint, NoteInvalid, parse_checkpoint, split_note
from portcullis.ledger.tiles import decode_bundle, encode_bundle

_HEAD = struct.Struct(">QQI")  # first position, number of entries, bytes of the note
_MAGIC = b"portcullis-staged/1\n"


@dataclass(frozen=True)
class Staged:
    """From which position, which entries, and the note signed over them."""

    first: int
    entries: tuple[bytes, ...]
    note: str

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint that the note holds."""
        return parse_checkpoint(split_note(self.note)[0])

    def encode(self) -> bytes:
        """Return the bytes to store. Raises Misuse for an entry of more than 65,535 bytes."""
        note = self.note.encode()
        head = _HEAD.pack(self.first, len(self.entries), len(note))
        return _MAGIC + head + note + encode_bundle(self.entries)

    @classmethod
    def decode(cls, data: bytes) -> Self:
        """Return the append that ``data`` stores. Raises LedgerDamaged where it is not whole."""
        body = data.removeprefix(_MAGIC)
        try:
            first, count, length = _HEAD.unpack_from(body)
            note = body[_HEAD.size :][:length].decode()
            entries = decode_bundle(body[_HEAD.size + length :], count, "The staged append")
            staged = cls(first, tuple(entries), note)
            whole = staged.checkpoint.size == first + count
        except (struct.error, UnicodeDecodeError, NoteInvalid, LedgerDamaged):
            whole = False
        if not whole:
            raise LedgerDamaged("The staged append is damaged.", Fault.CORRUPT_STAGE)
        return staged
