"""What a restored home no longer has and the ledger cannot give back: named, and accepted by two.

A loss is known by an id that says what it is of: ``batch:ID``, ``packages:FIRST-LAST`` (positions
of their entries), ``history:ID``, ``entries-after:SIZE``.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from portcullis.canonical import json_bytes, sha256_hex
from portcullis.errors import Refused
from portcullis.office import entries, locks, signers
from portcullis.office.home import Home
from portcullis.office.models import LossApproval
from portcullis.office.people import Actor, check_role, counts, sign_act, signature
from portcullis.office.permissions import PERMISSIONS, is_among

ACT, ACCEPTED = "accept-loss", "loss-accepted"
APPROVALS = PERMISSIONS[ACT].people


@dataclass(frozen=True, order=True)
class Loss:
    """Something lost: its id, a sentence, and what can be done instead of accepting it."""

    id: str
    words: str
    remedy: str


@dataclass(frozen=True)
class Accepted:
    """What two people accepted as lost: its id without runs, and the entry that says so.

    ``runs``: first and last entry of the packages of which nobody can say whose they were.
    """

    named: Mapping[str, int]
    runs: tuple[tuple[int, int], ...]

    def has(self, kind: str, of: str, position: int) -> bool:
        """Whether what the entry at ``position`` has of a batch or history was lost after it."""
        return self.named.get(f"{kind}:{of}", -1) > position

    def has_package(self, position: int) -> bool:
        """Whether the accounting of the package authorised by that entry was lost."""
        return any(first <= position <= last for first, last in self.runs)


def accepted(told: Iterable[tuple[int, Mapping[str, Any]]]) -> Accepted:
    """Return what the entries ``loss-accepted`` (position and body) of the whole ledger name."""
    named = {loss: position for position, body in told for loss in body["losses"]}
    runs = (loss.partition(":")[2].split("-") for loss in named if loss.startswith("packages:"))
    return Accepted(named, tuple((int(first), int(last)) for first, last in runs))


def accept(home: Home, actor: Actor, losses: Sequence[Loss], size: int) -> int:
    """Approve that all of ``losses`` are accepted; return how many people have approved.

    ``size``: how many entries the home has caught up with. The second person's approval of the same
    puts it on the ledger; who has ceased to be in office is not counted. One of the two is an
    administrator. Raises Refused where that person has approved the same already, or neither is an
    administrator.
    """
    check_role(home, actor, ACT)
    earlier = {
        "format": "portcullis-loss/1",
        "losses": sorted(loss.id for loss in losses),
        "size": size,
    }
    # What the first person signed in an earlier release names no ledger; the second the same.
    begun = LossApproval.objects.filter(digest=sha256_hex([json_bytes(earlier)])).exists()
    statement = earlier if begun else {**earlier, "ledger": signers.origin()}
    digest = sha256_hex([json_bytes(statement)])
    with locks.gate(home).exclusive(), transaction.atomic():
        if LossApproval.objects.filter(digest=digest, person=actor.id).exists():
            raise Refused("That person has accepted this already.", "It takes two people.")
        LossApproval.objects.create(
            digest=digest,
            statement=statement,
            person=actor.id,
            signature=signature(home, actor, statement),
        )
        every = LossApproval.objects.filter(digest=digest).order_by("id")
        given = [one for one in every if counts(home, one.person, ACT)]
        if len(given) < APPROVALS:
            sign_act(home, actor, "loss-approved", {"statement": digest})
        else:
            _accepted(home, given)
    entries.integrate(home)
    return len(given)


def _accepted(home: Home, given: Sequence[LossApproval]) -> None:
    people = [home.roster.get(one.person) for one in given]
    statement = given[0].statement
    for one, person in zip(given, people, strict=True):
        if person is None or person.verify(one.signature, on=home.today()) != statement:
            raise Refused("An approval is by nobody on the roster.", "Have two people approve.")
    if not any(person and is_among(person, ACT, home.today()) for person in people):
        raise Refused(
            "Neither of the two is an administrator.", "Have an administrator accept the loss."
        )
    approvals = [{"person": one.person, "signature": one.signature} for one in given]
    facts = {**statement, "approvals": approvals}
    entries.record(ACCEPTED, facts, at=home.now().isoformat())
