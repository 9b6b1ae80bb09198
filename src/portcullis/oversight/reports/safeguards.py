"""The yearly report on safeguards: the recipient's standing, and what it did with what it got.

26 U.S.C. 6103(p)(4) makes safeguards a condition of receiving; (p)(5) has a report on them, with
deficiencies, made to the tax committees every year.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from operator import itemgetter
from typing import Any

from portcullis.oversight import incidents, recall
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
            Section("Incidents", (), (_incidents(counted, year),)),
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
                        *recall.KINDS,
                        *incidents.KINDS,
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
    """Return a line a recall that stood on any day of the year.

    An earlier version recalled packages by one entry without more: it is a line of its own day.
    """
    opened = {body["recall"]: at for at, body in counted.told(recall.OPENED)}
    stood = [
        one
        for one in recall.fold(_in_order(counted, recall.KINDS)).values()
        if _stood(year, one.opened_on, one.closed_on)
    ]
    rows: list[tuple[Value, ...]] = [
        (
            one.id,
            one.opened_on.isoformat(),
            one.cause,
            one.disclosures,
            len(one.packages),
            sum(lot.disclosures for lot in one.lots.values() if lot.demanded_on),
            one.due_on.isoformat(),
            one.stage,
            _day(one.closed_on),
            opened[one.id],
        )
        for one in stood
    ]
    for at, body in _told(counted, recall.PACKAGES, year):
        if "recall" not in body:
            number = len(body["packages"])
            day, cause, due_on = body["at"][:10], body["cause"], body["due_on"]
            rows.append((None, day, cause, number, number, None, due_on, None, None, at))
    return Table(
        "recalls",
        f"Recalls that stood in {year}, and how far they were by {common.day_words(counted.by)}",
        (
            ("recall", "Recall"),
            ("opened_on", "Opened"),
            ("cause", "Cause"),
            ("disclosures", "Disclosures"),
            ("packages", "Packages closed"),
            ("demanded", "Disclosures demanded back"),
            ("due_on", "Disposal due"),
            ("stage", "Stage"),
            ("closed_on", "Closed"),
            ("entry", "Entry"),
        ),
        tuple(rows),
        "A recall is as far as the place least far in it." if rows else "None.",
    )


def _incidents(counted: Counted, year: int) -> Table:
    """Return a line an incident that was open on any day of the year."""
    suspected = {body["incident"]: at for at, body in counted.told(incidents.SUSPECTED)}
    rows = tuple(
        (
            one.id,
            _at(one.suspected_at),
            _at(one.due_at),
            _at(one.reports[0].at if one.reports else None),
            *(
                _at(told.sent_at if told else None)
                for told in map(one.first_told, incidents.AT_ONCE)
            ),
            ", ".join(one.unknown) or None,
            _day(one.closed_on),
            suspected[one.id],
        )
        for one in incidents.fold(_in_order(counted, incidents.KINDS)).incidents.values()
        if _stood(year, one.suspected_at.astimezone(UTC).date(), one.closed_on)
    )
    return Table(
        "incidents",
        f"Incidents that stood in {year}, and how far they were by {common.day_words(counted.by)}",
        (
            ("incident", "Incident"),
            ("suspected_at", "Suspected (UTC)"),
            ("due_at", "Report and notices due"),
            ("reported_at", "First report"),
            ("safeguards_told_at", "Office of Safeguards told"),
            ("tigta_told_at", "TIGTA told"),
            ("unknown", "Still to be told"),
            ("closed_on", "Closed"),
            ("entry", "Entry"),
        ),
        rows,
        "" if rows else "None.",
    )


def _in_order(counted: Counted, kinds: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """Yield the entries of ``kinds`` in the order of the ledger."""
    told = [each for kind in kinds for each in counted.told(kind)]
    yield from (body for _, body in sorted(told, key=itemgetter(0)))


def _stood(year: int, began: date, ended: date | None) -> bool:
    return began.year <= year and (ended is None or ended.year >= year)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _at(instant: datetime | None) -> str | None:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M}" if instant else None
