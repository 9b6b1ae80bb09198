"""May the recipient receive: its safeguard standing under 26 U.S.C. § 6103(p)(4).

The Safeguard Security Report is approved before any access, every finding is closed or formally
accepted with a dated corrective plan, contractors are certified, no duty is overdue, and the
recipient attested to all of it on the very day [law.md 31, 35]. Dates named ``expires_on`` are the
last day on which the thing is good. What is absent, undated or unknown counts as not met.
"""

from collections.abc import Iterator
from datetime import date

from pydantic import BaseModel, ConfigDict, ValidationError

from portcullis.errors import Misuse
from portcullis.standing.gate import Standing

SEVERITIES = ("critical", "significant", "moderate", "limited")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Acceptance(_Record):
    """A finding accepted by a person of the holder's safeguards staff, for a reason, for a time."""

    by: str
    reason: str
    expires_on: date | None = None


class SafeguardFinding(_Record):
    """A finding of a review: ``severity`` of SEVERITIES, ``status`` open, closed or accepted."""

    id: str
    severity: str
    status: str
    corrective_plan_on: date | None = None
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


class SafeguardStanding(_Record):
    """All the holder's safeguards staff have on record about one recipient."""

    recipient: str
    ssr_approved_on: date | None = None
    ssr_expires_on: date | None = None
    attested_on: date | None = None
    findings: tuple[SafeguardFinding, ...] = ()
    duties: tuple[Duty, ...] = ()
    contractors: tuple[Contractor, ...] = ()


def read_safeguards(text: str | bytes) -> SafeguardStanding:
    """Return the standing written as JSON in ``text``. Raises Misuse naming the wrong field."""
    try:
        return SafeguardStanding.model_validate_json(text)
    except ValidationError as wrong:
        first = wrong.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise Misuse(
            f"The safeguard record cannot be read at {place}: {first['msg']}.",
            "Mend that field; until then nothing is released.",
        ) from None


def may_receive(standing: SafeguardStanding | None, on: date) -> Standing:
    """Return whether the recipient may receive on the day ``on``, and every reason why not.

    A reason is a stable code, a colon and a sentence.
    """
    if standing is None:
        return Standing.of(
            ["no-safeguard-record: There is no record of the recipient's safeguards."]
        )
    return Standing.of(
        [
            *_report(standing, on),
            *_attestation(standing, on),
            *(reason for finding in standing.findings for reason in _finding(finding, on)),
            *(reason for duty in standing.duties for reason in _duty(duty, on)),
            *(reason for one in standing.contractors for reason in _contractor(one, on)),
        ]
    )


def _report(standing: SafeguardStanding, on: date) -> Iterator[str]:
    approved, expires = standing.ssr_approved_on, standing.ssr_expires_on
    if approved is None or approved > on:
        yield "ssr-not-approved: The Safeguard Security Report is not approved."
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
    if finding.corrective_plan_on is None:
        yield f"no-corrective-plan: Finding {finding.id} has no dated corrective plan."
    if finding.status == "accepted":
        yield from _acceptance(finding, on)
    else:
        yield f"finding-open: Finding {finding.id} is open."


def _acceptance(finding: SafeguardFinding, on: date) -> Iterator[str]:
    if finding.severity == "critical":
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
