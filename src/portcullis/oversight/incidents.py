"""Incidents, folded from their ledger entries: what was suspected when, reported, told to whom.

A *possible* incident is enough: the clock runs from the suspicion [Publication 1075, Incident
Reporting; law.md 48]. Instants carry their zone; the term is counted in elapsed hours, so that a
change of the clocks neither gives nor takes one. Also the notices to the persons concerned that
26 U.S.C. § 7431(e) commands, which has no day: as soon as practicable [law.md 50].
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from portcullis.errors import Misuse

Facts = Mapping[str, Any]

SAFEGUARDS, TIGTA = "office-of-safeguards", "tigta"
AT_ONCE = (SAFEGUARDS, TIGTA)
"""Who is told within the term."""
LATER = ("individuals", "media", "other-authority")
"""Who may be told after the Office of Safeguards was, and not before."""

INDICTMENT, INFORMATION, ADMINISTRATIVE = "indictment", "information", "administrative-action"
TRIGGERS = (INDICTMENT, INFORMATION, ADMINISTRATIVE)
"""What makes a notice under 26 U.S.C. § 7431(e) due: a criminal charge by indictment or by
information, or a proposed administrative determination against an employee."""
ACTS = ("inspection", "disclosure")
COMPLAINED_OF = "complained_of"
"""The field of an entry that says which of them; ``act`` in one of an earlier release, whose signed
statement therefore does not name the act that was signed."""

SUSPECTED, REPORTED, TOLD, CLOSED = (
    "incident-suspected",
    "incident-reported",
    "incident-notice",
    "incident-closed",
)
CHARGED, PERSON_TOLD = "notice-7431e-triggered", "notice-7431e-given"
KINDS = (SUSPECTED, REPORTED, TOLD, CLOSED, CHARGED, PERSON_TOLD)


@dataclass(frozen=True)
class Told:
    """A notice that was sent: to whom, when, under which reference; recorded by whom, and when."""

    to: str
    sent_at: datetime
    reference: str
    by: str
    recorded_at: datetime


@dataclass(frozen=True)
class Report:
    """A report that was made. ``unknown``: its fields that are still to be told."""

    number: int
    at: datetime
    unknown: tuple[str, ...]


@dataclass
class Incident:
    """One incident. ``hours``: the term; ``zone``: an IANA name, in which its times are shown."""

    id: str
    suspected_at: datetime
    zone: str
    hours: int
    discovered_at: datetime | None = None
    reports: list[Report] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    closed_on: date | None = None

    @property
    def known_at(self) -> datetime:
        """When it was first suspected or discovered, whichever is on record as the earlier."""
        return min(self.suspected_at, self.discovered_at or self.suspected_at)

    @property
    def due_at(self) -> datetime:
        """When report and notices are due: elapsed hours after the first suspicion on record.

        A report that names an earlier discovery brings it forward, never back.
        """
        due = self.known_at.astimezone(UTC) + timedelta(hours=self.hours)
        return due.astimezone(zone(self.zone))

    def first_told(self, whom: str) -> Told | None:
        """Return the first notice to ``whom``, if there was one."""
        return min((each for each in self.told if each.to == whom), key=_sent, default=None)

    @property
    def unknown(self) -> tuple[str, ...]:
        """What the newest report leaves to be told."""
        return self.reports[-1].unknown if self.reports else ()


@dataclass
class PersonNotice:
    """One notice under § 7431(e). ``of``: a package's id, or ``history:ID`` and a commitment."""

    id: str
    trigger: str
    triggered_on: date
    act: str
    act_on: date
    of: Mapping[str, str]
    incident: str
    given: Facts | None = None


@dataclass(frozen=True)
class Duty:
    """Something to be done. ``due``: an instant, or None where the law says as soon as practicable.

    ``done_at``: when it was done, too late; None: it is still to be done.
    """

    of: str
    what: str
    due: datetime | None
    overdue: bool
    done_at: datetime | None = None


@dataclass
class Register:
    """All incidents and notices, by id, in the order in which they were opened."""

    incidents: dict[str, Incident] = field(default_factory=dict)
    notices: dict[str, PersonNotice] = field(default_factory=dict)

    def duties(self, now: datetime) -> list[Duty]:
        """Return what is to be done and what was done too late, the earliest due first."""
        found = [
            duty
            for incident in self.incidents.values()
            for duty in _duties(incident, now)
            if duty.done_at is not None or incident.closed_on is None
        ]
        far = datetime.max.replace(tzinfo=UTC)
        ordered = sorted(found, key=lambda each: (each.due or far, each.of, each.what))
        return ordered + [
            Duty(notice.id, f"notice to the person (26 U.S.C. § 7431(e), {notice.trigger})", None,
                 overdue=notice.triggered_on < now.date())
            for notice in self.notices.values()
            if notice.given is None
        ]  # fmt: skip


