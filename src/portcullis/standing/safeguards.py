"""May the recipient receive: its safeguard standing under 26 U.S.C. § 6103(p)(4).

The Safeguard Security Report is approved before any access and not older than it may be, every
finding is closed or formally accepted and has a corrective plan with the day it is due by,
contractors are certified, no duty is overdue, and the recipient attested to all of it on the very
day [law.md 31, 35]. An officer has access only with current training, signed certification and
background record [law.md 37; Pub. 1075]. Dates named ``expires_on`` are the last day on which the
thing is good. What is absent, undated or unknown counts as not met.

A finding is accepted by an act of the holder's safeguards staff (``accepted``), never by what a
record says of itself (``check_record``).
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from pydantic import BaseModel, ConfigDict, ValidationError

from portcullis.errors import Misuse, Refused
from portcullis.standing.gate import Standing

SEVERITIES = ("critical", "significant", "moderate", "limited")
CRITICAL = "critical"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what no text needs, and no database takes
_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Acceptance(_Record):
    """A finding accepted by a person of the holder's safeguards staff, for a reason, for a time."""

    by: str
    reason: str
    expires_on: date | None = None


class SafeguardFinding(_Record):
    """A finding of a review: ``severity`` of SEVERITIES, ``status`` open, closed or accepted.

    ``corrective_plan_on`` is the day its corrective plan was made, ``corrective_plan_due_on`` the
    last day by which the plan is to be carried out.
    """

    id: str
    severity: str
    status: str
    corrective_plan_on: date | None = None
    corrective_plan_due_on: date | None = None
    closed_on: date | None = None
    acceptance: Acceptance | None = None


class Duty(_Record):
    """Something due by a date, e.g. the yearly report of 31 January, and when it was done."""

    what: str
    due_on: date | None = None
    done_on: date | None = None


class Contractor(_Record):
    """A contractor with access: its yearly certification under § 6103(p)(9)."""

    id: str
    certified_on: date | None = None
    expires_on: date | None = None


class Current(_Record):
    """Something done on a day and good until another, e.g. a training."""

    on: date | None = None
    expires_on: date | None = None

    def is_current(self, day: date) -> bool:
        """Whether it was done by ``day`` and is still good then. Undated: no."""
        done, expires = self.on, self.expires_on
        return done is not None and expires is not None and done <= day <= expires


class Access(_Record):
    """What one officer needs for access: training, signed certification, background record."""

    officer: str
    training: Current = Current()
    certification: Current = Current()
    background: Current = Current()


class SafeguardStanding(_Record):
    """All the holder's safeguards staff have on record about one recipient.

    ``findings``, ``duties`` and ``contractors`` are always given, empty where there are none: left
    out, they would say that nothing is open.
    """

    recipient: str
    ssr_approved_on: date | None = None
    ssr_expires_on: date | None = None
    attested_on: date | None = None
    findings: tuple[SafeguardFinding, ...]
    duties: tuple[Duty, ...]
    contractors: tuple[Contractor, ...]
    access: tuple[Access, ...] = ()


def read_safeguards(text: str | bytes) -> SafeguardStanding:
    """Return the standing written as JSON in ``text``. Raises Misuse naming the wrong field."""
    try:
        record = SafeguardStanding.model_validate_json(text)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise Misuse(
            f"The safeguard record cannot be read at {place}: {first['msg']}.",
            "Mend that field; until then nothing is released.",
        ) from None
    if any(map(_CONTROL.search, _texts(record.model_dump()))):
        raise Misuse(
            "The safeguard record has a control character in a text.", "Write the text without it."
        )
    return record


