"""A person on the roster: their office and authority, and the keys and passkeys that sign for them.

Each key has its days. What is signed on a day is verified with what was in force on that day, so
that a lost key is put out of force without undoing what its owner signed with it before.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, StringConstraints

from portcullis import keys, law, passkeys
from portcullis.agreements.pack import Many, Part, Text
from portcullis.errors import Refused

_CREDENTIAL_ID = re.compile(r"[A-Za-z0-9_-]{1,1364}")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
_ORIGIN = re.compile(r"(?:https://([a-z0-9.-]+)|http://(localhost))(?::[1-9][0-9]{0,4})?")
Role = Literal[
    "preparer",
    "signatory",
    "officer",
    "custodian",
    "specialist",
    "reviewer",
    "impairment-official",
    "sampler",
    "approver",
    "transmitter",
    "counsel",
    "safeguards",
    "inspector",
    "administrator",
    "records-officer",
]
REQUESTER_ROLES: tuple[Role, ...] = ("preparer", "signatory", "officer", "custodian")
HOLDER_ROLES: tuple[Role, ...] = (
    "specialist",
    "reviewer",
    "impairment-official",
    "sampler",
    "approver",
    "transmitter",
    "counsel",
    "safeguards",
    "inspector",
    "administrator",
    "records-officer",
)


def _authority(value: str) -> str:
    if value not in law.SIGNING:
        raise ValueError(f"Nobody signs under {value!r}.|Write one of {', '.join(law.SIGNING)}.")
    return value


def _credential_id(value: str) -> str:
    if not _CREDENTIAL_ID.fullmatch(value):
        raise ValueError(
            "This is not the id of a passkey.|Write it in base64url without padding, as its "
            "enrolment request has it."
        )
    return value


def _domain(value: str) -> str:
    if not _DOMAIN.fullmatch(value):
        raise ValueError("This is not a domain.|Write it alone: office.example.gov")
    return value


def _origin(value: str) -> str:
    if not _ORIGIN.fullmatch(value):
        raise ValueError(
            "This is not the address of an office.|Write scheme and host, and the port where it is "
            "not the usual one: https://office.example.gov"
        )
    return value


Authority = Annotated[str, AfterValidator(_authority)]
CredentialId = Annotated[str, AfterValidator(_credential_id)]
Domain = Annotated[str, AfterValidator(_domain)]
Origin = Annotated[str, AfterValidator(_origin)]


class Passkey(Part):
    """A passkey enrolled for a person, and from which day to which it signs for them.

    ``id``: the credential id, base64url without padding. ``jwk``: its P-256 public key. ``rp_id``:
    the domain it was made for; ``origins``: the addresses of the offices it may sign in.
    """

    id: CredentialId
    jwk: dict[str, str]
    rp_id: Domain
    origins: Many[Origin]
    in_force_from: date
    in_force_to: date | None = None

    def in_force(self, on: date | None) -> bool:
        """Say whether it signs on the day ``on``; None: whether no day is known to end it."""
        return _in_force(self.in_force_from, self.in_force_to, on)

    def foreign_origins(self) -> tuple[str, ...]:
        """Return the origins that are not of the passkey's own domain."""
        return tuple(each for each in self.origins if not _is_of(each, self.rp_id))


class FormerKey(Part):
    """A key that signed for the person until another took its place; ``jwk`` as the person's."""

    jwk: dict[str, str]
    in_force_from: date | None = None
    in_force_to: date


class Person(Part):
    """One person on the roster.

    ``authority`` is what a signatory signs under (26 USC 6103(i)(2)(A)); ``delegated`` needs the
    ``determination`` it rests on. ``jwk`` is the enrolled P-256 public key (RFC 7517), in force
    from ``key_from`` (None: for as long as the person is) to ``key_to`` (None: no end).
    """

    id: Annotated[Text, StringConstraints(max_length=80)]
    name: Text
    agency: Text
    office: Text
    roles: Many[Role]
    authority: Authority | None = None
    determination: str | None = None
    jwk: dict[str, str]
    key_from: date | None = None
    key_to: date | None = None
    former_keys: tuple[FormerKey, ...] = ()
    passkeys: tuple[Passkey, ...] = ()
    in_force_from: date
    in_force_to: date | None = None

    def in_force(self, on: date) -> bool:
        """Say whether the person may act on the day ``on``."""
        return _in_force(self.in_force_from, self.in_force_to, on)

    def holds(self, role: str, on: date) -> bool:
        """Say whether the person holds ``role`` on the day ``on``."""
        return role in self.roles and self.in_force(on)

    def key_in_force(self, on: date) -> bool:
        """Say whether the enrolled key signs, and may be sealed to, on the day ``on``."""
        return _in_force(self.key_from, self.key_to, on)

    def signs_with(self, key: keys.ECKey, on: date) -> bool:
        """Say whether ``key`` is the enrolled key, and in force on the day ``on``."""
        return self.key_in_force(on) and key.thumbprint() == keys.thumbprint(self.jwk)

    def verify(
        self, token: str, *, on: date | None = None, longest: int = keys.LONGEST
    ) -> dict[str, Any]:
        """Return the statement in ``token`` if a key or passkey of this person signed it.

        It must have been in force on the day ``on``. Where that is not given, on the day the
        statement itself says it was signed (``at``); one that says none is verified only with what
        has no last day. Raises Refused if nobody's, another's, or out of force; a statement of more
        than ``longest`` bytes counts as not signed.
        """
        day = on or _signed_on(token, longest)
        if keys.is_passkey(token):
            return self._passkey(token, day, longest)
        for jwk in self._keys(day):
            try:
                return keys.verify(token, jwk, longest)
            except Refused:
                continue
        raise Refused("The signature does not verify.", "Sign again with the enrolled key.")

    def public_keys(self) -> Iterator[dict[str, str]]:
        """Yield every public key that is or was this person's, the passkeys' after the keys."""
        yield self.jwk
        yield from (former.jwk for former in self.former_keys)
        yield from (passkey.jwk for passkey in self.passkeys)

    def _passkey(self, token: str, day: date | None, longest: int) -> dict[str, Any]:
        credential = passkeys.credential_id(token)
        for passkey in self.passkeys:
            if passkey.id == credential and passkey.in_force(day):
                return passkeys.verify(token, passkey, longest)
        raise Refused(
            "That passkey is not enrolled for this person, or is out of force.",
            "Sign with a passkey that is enrolled and in force.",
        )

    def _keys(self, day: date | None) -> Iterator[dict[str, str]]:
        if _in_force(self.key_from, self.key_to, day):
            yield self.jwk
        for former in self.former_keys:
            if _in_force(former.in_force_from, former.in_force_to, day):
                yield former.jwk


def _is_of(origin: str, domain: str) -> bool:
    found = _ORIGIN.fullmatch(origin)
    host = "".join(found.groups("")) if found else ""
    return host == domain or host.endswith(f".{domain}")


def _in_force(first: date | None, last: date | None, on: date | None) -> bool:
    if on is None:
        return last is None
    return (first is None or first <= on) and (last is None or on <= last)


def _signed_on(token: str, longest: int) -> date | None:
    """Return the day (UTC) on which ``token`` says it was signed; None where it does not say."""
    try:
        said = keys.unverified(token, longest).get("at")
        at = datetime.fromisoformat(said) if isinstance(said, str) else None
    except (Refused, ValueError):
        return None
    return at.astimezone(UTC).date() if at is not None and at.tzinfo is not None else None
