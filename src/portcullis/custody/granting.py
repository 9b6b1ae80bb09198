"""The holder's answer to an opening request: the other half of the package's key, or no.

A pure function over what the office knows. The office calls it inside the gate lock, taken shared,
with the clock's reading, and puts the grant or the refusal on the record before it answers.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from joserfc.jwk import ECKey

from portcullis import keys
from portcullis.agreements import Person, may
from portcullis.custody.asking import Opening, read_opening
from portcullis.errors import Refused
from portcullis.release import wrap_half
from portcullis.standing import Standing

FORMAT = "portcullis-token/1"
CLOCKS_MAY_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True)
class PackageFacts:
    """What the holder knows of a delivered package; ``officer`` is the one named in its request.

    ``purposes`` are those of the authority that the agreement rests on.
    """

    package_id: str
    digest: str
    officer: str
    half: bytes
    recalled: bool
    purposes: tuple[str, ...]


def grant(
    request: str,
    officer: Person,
    facts: PackageFacts,
    *,
    now: datetime,
    gate_open: Callable[[], Standing],
    spend_nonce: Callable[[str], bool],
    holder_key: ECKey,
) -> str:
    """Return the token for this one opening: a JWS of the holder around the wrapped half.

    ``officer`` is the person of the roster who claims to ask, ``now`` has a time zone,
    ``gate_open`` reads orders and the recipient's standing at this moment, ``spend_nonce`` records
    a nonce for good and says whether it was fresh. Raises Refused, with the reason, unless
    everything holds; an error in either callable is a refusal too.
    """
    opening = read_opening(request, partial(officer.verify, on=now.date()))
    _check_asker(opening, officer, facts, now)
    if facts.recalled:
        raise Refused(
            "This package is recalled.", "Do not open or use it; follow the recall's instructions."
        )
    _check_gate(gate_open)
    if not _closed_on_error(lambda: spend_nonce(opening.nonce) is True):
        raise Refused("This opening request was used before.", "Sign a new one for each opening.")
    return keys.sign(
        {
            "format": FORMAT,
            "package_id": facts.package_id,
            "package_digest": facts.digest,
            "officer": officer.id,
            "purpose": opening.purpose,
            "granted_at": now.isoformat(),
            "request_digest": hashlib.sha256(request.encode()).hexdigest(),
            "half": wrap_half(facts.half, officer.jwk, facts.package_id),
        },
        holder_key,
    )


def _check_asker(opening: Opening, officer: Person, facts: PackageFacts, now: datetime) -> None:
    if not opening.officer == officer.id == facts.officer:
        raise Refused(
            "Only the officer named in the request may open this package.",
            "The named officer must ask, with their own key.",
        )
    if not may(officer, "open", now.date()):
        raise Refused(
            "The officer is not on the roster in force on this day.",
            "Renew the officer's entry on the roster.",
        )
    if not officer.key_in_force(now.date()):
        raise Refused(
            "The officer's key is not in force on this day.", "Enrol another key for the officer."
        )
    if (opening.package_id, opening.package_digest) != (facts.package_id, facts.digest):
        raise Refused("The opening request is for another package.", "Ask for this very package.")
    if opening.purpose not in facts.purposes:
        raise Refused(
            "That is no purpose for which return information may be opened.",
            f"Name one of {', '.join(facts.purposes)}.",
        )
    if abs(now - opening.at) > CLOCKS_MAY_DIFFER:
        raise Refused("The opening request is not of this moment.", "Set the clock and ask again.")


def _check_gate(gate_open: Callable[[], Standing]) -> None:
    reasons: list[str] = ["gate-unknown: Whether the gate is open could not be read."]

    def is_open() -> bool:
        standing = gate_open()
        reasons[:] = standing.reasons or reasons
        return standing.met is True

    if not _closed_on_error(is_open):
        raise Refused(f"The gate is closed. {' '.join(reasons)}", "Wait until it is open again.")


def _closed_on_error(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except Exception:  # whatever goes wrong in asking, the answer is no
        return False
