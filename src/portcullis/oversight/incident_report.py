"""The data incident report: every field of Publication 1075's list, and no return information.

A field that is not known yet says so, in ``NOT_YET_KNOWN``: immediate notification matters more
than a whole report, and what is missing is told in a further one. Absent is none of them.
Source: IRS Office of Safeguards, Reporting Improper Inspections or Disclosures; Publication 1075.
"""

import tomllib
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from portcullis.errors import Misuse
from portcullis.oversight.incidents import instant
from portcullis.oversight.personal_data import refuse

NOT_YET_KNOWN = "not yet known"
MOST_RECORDS = 10**12
"""More records than anybody has: a number beyond it is a slip."""

TEMPLATE = """\
# Data incident report (Publication 1075). No federal tax information in any field: no name of a
# taxpayer, no TIN, no taxpayer's address. Whatever is not known yet: "not yet known".

# Name of the agency.
agency = ""
# Its point of contact for resolving the incident.
contact_name = ""
contact_telephone = ""
contact_email = ""
# Date and time, with offset or in the incident's zone: 2025-11-02T01:30
occurred_at = "not yet known"
discovered_at = ""
how_discovered = ""
# What happened, and to which data.
description = ""
# The data elements concerned: last known address, name of requesting officer ...
data_elements = ""
# Records possibly concerned: at least, and at most. The same twice for an exact number.
records_from = "not yet known"
records_to = "not yet known"
# IT involved: laptop, server, mainframe ...
it_involved = ""

# Where it happened: an office's address.
[address]
line1 = ""
city = ""
state = ""
zip = ""
"""

# Here an address, or a telephone number, is what is asked for; figures like a TIN never are.
_ADDRESSES = ("address.line1", "address.city", "address.state")


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Place(_Part):
    """Where an incident happened."""

    line1: str
    city: str
    state: str
    zip: str


class IncidentReport(_Part):
    """A report as it was written; times are ISO 8601 text, or ``NOT_YET_KNOWN``."""

    agency: str
    contact_name: str
    contact_telephone: str
    contact_email: str
    occurred_at: str
    discovered_at: str
    how_discovered: str
    description: str
    data_elements: str
    records_from: int | str
    records_to: int | str
    it_involved: str
    address: Place

    @model_validator(mode="after")
    def _records(self) -> "IncidentReport":
        ends = self.records_from, self.records_to
        for end in ends:
            if isinstance(end, str) and end != NOT_YET_KNOWN:
                raise ValueError("records")
        if any(isinstance(end, int) and not 0 <= end <= MOST_RECORDS for end in ends):
            raise ValueError("records")
        if isinstance(ends[0], int) and isinstance(ends[1], int) and ends[0] > ends[1]:
            raise ValueError("records")
        return self

    @property
    def unknown(self) -> tuple[str, ...]:
        """The fields still to be told."""
        return tuple(name for name, value in _fields(self) if value == NOT_YET_KNOWN)


def read_report(text: str, zone: str) -> IncidentReport:
    """Return the report written in TOML like ``TEMPLATE``; times are read in ``zone``.

    Raises Misuse, naming the field and never its value: for one absent or blank, for a time that
    is none or a discovery before what was discovered, and for personal data.
    """
    try:
        report = IncidentReport.model_validate(tomllib.loads(text))
    except ValidationError as problem:
        raise _invalid(problem) from None
    except (ValueError, RecursionError):
        # Not only what is no TOML: nested or numbered without end, it cannot be read either.
        raise Misuse("The report is no TOML.", "Begin with the template, and fill it in.") from None
    for name, value in _fields(report):
        _check(name, value)
    occurred, discovered = when(report.occurred_at, zone), when(report.discovered_at, zone)
    if occurred and discovered and discovered < occurred:
        raise Misuse(
            "By the fields occurred_at and discovered_at it was discovered before it occurred.",
            "Mend one of them.",
        )
    return report


def when(text: str, zone: str) -> datetime | None:
    """Return the instant of a field of the report; None where it is not known yet."""
    return None if text == NOT_YET_KNOWN else instant(text, zone)


def _fields(report: IncidentReport) -> list[tuple[str, Any]]:
    said = report.model_dump()
    place = said.pop("address")
    return [*said.items(), *((f"address.{name}", value) for name, value in place.items())]


def _check(name: str, value: object) -> None:
    if not isinstance(value, str) or value == NOT_YET_KNOWN:
        return
    if not value.strip():
        raise Misuse(
            f"The field {name} of the report is blank.",
            f'Fill it in, or write "{NOT_YET_KNOWN}": the report does not wait for it.',
        )
    if name not in ("occurred_at", "discovered_at", "address.zip"):
        refuse(name, value, address=name in _ADDRESSES)


def _invalid(problem: ValidationError) -> Misuse:
    """Name the first field at fault; the value is not repeated."""
    first = problem.errors(include_url=False, include_context=False, include_input=False)[0]
    name = ".".join(map(str, first["loc"]))
    if not name:
        return Misuse(
            "The fields records_from and records_to are no range.",
            f'Write two whole numbers, the smaller first, or "{NOT_YET_KNOWN}".',
        )
    words = {"missing": "is missing", "extra_forbidden": "is none of the report's"}
    told = words.get(first["type"], "is not of its kind")
    return Misuse(
        f"The field {name} of the report {told}.", "Begin with the template, and fill it in."
    )
