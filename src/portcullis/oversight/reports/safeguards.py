"""The yearly report on safeguards: the recipient's standing, and what it did with what it got.

26 U.S.C. 6103(p)(4) makes safeguards a condition of receiving; (p)(5) has a report on them, with
deficiencies, made to the tax committees every year.
"""

from collections import Counter

from portcullis.oversight.reports import common
from portcullis.oversight.reports.document import Document, Section, Table, Value
from portcullis.oversight.reports.facts import Counted, Told
from portcullis.oversight.reports.joint_committee import year_of


def safeguards(counted: Counted) -> Document:
    """Return the report on safeguards of the last calendar year that had ended."""
    year = year_of(counted.by)
    return Document(
        name="safeguards",
        title=f"Safeguards of the recipient, calendar year {year}",
        as_of=counted.by,
        agreement=counted.heading.agreement,
        about=common.about(counted, ("Report under", "26 U.S.C. § 6103(p)(4)(E), (p)(5)")),
        sections=(
            Section(
                "The recipient's standing",
                (
                    "Nothing is released unless a record of the recipient's safeguards is current "
                    "on that very day: the Safeguard Security Report approved, findings closed or "
                    "accepted, corrective plans dated, attested. Each line is a record put in "
                    "force by the holder's safeguards staff; the ledger has its digest.",
                ),
                (_records(counted, year),),
            ),
            Section("What was not sent, and why", (), (_not_sent(counted, year),)),
            Section(
                "Inspections by the recipient's officers",
                (
                    "Each opening of a package needs a token of its own from the holder, with its "
                    "purpose, and is on the ledger whether it was granted or refused.",
                ),
                (_openings(counted, year), _purposes(counted, year)),
            ),
            Section("Recalls", (), (_recalls(counted, year),)),
            Section(
                "Where it stands",
                (
                    common.places(
                        counted,
                        "safeguards",
                        "delivered",
                        "not-sent",
                        "opening-granted",
                        "opening-refused",
                        "recall",
                    ),
                ),
            ),
        ),
        source=counted.source,
        verify=common.verify(counted, "safeguards"),
    )


def _told(counted: Counted, kind: str, year: int) -> Told:
    return [each for each in counted.told(kind) if int(each[1]["at"][:4]) == year]


def _records(counted: Counted, year: int) -> Table:
    rows = tuple(
        (body["at"][:10], body["recipient"], body["by"], position, body["record"][:16])
        for position, body in _told(counted, "safeguards", year)
    )
    return Table(
        "records",
        f"Safeguard records put in force in {year}",
        (
            ("on", "Day"),
            ("recipient", "Recipient"),
            ("by", "By"),
            ("entry", "Entry"),
            ("digest", "Digest begins"),
        ),
        rows,
        "" if rows else "None: nothing could be received.",
    )


def _not_sent(counted: Counted, year: int) -> Table:
    reasons = Counter(body["reason"] for _, body in _told(counted, "not-sent", year))
    sent = len(_told(counted, "delivered", year))
    rows: list[tuple[Value, ...]] = [("made available", sent)]
    rows += [(f"not sent: {reason}", number) for reason, number in sorted(reasons.items())]
    return Table(
        "packages",
        f"Packages authorised and concluded in {year}",
        (("became", "Became"), ("packages", "Packages")),
        (*rows, ("All", sent + reasons.total())),
    )


def _openings(counted: Counted, year: int) -> Table:
    granted = Counter(body["officer"] for _, body in _told(counted, "opening-granted", year))
    refused = Counter(body["officer"] for _, body in _told(counted, "opening-refused", year))
    packages = {
        officer: len(
            {
                body["package"]
                for _, body in _told(counted, "opening-granted", year)
                if body["officer"] == officer
            }
        )
        for officer in granted
    }
    rows = tuple(
        (officer, packages.get(officer, 0), granted[officer], refused[officer])
        for officer in sorted(granted | refused)
    )
    return Table(
        "openings",
        f"Openings in {year}, by officer",
        (
            ("officer", "Officer"),
            ("packages", "Packages opened"),
            ("granted", "Openings granted"),
            ("refused", "Refused"),
        ),
        rows,
        "" if rows else "None.",
    )


def _purposes(counted: Counted, year: int) -> Table:
    numbers = Counter(body["purpose"] for _, body in _told(counted, "opening-granted", year))
    return Table(
        "purposes",
        f"Openings in {year}, by the purpose stated",
        (("purpose", "Purpose"), ("granted", "Openings granted")),
        tuple(sorted(numbers.items())),
        "" if numbers else "None.",
    )


def _recalls(counted: Counted, year: int) -> Table:
    rows = tuple(
        (body["at"][:10], body["cause"], len(body["packages"]), body["due_on"], position)
        for position, body in _told(counted, "recall", year)
    )
    return Table(
        "recalls",
        f"Recalls demanded in {year}",
        (
            ("on", "Day"),
            ("cause", "Cause"),
            ("packages", "Packages"),
            ("due_on", "Disposal due"),
            ("entry", "Entry"),
        ),
        rows,
        "" if rows else "None.",
    )
