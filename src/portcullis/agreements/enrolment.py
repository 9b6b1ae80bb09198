"""A person's own request to have a key or passkey enrolled, and what becomes of their entry.

The new key signs the request, which proves that the person has it. Where the person has another in
force, that one signs too: who has only a new key is not yet known to be the person. Where it was
lost, it is put out of force first.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from pydantic import ValidationError

from portcullis import keys, passkeys
from portcullis.agreements.person import FormerKey, Passkey, Person
from portcullis.errors import Misuse, Refused

FORMAT = "portcullis-enrolment/1"
GOOD_FOR = timedelta(days=30)
"""How long after it was signed a request may be proposed."""
_LONGEST = 64 * 1024  # bytes of a request's file


@dataclass(frozen=True)
class Enrolment:
    """A request whose new key signed it: for whom, when, and one of ``jwk`` and ``passkey``.

    ``passkey``: as a roster has it, without its days. ``by_old``: the token by what was enrolled
    before; "" where there is none.
    """

    person: str
    at: datetime
    jwk: dict[str, str] | None
    passkey: dict[str, Any] | None
    statement: dict[str, Any]
    by_old: str


def statement(
    person: str,
    at: datetime,
    *,
    jwk: dict[str, str] | None = None,
    passkey: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what is signed to have ``jwk`` or ``passkey`` enrolled for ``person``.

    ``passkey`` has the members id, jwk, rp_id and origins.
    """
    asked = {"jwk": jwk} if jwk is not None else {"passkey": passkey}
    return {"format": FORMAT, "person": person, "at": at.isoformat(), **asked}


def request(signed_by_new: str, signed_by_old: str = "") -> str:
    """Return the text of a request: the tokens of the new key and, where one is, of the old."""
    tokens = {"format": FORMAT, "new": signed_by_new, "old": signed_by_old}
    return json.dumps(tokens, indent=1)


def countersigned(text: str, signer: keys.ECKey | keys.Signer) -> str:
    """Return the request with the signature of what its person has in force.

    For a request made in a browser by somebody whose key is a file elsewhere. Raises Refused unless
    its new key signed it.
    """
    asked = read_request(text)
    return request(json.loads(text)["new"], keys.sign(asked.statement, signer))


def read_request(text: str) -> Enrolment:
    """Return what a request asks. Raises Refused unless its new key signed it."""
    try:
        tokens = json.loads(text) if len(text) <= _LONGEST else {}
        if tokens["format"] != FORMAT or not isinstance(tokens["old"], str):
            raise _no_request()
        said = keys.unverified(tokens["new"])
        jwk, passkey = said.get("jwk"), said.get("passkey")
        if said != statement(said["person"], _moment(said["at"]), jwk=jwk, passkey=passkey):
            raise _no_request()
        at = _moment(said["at"])
        _check_possession(tokens["new"], jwk, passkey, at.date())
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        raise _no_request() from None
    return Enrolment(str(said["person"]), at, jwk, passkey, said, tokens["old"])


def enrolled(person: Person, asked: Enrolment, on: date) -> Person:
    """Return ``person`` with what was asked enrolled from the day ``on``.

    Raises Refused where the request is another's, is of another time, or lacks the signature of
    what the person has in force.
    """
    if asked.person != person.id:
        raise Refused("The request is another person's.", "Propose it for the one who signed it.")
    check_time(asked, on)
    _check_old(person, asked, on)
    if asked.passkey is not None:
        added = _passkey(asked.passkey, on)
        return person.model_copy(update={"passkeys": (*person.passkeys, added)})
    former = FormerKey(
        jwk=person.jwk, in_force_from=person.key_from, in_force_to=person.key_to or on
    )
    return person.model_copy(
        update={
            "jwk": asked.jwk,
            "key_from": on,
            "key_to": None,
            "former_keys": (*person.former_keys, former),
        }
    )


