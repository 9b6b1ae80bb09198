"""The home's root key, and the keys that are made of it.

Each purpose has a key of its own, derived from the root (HKDF, RFC 5869). When the root is changed
(``office.rotating``), what was encrypted under a derived key is encrypted anew. A keyed digest that
stands on the ledger cannot be made anew: its key is *carried*, wrapped under the new root.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from portcullis.errors import Misuse
from portcullis.tables import publish

FILE = "root.key"
_BYTES = 32
_ID_BYTES = 8
_FORMAT = "portcullis-carried-keys/1"

REWRITTEN: Mapping[str, str] = {
    "accounting": "accounting",
    "sealed-persons-files": "orders",
    "likelihood": "models",
    "results": "results",
}
"""Purpose -> the home's folder whose tables are encrypted for it: encrypted anew under a new root.
"""
SINGLES = "singles"
"""The purpose of what the database holds of single requests; it is encrypted anew likewise."""
CARRIED = (
    "window",
    "accounting-commitment",
    "account-subject",
    "alarms",
    "notices",
    "report-figures",
    "sealed",
    "sealed-persons",
    "singles-names",
)
"""Purposes whose key is carried on: the ledger, or what was erased since, has digests of it."""
GIVEN_UP = ("index", "pending-act", "wrapping", "window-files")
"""Purposes for which nothing is kept: the index is built again, acts nobody signed are begun again.
The last two are of releases before 0003_erasure, whose migration ends them."""
_PURPOSES = frozenset({*REWRITTEN, SINGLES, *CARRIED, *GIVEN_UP})


@dataclass(frozen=True)
class RootKey:
    """A root key: 32 random bytes, and the keys carried on from the root before, wrapped."""

    secret: bytes = field(repr=False)
    carried: Mapping[str, bytes] = field(default_factory=dict, repr=False)

    @classmethod
    def draw(cls) -> Self:
        """Return a fresh root key, which carries nothing."""
        return cls(os.urandom(_BYTES))

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Return the root key in ``folder``. Raises Misuse where it is missing or damaged."""
        try:
            secret = (folder / FILE).read_bytes()
        except OSError:
            raise Misuse("The home's key is missing.", "Restore keys/root.key.") from None
        return cls(secret, _carried(folder / cls(secret)._carried_file))

    def write(self, folder: Path) -> None:
        """Write the key to ``folder``: what it carries first."""
        if self.carried:
            said = {name: wrapped.hex() for name, wrapped in self.carried.items()}
            data = json.dumps({"format": _FORMAT, "keys": said}).encode()
            publish(folder / self._carried_file, data)
        publish(folder / FILE, self.secret)

    @property
    def id(self) -> str:
        """What the key is known by, on the ledger too (16 hex digits); it tells nothing of it."""
        return self._of("portcullis/root-key-id", _ID_BYTES).hex()

    @property
    def _carried_file(self) -> str:
        return f"carried-{self.id}.json"

    def derived(self, purpose: str) -> bytes:
        """Return the 32-byte key for ``purpose``, which is one of those named above.

        Raises Misuse where a carried key does not fit.
        """
        if purpose not in _PURPOSES:
            raise RuntimeError(f"what a new root key does to {purpose} is not said")
        if purpose not in self.carried:
            return self._of(f"portcullis/{purpose}", _BYTES)
        try:
            return aes_key_unwrap(self._carrying, self.carried[purpose])
        except (InvalidUnwrap, ValueError):
            raise Misuse(
                "A carried key does not fit the home's key.", "Restore the home's folder keys."
            ) from None

    def wrapping(self, name: str, secret: bytes) -> bytes:
        """Return the key that wraps the file keys of the erasable ``name``, of its ``secret``."""
        return self._of(f"portcullis/wrapping/{name}", _BYTES, secret)

    def carrying(self, before: "RootKey") -> "RootKey":
        """Return this key with what must be carried on from the root key ``before``."""
        return RootKey(
            self.secret,
            {name: aes_key_wrap(self._carrying, before.derived(name)) for name in CARRIED},
        )

    def forget_others(self, folder: Path) -> None:
        """Remove from ``folder`` what other root keys carried."""
        for path in folder.glob("carried-*.json"):
            if path.name != self._carried_file:
                path.unlink()

    @property
    def _carrying(self) -> bytes:
        return self._of("portcullis/carrying", _BYTES)

    def _of(self, info: str, length: int, more: bytes = b"") -> bytes:
        return HKDF(SHA256(), length, salt=None, info=info.encode()).derive(self.secret + more)


def _carried(path: Path) -> dict[str, bytes]:
    try:
        said = json.loads(path.read_bytes())
        return {str(name): bytes.fromhex(wrapped) for name, wrapped in said["keys"].items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Misuse(f"{path.name} is damaged.", "Restore the home's folder keys.") from None
