"""Opening a package with a token: every check first, then both layers.

The layers are opened where the officer's private key is: here, or in the officer's own browser.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from joserfc.jwk import ECKey

from portcullis import keys
from portcullis.custody.granting import CLOCKS_MAY_DIFFER, FORMAT
from portcullis.determination.leaves import commitment, one_answer_text
from portcullis.errors import Refused
from portcullis.ledger import TwoLevelProof
from portcullis.release import DISCLOSED, Package, Parcel, read_package, unseal, unwrap_half

CheckProof = Callable[[str, str], None]
"""Takes a leaf and its proof; raises Refused where the ledger does not bear it out."""

CheckEntry = Callable[[str], Mapping[str, Any]]
"""Takes a proof; returns the entry in it, or raises Refused where the ledger does not have it."""

RESEALED = "resealed"
RESEALED_PROOF = ".resealed.tlog-proof"
"""Ends the name of the file, beside a package, that proves that it takes the former one's place."""

LIST_KIND = "determination-list"


def check_answer(parcel: Parcel, check_proof: CheckProof) -> None:
    """Raise Refused unless the ledger holds, for this parcel's request, the answer "disclosed".

    ``check_proof(leaf, proof)`` raises Refused where the ledger, by its own and its witnesses'
    keys, does not bear out that leaf.
    """
    text = one_answer_text(parcel.request_id, DISCLOSED)
    try:
        committed = json.loads(parcel.leaf)["answer"]
        opened = commitment(bytes.fromhex(parcel.answer_nonce), text)
    except (ValueError, KeyError, TypeError, RecursionError):
        committed, opened = None, ""
    if committed != opened:
        raise Refused(
            "The ledger's entry for this request does not say that it was to be disclosed.",
            "Do not use the package; report it to the holder's safeguards staff.",
        )
    check_proof(parcel.leaf, parcel.proof)
    _check_list(parcel)


@dataclass(frozen=True)
class Opened:
    """What a token opens: ``package``, and the holder's ``half`` wrapped to the officer's key."""

    package: Package
    half: str


def check_token(
    data: bytes,
    token: str,
    *,
    request: str,
    at: datetime,
    holder_jwk: Mapping[str, str],
    check_proof: CheckProof,
) -> Opened:
    """Return what ``token`` lets the officer open of the package ``data``; it is still sealed.

    ``token`` is the holder's answer to ``request``, the officer's own opening request; ``at`` is
    now, with a time zone. Raises Refused unless the holder signed the token a moment ago for this
    very request and these very bytes, and the answer is on the ledger.
    """
    package = read_package(data)
    members = keys.verify(token, holder_jwk)
    of_this_opening = {
        "format": FORMAT,
        "package_id": package.parcel.package_id,
        "package_digest": package.digest,
        "officer": package.parcel.officer,
        "request_digest": hashlib.sha256(request.encode()).hexdigest(),
    }
    if {name: members.get(name) for name in of_this_opening} != of_this_opening:
        raise Refused(
            "The token is for another package or another opening request.",
            "Ask the holder for a token for this very package.",
        )
    _check_age(members.get("granted_at"), at)
    check_answer(package.parcel, check_proof)
    return Opened(package, str(members.get("half")))


def open_package(
    data: bytes,
    officer_key: ECKey,
    token: str,
    *,
    request: str,
    at: datetime,
    holder_jwk: Mapping[str, str],
    check_proof: CheckProof,
) -> dict[str, Any]:
    """Return the content of the package ``data``, with the officer's key at hand.

    Raises Refused as ``check_token``, and unless both layers and the padding are whole.
    """
    opened = check_token(
        data, token, request=request, at=at, holder_jwk=holder_jwk, check_proof=check_proof
    )
    half = unwrap_half(opened.half, officer_key, opened.package.parcel.package_id)
    return unseal(opened.package, officer_key, half)


def _check_list(parcel: Parcel) -> None:
    """Raise Refused unless what was proven is the determination list of the parcel's batch."""
    entry = json.loads(TwoLevelProof.parse(parcel.proof).entry)
    if (entry.get("kind"), entry.get("batch")) != (LIST_KIND, parcel.batch_id):
        raise Refused(
            "The proof is of something other than this batch's determination list.",
            "Do not use the package; report it to the holder's safeguards staff.",
        )


def _check_age(granted_at: object, at: datetime) -> None:
    try:
        fresh = abs(at - datetime.fromisoformat(str(granted_at))) <= CLOCKS_MAY_DIFFER
    except (TypeError, ValueError):
        fresh = False
    if not fresh:
        raise Refused(
            "The token is not of this moment.",
            "Ask for a new one: an order may have come since this one was given.",
        )
