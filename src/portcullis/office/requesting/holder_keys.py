"""The holder's public keys, by which all that comes from the holder is checked in this home.

They come by a way that people trust, and never silently: one proposes them, having compared the
file's fingerprint with what the holder said by another way; another, having compared it too, puts
them in force. Until then those of before stay.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from portcullis import keys
from portcullis.agreements import Person
from portcullis.canonical import sha256_hex
from portcullis.errors import Misuse, Refused
from portcullis.office.public import FILE, PublicKeys, parse_public
from portcullis.office.requesting import acts
from portcullis.office.requesting.home import PLACE
from portcullis.office.requesting.models import ProposedKeys
from portcullis.tables import publish

if TYPE_CHECKING:
    from portcullis.office.people import Actor
    from portcullis.office.requesting.home import RequesterHome

PROPOSE, ACCEPT = "holder-keys-propose", "holder-keys-accept"
_NONE = "none"


@dataclass(frozen=True)
class HolderKeys:
    """The holder's public keys, and the SHA-256 (hex) of the file that has them."""

    public: PublicKeys
    fingerprint: str

    @property
    def holder(self) -> str:
        """The thumbprint of the holder's own key (RFC 7638)."""
        return keys.thumbprint(self.public.holder)


def read(data: bytes) -> HolderKeys:
    """Return what the file ``data`` has. Raises Misuse where it is no public.json, or not whole."""
    public = parse_public(data)
    try:
        key = ECKey.import_key(dict(public.holder))
        fit = key.curve_name == keys.CURVE and not key.is_private
    except (JoseError, ValueError, TypeError):
        fit = False
    if not fit:
        raise Misuse(
            f"In {FILE} the member holder is not a public P-256 key.",
            "Take public.json from the holder again, by a way you trust.",
        )
    return HolderKeys(public, sha256_hex([data]))


def in_force(home: "RequesterHome") -> HolderKeys | None:
    """Return the keys in force; None where there are none. Raises Misuse where they are damaged."""
    path = home.path / FILE
    return read(path.read_bytes()) if path.is_file() else None


def waiting() -> list[ProposedKeys]:
    """Return what was proposed and is not decided, the oldest first."""
    return list(ProposedKeys.objects.filter(decision="").order_by("at"))


def find(proposed_id: UUID) -> ProposedKeys:
    """Return what was proposed. Raises Misuse where it does not wait, or never was."""
    found = ProposedKeys.objects.filter(id=proposed_id, decision="").first()
    if found is None:
        raise Misuse("Those keys do not wait for anybody.", "See which are in force.")
    return found


def propose(home: "RequesterHome", actor: "Actor", text: str, compared: str) -> ProposedKeys:
    """Have ``actor`` propose the keys in the file ``text``.

    ``compared``: the fingerprint that the holder gave by another way. Raises Refused where it is
    not the file's, or the very file is in force.
    """
    acts.check_may(home, actor.person, PROPOSE)
    found = read(text.encode())
    _check_compared(found, compared)
    now = _fingerprint(home)
    if now == found.fingerprint:
        raise Refused("That very file is in force already.", "There is nothing to be done.")
    token = home.record(actor, PROPOSE, _facts(found, now))
    return ProposedKeys.objects.create(
        by=actor.id,
        at=home.now(),
        text=text,
        fingerprint=found.fingerprint,
        replaces=now,
        signature=token,
    )


def accept(home: "RequesterHome", actor: "Actor", proposed_id: UUID, compared: str) -> None:
    """Have another put proposed keys in force, having compared their fingerprint too.

    Raises Refused for whoever proposed them, and where others came in force since.
    """
    acts.check_may(home, actor.person, ACCEPT)
    proposed = find(proposed_id)
    if proposed.by == actor.id:
        acts.deny(home, actor.person, ACCEPT, "Whoever proposed the keys does not accept them.")
    found = read(proposed.text.encode())
    _check_compared(found, compared)
    if _fingerprint(home) != proposed.replaces:
        raise Refused(
            "Other keys came in force since these were proposed.",
            "Decline them, look at those in force, and propose them again if need be.",
        )
    token = home.record(actor, ACCEPT, _facts(found, proposed.replaces))
    publish(home.path / FILE, proposed.text.encode())
    _decide(home, actor.person, proposed, ProposedKeys.ACCEPTED, token)


def decline(home: "RequesterHome", person: Person, proposed_id: UUID) -> None:
    """Have it kept that proposed keys do not come in force; who proposed them may say so too."""
    acts.check_may(home, person, PROPOSE)
    proposed = find(proposed_id)
    home.recipient.viewed(
        person.id, f"holder-keys-declined {proposed.fingerprint}", at=home.now(), place=PLACE
    )
    _decide(home, person, proposed, ProposedKeys.DECLINED)


def _decide(
    home: "RequesterHome", person: Person, proposed: ProposedKeys, decision: str, token: str = ""
) -> None:
    proposed.decision, proposed.decided_by, proposed.decided_at = decision, person.id, home.now()
    proposed.decided_signature = token
    proposed.save()


def _check_compared(found: HolderKeys, compared: str) -> None:
    if compared != found.fingerprint:
        raise Refused(
            "The field fingerprint is not the fingerprint of this file.",
            "Do not use the file. Ask the holder for both again, each by a way you trust.",
        )


def _fingerprint(home: "RequesterHome") -> str:
    """Return the fingerprint of the file in force, damaged or not; "" where there is none."""
    path = home.path / FILE
    return sha256_hex([path.read_bytes()]) if path.is_file() else ""


def _facts(found: HolderKeys, now: str) -> dict[str, str]:
    return {"file": found.fingerprint, "holder": found.holder, "in_force": now or _NONE}
