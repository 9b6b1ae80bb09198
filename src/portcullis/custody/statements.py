"""What the recipient states to the holder, signed: an officer's status, a custodian's certificate.

Both name packages by their ids and say the rest in codes, so that they can stand on the ledger as
they are: no free text, and nobody's data. The words that are certified are signed with the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portcullis import keys
from portcullis.errors import Misuse, Refused

FORMAT_OF_A_STATUS = "portcullis-status/1"
FORMAT_OF_A_CERTIFICATE = "portcullis-certificate/1"
PROCEEDING, CLOSED, NONE = "proceeding", "closed", "none"
STATUSES = (PROCEEDING, CLOSED, NONE)
RETURNED, DESTROYED, CONTINUED = "returned", "destroyed", "continued"
CERTIFIED = {
    RETURNED: (
        "26 USC 6103(p)(4)(F)(ii)(I)",
        "I certify that the return information of these packages, with any copies made of it, "
        "records derived from it included, was returned to the holder.",
    ),
    DESTROYED: (
        "26 USC 6103(p)(4)(F)(ii)(II)",
        "I certify that the return information of these packages, with any copies made of it, "
        "records derived from it included, was made undisclosable by the method named.",
    ),
    CONTINUED: (
        "26 USC 6103(p)(4)(F)(ii)(III)",
        "I certify that the return information of these packages was neither returned nor made "
        "undisclosable, and that the conditions of 26 USC 6103(p)(4)(A) to (E) continue to be met "
        "with respect to it.",
    ),
}
"""Kind of certificate -> the subdivision it answers to, and what is certified."""
KINDS = tuple(CERTIFIED)
METHODS = ("cleared", "purged", "media-destroyed", "burned", "pulped", "shredded")
"""How it was made undisclosable: of media after NIST SP 800-88 revision 1, of paper as named."""
MOST = 200
"""Packages in one statement: more would not fit into one entry of the ledger."""


@dataclass(frozen=True)
class Status:
    """An officer's word on the cases of packages: ``status`` of STATUSES, ``at`` with its zone."""

    packages: tuple[str, ...]
    by: str
    status: str
    at: datetime

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise Misuse("There is no such status.", f"Name one of {', '.join(STATUSES)}.")
        _check(self.packages, self.by, self.at)


@dataclass(frozen=True)
class Certificate:
    """A custodian's certificate: ``kind`` of KINDS; ``method`` of METHODS, for DESTROYED only."""

    packages: tuple[str, ...]
    by: str
    kind: str
    method: str
    at: datetime

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise Misuse("There is no such certificate.", f"Name one of {', '.join(KINDS)}.")
        if self.method not in (METHODS if self.kind == DESTROYED else ("",)):
            raise Misuse(
                "A certificate of destruction names its method, and no other certificate one.",
                f"The methods are {', '.join(METHODS)}.",
            )
        _check(self.packages, self.by, self.at)


def sign(statement: Status | Certificate, key: keys.ECKey | keys.Signer) -> str:
    """Return the statement signed, for the holder."""
    return keys.sign(_members(statement), key)


def read(token: str, verify: keys.Verify) -> Status | Certificate:
    """Return the statement signed by whom ``verify`` knows. Raises Refused where it is none."""
    members = verify(token)
    try:
        common = {
            "packages": tuple(members["packages"]),
            "by": members["by"],
            "at": datetime.fromisoformat(members["at"]),
        }
        statement: Status | Certificate = (
            Status(status=members["status"], **common)
            if members["format"] == FORMAT_OF_A_STATUS
            else Certificate(kind=members["kind"], method=members["method"], **common)
        )
        if _members(statement) == members:
            return statement
    except (KeyError, TypeError, ValueError, Misuse):
        pass
    raise Refused("This is no whole statement of a recipient.", "Sign it again.")


def _members(statement: Status | Certificate) -> dict[str, Any]:
    common = {
        "packages": list(statement.packages),
        "by": statement.by,
        "at": statement.at.isoformat(),
    }
    if isinstance(statement, Status):
        return {"format": FORMAT_OF_A_STATUS, "status": statement.status, **common}
    citation, words = CERTIFIED[statement.kind]
    return {
        "format": FORMAT_OF_A_CERTIFICATE,
        "kind": statement.kind,
        "method": statement.method,
        "citation": citation,
        "words": words,
        **common,
    }


def _check(packages: Sequence[str], by: str, at: datetime) -> None:
    if not packages or len(packages) > MOST or list(packages) != sorted(set(packages)):
        raise Misuse(
            f"A statement names from 1 to {MOST} packages, each once, in the order of their ids.",
            "Sign several statements for more.",
        )
    if not all(isinstance(each, str) and each for each in (by, *packages)):
        raise Misuse("A statement names who states it, and packages by their ids.")
    if at.tzinfo is None:
        raise Misuse("A statement's time has a zone.", "Write it like 2025-07-07T12:00:00+00:00.")