def fold(entries: Iterable[Facts]) -> Register:
    """Return what ``entries`` (in ledger order; other kinds are passed by) say."""
    register = Register()
    for body in entries:
        step = _STEPS.get(str(body.get("kind")))
        if step is not None:
            step(register, body)
    return register


def zone(name: str) -> ZoneInfo:
    """Return the time zone of an IANA name. Raises Misuse for an unknown one."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Misuse(
            "There is no time zone of that name.", "Write it like America/New_York, or UTC."
        ) from None


def instant(text: str, zone_name: str, *, later: bool = False) -> datetime:
    """Return the instant (UTC) written as ISO 8601, with its offset or in the zone named.

    A time that the clocks show twice is the earlier of the two, so that a term begins no later; or
    the ``later``, of what was to be done within a term, so that it is not taken to have been in
    time. One that they skip is none. Raises Misuse for it, for one at the ends of the calendar, and
    for what is no time.
    """
    try:
        return _instant(text, zone_name, fold=int(later))
    except OverflowError:
        raise Misuse(
            "That time lies at the end of the calendar, or at its beginning.", "Mend its year."
        ) from None


def _instant(text: str, zone_name: str, fold: int) -> datetime:
    try:
        written = datetime.fromisoformat(text)
    except ValueError:
        raise Misuse(
            "That is no date and time.", "Write it like 2025-11-02T01:30 or 2025-11-02T01:30-05:00."
        ) from None
    if written.tzinfo is not None:
        return written.astimezone(UTC)
    local = written.replace(tzinfo=zone(zone_name), fold=fold)
    there_and_back = local.astimezone(UTC).astimezone(local.tzinfo)
    if there_and_back.replace(tzinfo=None, fold=0) != written:
        raise Misuse(
            "The clocks of that zone skip this time: they were put forward.",
            "Write the time with its offset, e.g. 2026-03-08T03:30-04:00.",
        )
    return local.astimezone(UTC)


def _duties(incident: Incident, now: datetime) -> list[Duty]:
    due = incident.due_at
    done: list[tuple[str, datetime | None]] = [
        ("data incident report", incident.reports[0].at if incident.reports else None)
    ]
    for whom in AT_ONCE:
        first = incident.first_told(whom)
        done.append((f"notice to {whom}", first.sent_at if first else None))
    duties = [
        Duty(incident.id, what, due, overdue=(at or now) > due, done_at=at)
        for what, at in done
        if at is None or at > due
    ]
    if incident.unknown:
        what = f"supplement to the report: {', '.join(incident.unknown)}"
        duties.append(Duty(incident.id, what, None, overdue=False))
    return duties


def _sent(told: Told) -> datetime:
    return told.sent_at


def _suspected(register: Register, body: Facts) -> None:
    register.incidents[body["incident"]] = Incident(
        body["incident"],
        datetime.fromisoformat(body["suspected_at"]),
        body["zone"],
        body["hours"],
    )


def _reported(register: Register, body: Facts) -> None:
    incident = register.incidents[body["incident"]]
    at = datetime.fromisoformat(body["at"])
    incident.reports.append(Report(body["number"], at, tuple(body["unknown"])))
    if body["discovered_at"]:
        found = datetime.fromisoformat(body["discovered_at"])
        incident.discovered_at = min(found, incident.discovered_at or found)


def _told(register: Register, body: Facts) -> None:
    sent_at, recorded_at = (datetime.fromisoformat(body[name]) for name in ("sent_at", "at"))
    told = Told(body["to"], sent_at, body["reference"], body["by"], recorded_at)
    register.incidents[body["incident"]].told.append(told)


def _closed(register: Register, body: Facts) -> None:
    closed_on = date.fromisoformat(body["at"][:10])
    register.incidents[body["incident"]].closed_on = closed_on


def _charged(register: Register, body: Facts) -> None:
    register.notices[body["notice"]] = PersonNotice(
        body["notice"],
        body["trigger"],
        date.fromisoformat(body["triggered_on"]),
        body[COMPLAINED_OF] if COMPLAINED_OF in body else body["act"],
        date.fromisoformat(body["act_on"]),
        body["of"],
        body["incident"],
    )


def _person_told(register: Register, body: Facts) -> None:
    register.notices[body["notice"]].given = body


_STEPS = {
    SUSPECTED: _suspected,
    REPORTED: _reported,
    TOLD: _told,
    CLOSED: _closed,
    CHARGED: _charged,
    PERSON_TOLD: _person_told,
}
