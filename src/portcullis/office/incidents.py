"""Incidents: opened on suspicion, reported, told to the Office of Safeguards and TIGTA, closed.

The state is folded from the ledger's own entries, so there is none beside it to disagree. An entry
holds ids, instants and digests; the report itself is sealed [law.md 48, 50].
"""

import hmac
import re
import secrets
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from portcullis import standing
from portcullis.canonical import json_bytes, sha256_hex
from portcullis.errors import Misuse, Refused
from portcullis.office import entries, histories, locks, sealed, unsealing
from portcullis.office.home import Home
from portcullis.office.models import Entry, Package
from portcullis.office.people import Actor, check_role, sign_act
from portcullis.oversight import incidents as rules
from portcullis.oversight.incident_report import IncidentReport, when
from portcullis.oversight.incidents import Incident, PersonNotice, Register
from portcullis.oversight.personal_data import refuse

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,79}")
_SEE = "See the list of incidents."
_SALT = "salt"


@dataclass(frozen=True)
class Charge:
    """What made a notice to a person due: the trigger, the act complained of, and their days.

    ``package``, or ``history`` and ``request_id``, says whose: never a name.
    """

    trigger: str
    triggered_on: date
    act: str
    act_on: date
    package: str = ""
    history: str = ""
    request_id: str = ""
    incident: str = ""


def register() -> Register:
    """Return all incidents and notices to persons, as the entries have them."""
    rows = Entry.objects.filter(kind__in=rules.KINDS).order_by("position")
    return rules.fold(entries.body(row) for row in rows)


def find(incident_id: str) -> Incident:
    """Return an incident; raise Refused where none of that id was opened."""
    found = register().incidents.get(incident_id)
    if found is None:
        raise Refused("There is no incident of that id.", _SEE)
    return found


def suspect(
    home: Home, actor: Actor, incident_id: str, suspected_at: datetime, zone: str
) -> Incident:
    """Open an incident: the clock runs from ``suspected_at``, whoever knew of it first.

    ``zone`` is the IANA name in which its times are shown. Raises Misuse for an id that is none or
    an instant to come, Refused where there is an incident of that id.
    """
    check_role(home, actor, "incident")
    check_id("id", incident_id)
    rules.zone(zone)
    _not_to_come(home, "suspicion", suspected_at)
    with _alone(home):
        if incident_id in register().incidents:
            raise Refused("There is an incident of that id already.", "Give it another id.")
        _act(
            home,
            actor,
            rules.SUSPECTED,
            {
                "incident": incident_id,
                "suspected_at": suspected_at.isoformat(),
                "zone": zone,
                "hours": home.pack.safeguards.incident_report_hours,
            },
        )
    return find(incident_id)


def commitment(written: IncidentReport, salt: str) -> str:
    """Return the SHA-256 (hex) over ``salt`` and what a report says, however it was written."""
    return sha256_hex([salt.encode(), json_bytes(written.model_dump())])


def report(
    home: Home, actor: Actor, incident_id: str, written: IncidentReport, salt: str = ""
) -> Incident:
    """Put the report, or a further one, on record; what it says is sealed.

    On the ledger stand its number, when the incident was discovered, which fields are still to be
    told, and a commitment to all that it says: the random bytes to open it lie sealed with it.
    ``salt``: those bytes (hex), where the commitment was signed beforehand. Raises Refused where
    the incident is closed, Misuse for a discovery to come.
    """
    check_role(home, actor, "incident-report")
    with _alone(home):
        incident = _open(incident_id)
        number = len(incident.reports) + 1
        discovered = when(written.discovered_at, incident.zone)
        if discovered is not None:
            _not_to_come(home, "discovery", discovered)
        name = f"incident-{sha256_hex([incident_id.encode()])[:32]}-{number}"
        salt = salt or secrets.token_hex(32)
        kept = sealed.keep(home, name, {_SALT: salt, **written.model_dump()})
        _act(
            home,
            actor,
            rules.REPORTED,
            {
                "incident": incident_id,
                "number": number,
                "discovered_at": discovered.isoformat() if discovered else "",
                "unknown": list(written.unknown),
                "report": commitment(written, salt),
                sealed.FIELD: kept,
            },
        )
    return find(incident_id)


def reported(home: Home, actor: Actor, incident_id: str) -> dict[str, Any]:
    """Return the newest report of an incident; that ``actor`` reads it goes on the ledger.

    Raises Refused where there is none, or no role of theirs lets them read it.
    """
    check_role(home, actor, unsealing.INCIDENT_REPORT)
    for row in Entry.objects.filter(kind=rules.REPORTED).order_by("-position"):
        body = entries.body(row)
        if body["incident"] == incident_id:
            unsealing.record(home, actor, unsealing.INCIDENT_REPORT, incident_id)
            facts = sealed.facts_of(home, body[sealed.FIELD])
            return {field: said for field, said in facts.items() if field != _SALT}
    raise Refused("That incident has no report.", "Make one with `portcullis incident report`.")


