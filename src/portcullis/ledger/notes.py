"""Signed notes, checkpoints and cosignatures, to the letter of C2SP.

Sources: c2sp.org/signed-note, c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature. Signatures are
Ed25519 (RFC 8032, FIPS 186-5): type 0x01 by a log over the note's text, type 0x04 by a witness
over the text and the time it saw it.
"""

import base64
import binascii
import contextlib
import hashlib
import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from portcullis.errors import Misuse, Refused
from portcullis.ledger.merkle import HASH_BYTES
from portcullis.tables import publish

LOG_SIGNATURE = 0x01
COSIGNATURE = 0x04

_DASH = "— "
_ID_BYTES = 4
_KEY_BYTES = 32
_SIGNATURE_BYTES = 64
_TIME = struct.Struct(">Q")
_LATEST_TIME = 2**63 - 1
_MOST_SIGNATURES = 64
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_LARGEST_SIZE = 2**63 - 1

# The points of small order on the curve, as their y (the sign of x left out) is written, in both
# ways where there are two. A signature that such a "key" accepts is soon found without any secret.
_SMALL_ORDER = frozenset(
    bytes.fromhex(point)
    for point in (
        "00" * 32,
        "01" + "00" * 31,
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)


class NoteInvalid(Refused):
    """A note, checkpoint or signature is not what it must be."""


@dataclass(frozen=True)
class Verifier:
    """The public half of a log's or witness's key: its name, its type (0x01, 0x04), 32 bytes."""

    name: str
    kind: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that, with the name, say which key made a signature."""
        material = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(material).digest()[:_ID_BYTES]

    @property
    def vkey(self) -> str:
        """The verifier key as text: ``name+id+base64(type || public key)``."""
        return f"{self.name}+{self.key_id.hex()}+{_b64(bytes([self.kind]) + self.public)}"

    def check(self, text: str, signature: bytes) -> int | None:
        """Return the time of a cosignature (seconds since 1970), None for a log's signature.

        Raises NoteInvalid where ``signature`` is not this key's over ``text``.
        """
        moment, message = None, text.encode()
        if self.kind == COSIGNATURE:
            if len(signature) != _TIME.size + _SIGNATURE_BYTES:
                raise self._wrong()
            (moment,) = _TIME.unpack(signature[: _TIME.size])
            if moment > _LATEST_TIME:
                raise self._wrong()
            signature = signature[_TIME.size :]
            message = _cosigned_message(text, moment)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            raise self._wrong() from None
        return moment

    def _wrong(self) -> NoteInvalid:
        return NoteInvalid(f"The signature of {self.name} does not verify.")


@dataclass(frozen=True)
class Checkpoint:
    """A log's tree head: who, how many entries, and the 32-byte root over them."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The note text that is signed."""
        lines = [self.origin, str(self.size), _b64(self.root), *self.extensions]
        return "".join(line + "\n" for line in lines)


@dataclass(frozen=True)
class SignedCheckpoint:
    """A checkpoint that the log signed, and when each known witness cosigned it."""

    checkpoint: Checkpoint
    cosigned: dict[str, int]


def generate_key() -> Ed25519PrivateKey:
    """Return a new private key for a log or a witness."""
    return Ed25519PrivateKey.generate()


def save_key(key: Ed25519PrivateKey, path: Path) -> None:
    """Write the private key to ``path`` as PEM (PKCS 8), readable by its owner only."""
    publish(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def load_key(path: Path) -> Ed25519PrivateKey:
    """Read a private key from ``path``. Raises Misuse where there is none or it is not Ed25519."""
    key = None
    with contextlib.suppress(OSError, ValueError, TypeError):
        key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise Misuse(f"{path.name} is not an Ed25519 private key.", "Name the ledger's own key.")
    return key


def log_verifier(origin: str, key: Ed25519PrivateKey) -> Verifier:
    """Return the public half of a log's key; its name is the log's origin."""
    return Verifier(_good_name(origin), LOG_SIGNATURE, key.public_key().public_bytes_raw())


def witness_verifier(name: str, key: Ed25519PrivateKey) -> Verifier:
    """Return the public half of a witness's key."""
    return Verifier(_good_name(name), COSIGNATURE, key.public_key().public_bytes_raw())


def parse_vkey(vkey: str) -> Verifier:
    """Return the verifier that ``vkey`` writes down. Raises Misuse where it is none of ours."""
    name, _, rest = vkey.partition("+")
    key_id, _, material = rest.partition("+")
    raw = _unb64(material)
    if raw is None or len(raw) != 1 + _KEY_BYTES or raw[0] not in (LOG_SIGNATURE, COSIGNATURE):
        raise Misuse("This is not an Ed25519 verifier key.", "It reads name+id+base64.")
    if raw[1:-1] + bytes([raw[-1] & 0x7F]) in _SMALL_ORDER:
        raise Misuse("Anybody can sign for this key.", "Ask its holder for a real one.")
    verifier = Verifier(_good_name(name), raw[0], raw[1:])
    if verifier.vkey != vkey or verifier.key_id.hex() != key_id:
        raise Misuse("The verifier key's id does not fit its name and key.", "Copy it whole.")
    return verifier


def sign_checkpoint(checkpoint: Checkpoint, *keys: Ed25519PrivateKey) -> str:
    """Return the signed note of ``checkpoint`` under its log's keys, a line for each."""
    message = checkpoint.text.encode()
    lines = [
        _signature_line(log_verifier(checkpoint.origin, key), key.sign(message)) for key in keys
    ]
    return checkpoint.text + "\n" + "".join(lines)


def cosign(name: str, key: Ed25519PrivateKey, text: str, moment: int) -> str:
    """Return a witness's signature line over checkpoint ``text`` at ``moment`` (seconds)."""
    signature = _TIME.pack(moment) + key.sign(_cosigned_message(text, moment))
    return _signature_line(witness_verifier(name, key), signature)


def parse_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint a note's text holds. Raises NoteInvalid if it is not strictly one."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):  # noqa: PLR2004 - three lines and the end
        raise NoteInvalid("The checkpoint does not have its three lines.")
    origin, digits, encoded = lines[:3]
    root = _unb64(encoded)
    if not _SIZE.fullmatch(digits) or int(digits) > _LARGEST_SIZE:
        raise NoteInvalid("The checkpoint's size is not a decimal number below 2^63.")
    if root is None or len(root) != HASH_BYTES:
        raise NoteInvalid("The checkpoint's root is not 32 bytes of base64.")
    return Checkpoint(origin, int(digits), root, tuple(lines[3:-1]))


def split_note(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    """Return a signed note's text and its signatures as (key name, key id, signature).

    Raises NoteInvalid where the note is malformed.
    """
    if _has_control(note.replace("\n", "")):
        raise NoteInvalid("The note holds a control character.")
    if not _is_utf8(note):
        raise NoteInvalid("The note cannot be written as UTF-8.")
    text, gap, tail = note.rpartition("\n\n")
    if not gap or not tail.endswith("\n"):
        raise NoteInvalid("The note has no signatures.")
    lines = tail[:-1].split("\n")
    if len(lines) > _MOST_SIGNATURES:
        raise NoteInvalid(f"The note has more than {_MOST_SIGNATURES} signatures.")
    return text + "\n", [_split_line(number, line) for number, line in enumerate(lines, 1)]


def open_note(note: str, verifiers: Iterable[Verifier]) -> tuple[str, dict[Verifier, int | None]]:
    """Return a note's text and which of ``verifiers`` signed it (with the time, for a witness).

    Signatures of unknown keys are ignored; one of a known key that does not verify makes the whole
    note invalid (NoteInvalid). So does one that stands twice: nobody honest writes it, and whoever
    counts lines would take one witness for two.
    """
    text, signatures = split_note(note)
    known = {(verifier.name, verifier.key_id): verifier for verifier in verifiers}
    signed: dict[Verifier, int | None] = {}
    for name, key_id, signature in signatures:
        verifier = known.get((name, key_id))
        if verifier is None:
            continue
        if verifier in signed:
            raise NoteInvalid(f"{name} has signed twice.")
        signed[verifier] = verifier.check(text, signature)
    return text, signed


def with_lines_of(note: str, name: str) -> str:
    """Return ``note`` with those signature lines alone that bear the key name ``name``."""
    text, _ = split_note(note)
    lines = note[len(text) + 1 :].splitlines(keepends=True)
    return text + "\n" + "".join(line for line in lines if line.startswith(f"{_DASH}{name} "))


def line_of(note: str, answer: str, verifier: Verifier) -> str | None:
    """Return the signature line on ``note`` by ``verifier`` that a witness's ``answer`` holds.

    None where it holds none of that key's; lines of other keys are ignored. Raises NoteInvalid
    where it is no signature lines, or that key's is wrong.
    """
    text, signatures = split_note(note + answer)
    if text != split_note(note)[0]:
        raise NoteInvalid("The answer is not signature lines alone.")
    _, signed = open_note(note + answer, [verifier])
    if verifier not in signed:
        return None
    if signed[verifier] == 0:
        raise NoteInvalid(f"The cosignature of {verifier.name} has no time.")
    known = (verifier.name, verifier.key_id)
    own = next(signature for *key, signature in signatures if tuple(key) == known)
    return _signature_line(verifier, own)


def open_checkpoint(
    note: str, vkeys: Sequence[str], witness_vkeys: Sequence[str] = (), k: int = 0
) -> SignedCheckpoint:
    """Return the checkpoint in ``note``: signed by its log and cosigned by ``k`` known witnesses.

    ``vkeys`` are the log's, named as its origin (any one suffices), ``witness_vkeys`` the
    witnesses'. Raises NoteInvalid where the note is malformed, a known signature is wrong, or too
    few have signed.
    """
    logs = [_of_kind(vkey, LOG_SIGNATURE) for vkey in vkeys]
    witnesses = [_of_kind(vkey, COSIGNATURE) for vkey in witness_vkeys]
    text, signed = open_note(note, [*logs, *witnesses])
    checkpoint = parse_checkpoint(text)
    if not any(log in signed and log.name == checkpoint.origin for log in logs):
        raise NoteInvalid("The checkpoint is not signed by the log's key.")
    cosigned = {verifier.name: moment for verifier, moment in signed.items() if moment is not None}
    if len(cosigned) < k:
        raise NoteInvalid(f"The checkpoint has {len(cosigned)} of the {k} cosignatures it needs.")
    return SignedCheckpoint(checkpoint, cosigned)


def _of_kind(vkey: str, kind: int) -> Verifier:
    verifier = parse_vkey(vkey)
    if verifier.kind != kind:
        raise Misuse(
            f"The key of {verifier.name} is of the wrong type.",
            "A log's verifier key is of type 01, a witness's of type 04.",
        )
    return verifier


def _split_line(number: int, line: str) -> tuple[str, bytes, bytes]:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    raw = _unb64(encoded)
    if not line.startswith(_DASH) or not _is_name(name) or raw is None or len(raw) <= _ID_BYTES:
        raise NoteInvalid(f"Signature line {number} of the note is malformed.")
    return name, raw[:_ID_BYTES], raw[_ID_BYTES:]


def _signature_line(verifier: Verifier, signature: bytes) -> str:
    return f"{_DASH}{verifier.name} {_b64(verifier.key_id + signature)}\n"


def _cosigned_message(text: str, moment: int) -> bytes:
    return f"cosignature/v1\ntime {moment}\n{text}".encode()


def _good_name(name: str) -> str:
    if not _is_name(name):
        raise Misuse(
            "A key's name has no spaces and no plus sign.", "Use a name like example.gov/log."
        )
    return name


def _is_name(name: str) -> bool:
    spaced = any(letter.isspace() for letter in name)
    return bool(name) and "+" not in name and not (spaced or _has_control(name)) and _is_utf8(name)


def _has_control(text: str) -> bool:
    return any(letter < " " for letter in text)


def _is_utf8(text: str) -> bool:
    """Say whether ``text`` can be written as UTF-8: a lone surrogate cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unb64(text: str) -> bytes | None:
    """Return the bytes of standard base64, or None where it is not the one way to write them."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if _b64(data) == text else None
