"""Notices to the recipient's custodians: what an order freezes or a hold preserves; attestations.

A notice is signed by the holder's service key and lists, for each custodian, the packages already
delivered in scope, by the recipient's own request ids. A custodian answers with an attestation
signed by their own key. Both are values here; the office makes, keeps and checks them.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portcullis import keys
from portcullis.errors import Misuse, Refused
from portcullis.standing.orders import Hold, Order, placed_entry

NOTICE = "portcullis-notice/1"
LONGEST = 256 * 1024 * 1024
"""Bytes a notice has at most: it lists every disclosure in scope, and there may be a million."""
ATTESTATION = "portcullis-attestation/1"
FREEZE, PRESERVE, LIFTED = "freeze", "preserve", "lifted"
WORDS = {
    FREEZE: "Do not open, use, copy, pass on or destroy any of it, nor anything made from it, "
    "until the holder tells you that the order is lifted. Attest to this for what you hold.",
    PRESERVE: "Keep all of it, and everything made from it, apart and unchanged. Neither return "
    "nor destroy any of it, whatever its term, without the clearance of the holder's counsel. "
    "Attest to this for what you hold.",
    LIFTED: "This order or hold is lifted. Whatever else was ordered or demanded of you stands.",
}
AGENCY = "agency"
"""The custodian of what was disclosed without packages: attested to by a signatory."""


@dataclass(frozen=True)
class Frozen:
    """One disclosure a notice lists: the package (empty where there was none), its request."""

    source: str
    request_id: str
    package: str = ""
    delivered_at: str = ""
    opened: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return it as a notice has it."""
        return {name: value for name, value in vars(self).items() if value not in ("", None)}


@dataclass(frozen=True)
class Custodian:
    """Who holds what was disclosed in scope; ``list`` is by what the holder knows this list."""

    id: str
    list: str
    frozen: tuple[Frozen, ...]


@dataclass(frozen=True)
class Attestation:
    """What a custodian signed: of which order or hold, which list, who for whom, and when."""

    of: str
    notice: str
    custodian: str
    list: str
    by: str
    at: datetime


def notice_statement(
    placed: Order | Hold,
    custodians: Sequence[Custodian],
    *,
    agreement: str,
    at: datetime,
    lifted: bool,
) -> dict[str, Any]:
    """Return what the holder signs: the order or hold, and for each custodian what is in its scope.

    The scope itself is not among it: of sealed persons the recipient learns what it holds, no more.
    """
    says = LIFTED if lifted else PRESERVE if isinstance(placed, Hold) else FREEZE
    facts = placed_entry(placed)
    return {
        "format": NOTICE,
        "says": says,
        "words": WORDS[says],
        "agreement": agreement,
        "issued_at": at.isoformat(),
        "of": {name: value for name, value in facts.items() if name not in ("kind", "scope")},
        "custodians": [
            {
                "custodian": each.id,
                "list": each.list,
                "disclosures": [one.to_json() for one in each.frozen],
            }
            for each in custodians
        ],
    }


def read_notice(notice: str, holder_jwk: Mapping[str, str]) -> dict[str, Any]:
    """Return what a notice says. Raises Refused where this holder did not sign it."""
    said = keys.verify(notice.strip(), holder_jwk, longest=LONGEST)
    if said.get("format") != NOTICE:
        raise Refused("That is no notice of an order or a hold.", "Ask the holder for it again.")
    return said


def attest(
    notice: str,
    holder_jwk: Mapping[str, str],
    by: str,
    key: keys.ECKey | keys.Signer,
    *,
    custodian: str,
    at: datetime,
) -> str:
    """Return the attestation that ``by`` signs to ``notice``, for ``custodian``.

    Raises Refused where the notice does not name that custodian, or is not this holder's.
    """
    said = read_notice(notice, holder_jwk)
    return keys.sign(attestation(said, digest(notice), by, custodian=custodian, at=at), key)


def attestation(
    said: Mapping[str, Any], notice: str, by: str, *, custodian: str, at: datetime
) -> dict[str, Any]:
    """Return what ``by`` signs to attest for ``custodian`` to what a notice says.

    ``notice``: the notice's digest. Raises Refused where it lists nothing for that custodian.
    """
    if said["says"] == LIFTED:
        raise Refused("The notice is of a lift; there is nothing to attest to.")
    lists = {each["custodian"]: each["list"] for each in said["custodians"]}
    if custodian not in lists:
        raise Refused(
            f"The notice lists nothing for the custodian {custodian}.",
            "There is nothing to attest to; or name whom you attest for.",
        )
    return {
        "format": ATTESTATION,
        "of": said["of"]["id"],
        "says": said["says"],
        "notice": notice,
        "custodian": custodian,
        "list": lists[custodian],
        "by": by,
        "at": at.isoformat(),
    }


def read_attestation(attestation: str, verify: keys.Verify) -> Attestation:
    """Return what was attested. Raises Refused where ``verify`` does not know who signed it."""
    said = verify(attestation.strip())
    try:
        if said["format"] == ATTESTATION:
            names = ("of", "notice", "custodian", "list", "by")
            words = {name: str(said[name]) for name in names}
            return Attestation(**words, at=_moment(said["at"]))
    except (KeyError, ValueError):
        pass
    raise Refused("That is no attestation.", "Make it with `portcullis order attest`.")


def signed_by(attestation: str) -> str:
    """Return who an attestation says signed it; nothing is checked. Raises Misuse where nobody."""
    said = keys.unverified(attestation.strip())
    if not isinstance(said.get("by"), str):
        raise Misuse("That is no attestation.", "Give the file that the custodian made.")
    return str(said["by"])


def digest(notice: str) -> str:
    """Return the SHA-256 (hex) by which a notice is known."""
    return hashlib.sha256(notice.strip().encode()).hexdigest()


def _moment(said: str) -> datetime:
    at = datetime.fromisoformat(said)
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return at
