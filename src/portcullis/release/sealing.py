"""Two layers of JWE (RFC 7516), so that opening takes two halves.

The inner layer is to the officer's P-256 key, the outer one under the 32-byte half that the holder
keeps and gives out for each opening, on the record. Approved algorithms only: ECDH on P-256
(SP 800-56A), AES key wrap (SP 800-38F), AES-256-GCM (SP 800-38D), the Concat KDF (SP 800-56C).
Whether the module that runs them is validated is the deployment's to see to.
"""

import json
import os
import struct
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OctKey
from joserfc.util import urlsafe_b64decode, urlsafe_b64encode

from portcullis.errors import Misuse, Refused

KEY_AGREEMENT = "ECDH-ES+A256KW"
DIRECT = "dir"
ENCRYPTION = "A256GCM"
ALGORITHMS = (KEY_AGREEMENT, DIRECT, ENCRYPTION)
HALF_BYTES = 32
_LENGTH = struct.Struct(">I")


def new_half() -> bytes:
    """Return a fresh half for one package."""
    return os.urandom(HALF_BYTES)


def pad(data: bytes, size: int) -> bytes:
    """Return ``data`` behind its length and before zeros, ``size`` bytes in all.

    Raises Misuse where it does not fit: a longer package would tell itself apart.
    """
    if len(data) > size - _LENGTH.size:
        raise Misuse(
            "The content does not fit the one size that all packages have.",
            "Nothing was sealed. Look at the address of record; it is longer than any real one.",
        )
    return (_LENGTH.pack(len(data)) + data).ljust(size, b"\0")


def unpad(padded: bytes, size: int) -> bytes:
    """Return what ``pad`` was given; raise Refused where the padding is not exactly as it wrote."""
    if len(padded) != size:
        raise damaged()
    (length,) = _LENGTH.unpack_from(padded)
    data = padded[_LENGTH.size : _LENGTH.size + length]
    if len(data) != length or any(padded[_LENGTH.size + length :]):
        raise damaged()
    return data


def to_officer(data: bytes, jwk: Mapping[str, str], about: str) -> str:
    """Return ``data`` encrypted to the P-256 key of ``jwk``, bound to ``about`` (a package id)."""
    key = _public_key(*(jwk[name] for name in ("crv", "x", "y")))
    header = {
        "alg": KEY_AGREEMENT,
        "enc": ENCRYPTION,
        "kid": key.thumbprint(),
        "apv": _party(about),
    }
    return jwe.encrypt_compact(header, data, key, algorithms=[KEY_AGREEMENT, ENCRYPTION])


def by_officer(sealed: str | bytes, key: ECKey, about: str) -> bytes:
    """Return what ``to_officer`` encrypted; raise Refused where key, binding or bytes differ."""
    header, data = _decrypt(sealed, key, KEY_AGREEMENT)
    epk = header.pop("epk", None)
    wanted = {
        "alg": KEY_AGREEMENT,
        "enc": ENCRYPTION,
        "kid": key.thumbprint(),
        "apv": _party(about),
    }
    if header != wanted or not isinstance(epk, dict):
        raise damaged()
    return data


def under_half(data: bytes, half: bytes, about: str) -> str:
    """Return ``data`` encrypted under ``half``, bound to ``about``."""
    header = {"alg": DIRECT, "enc": ENCRYPTION, "kid": about}
    return jwe.encrypt_compact(
        header, data, OctKey.import_key(half), algorithms=[DIRECT, ENCRYPTION]
    )


def with_half(sealed: str, half: bytes, about: str) -> bytes:
    """Return what ``under_half`` encrypted; raise Refused where half, binding or bytes differ."""
    if len(half) != HALF_BYTES:
        raise damaged()
    header, data = _decrypt(sealed, OctKey.import_key(half), DIRECT)
    if header != {"alg": DIRECT, "enc": ENCRYPTION, "kid": about}:
        raise damaged()
    return data


def addressee(sealed: bytes) -> str:
    """Return the thumbprint of the key that ``to_officer`` encrypted to; raise Refused if none."""
    try:
        return str(json.loads(urlsafe_b64decode(sealed.split(b".")[0]))["kid"])
    except (ValueError, KeyError, TypeError):
        raise damaged() from None


def wrap_half(half: bytes, jwk: Mapping[str, str], package_id: str) -> str:
    """Return the holder's half of ``package_id`` encrypted to the officer's key, for a token."""
    return to_officer(half, jwk, package_id)


def unwrap_half(wrapped: str, key: ECKey, package_id: str) -> bytes:
    """Return the half that ``wrap_half`` wrapped; raise Refused where it is another's."""
    return by_officer(wrapped, key, package_id)


def damaged() -> Refused:
    """Return the one refusal for whatever does not decrypt: it tells keys and damage not apart."""
    return Refused(
        "The package does not open: a wrong key, a wrong half, or altered bytes.",
        "Use the key enrolled for the named officer and a token for this very package.",
    )


@lru_cache(maxsize=1024)
def _public_key(crv: str, x: str, y: str) -> ECKey:
    return ECKey.import_key({"kty": "EC", "crv": crv, "x": x, "y": y})


def _decrypt(
    sealed: str | bytes, key: ECKey | OctKey, algorithm: str
) -> tuple[dict[str, Any], bytes]:
    try:
        found = jwe.decrypt_compact(sealed, key, algorithms=[algorithm, ENCRYPTION])
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise damaged() from None
    if found.plaintext is None:
        raise damaged()
    return dict(found.protected), found.plaintext


def _party(about: str) -> str:
    return urlsafe_b64encode(about.encode()).decode()
