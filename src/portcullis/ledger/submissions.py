"""The body of an ``add-checkpoint`` request, as c2sp.org/tlog-witness writes it.

``old N``, then the consistency proof (a hash a line, in base64), an empty line, the signed note.
"""

import base64
import binascii
import re
from collections.abc import Sequence

from portcullis.ledger.merkle import HASH_BYTES
from portcullis.ledger.notes import NoteInvalid

MOST_BYTES = 256 * 1024
"""Room for 63 hashes and for the longest note: 64 signatures, the post-quantum ones too."""

_MOST_HASHES = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


def encode_submission(old: int, proof: Sequence[bytes], note: str) -> bytes:
    """Return the request's body: ``note`` extends the log of ``old`` entries by ``proof``."""
    hashes = "".join(base64.b64encode(digest).decode() + "\n" for digest in proof)
    return f"old {old}\n{hashes}\n{note}".encode()


def decode_submission(body: bytes) -> tuple[int, list[bytes], str]:
    """Undo ``encode_submission``. Raises NoteInvalid where the body is not strictly one."""
    try:
        head, gap, note = body.decode().partition("\n\n")
    except UnicodeDecodeError:
        raise NoteInvalid("The request is not text.") from None
    first, *hashes = head.split("\n")
    old = _OLD.fullmatch(first)
    if not gap or old is None:
        raise NoteInvalid("The request does not begin with an old size and end its proof.")
    if len(hashes) > _MOST_HASHES:
        raise NoteInvalid(f"The proof has more than {_MOST_HASHES} hashes.")
    return int(old[1]), [_hash(line) for line in hashes], note


def _hash(line: str) -> bytes:
    try:
        digest = base64.b64decode(line, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != HASH_BYTES or base64.b64encode(digest).decode() != line:
        raise NoteInvalid("A line of the proof is not a hash in base64.")
    return digest
