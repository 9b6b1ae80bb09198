"""The headers of a signed request of the API (RFC 9421), made before it is sent."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime

from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms

from portcullis.client import TAG
from portcullis.keys import ECKey


class _Key(HTTPSignatureKeyResolver):
    def __init__(self, key: ECKey) -> None:
        self._key = key

    def resolve_private_key(self, _key_id: str) -> object:
        return self._key.private_key


@dataclass
class _Message:
    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


def signed_headers(method: str, url: str, body: bytes, key: ECKey) -> dict[str, str]:
    """Return the headers with which ``body`` may be sent in the next minutes."""
    headers = {
        "Idempotency-Key": secrets.token_urlsafe(24),
        "Content-Type": "application/json",
        "Host": url.split("/")[2],
    }
    message = _Message(method, url, headers)
    signer = HTTPMessageSigner(
        signature_algorithm=algorithms.ECDSA_P256_SHA256, key_resolver=_Key(key)
    )
    signer.sign(
        message,
        key_id=key.thumbprint(),
        created=datetime.now(UTC),
        tag=TAG,
        covered_component_ids=["@method", "@target-uri", "idempotency-key"],
        body=body,
    )
    return message.headers
