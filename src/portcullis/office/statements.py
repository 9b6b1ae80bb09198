"""The recipient's signed statements, entered on the holder's ledger: statuses and certificates.

A statement proves itself: it is signed with the key of the officer or the custodian, who are on
the roster. It stands whole in its entry, which holds codes and packages' ids and nobody's data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.db import transaction

from portcullis.agreements import Person
from portcullis.custody import (
    CLOCKS_MAY_DIFFER,
    DESTROYED,
    RETURNED,
    Certificate,
    Disclosure,
    Status,
    day_of,
    read_statement,
)
from portcullis.errors import Refused
from portcullis.office import entries, locks
from portcullis.office.holding import holding
from portcullis.office.home import Home
from portcullis.office.models import Package
from portcullis.office.owed import CERTIFICATE, STATUS, disclosures
from portcullis.office.people import deny
from portcullis.office.permissions import PERMISSIONS, may

ACT = "recipient-statement"


@dataclass(frozen=True)
class Entered:
    """A statement on the ledger: what it says of how many packages, and where it stands.

    ``holds``: preservation holds that reached what is certified as returned or destroyed.
    """

    kind: str
    says: str
    packages: int
    by: str
    position: int
    holds: tuple[str, ...]


def enter(home: Home, token: str) -> Entered:
    """Check a recipient's signed statement and put it on the ledger.

    A status is its own officer's, newer than the last one, and of a case that has not ended; a
    certificate is a custodian's of the requesting party. Raises Refused otherwise, and where a
    package was not delivered here. A certificate that says what a preservation hold forbids is
    entered all the same, with the holds: it is a fact, and an incident.
    """
    token = token.strip()
    person, said = _signed(home, token)
    if said.by != person.id:
        deny(home, ACT, person.id, "key", "The statement names another than the one who signed.")
    with locks.gate(home).exclusive(), transaction.atomic():
        known = disclosures()
        if any(each not in known for each in said.packages):
            raise Refused(
                "Not every package named was delivered from here.", "Name delivered packages only."
            )
        named = [known[each] for each in said.packages]
        _check_time(home, said, named)
        if isinstance(said, Status):
            _check_status(person, said, named)
            kind, says = STATUS, said.status
        else:
            _check_certificate(named)
            kind, says = CERTIFICATE, said.kind
        holds = _holds_broken(home, said)
        facts = {
            "packages": list(said.packages),
            "says": says,
            "person": person.id,
            "stated_at": said.at.isoformat(),
            "statement": token,
            **({"holds": list(holds)} if holds else {}),
        }
        entry = entries.record(kind, facts, at=home.now().isoformat())
    entries.publish(home)
    return Entered(kind, says, len(named), person.id, entry.position, holds)


def _signed(home: Home, token: str) -> tuple[Person, Status | Certificate]:
    """Return who signed the statement, and what it says; deny whoever may not state it."""
    person = home.roster.signed_by(token)
    if person is None:
        deny(home, ACT, "unknown", "not-enrolled", "Nobody with that key is enrolled.")
    said = read_statement(token, partial(person.verify, on=home.today()))
    act = "certify" if isinstance(said, Certificate) else "state"
    if not may(person, act, home.today()):
        held_by = PERMISSIONS[act].held_by
        deny(home, ACT, person.id, "role", f"That person does not hold the role {held_by} today.")
    if not home.pack.agreement.requester.employs(person.agency):
        deny(home, ACT, person.id, "agency", "That person is not of the requesting party.")
    return person, said


def _check_time(home: Home, said: Status | Certificate, named: Sequence[Disclosure]) -> None:
    if said.at > home.now() + CLOCKS_MAY_DIFFER:
        raise Refused("The statement is of a time to come.", "Set the clock and sign again.")
    if any(day_of(said.at) < one.since for one in named):
        raise Refused(
            "The statement is older than the delivery of a package it names.",
            "State what is so now, and sign again.",
        )


def _check_status(person: Person, said: Status, named: Sequence[Disclosure]) -> None:
    if any(one.officer != person.id for one in named):
        raise Refused(
            "A package named is another officer's.", "Each officer states their own cases."
        )
    if any(one.ended for one in named):
        raise Refused(
            "The case of a package named has ended by an earlier statement.",
            "Make a new request for what is needed now; a case that has ended stays so.",
        )
    if any(one.stated_on is not None and one.stated_on > day_of(said.at) for one in named):
        raise Refused("There is a newer status of a package named.", "State what is so now.")


def _check_certificate(named: Sequence[Disclosure]) -> None:
    if any(one.gone for one in named):
        raise Refused(
            "A package named is certified as returned or destroyed already.",
            "Leave it out; nothing more is owed of it.",
        )


def _holds_broken(home: Home, said: Status | Certificate) -> tuple[str, ...]:
    if not isinstance(said, Certificate) or said.kind not in (RETURNED, DESTROYED):
        return ()
    packages = Package.objects.filter(id__in=said.packages).select_related("batch")
    return tuple(sorted({hold for one in packages for hold in holding(home, one)}))
