"""A passkey's assertion as a signature: whose statement it is over can be checked by anyone, later.

A passkey signs nothing of our choosing: its authenticator signs its own data and the digest of what
the browser says it was asked (W3C Web Authentication Level 3, § 6.3.3). What it was asked holds a
challenge, and ours is the SHA-256 of the statement's canonical bytes. So the assertion, kept whole
beside the statement, says that the holder of that passkey, verified by the device, answered at one
of the enrolled origins to exactly this statement.

A token is ``passkey.`` and five parts in base64url without padding, joined by points: the
statement's canonical bytes, the credential id, the authenticator data, the client data as the
browser wrote it (JSON) and the signature (ECDSA, DER).

It is checked after § 7.2 of the same, with ES256 only (RFC 9053 § 2.1: ECDSA, P-256, SHA-256), and
more narrowly: whatever was not asked for makes it no signature. Of § 7.2 two things cannot be had
from one assertion alone: that the signature counter grew, and that the credential is still as
backed up as it was.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from portcullis.canonical import json_bytes
from portcullis.errors import Refused

__all__ = ["Assertion", "Credential", "challenge", "is_passkey", "read", "token", "verify"]

PREFIX = "passkey."
LONGEST_ID = 1023
"""Bytes a credential id has at most (§ 4, Credential ID)."""
LONGEST_CLIENT_DATA = 4096
LONGEST_SIGNATURE = 72
"""Bytes of an ECDSA signature over P-256 in DER: two integers of 33 bytes at most."""

_PART = re.compile(r"[A-Za-z0-9_-]+")
_PARTS = 5
_BEFORE_THE_STATEMENT = 8 * 1024
_AUTHENTICATOR_DATA = 37  # the digest of the RP id, the flags, the counter: and no extensions
_FLAGS_AT = 32
_USER_PRESENT, _USER_VERIFIED, _BACKUP_ELIGIBLE, _BACKED_UP = 0x01, 0x04, 0x08, 0x10
_ALLOWED = _USER_PRESENT | _USER_VERIFIED | _BACKUP_ELIGIBLE | _BACKED_UP
_GET = "webauthn.get"
_COORDINATE = 32


class Credential(Protocol):
    """An enrolled passkey: its id (base64url), P-256 public JWK, RP id, and permitted origins."""

    @property
    def id(self) -> str:
        """The credential id, in base64url without padding."""
        ...

    @property
    def jwk(self) -> Mapping[str, str]:
        """The public key."""
        ...

    @property
    def rp_id(self) -> str:
        """The relying party's id: the domain it was made for."""
        ...

    @property
    def origins(self) -> Iterable[str]:
        """The origins at which it may be used to sign."""
        ...


@dataclass(frozen=True)
class Assertion:
    """The parts of a token, nothing verified; the bytes as they were signed."""

    statement: bytes
    credential_id: str
    authenticator_data: bytes
    client_data: bytes
    signature: bytes


def is_passkey(token: str) -> bool:
    """Say whether ``token`` means to be a passkey's assertion; else it is a compact JWS."""
    return token.startswith(PREFIX)


def challenge(statement: Mapping[str, Any]) -> bytes:
    """Return the 32 bytes that a passkey is challenged with to sign ``statement``."""
    return hashlib.sha256(json_bytes(statement)).digest()


def token(
    statement: Mapping[str, Any],
    credential_id: bytes,
    authenticator_data: bytes,
    client_data: bytes,
    signature: bytes,
) -> str:
    """Return the token of an assertion as the browser gave it; nothing is verified."""
    parts = (json_bytes(statement), credential_id, authenticator_data, client_data, signature)
    return PREFIX + ".".join(_encoded(part) for part in parts)


def read(token: str, longest: int) -> Assertion:
    """Return the parts of ``token``; raise Refused where it is no whole token.

    A statement of more than ``longest`` bytes makes it none.
    """
    if not is_passkey(token) or len(token) > 2 * longest + _BEFORE_THE_STATEMENT:
        raise _not_whole()
    written = token.removeprefix(PREFIX).split(".")
    if len(written) != _PARTS or not all(map(_PART.fullmatch, written)):
        raise _not_whole()
    try:
        statement, credential_id, authenticator_data, client_data, signature = map(
            _decoded, written
        )
    except ValueError:
        raise _not_whole() from None
    if (
        len(statement) > longest
        or len(credential_id) > LONGEST_ID
        or len(client_data) > LONGEST_CLIENT_DATA
        or len(signature) > LONGEST_SIGNATURE
    ):
        raise _not_whole()
    return Assertion(statement, written[1], authenticator_data, client_data, signature)


