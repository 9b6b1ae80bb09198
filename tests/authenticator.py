"""A soft authenticator: signs as W3C Web Authentication Level 3 § 6.3.3 says, with a real key.

Written beside the code it tests and sharing none of it. ``Passkey.enrolled`` is what the roster has
of it; ``sign`` makes it a ``keys.Signer``.
"""

import base64
import hashlib
import json
import os
from datetime import date

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

RP_ID = "office.example.gov"
ORIGIN = "https://office.example.gov"
UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80


def b64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class Passkey:
    def __init__(self, rp_id=RP_ID, origin=ORIGIN):
        self.rp_id, self.origin = rp_id, origin
        self.id = os.urandom(32)
        self.counter = 0
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def jwk(self):
        numbers = self._key.public_key().public_numbers()
        x, y = (b64(each.to_bytes(32, "big")) for each in (numbers.x, numbers.y))
        return {"crv": "P-256", "kty": "EC", "x": x, "y": y}

    def enrolled(self, since=date(2025, 1, 1), until=None, origins=None):
        return {
            "id": b64(self.id),
            "jwk": self.jwk,
            "rp_id": self.rp_id,
            "origins": [self.origin] if origins is None else origins,
            "in_force_from": since,
            "in_force_to": until,
        }

    def parts(self, statement, *, flags=UP | UV, more=b"", rp_id=None, client=None, challenge=None):
        """Return the five parts of an assertion over ``statement`` (bytes); ``client``: changes."""
        self.counter += 1
        challenge = hashlib.sha256(statement).digest() if challenge is None else challenge
        said = {
            "type": "webauthn.get",
            "challenge": b64(challenge),
            "origin": self.origin,
            "crossOrigin": False,
        }
        said = {k: v for k, v in (said | (client or {})).items() if v is not None}
        client_data = json.dumps(said, separators=(",", ":")).encode()
        return self.answer(statement, client_data, flags=flags, more=more, rp_id=rp_id)

    def answer(self, statement, client_data, *, flags=UP | UV, more=b"", rp_id=None):
        digest = hashlib.sha256((rp_id or self.rp_id).encode()).digest()
        data = digest + bytes([flags]) + self.counter.to_bytes(4, "big") + more
        signed = data + hashlib.sha256(client_data).digest()
        signature = self._key.sign(signed, ec.ECDSA(SHA256()))
        return [statement, self.id, data, client_data, signature]

    def sign(self, statement):
        return written(self.parts(canonical(statement)))


def canonical(statement):
    text = json.dumps(statement, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def written(parts):
    return "passkey." + ".".join(map(b64, parts))
