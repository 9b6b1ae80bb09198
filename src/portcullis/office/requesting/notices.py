"""The holder's notices of orders and holds: kept here, and attested to by whoever holds what.

An officer attests to what was delivered to them; a signatory for any custodian, the agency too.
The attestation is carried to the holder, whose safeguards staff enters it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from portcullis import keys
from portcullis.agreements import Person
from portcullis.canonical import sha256_hex
from portcullis.custody import Notice
from portcullis.office.requesting import acts
from portcullis.office.requesting.holder import holder_keys
from portcullis.office.requesting.home import PLACE
from portcullis.office.requesting.models import Stated

if TYPE_CHECKING:
    from portcullis.office.people import Actor
    from portcullis.office.requesting.home import RequesterHome

ATTESTATION = "attestation"
OWN, FOR_ANOTHER = "notice-attest", "notice-attest-for"


@dataclass(frozen=True)
class Attested:
    """Who attested for a custodian, and when (ISO 8601)."""

    by: str
    at: str


def keep(home: "RequesterHome", person: Person, path: Path) -> Notice:
    """Keep the holder's notice at ``path`` in the place of the last of its order or hold.

    Raises Refused as ``custody.notices.Notices.keep``.
    """
    acts.check_may(home, person, "notice-keep")
    text = path.read_text(errors="replace").strip()
    holder = holder_keys(home)
    kept = home.recipient.notices.keep(text, holder.holder, holder.former)
    home.recipient.viewed(person.id, "notice", at=home.now(), place=PLACE)
    return kept


def act_for(person: Person, custodian: str) -> str:
    """Return what act it is for ``person`` to attest for ``custodian``."""
    return OWN if custodian == person.id else FOR_ANOTHER


def attest(home: "RequesterHome", actor: "Actor", name: str, custodian: str) -> Stated:
    """Have ``actor`` attest for ``custodian`` to the notice of that ``name``; kept for the holder.

    Raises Refused where it lists nothing for that custodian.
    """
    act = act_for(actor.person, custodian)
    acts.check_may(home, actor.person, act)
    notice = home.recipient.notices.find(name)
    said = notice.attestation(actor.id, custodian, actor.moment or home.now())
    with transaction.atomic():
        token = acts.signed(home, actor, said)
        stated = Stated.objects.create(
            kind=ATTESTATION,
            person=actor.id,
            at=home.now(),
            about=f"{notice.says} {notice.of}, for {custodian}"[:200],
            text=token,
        )
        signed = f"{act} {sha256_hex([token.encode()])}"
        home.recipient.viewed(actor.id, signed, at=home.now(), place=PLACE)
    return stated


def attested(notice: Notice) -> dict[str, Attested]:
    """Return who has attested for which custodian to what the notice lists for them."""
    lists = {each.custodian: each.list for each in notice.listed}
    found: dict[str, Attested] = {}
    for stated in Stated.objects.filter(kind=ATTESTATION).order_by("at"):
        said = keys.unverified(stated.text)
        custodian = str(said["custodian"])
        if said["of"] == notice.of and lists.get(custodian) == said["list"]:
            found.setdefault(custodian, Attested(stated.person, str(said["at"])))
    return found


def outstanding(home: "RequesterHome", custodian: str = "") -> list[tuple[Notice, str]]:
    """Return each notice that asks something, with each custodian who has not attested to it.

    With ``custodian``, of that one only.
    """
    return [
        (notice, each.custodian)
        for notice in home.recipient.notices.every()
        if notice.asks
        for each in notice.listed
        if (not custodian or each.custodian == custodian) and each.custodian not in attested(notice)
    ]