def check_time(asked: Enrolment, on: date) -> None:
    """Raise Refused where the request was signed after the day ``on``, or long before it."""
    if not asked.at.astimezone(UTC).date() <= on <= (asked.at + GOOD_FOR).astimezone(UTC).date():
        raise Refused("The request is not of this time.", "Have the person sign it again.")


def revoked(person: Person, since: date, only: Sequence[str] = ()) -> Person:
    """Return ``person`` with keys and passkeys out of force from the day ``since``.

    ``only``: thumbprints of keys, former ones too, and ids of passkeys; none: the present key and
    every passkey. Nothing is put in force again. Raises Misuse where one named is not the person's,
    or nothing named is in force on that day.
    """
    last = since - timedelta(days=1)
    present = {keys.thumbprint(person.jwk), *(each.id for each in person.passkeys)}
    former = {keys.thumbprint(each.jwk) for each in person.former_keys}
    unknown = sorted(set(only) - present - former)
    if unknown:
        raise Misuse(
            f"That person has no key or passkey of the id {unknown[0]}.",
            "See `portcullis people list --json`.",
        )
    chosen = set(only) or present
    changes: dict[str, Any] = {
        "passkeys": tuple(
            _ended(each, last) if each.id in chosen else each for each in person.passkeys
        ),
        "former_keys": tuple(
            _ended(each, last) if keys.thumbprint(each.jwk) in chosen else each
            for each in person.former_keys
        ),
    }
    if keys.thumbprint(person.jwk) in chosen:
        changes["key_to"] = _sooner(person.key_from, person.key_to, last)
    after = person.model_copy(update=changes)
    if after == person:
        raise Misuse("Nothing of that is in force then.", "See `portcullis people list`.")
    return after


_Dated = TypeVar("_Dated", Passkey, FormerKey)


def _ended(one: _Dated, last: date) -> _Dated:
    sooner = _sooner(one.in_force_from, one.in_force_to, last)
    return one.model_copy(update={"in_force_to": sooner})


def _sooner(first: date | None, last: date | None, other: date) -> date:
    """Return the earlier last day; the day before ``first`` for what was never in force then."""
    sooner = other if last is None else min(last, other)
    return sooner if first is None else max(sooner, first - timedelta(days=1))


def _check_possession(
    token: str, jwk: dict[str, str] | None, passkey: dict[str, Any] | None, on: date
) -> None:
    if (jwk is None) == (passkey is None):
        raise _no_request()
    if passkey is not None:
        passkeys.verify(token, _passkey(passkey, on), keys.LONGEST)
    elif jwk is not None:
        if set(jwk) != {"crv", "kty", "x", "y"}:
            raise _no_request()
        keys.verify(token, jwk)


def _passkey(said: dict[str, Any], on: date) -> Passkey:
    try:
        return Passkey(**said, in_force_from=on)
    except ValidationError:
        raise _no_request() from None


def _check_old(person: Person, asked: Enrolment, on: date) -> None:
    if not person.key_in_force(on) and not any(each.in_force(on) for each in person.passkeys):
        return
    if not asked.by_old:
        raise Refused(
            "The person has a key or passkey in force, and it did not sign the request.",
            "Have the person sign with it too; or, where it is lost, revoke it first.",
        )
    if person.verify(asked.by_old, on=on) != asked.statement:
        raise Refused("What the old key signed is another request.", "Have both sign the same.")
    if any(each.in_force(on) for each in person.passkeys) and not keys.is_passkey(asked.by_old):
        raise Refused(
            "The person has a passkey in force, and a key file signed the request.",
            "A file can be copied: have the person sign with the passkey; or, where it is lost, "
            "revoke it first.",
        )


def _moment(said: str) -> datetime:
    at = datetime.fromisoformat(said)
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return at


def _no_request() -> Refused:
    return Refused(
        "That is no request to enrol a key.", "Make it with `portcullis people request`."
    )
