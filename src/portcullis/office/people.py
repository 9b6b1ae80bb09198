"""Who acts: a person named with a role, proven by that person's own key.

The service never holds a person's key. The command line reads the key file, signs the act's
statement with it and forgets it; in the browser the person's own device signs. Only the signature
is kept.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

from portcullis import keys
from portcullis.agreements import Person, ordering
from portcullis.canonical import sha256_hex
from portcullis.errors import Refused
from portcullis.office import denials, entries, signers
from portcullis.office.home import Home
from portcullis.office.models import Act
from portcullis.office.permissions import PERMISSIONS, may
from portcullis.standing import approval_statement, check_approval

DIGEST_ONLY = "sha256:"
"""How the signature of an act begins that was put back from the ledger: only its digest is left."""


@dataclass(frozen=True)
class Actor:
    """An enrolled person, with what signs for them.

    ``moment``: when they signed, where that was elsewhere and before; else acts are signed as they
    are done.
    """

    person: Person
    signer: keys.Signer
    moment: datetime | None = None

    @property
    def id(self) -> str:
        """The person's id in the roster."""
        return self.person.id

    def sign(self, statement: Mapping[str, Any]) -> str:
        """Return the person's signature over ``statement``."""
        return self.signer.sign(statement)


def identify(home: Home, person_id: str, key: keys.ECKey, act: str) -> Actor:
    """Return the actor, or record the denied attempt and raise Refused.

    The person must be enrolled and in force today, the table must let them do ``act``, and the key
    must be the enrolled one.
    """
    person = home.roster.get(person_id)
    if person is None:
        deny(home, act, "unknown", "not-enrolled", "Nobody of that id is enrolled.")
    actor = Actor(person, keys.KeySigner(key))
    check_role(home, actor, act)
    if not person.signs_with(key, home.today()):
        deny(
            home,
            act,
            person.id,
            "key",
            "The key is not the one enrolled and in force for that person.",
        )
    return actor


def check_role(home: Home, actor: Actor, act: str, *, batch: str = "") -> None:
    """Deny ``actor`` the act unless the table lets them do it today; what it has not is denied.

    Every act asks, whoever identified them. ``permissions.may`` asks the same and records nothing.
    """
    today = home.today()
    if not actor.person.in_force(today):
        message = "That person is not in office today."
        deny(home, act, actor.id, "not-in-force", message, batch=batch)
    if not may(actor.person, act, today):
        held_by = PERMISSIONS[act].held_by if act in PERMISSIONS else "for that act"
        message = f"That person does not hold the role {held_by}."
        deny(home, act, actor.id, "role", message, batch=batch)


def counts(home: Home, person_id: str, act: str) -> bool:
    """Say whether that person's part in an act of several counts: they may do it today."""
    person = home.roster.get(person_id)
    return person is not None and may(person, act, home.today())


def deny(
    home: Home, act: str, person_id: str, reason: str, message: str, *, batch: str = ""
) -> NoReturn:
    """Record a denied attempt on the ledger and raise Refused with ``message``."""
    record_denied(home, act, person_id, reason, batch=batch)
    raise Refused(message, "The attempt is on the record.")


def record_denied(home: Home, act: str, person_id: str, reason: str, *, batch: str = "") -> None:
    """Put a denied attempt on the record, as ``denials.record`` does."""
    denials.record(home, act, person_id, reason, batch)


def signature(home: Home, actor: Actor, statement: Mapping[str, Any]) -> str:
    """Return ``actor``'s signature over ``statement``, verified with what is in force today.

    The signature over an order stands for what ``agreements.ordering`` lets it stand behind.
    Raises Refused where it is anything else.
    """
    signed = actor.sign(statement)
    said = home.roster.person(actor.id).verify(signed, on=home.today())
    if said == statement or not ordering.unfit(said, {**statement, "person": actor.id}):
        return signed
    raise Refused("What was signed is something else.", "Sign what is to be done, as it stands.")


def approval(home: Home, actor: Actor, what: Mapping[str, Any]) -> str:
    """Return ``actor``'s signed approval of ``what``, at their own moment, for this ledger.

    Raises as ``signature``.
    """
    at = actor.moment or home.now()
    return signature(home, actor, approval_statement(what, actor.id, at, signers.origin()))


def check_approved(home: Home, person_id: str, signed: str, what: Mapping[str, Any]) -> None:
    """Raise Refused unless ``signed`` is that person's approval of ``what``, for this ledger.

    It is verified with what is in force today.
    """
    said = home.roster.person(person_id).verify(signed, on=home.today())
    check_approval(said, what, person_id, signers.origin())


def verified(home: Home, act: Act) -> dict[str, Any]:
    """Return what was signed for ``act``, verified with what is in force today.

    Raises Refused where it does not verify, or only its digest was put back from the ledger.
    """
    return home.roster.person(act.person).verify(act.signature, on=home.today())


@dataclass(frozen=True)
class Signed:
    """What a person signed as an act of ``kind``, not on record yet."""

    kind: str
    person: str
    batch: str
    facts: Mapping[str, Any]
    signature: str


def sign(home: Home, actor: Actor, kind: str, facts: Mapping[str, Any], batch: str = "") -> Signed:
    """Have ``facts`` signed as an act of ``kind``, at the actor's own moment; verified.

    The statement names the ledger, so that it is nothing in another home with the same people.
    Raises as ``signature``. What is done between this and ``record`` is done for a signed act.
    """
    signed_at = (actor.moment or home.now()).isoformat()
    statement = {
        "act": kind,
        "person": actor.id,
        "at": signed_at,
        "batch": batch,
        "ledger": signers.origin(),
        **facts,
    }
    return Signed(kind, actor.id, batch, facts, signature(home, actor, statement))


def record(home: Home, signed: Signed, *, entry_kind: str = "") -> Act:
    """Write the act and entry of what was signed. Run inside a transaction.

    The ledger entry carries the facts, the person's id and the digest of the signature; it is of
    the act's kind, or of ``entry_kind`` where what was made has a name of its own.
    """
    at = home.now()
    digest = sha256_hex([signed.signature.encode()])
    entry = entries.record(
        entry_kind or signed.kind,
        {**signed.facts, "batch": signed.batch, "by": signed.person, "signature": digest},
        batch=signed.batch,
        at=at.isoformat(),
    )
    # From here on this process alone records, until the transaction ends.
    _check_once(signed)
    return Act.objects.create(
        kind=signed.kind,
        person=signed.person,
        batch=signed.batch,
        at=at,
        signature=signed.signature,
        entry=entry,
    )


def _check_once(signed: Signed) -> None:
    """Raise Refused where the order that was signed has made such an entry already."""
    if signed.kind in ordering.MANY or ordering.ORDERED not in keys.unverified(signed.signature):
        return
    same = Act.objects.filter(signature=signed.signature, kind=signed.kind, batch=signed.batch)
    if same.exists():
        raise Refused("That order is carried out already.", "Begin the act again, if need be.")


def sign_act(
    home: Home,
    actor: Actor,
    kind: str,
    facts: Mapping[str, Any],
    batch: str = "",
    *,
    entry_kind: str = "",
) -> Act:
    """Sign ``facts`` as an act of ``kind`` and write act and entry. Run inside a transaction.

    As ``sign`` and ``record``, one after the other.
    """
    return record(home, sign(home, actor, kind, facts, batch), entry_kind=entry_kind)
