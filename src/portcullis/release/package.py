"""One package: one request, one officer; every package of the same number of bytes.

In clear stand identifiers and the proof that the answer is on the ledger, so that whoever carries
or receives a package can check it unopened. The content is readable only with the officer's key
and the holder's half together.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from joserfc.jwk import ECKey

from portcullis.canonical import json_bytes
from portcullis.errors import Misuse, Refused
from portcullis.release import sealing

FORMAT = "portcullis-package/1"
CONTENT_BYTES = 1024
PACKAGE_BYTES = 12_288
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Parcel:
    """What is known of a package in clear.

    ``agreement`` and ``batch_id`` as in the manifest, ``officer`` a roster id; ``leaf`` the text of
    the request's leaf, ``answer_nonce`` (hex) opens its public answer, ``proof`` is the ledger's
    text that proves the leaf to a witnessed checkpoint.
    """

    package_id: str
    agreement: str
    batch_id: str
    request_id: str
    officer: str
    leaf: str
    answer_nonce: str
    proof: str


@dataclass(frozen=True)
class Package:
    """A package as read: its parcel, the sealed content (a JWE) and the digest of its bytes."""

    parcel: Parcel
    sealed: str
    digest: str


@dataclass(frozen=True)
class Sealed:
    """A package's bytes for the officer, and the half (32 bytes) that only the holder keeps."""

    data: bytes
    holder_half: bytes


def new_package_id() -> str:
    """Return a random package id (32 hexadecimal digits)."""
    return secrets.token_hex(16)


def package_digest(data: bytes) -> str:
    """Return the SHA-256 (hex) of a package's bytes: its name in tokens and on the ledger."""
    return hashlib.sha256(data).hexdigest()


def seal(content: Mapping[str, Any], officer_jwk: Mapping[str, str], parcel: Parcel) -> Sealed:
    """Seal ``content`` (``disclosure_content``) to one officer's P-256 key and a fresh half.

    Raises Misuse where content or parcel do not fit the one size of all packages, or are of
    different requests.
    """
    if not _ID.fullmatch(parcel.package_id) or content.get("request_id") != parcel.request_id:
        raise Misuse("The content is not of this package's request.", "Seal each by itself.")
    half = sealing.new_half()
    padded = sealing.pad(json_bytes(content), CONTENT_BYTES)
    inner = sealing.to_officer(padded, officer_jwk, parcel.package_id)
    outer = sealing.under_half(inner.encode(), half, parcel.package_id)
    return Sealed(_write(parcel, outer), half)


def read_package(data: bytes) -> Package:
    """Return the package in ``data``. Raises Refused unless it is a package byte for byte."""
    try:
        members = json.loads(data)
        parcel = Parcel(**{field.name: _text(members[field.name]) for field in fields(Parcel)})
        sealed = _text(members["sealed"])
        whole = _ID.fullmatch(parcel.package_id) and _write(parcel, sealed) == data
    except (ValueError, TypeError, KeyError, RecursionError, Misuse):
        whole = None
    if not whole:
        raise Refused("This is no whole package.", "Fetch it again from where it was delivered.")
    return Package(parcel, sealed, package_digest(data))


def unseal(package: Package, officer_key: ECKey, half: bytes) -> dict[str, Any]:
    """Return the content of ``package``. Raises Refused without both halves and every byte."""
    package_id = package.parcel.package_id
    inner = sealing.with_half(package.sealed, half, package_id)
    data = sealing.unpad(sealing.by_officer(inner, officer_key, package_id), CONTENT_BYTES)
    try:
        content = json.loads(data)
    except ValueError:
        raise sealing.damaged() from None
    if not isinstance(content, dict) or content.get("request_id") != package.parcel.request_id:
        raise sealing.damaged()
    return content


def sealed_to(package: Package, half: bytes) -> str:
    """Return the thumbprint of the officer's key that ``package`` is sealed to.

    Raises Refused where the holder's ``half`` is not this package's.
    """
    return sealing.addressee(sealing.with_half(package.sealed, half, package.parcel.package_id))


def _write(parcel: Parcel, sealed: str) -> bytes:
    members = {**vars(parcel), "format": FORMAT, "padding": "", "sealed": sealed}
    text = json_bytes(members)
    missing = PACKAGE_BYTES - len(text)
    if missing < 0:
        raise Misuse(
            "The package does not fit the one size that all packages have.",
            "Use shorter identifiers, or fewer witnesses in the proof.",
        )
    # Within a JSON string every quote is escaped: these bytes can only be the member itself.
    return text.replace(b'"padding":""', b'"padding":"' + b"0" * missing + b'"', 1)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
