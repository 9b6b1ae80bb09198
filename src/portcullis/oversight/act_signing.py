"""Who signed one act, with what, and that what they signed is what its entry says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from portcullis import keys, standing
from portcullis.agreements import Roster, ordering
from portcullis.canonical import sha256_hex
from portcullis.errors import Refused

ACT_OF = {
    "determination-list": "adjudicate",
    "working-data-erased": "erase",
    "reviewed": "review",
}
"""Kinds of entries that are not named as the act that made them."""
LIFTED = ("order-lifted", "hold-lifted")
APPROVED = (*LIFTED, "reading-in-force", "reading-out-of-force", "loss-accepted")
"""Kinds of entries that hold the approvals of two people of the same."""
_SIGNED_ALIKE = (
    "portcullis-order-lift/1",
    "portcullis-hold-lift/1",
    "portcullis-reading-change/1",
    "portcullis-loss/1",
)
"""Formats of which both people signed the very same: neither who they are, nor when, nor where."""
KEY, PASSKEY, ORDER, MISSING = "key", "passkey", "order", "missing"
NOBODY = "nobody"
"""What made an entry that no person signs: the first roster, before which no key is in force."""
FIRST_ROSTER = "roster-first"
_FIRST_AT = 1
"""Where the first roster stands: after the entry on the ledger's own keys, and before any act."""
_APPROVALS = 2
LEDGER = "ledger"
"""The member by which what is signed names the ledger it is for."""
_OF_THE_ENTRY = ("kind", "at", "by", "signature", "batch")


@dataclass(frozen=True)
class Signing:
    """Who signed an act, by what, and what each of them signed; nothing where only a digest is."""

    people: tuple[str, ...]
    by: str
    said: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Place:
    """Where an entry stands: in the ledger of that name, at that position."""

    ledger: str
    position: int


def check(signature: str, body: Mapping[str, Any], place: Place, roster: Roster) -> Signing:
    """Return who signed what; raise Refused where anything does not hold.

    ``body``: what the entry says; ``signature``: "" where the entry holds the signatures.
    """
    if body.get("kind") == FIRST_ROSTER:
        if place.position != _FIRST_AT:
            raise Refused("A first roster stands before every act, or is none.")
        return Signing((), NOBODY)
    if body.get("kind") in APPROVED:
        return _approved(body, roster, place.ledger)
    if signature == f"sha256:{body.get('signature')}":
        return Signing(people_of(body), MISSING)
    if sha256_hex([signature.encode()]) != body.get("signature"):
        raise Refused("The entry does not commit to this signature.")
    said = _verified(roster, body.get("by"), signature, _day(body))
    if _signed_after(said, body):
        raise Refused("It was signed after it was recorded.")
    if said.get(LEDGER, place.ledger) != place.ledger:
        raise Refused("It was signed for another ledger.")
    expected = _expected(body, said)
    if ordering.ORDERED in said:
        if unfit := ordering.unfit(said, expected):
            raise Refused(unfit)
        return Signing(people_of(body), ORDER, (said,))
    if said != expected:
        raise Refused("What was signed is something else than the entry says.")
    return Signing(people_of(body), made_by(signature), (said,))


def people_of(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return whom the entry names as those who signed."""
    if isinstance(body.get("by"), str):
        return (body["by"],)
    return tuple(str(one.get("person")) for one in _approvals(body))


def _approvals(body: Mapping[str, Any]) -> list[dict[str, Any]]:
    given = body.get("approvals")
    return [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []


def made_by(signature: str) -> str:
    """Return what made a signature: KEY or PASSKEY, MISSING where there is only a digest."""
    if not signature or signature.startswith("sha256:"):
        return MISSING
    return PASSKEY if keys.is_passkey(signature) else KEY


def _expected(body: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the entry says was signed, at the moment and for the ledger that it names."""
    facts = {name: value for name, value in body.items() if name not in _OF_THE_ENTRY}
    return {
        "act": act_of(body),
        "person": body.get("by"),
        "at": said.get("at"),
        "batch": body.get("batch", ""),
        **({LEDGER: said[LEDGER]} if LEDGER in said else {}),
        **facts,
    }


def act_of(body: Mapping[str, Any]) -> str:
    """Return the act that made the entry."""
    return ACT_OF.get(str(body.get("kind")), str(body.get("kind")))


def _verified(roster: Roster, person_id: object, token: str, on: date) -> dict[str, Any]:
    """Return what the person signed, with what was in force then and on the day ``on``."""
    person = roster.get(str(person_id))
    if person is None:
        raise Refused("Nobody of that id is on the roster.")
    person.verify(token)
    return person.verify(token, on=on)


def _approved(body: Mapping[str, Any], roster: Roster, ledger_: str) -> Signing:
    what = {k: v for k, v in body.items() if k not in ("kind", "at", "approvals", "batch")}
    if body["kind"] in LIFTED:
        what.setdefault("format", f"portcullis-{str(body['kind']).partition('-')[0]}-lift/1")
    people = people_of(body)
    if len(set(people)) < _APPROVALS:
        raise Refused("The approvals are not by two people.")
    tokens = [str(one.get("signature")) for one in _approvals(body)]
    said = []
    for person_id, token in zip(people, tokens, strict=True):
        person = roster.get(person_id)
        if person is None:
            raise Refused("Nobody of that id is on the roster.")
        said.append(person.verify(token, on=_day(body)))
        _check_approval(said[-1], what, person_id, ledger_, body)
    return Signing(people, PASSKEY if all(map(keys.is_passkey, tokens)) else KEY, tuple(said))


def _check_approval(
    said: Mapping[str, Any],
    what: Mapping[str, Any],
    person: str,
    ledger_: str,
    body: Mapping[str, Any],
) -> None:
    if what.get("format") in _SIGNED_ALIKE:
        if dict(said) != dict(what):
            raise Refused("An approval is of something else than the entry says.")
    elif standing.check_approval(said, what, person, ledger_) > _moment(body.get("at")):
        raise Refused("An approval was signed after it was recorded.")


def _day(body: Mapping[str, Any]) -> date:
    return _moment(body.get("at")).astimezone(UTC).date()


def _signed_after(said: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    return _moment(said.get("at")) > _moment(body.get("at"))


def _moment(said: object) -> datetime:
    try:
        at = datetime.fromisoformat(str(said))
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Refused("A time is missing, or has no zone.")
    return at
