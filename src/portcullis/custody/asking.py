"""An officer's signed request to open one package, for a purpose that some authority knows."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime

from portcullis import keys
from portcullis.errors import Misuse, Refused
from portcullis.law import AUTHORITIES

FORMAT = "portcullis-opening/1"
PURPOSES = tuple(purpose for each in AUTHORITIES.values() for purpose in each.purposes)
_NONCE_BYTES = 16


@dataclass(frozen=True)
class Opening:
    """What the officer asks: ``officer`` is a roster id, ``at`` has a time zone."""

    package_id: str
    package_digest: str
    officer: str
    purpose: str
    at: datetime
    nonce: str


def opening_statement(
    package_id: str, package_digest: str, officer: str, *, purpose: str, at: datetime
) -> dict[str, str]:
    """Return what the officer signs to ask for one opening. Raises Misuse at a purpose unknown."""
    if purpose not in PURPOSES:
        raise Misuse(
            "That is no purpose for which return information may be opened.",
            f"Name one of {', '.join(PURPOSES)}, as the authority of the agreement has it.",
        )
    nonce = secrets.token_hex(_NONCE_BYTES)
    opening = Opening(package_id, package_digest, officer, purpose, at, nonce)
    return asdict(opening) | {"at": at.isoformat(), "format": FORMAT}


def ask(
    package_id: str,
    package_digest: str,
    officer: str,
    *,
    purpose: str,
    at: datetime,
    key: keys.ECKey | keys.Signer,
) -> str:
    """Return the officer's signed opening request. Raises Misuse at a purpose unknown."""
    said = opening_statement(package_id, package_digest, officer, purpose=purpose, at=at)
    return keys.sign(said, key)


def read_opening(request: str, verify: keys.Verify) -> Opening:
    """Return the opening signed by whom ``verify`` knows. Raises Refused where it is no such thing.

    The purpose is not judged here.
    """
    members = verify(request)
    try:
        whole = members.pop("format") == FORMAT and all(
            isinstance(value, str) for value in members.values()
        )
        opening = Opening(**members | {"at": datetime.fromisoformat(members["at"])})
        if whole and opening.at.tzinfo is not None and len(opening.nonce) == 2 * _NONCE_BYTES:
            return opening
    except (KeyError, TypeError, ValueError):
        pass
    raise Refused("This is no whole opening request.", "Ask again with the same command.")
