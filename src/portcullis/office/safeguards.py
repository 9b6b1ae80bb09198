"""The recipient's safeguard record, as the holder's safeguards staff keep it."""

from django.db import transaction

from portcullis.canonical import json_bytes, sha256_hex
from portcullis.office import entries
from portcullis.office.home import Home
from portcullis.office.models import SafeguardRecord
from portcullis.office.people import Actor, check_role, sign_act
from portcullis.standing import SafeguardStanding, Standing, may_receive


def record_safeguards(home: Home, actor: Actor, record: SafeguardStanding) -> Standing:
    """Put a recipient's record in force and return whether it may receive today."""
    check_role(home, actor, "safeguards", "safeguards")
    facts = record.model_dump(mode="json")
    with transaction.atomic():
        digest = sha256_hex([json_bytes(facts)])
        act = sign_act(home, actor, "safeguards", {"record": digest, "recipient": record.recipient})
        SafeguardRecord.objects.create(record=facts, recorded_on=home.today(), act=act)
    entries.integrate(home)
    return may_receive(record, home.today())


def standing_today(home: Home) -> Standing:
    """Return whether the recipient may receive today.

    With no record on file it may not, nor when the agreement is not in force.
    """
    newest = SafeguardRecord.objects.order_by("-id").first()
    record = SafeguardStanding.model_validate(newest.record) if newest else None
    standing = may_receive(record, home.today())
    if home.pack.in_force(home.today()):
        return standing
    ended = "agreement-not-in-force: The agreement is not in force on this day."
    return Standing.of([ended, *standing.reasons])