def unverified(token: str, longest: int) -> dict[str, Any]:
    """Return the statement in ``token``, nothing checked. Raises Refused where there is none."""
    return _statement(read(token, longest))


def credential_id(token: str) -> str:
    """Return the id of the credential that ``token`` says it is by; "" where it says none."""
    parts = token.split(".")
    return parts[2] if is_passkey(token) and len(parts) == _PARTS + 1 else ""


def verify(token: str, credential: Credential, longest: int) -> dict[str, Any]:
    """Return the statement in ``token`` if the enrolled ``credential`` signed it.

    Raises Refused, saying which check of § 7.2 failed, if not.
    """
    given = read(token, longest)
    statement = _statement(given)
    if given.credential_id != credential.id:
        raise Refused("The passkey is not the one enrolled.", "Sign with the enrolled passkey.")
    _check_client_data(given, frozenset(credential.origins))
    _check_authenticator_data(given.authenticator_data, credential.rp_id)
    signed = given.authenticator_data + hashlib.sha256(given.client_data).digest()
    try:
        _public_key(credential.jwk).verify(given.signature, signed, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError, KeyError, TypeError):
        raise Refused(
            "The passkey's signature does not verify.", "Sign again with the enrolled passkey."
        ) from None
    return statement


def _statement(given: Assertion) -> dict[str, Any]:
    try:
        statement = json.loads(given.statement.decode())
        if isinstance(statement, dict) and json_bytes(statement) == given.statement:
            return statement
    except (ValueError, RecursionError):
        pass
    raise Refused("That is no signed statement.", "Give the file as it was made.")


def _check_client_data(given: Assertion, origins: frozenset[str]) -> None:
    """Check what the browser says it was asked (§ 7.2 steps 10 to 14)."""
    try:
        said = json.loads(given.client_data.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise _not_whole()
    if said.get("type") != _GET:
        raise Refused("The passkey was not asked to sign.", "Sign again, as the page asks for it.")
    if said.get("challenge") != _encoded(hashlib.sha256(given.statement).digest()):
        raise Refused(
            "The passkey signed something else than this statement.",
            "Sign the statement again, as it stands now.",
        )
    origin = said.get("origin")
    if not isinstance(origin, str) or origin not in origins:
        raise Refused(
            "The passkey signed at a place that is not enrolled for it.",
            "Sign in the office's own pages; enrol its address if it has a new one.",
        )
    if said.get("crossOrigin", False) is not False or "topOrigin" in said:
        raise Refused(
            "The passkey signed inside another site's page.", "Sign in the office's own pages."
        )


def _check_authenticator_data(data: bytes, rp_id: str) -> None:
    """Check what the authenticator says of itself (§ 7.2 steps 15 to 19; § 6.1)."""
    if len(data) != _AUTHENTICATOR_DATA:
        raise _not_whole()
    if data[:_FLAGS_AT] != hashlib.sha256(rp_id.encode()).digest():
        raise Refused(
            "The passkey signed for another office.", "Sign with the passkey enrolled for this one."
        )
    flags = data[_FLAGS_AT]
    if not flags & _USER_PRESENT or not flags & _USER_VERIFIED:
        raise Refused(
            "The passkey did not verify who used it.",
            "Sign with a passkey that asks for its PIN, a fingerprint or a face.",
        )
    if flags & ~_ALLOWED or (flags & _BACKED_UP and not flags & _BACKUP_ELIGIBLE):
        raise _not_whole()


def _public_key(jwk: Mapping[str, str]) -> ec.EllipticCurvePublicKey:
    """Return the P-256 public key of ``jwk``; raise ValueError, KeyError or TypeError if none."""
    if (jwk["kty"], jwk["crv"]) != ("EC", "P-256"):
        raise ValueError("not a P-256 key")
    x, y = _decoded(jwk["x"]), _decoded(jwk["y"])
    if len(x) != _COORDINATE or len(y) != _COORDINATE:
        raise ValueError("a coordinate of P-256 has 32 bytes")
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + x + y)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of a JSON object; raise ValueError where a name stands twice."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    """Return what base64url ``text`` holds; raise ValueError unless it is written the one way."""
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if _encoded(data) != text:
        raise ValueError("not written the one way base64url has")
    return data


def _not_whole() -> Refused:
    return Refused("That is no whole signature of a passkey.", "Sign again, and give it unchanged.")
