"""Who sent a request: HTTP Message Signatures (RFC 9421) by a person's enrolled P-256 key.

The signature covers method and address, for a request with a body its digest (RFC 9530), and for
one that writes its ``Idempotency-Key``. It is good for a few minutes; sent again within them, a
writing request is answered as the first time, so a copy of it does nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from django.conf import settings
from django.http import HttpRequest
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    InvalidSignature,
    algorithms,
)

from portcullis import keys
from portcullis.agreements import Person
from portcullis.errors import Refused
from portcullis.office.web.deployment import Deployment

TAG = "portcullis"
"""The signature's application tag, so that none made for something else counts."""
GOOD_FOR = timedelta(minutes=5)
COVERED = ("@method", "@target-uri")
IDEMPOTENCY_KEY = "idempotency-key"
_NOT_SIGNED = "The request is not signed by a key that is enrolled and in force here."
_SIGN = (
    "Sign method, target-uri, content-digest and idempotency-key with the person's enrolled "
    f"P-256 key (RFC 9421, tag {TAG!r}, no older than {GOOD_FOR.seconds // 60} minutes)."
)


class NotSigned(Refused):
    """The request bears no signature of an enrolled person that counts (401)."""


class OutOfForce(NotSigned):
    """It bears that of an enrolled ``person``, by a key that does not count any more, or yet."""

    def __init__(self, person: Person) -> None:
        super().__init__(_NOT_SIGNED, _SIGN)
        self.person = person


@dataclass(frozen=True)
class _Message:
    method: str
    url: str
    headers: Mapping[str, str]


class _Roster(HTTPSignatureKeyResolver):
    """Finds the public key of a thumbprint (RFC 7638) on the roster, a former one too."""

    def __init__(self, here: Deployment) -> None:
        self._here = here
        self.person: Person | None = None

    def resolve_public_key(self, key_id: str) -> EllipticCurvePublicKey | None:
        """Return the key, and remember whose it is; whether it still counts is asked after."""
        person = self._here.roster.by_thumbprint(key_id)
        if person is None:
            return None
        for jwk in person.public_keys():
            if keys.thumbprint(jwk) == key_id:
                self.person = person
                found = keys.public_key(jwk).public_key
                return found if isinstance(found, EllipticCurvePublicKey) else None
        return None

    def in_force(self, key_id: str) -> bool:
        """Say whether that key is the person's own, and both are in force today."""
        person, today = self.person, self._here.today()
        if person is None or not person.in_force(today) or not person.key_in_force(today):
            return False
        return keys.thumbprint(person.jwk) == key_id


def signer(request: HttpRequest, here: Deployment, *, whole_body: bool = True) -> Person:
    """Return the person who signed the request; raise NotSigned where nobody enrolled did.

    Raises OutOfForce where their key is not in force. Records nothing.

    ``whole_body``: check the body against its digest here; else whoever reads it does.
    """
    roster = _Roster(here)
    verifier = HTTPMessageVerifier(
        signature_algorithm=algorithms.ECDSA_P256_SHA256, key_resolver=roster
    )
    url = settings.ORIGIN + request.get_full_path()
    message = _Message(str(request.method), url, dict(request.headers.items()))
    writes = request.method not in ("GET", "HEAD")
    required = [*COVERED, *([IDEMPOTENCY_KEY, "content-digest"] if writes else [])]
    try:
        (verified,) = verifier.verify(
            message,
            max_age=GOOD_FOR,
            expect_tag=TAG,
            require_components=required,
            body=request.body if writes and whole_body else None,
        )
    except (InvalidSignature, HTTPMessageSignaturesException, ValueError):
        raise NotSigned(_NOT_SIGNED, _SIGN) from None
    if roster.person is None:
        raise NotSigned(_NOT_SIGNED, _SIGN)
    if not roster.in_force(str(verified.parameters["keyid"])):
        raise OutOfForce(roster.person)
    return roster.person
