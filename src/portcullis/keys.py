"""People's and services' keys: P-256 signatures as compact JWS (RFC 7515, ES256, FIPS 186-5).

A person may also sign with a passkey (``portcullis.passkeys``); what either makes is a token.

A person's private key lives in a file of that person's own; the service only ever knows the
public half, enrolled in the roster. What is signed is always canonical JSON naming the act.
"""

import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from portcullis import passkeys
from portcullis.canonical import json_bytes
from portcullis.errors import Misuse, Refused
from portcullis.passkeys import is_passkey
from portcullis.tables import publish

__all__ = [
    "ALGORITHM",
    "CURVE",
    "ECKey",
    "KeySigner",
    "Signer",
    "Verify",
    "generate",
    "is_passkey",
    "key_id",
    "load_private",
    "public_jwk",
    "public_key",
    "save_private",
    "sign",
    "thumbprint",
    "unverified",
    "verify",
    "verify_any",
]

Verify = Callable[[str], dict[str, Any]]
"""Returns the statement in a token, verified as one person's; raises Refused if it is not."""

ALGORITHM = "ES256"
CURVE = "P-256"
LONGEST = 128_000
"""Bytes a statement has at most, unless its reader expects a longer one."""


class Signer(Protocol):
    """A hand that signs as one person: a key file, or whatever holds that person's key elsewhere.

    Nobody takes its word for it: what it returns is verified with the person's enrolled keys.
    """

    def sign(self, statement: Mapping[str, Any]) -> str:
        """Return the person's signature over ``statement``, as one token of ASCII."""
        ...


@dataclass(frozen=True)
class KeySigner:
    """A private key in hand, as a key file holds it."""

    key: ECKey

    def sign(self, statement: Mapping[str, Any]) -> str:
        """Return the compact JWS of ``statement``'s canonical bytes."""
        return sign(statement, self.key)


def generate() -> ECKey:
    """Return a new P-256 private key."""
    return ECKey.generate_key(CURVE, private=True)


def save_private(key: ECKey, path: Path) -> None:
    """Write the private key to ``path`` as PEM (PKCS 8), readable by its owner only."""
    publish(path, key.as_pem(private=True))


def load_private(path: Path) -> ECKey:
    """Read a private key from ``path``. Raises Misuse where there is none or it is not P-256."""
    try:
        key = ECKey.import_key(path.read_bytes())
    except (OSError, ValueError, JoseError):
        key = None
    if key is None or key.curve_name != CURVE or not key.is_private:
        raise Misuse(f"{path.name} is not a P-256 private key.", "Name the person's own key file.")
    return key


def public_jwk(key: ECKey) -> dict[str, str]:
    """Return the public half as a JWK (RFC 7517), members crv, kty, x and y only."""
    members = key.as_dict(private=False)
    return {name: str(members[name]) for name in ("crv", "kty", "x", "y")}


def public_key(jwk: Mapping[str, str]) -> ECKey:
    """Return the key of a public JWK. Raises ValueError or JoseError where it is none."""
    return _read(tuple(jwk.items()))[0]


def thumbprint(jwk: Mapping[str, str]) -> str:
    """Return the RFC 7638 thumbprint of a public JWK. Raises as ``public_key`` does."""
    return _read(tuple(jwk.items()))[1]


@lru_cache(maxsize=4096)
def _read(members: tuple[tuple[str, str], ...]) -> tuple[ECKey, str]:
    """Return a public key and its thumbprint, read once: a roster's keys verify again and again."""
    key = ECKey.import_key(dict(members))
    return key, key.thumbprint()


def key_id(token: str) -> str:
    """Return the thumbprint of the key that ``token`` says it is signed by; "" where it says none.

    Nothing is verified: it only tells with whose public key to try.
    """
    try:
        return str(jws.extract_compact(token.encode()).headers().get("kid", ""))
    except (JoseError, ValueError):
        return ""


def sign(statement: Mapping[str, Any], key: ECKey | Signer) -> str:
    """Return ``statement`` signed: the compact JWS of its canonical bytes under ``key``.

    What a Signer signs is whatever kind of token it makes.
    """
    if not isinstance(key, ECKey):
        return key.sign(statement)
    header = {"alg": ALGORITHM, "kid": key.thumbprint()}
    return jws.serialize_compact(header, json_bytes(statement), key, algorithms=[ALGORITHM])


def verify(token: str, jwk: Mapping[str, str], longest: int = LONGEST) -> dict[str, Any]:
    """Return the statement in ``token`` if the key of ``jwk`` signed it; raise Refused if not.

    A statement of more than ``longest`` bytes counts as not signed.
    """
    accepted = jws.JWSRegistry(algorithms=[ALGORITHM])
    accepted.max_payload_length = longest
    try:
        found = jws.deserialize_compact(token, public_key(jwk), registry=accepted)
        statement = json.loads(found.payload)
        whole = isinstance(statement, dict) and json_bytes(statement) == found.payload
    except (JoseError, ValueError, TypeError, RecursionError):
        whole = False
    if not whole:
        raise Refused("The signature does not verify.", "Sign again with the enrolled key.")
    return dict(statement)


def verify_any(token: str, jwks: Iterable[Mapping[str, str]]) -> dict[str, Any]:
    """Return the statement in ``token`` if one of ``jwks`` signed it; raise Refused if none did."""
    for jwk in jwks:
        try:
            return verify(token, jwk)
        except Refused:
            continue
    raise Refused("The signature does not verify.", "Sign again with the enrolled key.")


def unverified(token: str, longest: int = LONGEST) -> dict[str, Any]:
    """Return the statement in ``token`` with nothing checked: to learn whose key to check it with.

    Raises Refused where it is no signed statement of ``longest`` bytes at most.
    """
    if is_passkey(token):
        return passkeys.unverified(token, longest)
    try:
        payload = token.split(".")[1]
        padded = payload + "=" * (-len(payload) % 4)
        data = base64.urlsafe_b64decode(padded)
        statement = json.loads(data) if len(data) <= longest else None
    except (IndexError, ValueError, RecursionError):
        statement = None
    if not isinstance(statement, dict):
        raise Refused("That is no signed statement.", "Give the file as it was made.")
    return statement
