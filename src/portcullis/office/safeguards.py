"""The recipient's safeguard record, as the holder's safeguards staff keep it.

They alone accept a finding. Each record put in force, and each acceptance of a finding, is an act
that leaves a record of its own; the newest counts. An acceptance goes on into the records that
follow, until it ends or the finding or its plan is another.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import lru_cache

from django.db import transaction

from portcullis import standing
from portcullis.canonical import json_bytes, sha256_hex
from portcullis.errors import Refused
from portcullis.office import entries, locks
from portcullis.office.home import Home
from portcullis.office.models import SafeguardRecord
from portcullis.office.people import Actor, check_role, sign_act
from portcullis.standing import Acceptance, SafeguardStanding, Standing

ACT, ACCEPT = "safeguards", "finding-accepted"


def record_safeguards(home: Home, actor: Actor, record: SafeguardStanding) -> Standing:
    """Put a recipient's record in force and return whether it may receive today.

    Raises Refused where the record is another recipient's, accepts a finding of itself, is dated
    ahead, or lacks a finding that the last one has not closed.
    """
    check_role(home, actor, ACT)
    if not home.pack.agreement.requester.employs(record.recipient):
        # What was written may be anything, and would go to the ledger.
        raise Refused(
            "The record's recipient is not the requester of this agreement.",
            "Name the requester's agency, or one of its components, as the agreement writes it.",
        )
    standing.check_record(record, home.today())
    with _alone(home):
        before = in_force()
        standing.check_kept(record, before)
        _put_in_force(home, actor, ACT, standing.carried_over(record, before), {})
    entries.publish(home)
    return standing_today(home)


def accept_finding(
    home: Home, actor: Actor, finding_id: str, reason: str, expires_on: date
) -> Standing:
    """Accept a finding of the record in force, for a reason and a time; who signs accepts it.

    Returns whether the recipient may receive today. Raises Refused where the finding is critical,
    has no dated corrective plan, or is none; where no reason is given; and where the acceptance
    would end before today, or later than a report is good for. The reason, which may be anything
    in words, stays in the record: the ledger has the record's digest.
    """
    check_role(home, actor, ACCEPT)
    last = home.today() + _report_valid(home)
    if expires_on > last:
        raise Refused(
            f"An acceptance ends by {last} at the latest: no report is good for longer.",
            "Accept it until that day or sooner, and anew after it.",
        )
    acceptance = Acceptance(by=actor.id, reason=reason.strip(), expires_on=expires_on)
    with _alone(home):
        before = in_force()
        if before is None:
            raise Refused("There is no record of the recipient's safeguards.", "Record it first.")
        record = standing.accepted(before, finding_id, acceptance, home.today())
        facts = {"finding": finding_id, "expires_on": expires_on.isoformat()}
        _put_in_force(home, actor, ACCEPT, record, facts)
    entries.publish(home)
    return standing_today(home)


def in_force() -> SafeguardStanding | None:
    """Return the record in force; None where there is none."""
    newest = SafeguardRecord.objects.order_by("-id").values_list("id", "act__signature").first()
    return _read(*newest) if newest else None


@lru_cache(maxsize=4)
def _read(record_id: int, _signature: str) -> SafeguardStanding:
    # Asked before each package; a record is never changed, and may name thousands of officers.
    return SafeguardStanding.model_validate(SafeguardRecord.objects.get(id=record_id).record)


def standing_today(home: Home) -> Standing:
    """Return whether the recipient may receive today.

    With no record on file it may not, nor when the agreement is not in force.
    """
    return _today(home, in_force())


def may_receive_now(home: Home, officer: str) -> Standing:
    """Return whether the recipient may receive today, and ``officer`` have access."""
    record = in_force()
    access = standing.may_have_access(record, officer, home.today())
    return Standing.of([*_today(home, record).reasons, *access.reasons])


def _today(home: Home, record: SafeguardStanding | None) -> Standing:
    return Standing.of(
        [*_of_the_agreement(home, record), *standing_of(home, record, home.today()).reasons]
    )


def _of_the_agreement(home: Home, record: SafeguardStanding | None) -> Iterator[str]:
    if not home.pack.in_force(home.today()):
        yield "agreement-not-in-force: The agreement is not in force on this day."
    # A record may have been put in force before this was asked, or under another pack.
    if record and not home.pack.agreement.requester.employs(record.recipient):
        yield "another-recipient: The safeguard record in force is of another recipient."


def standing_of(home: Home, record: SafeguardStanding | None, day: date) -> Standing:
    """Return whether the recipient of ``record`` may receive on ``day`` under the agreement."""
    return standing.may_receive(record, day, home.pack.safeguards.report_valid_days)


def _report_valid(home: Home) -> timedelta:
    return timedelta(days=home.pack.safeguards.report_valid_days)


@contextmanager
def _alone(home: Home) -> Iterator[None]:
    """Hold the gate alone: the record read here is the newest until the next is in force.

    And what was let out under the record before has left before the next is on the ledger.
    """
    with locks.gate(home).exclusive(), transaction.atomic():
        yield


def _put_in_force(
    home: Home, actor: Actor, kind: str, record: SafeguardStanding, more: dict[str, str]
) -> None:
    facts = record.model_dump(mode="json")
    digest = sha256_hex([json_bytes(facts)])
    act = sign_act(home, actor, kind, {"record": digest, "recipient": record.recipient, **more})
    SafeguardRecord.objects.create(record=facts, recorded_on=home.today(), act=act)