def tell(
    home: Home, actor: Actor, incident_id: str, to: str, *, sent_at: datetime, reference: str
) -> Incident:
    """Record that a notice was sent. Individuals and the media are told after Safeguards.

    ``reference``: the number or name under which the notice is filed. Raises Refused for one told
    too early, Misuse for an unknown addressee, a time to come or one before there was an incident.
    """
    check_role(home, actor, "incident-notice")
    if to not in (*rules.AT_ONCE, *rules.LATER):
        raise Misuse(
            "Nobody of that name is told of incidents.",
            f"Those who are: {', '.join((*rules.AT_ONCE, *rules.LATER))}.",
        )
    check_id("reference", reference)
    _not_to_come(home, "notice", sent_at)
    with _alone(home):
        incident = _open(incident_id)
        if sent_at < incident.known_at:
            raise Misuse(
                "By its time the notice was sent before anybody suspected or discovered anything.",
                "Mend the time. Where it was known earlier, tell it first in a further report.",
            )
        first = incident.first_told(rules.SAFEGUARDS)
        if to in rules.LATER and (first is None or first.sent_at > sent_at):
            raise Refused(
                f"The Office of Safeguards is told before {to} are.",
                f"Send that notice first and record it: --to {rules.SAFEGUARDS}.",
            )
        facts = {
            "incident": incident_id,
            "to": to,
            "sent_at": sent_at.isoformat(),
            "reference": reference,
        }
        _act(home, actor, rules.TOLD, facts)
    return find(incident_id)


def close(home: Home, actor: Actor, incident_id: str) -> Incident:
    """Close an incident. Raises Refused while anything of it is still to be told."""
    check_role(home, actor, "incident-close")
    with _alone(home):
        incident = _open(incident_id)
        waiting = [
            each.what
            for each in register().duties(home.now())
            if each.of == incident.id and each.done_at is None
        ]
        waiting += [
            f"notice {one.id}"
            for one in register().notices.values()
            if one.incident == incident.id and one.given is None
        ]
        if waiting:
            raise Refused(
                f"The incident is not closed: still to come are {'; '.join(waiting)}.", _SEE
            )
        _act(home, actor, rules.CLOSED, {"incident": incident_id})
    return find(incident_id)


def charge(home: Home, actor: Actor, notice_id: str, why: Charge) -> PersonNotice:
    """Record what makes a notice under 26 U.S.C. § 7431(e) due, of one disclosure.

    A request of a history is named on the ledger by a commitment only. Raises as ``check_charge``.
    """
    check_role(home, actor, "notice-7431e")
    with _alone(home):
        subject = check_charge(home, notice_id, why)
        name = f"notice-{sha256_hex([notice_id.encode()])[:32]}"
        kept = sealed.keep(home, name, subject)
        of = {"package": why.package} if why.package else {"history": why.history}
        _act(
            home,
            actor,
            rules.CHARGED,
            {
                "notice": notice_id,
                "trigger": why.trigger,
                "triggered_on": why.triggered_on.isoformat(),
                rules.COMPLAINED_OF: why.act,
                "act_on": why.act_on.isoformat(),
                "incident": why.incident,
                "of": of,
                sealed.FIELD: kept,
            },
        )
    return register().notices[notice_id]


def check_charge(home: Home, notice_id: str, why: Charge) -> dict[str, str]:
    """Return by which package, or history and request, the person of a new notice is found.

    Raises Misuse for an unknown trigger or act, a day to come or an act after its charge; Refused
    for a disclosure or incident that is not here, or a notice of that id.
    """
    check_id("id", notice_id)
    if why.trigger not in rules.TRIGGERS or why.act not in rules.ACTS:
        raise Misuse(
            "That is no trigger, or no act, of section 7431(e).",
            f"Triggers: {', '.join(rules.TRIGGERS)}; acts: {', '.join(rules.ACTS)}.",
        )
    if not why.act_on <= why.triggered_on <= home.today():
        raise Misuse(
            "The act comes before the charge, and neither lies in the future.", "Mend the days."
        )
    if why.incident:
        find(why.incident)
    if notice_id in register().notices:
        raise Refused("There is a notice of that id already.", "Give it another id.")
    return _subject(home, why)