def _texts(value: object) -> Iterator[str]:
    """Yield every text in what a record says."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)


def check_record(record: SafeguardStanding, on: date) -> None:
    """Raise Refused where ``record`` says, on the day ``on``, what no record can say.

    That a finding is accepted; that two findings are one; and that something was done on a day
    still to come.
    """
    seen: set[str] = set()
    for number, finding in enumerate(record.findings):
        if finding.acceptance is not None or finding.status == "accepted":
            raise Refused(
                f"The record says at findings.{number} that the finding is accepted.",
                "Accepting is an act: record it as open, and let safeguards staff accept it with "
                "`portcullis accept-finding`.",
            )
        if not _IDENTIFIER.fullmatch(finding.id):
            raise Refused(
                f"The finding at findings.{number} has no id that can be named on the ledger.",
                "Give it a short id of letters, digits, points and hyphens.",
            )
        if finding.id in seen:
            raise Refused(
                f"The finding at findings.{number} has the id of another finding.",
                "Give each finding an id of its own.",
            )
        seen.add(finding.id)
    for place, day in _done_days(record):
        if day is not None and day > on:
            raise Refused(
                f"The record says at {place} that something was done on a day still to come.",
                "Record it on that day, or mend the date.",
            )


def check_kept(record: SafeguardStanding, before: SafeguardStanding | None) -> None:
    """Raise Refused where ``record`` lacks a finding that ``before``, the last, has not closed.

    Whoever the last was of: one record is in force, and a finding ends by being closed on a day.
    """
    there = {finding.id for finding in record.findings}
    for finding in before.findings if before else ():
        closed = finding.status == "closed" and finding.closed_on is not None
        if not closed and finding.id not in there:
            raise Refused(
                f"The record lacks finding {finding.id}, which the last one does not close.",
                "Record it as it stands; or, where it is closed, as closed, with `closed_on`.",
            )


def accepted(
    record: SafeguardStanding, finding_id: str, acceptance: Acceptance, on: date
) -> SafeguardStanding:
    """Return ``record`` with the finding of that id accepted on the day ``on``.

    Raises Refused where it has no such finding, it is critical or of unknown severity, closed, has
    no corrective plan with both its dates, or the acceptance has no reason or no day to come on
    which it ends.
    """
    found = [finding for finding in record.findings if finding.id == finding_id]
    if len(found) != 1:
        raise Refused(
            f"The record in force has no one finding {finding_id}.",
            "Record it with `portcullis safeguards` first; its id is its own.",
        )
    (finding,) = found
    given = finding.model_copy(update={"status": "accepted", "acceptance": acceptance})
    unmet = list(_finding(given, on))
    if finding.status == "closed":
        unmet = [f"finding-closed: Finding {finding.id} is closed; there is nothing to accept."]
    if unmet:
        _, _, sentence = unmet[0].partition(": ")
        raise Refused(f"The finding is not accepted. {sentence}", "Until that is mended it holds.")
    findings = tuple(given if one is finding else one for one in record.findings)
    return record.model_copy(update={"findings": findings})


def carried_over(record: SafeguardStanding, before: SafeguardStanding | None) -> SafeguardStanding:
    """Return ``record`` with the acceptances of its findings that ``before``, the last, has.

    Carried over are those of the same recipient and of a finding that is the same in everything but
    its acceptance: another severity or plan is accepted anew.
    """
    if before is None or before.recipient != record.recipient:
        return record
    standing = {
        finding.model_copy(update={"status": "open", "acceptance": None}): finding
        for finding in before.findings
        if finding.acceptance is not None
    }
    findings = tuple(standing.get(finding, finding) for finding in record.findings)
    return record.model_copy(update={"findings": findings})


def may_receive(standing: SafeguardStanding | None, on: date, report_valid_days: int) -> Standing:
    """Return whether the recipient may receive on the day ``on``, and every reason why not.

    ``report_valid_days``: how many days a report is good after its approval, whatever end it names.
    A reason is a stable code, a colon and a sentence.
    """
    if standing is None:
        return Standing.of(
            ["no-safeguard-record: There is no record of the recipient's safeguards."]
        )
    return Standing.of(
        [
            *_report(standing, on, timedelta(days=report_valid_days)),
            *_attestation(standing, on),
            *(reason for finding in standing.findings for reason in _finding(finding, on)),
            *(reason for duty in standing.duties for reason in _duty(duty, on)),
            *(reason for one in standing.contractors for reason in _contractor(one, on)),
        ]
    )


def may_have_access(standing: SafeguardStanding | None, officer: str, on: date) -> Standing:
    """Return whether ``officer`` may have access on the day ``on``, and every reason why not."""
    found = [one for one in standing.access if one.officer == officer] if standing else []
    if len(found) != 1:
        return Standing.of(
            [
                "access-not-on-record: There is no record of the officer's training, certification "
                "and background."
            ]
        )
    needed = {
        "training": found[0].training,
        "certification": found[0].certification,
        "background": found[0].background,
    }
    return Standing.of(
        [
            f"{what}-not-current: The officer's {what} is missing, undated or not current."
            for what, current in needed.items()
            if not current.is_current(on)
        ]
    )


def _done_days(record: SafeguardStanding) -> Iterator[tuple[str, date | None]]:
    """Yield every day on which the record says that something was done, with its place."""
    yield "ssr_approved_on", record.ssr_approved_on
    yield "attested_on", record.attested_on
    for number, finding in enumerate(record.findings):
        yield f"findings.{number}.corrective_plan_on", finding.corrective_plan_on
        yield f"findings.{number}.closed_on", finding.closed_on
    for number, duty in enumerate(record.duties):
        yield f"duties.{number}.done_on", duty.done_on
    for number, contractor in enumerate(record.contractors):
        yield f"contractors.{number}.certified_on", contractor.certified_on
    for number, one in enumerate(record.access):
        yield f"access.{number}.training.on", one.training.on
        yield f"access.{number}.certification.on", one.certification.on
        yield f"access.{number}.background.on", one.background.on


def _report(standing: SafeguardStanding, on: date, valid: timedelta) -> Iterator[str]:
    approved, expires = standing.ssr_approved_on, standing.ssr_expires_on
    if approved is None or approved > on:
        yield "ssr-not-approved: The Safeguard Security Report is not approved."
    elif approved + valid < on:
        yield "ssr-outdated: The Safeguard Security Report is older than the agreement lets it be."
    if expires is None:
        yield "ssr-undated: The approval of the Safeguard Security Report bears no end date."
    elif expires < on:
        yield "ssr-expired: The approval of the Safeguard Security Report has expired."


def _attestation(standing: SafeguardStanding, on: date) -> Iterator[str]:
    if standing.attested_on is None:
        yield "not-attested: The recipient has not attested to its safeguards."
    elif standing.attested_on != on:
        yield "not-attested-today: The recipient's attestation is not of this day."


def _finding(finding: SafeguardFinding, on: date) -> Iterator[str]:
    if finding.severity not in SEVERITIES:
        yield f"finding-unknown: Finding {finding.id} has no known severity."
    if finding.status == "closed":
        if finding.closed_on is None or finding.closed_on > on:
            yield f"finding-undated: Finding {finding.id} is closed without a date."
        return
    made, due = finding.corrective_plan_on, finding.corrective_plan_due_on
    if made is None or made > on or due is None:
        yield f"no-corrective-plan: Finding {finding.id} has no dated corrective plan."
    elif due < on:
        yield f"corrective-plan-overdue: The corrective plan of finding {finding.id} is overdue."
    if finding.status == "accepted":
        yield from _acceptance(finding, on)
    else:
        yield f"finding-open: Finding {finding.id} is open."


def _acceptance(finding: SafeguardFinding, on: date) -> Iterator[str]:
    if finding.severity == CRITICAL:
        yield f"critical-finding: Finding {finding.id} is critical and cannot be accepted."
    accepted = finding.acceptance
    if accepted is None or not accepted.by.strip() or not accepted.reason.strip():
        yield f"acceptance-incomplete: Finding {finding.id} is accepted by nobody or for no reason."
    elif accepted.expires_on is None:
        yield f"acceptance-undated: The acceptance of finding {finding.id} bears no end date."
    elif accepted.expires_on < on:
        yield f"acceptance-expired: The acceptance of finding {finding.id} has expired."


def _duty(duty: Duty, on: date) -> Iterator[str]:
    if duty.due_on is None:
        yield f"duty-undated: The duty {duty.what} bears no due date."
    elif duty.due_on < on and (duty.done_on is None or duty.done_on > on):
        yield f"duty-overdue: The duty {duty.what} is overdue."


def _contractor(contractor: Contractor, on: date) -> Iterator[str]:
    certified, expires = contractor.certified_on, contractor.expires_on
    if certified is None or certified > on or expires is None or expires < on:
        yield f"contractor-not-certified: Contractor {contractor.id} is not certified on this day."