def order_to_charge(home: Home, notice_id: str, why: Charge) -> dict[str, Any]:
    """Return what is signed by who orders that a charge be recorded: never whose request it is of.

    A request of a history stands there by a keyed digest. Raises as ``check_charge``.
    """
    subject = check_charge(home, notice_id, why)
    if "request_id" in subject:
        key = home.derived_key("notice-subjects")
        subject["request_id"] = hmac.digest(key, json_bytes(subject), "sha256").hex()
    return {
        "notice": notice_id,
        "trigger": why.trigger,
        "triggered_on": why.triggered_on.isoformat(),
        rules.COMPLAINED_OF: why.act,
        "act_on": why.act_on.isoformat(),
        "incident": why.incident,
        "of": subject,
    }


def give(
    home: Home, actor: Actor, notice_id: str, given_on: date, document: str, *, rights_told: bool
) -> PersonNotice:
    """Record that the person was told: the date of the act, and their rights.

    ``document``: SHA-256 (hex) of the notice as sent. Raises Refused where there is no such notice
    to give or it was given, Misuse where it did not tell the rights.
    """
    check_role(home, actor, "notice-7431e")
    standing.check_digest(document)
    if not rights_told:
        raise Misuse(
            "A notice under section 7431(e) tells the person's rights.",
            "Send one that does, and confirm it with --rights-told.",
        )
    standing.check_digest(document)
    with _alone(home):
        notice = register().notices.get(notice_id)
        if notice is None or notice.given is not None:
            raise Refused("No notice of that id is still to be given.", _SEE)
        if not notice.triggered_on <= given_on <= home.today():
            raise Misuse("The notice follows its trigger, and is not to come.", "Mend the day.")
        facts = {
            "notice": notice_id,
            "given_on": given_on.isoformat(),
            "act_on": notice.act_on.isoformat(),
            "rights_told": True,
            "document": document,
        }
        _act(home, actor, rules.PERSON_TOLD, facts)
    return register().notices[notice_id]


def find_notice(notice_id: str) -> PersonNotice:
    """Return a notice to a person; raise Refused where there is none of that id."""
    found = register().notices.get(notice_id)
    if found is None:
        raise Refused("There is no notice of that id.", _SEE)
    return found


def subject_of(home: Home, actor: Actor, notice_id: str) -> dict[str, Any]:
    """Return by which package, or history and request, the person of a notice is found.

    That ``actor`` reads it goes on the ledger. Raises Refused where there is no such notice, or no
    role of theirs lets them read it.
    """
    check_role(home, actor, unsealing.NOTICE_DRAFT)
    for row in Entry.objects.filter(kind=rules.CHARGED):
        body = entries.body(row)
        if body["notice"] == notice_id:
            unsealing.record(home, actor, unsealing.NOTICE_DRAFT, notice_id)
            return sealed.facts_of(home, body[sealed.FIELD])
    raise Refused("There is no notice of that id.", _SEE)


def check_id(field: str, text: str) -> None:
    """Raise Misuse unless ``text`` may stand on the ledger: an id without anybody's data."""
    if not _ID.fullmatch(text):
        raise Misuse(
            f"The field {field} is no id.", "Use letters, digits, points, strokes and hyphens."
        )
    refuse(field, text)


def _subject(home: Home, why: Charge) -> dict[str, str]:
    if bool(why.package) == bool(why.history and why.request_id):
        raise Misuse(
            "Of which disclosure?", "Name a package, or a history and the request's id in it."
        )
    if why.package:
        if not Package.objects.filter(id=why.package, state="delivered").exists():
            raise Refused("No package of that id was delivered.", "See `portcullis batches`.")
        return {"package": why.package}
    found = histories.disclosed(home, histories.find_history(why.history))
    if why.request_id not in found["request_id"]:
        raise Refused("That history has no request of that id.", "Name it as its file does.")
    return {"history": why.history, "request_id": why.request_id}


def _open(incident_id: str) -> Incident:
    incident = find(incident_id)
    if incident.closed_on is not None:
        raise Refused(f"The incident was closed on {incident.closed_on}.", "Open another.")
    return incident


def _not_to_come(home: Home, what: str, at: datetime) -> None:
    if at > home.now():
        raise Misuse(f"The time of the {what} is still to come.", "Mend the time, or the clock.")


def _alone(home: Home) -> AbstractContextManager[None]:
    return locks.alone(home, home.path / "incidents.lock", 60.0)


def _act(home: Home, actor: Actor, kind: str, facts: Mapping[str, Any]) -> None:
    with transaction.atomic():
        sign_act(home, actor, kind, facts)
    entries.publish(home)
