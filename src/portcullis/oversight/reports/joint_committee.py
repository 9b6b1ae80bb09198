"""The yearly reports to the Joint Committee on Taxation: 26 U.S.C. 6103(p)(3)(B) and (C).

Both are due within 90 days after the close of the calendar year. (B) is a summary of the records
and accountings; (C) is for disclosure to the public: for each agency the requests, the instances of
disclosure and the taxpayers, and the general purposes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from portcullis.oversight import words
from portcullis.oversight.reports import common
from portcullis.oversight.reports.document import Document, Section, Table, Value, total
from portcullis.oversight.reports.facts import (
    IMPORTED,
    LOST,
    PENDING,
    QUARANTINED,
    REFUSED_WHOLE,
    Counted,
    answer_of,
)
from portcullis.release import RETURNED

DUE_DAYS = 90
"""Days after the close of the calendar year: 26 U.S.C. 6103(p)(3)(B), (C)."""

SOON = 30
"""From so many days before the due day on a report that was not made is called for."""

_MORE_OUTCOMES = {
    PENDING: "Not answered yet",
    QUARANTINED: "Quarantined",
    REFUSED_WHOLE: "In a transmittal refused whole",
    IMPORTED: "Made elsewhere, and imported",
    LOST: "Lost with a home that was restored",
}


_ROUTES = {
    "tin": "TIN, name and address agree",
    "name-address": "name and address alone, one person at one delivery point",
}


@dataclass(frozen=True)
class Due:
    """When a year's report is due, and when it was first made, if it was."""

    year: int
    on: date
    made_on: date | None

    def alert(self, today: date) -> str:
        """Return what is to be done on ``today``; nothing where it was made, or is far off."""
        if self.made_on is not None:
            return ""
        left = (self.on - today).days
        if left < 0:
            return f"Overdue since {common.day_words(self.on)}, by {-left:,} days."
        return f"Due on {common.day_words(self.on)}, in {left:,} days." if left <= SOON else ""


def year_of(day: date) -> int:
    """Return the calendar year reported as of ``day``: the last that had ended by its end."""
    return day.year if (day.month, day.day) == (12, 31) else day.year - 1


def due_day(year: int) -> date:
    """Return the last day on which the reports of ``year`` are in time."""
    return date(year, 12, 31) + timedelta(days=DUE_DAYS)


def public_figures(counted: Counted) -> tuple[int, int, int]:
    """Return the year's requests, instances of disclosure, and taxpayers, as (C) gives them."""
    year = year_of(counted.by)
    requests = _in_year(counted.requests, "received_on", year)["count"].sum()
    made = _in_year(counted.instances, "on", year)
    return int(requests), made.height, made["taxpayer"].drop_nulls().n_unique()


def report_c(counted: Counted, due: Due) -> Document:
    """Return the report for disclosure to the public, (p)(3)(C)."""
    year = year_of(counted.by)
    heading = counted.heading
    figures = public_figures(counted)
    return Document(
        name="joint-committee-c",
        title=f"Disclosures of return information in calendar year {year}",
        as_of=counted.by,
        agreement=heading.agreement,
        about=common.about(
            counted, ("Report under", "26 U.S.C. § 6103(p)(3)(C)"), _due(due), public=True
        ),
        sections=(
            Section(
                "Requests, instances and taxpayers",
                (
                    "A request is one request about one taxpayer, received in the year, whatever "
                    "became of it. An instance is one answer made available to one officer or "
                    "employee in the year. A taxpayer is counted once in the year.",
                ),
                (
                    Table(
                        "by_agency",
                        f"Calendar year {year}, by agency",
                        (
                            ("agency", "Agency"),
                            ("authority", "Authority"),
                            ("requests", "Requests"),
                            ("instances", "Instances of disclosure"),
                            ("taxpayers", "Taxpayers"),
                        ),
                        ((heading.requester, heading.legal_basis, *figures),),
                        # No number: the law has these three published, and no fourth.
                        "An instance of which it is not known whose it was (made elsewhere and "
                        "imported, and not told to be one taxpayer's; or its accounting was lost) "
                        "is in the instances and not in the taxpayers. A row of an imported file "
                        "that could not be read is in the requests, of the day of its import, and "
                        "not in the instances.",
                    ),
                ),
            ),
            Section("General purposes", (_purposes(counted),)),
        ),
        source=counted.source,
        verify=common.verify(counted, "joint-committee"),
        public=True,
    )


def report_b(counted: Counted, due: Due, elements: Mapping[str, tuple[str, str]]) -> Document:
    """Return the summary of the records and accountings, (p)(3)(B).

    ``elements``: citation and statement of each element of the law.
    """
    year = year_of(counted.by)
    return Document(
        name="joint-committee-b",
        title=f"Summary of the accounting of disclosures, calendar year {year}",
        as_of=counted.by,
        agreement=counted.heading.agreement,
        about=common.about(counted, ("Report under", "26 U.S.C. § 6103(p)(3)(B)"), _due(due)),
        sections=(
            Section(
                "Requests received",
                (
                    "Every row received in the year is counted, also those that could not be read "
                    "and those of transmittals refused whole, by what had become of it by "
                    f"{common.day_words(counted.by)}.",
                ),
                (_outcomes(counted, year), _by_month(counted, year)),
            ),
            Section(
                "Why requests did not pass",
                (
                    "Of the batches answered in the year. One request may fail several elements, "
                    "so these add up to more than the requests. Of what was looked up and not "
                    "disclosed no cause is told: it would tell by subtraction how many 26 U.S.C. § "
                    "6103(i)(6) bars.",
                ),
                (_elements(counted, year, elements), _routes(counted, year)),
            ),
            Section("Disclosures made", (), (_instances(counted, year),)),
            Section(
                "Where it stands",
                (
                    common.places(
                        counted,
                        "batch-received",
                        "transmittal-refused",
                        "answered",
                        "release-authorised",
                        "delivered",
                        "not-sent",
                        "opening-granted",
                        "history-imported",
                        "accounted",
                    ),
                ),
            ),
        ),
        source=counted.source,
        verify=common.verify(counted, "joint-committee"),
    )


def _due(due: Due) -> tuple[str, str]:
    made = f"; first made on {common.day_words(due.made_on)}" if due.made_on else ""
    return "Due", f"by {common.day_words(due.on)}{made}"


def _purposes(counted: Counted) -> str:
    return (
        "Preparation for a judicial or administrative proceeding, an investigation which may "
        "result in one, or a grand jury proceeding, pertaining to the enforcement of a "
        "specifically designated Federal criminal statute not involving tax administration."
        if counted.heading.legal_basis.startswith("26 USC 6103(i)(2)")
        else f"Those of {counted.heading.legal_basis}."
    )


def _in_year(frame: pl.DataFrame, column: str, year: int) -> pl.DataFrame:
    return frame.filter(pl.col(column).dt.year() == year)


def _outcomes(counted: Counted, year: int) -> Table:
    # Held after all, less what was not sent, is how many 26 U.S.C. 6103(i)(6) bars: never apart.
    became = pl.col("outcome").replace("held", "no_disclosure")
    rows = (
        _in_year(counted.requests, "received_on", year)
        .group_by("statute", became)
        .agg(pl.col("count").sum())
        .sort("statute", "outcome", nulls_last=True)
    )
    return Table(
        "requests_by_outcome",
        f"Requests received in {year}, by the statute they cite and what became of them",
        (("statute", "Statute cited"), ("outcome", "Became"), ("requests", "Requests")),
        (
            *(
                (statute or "Not told", _MORE_OUTCOMES.get(outcome, words.outcome(outcome)), number)
                for statute, outcome, number in rows.iter_rows()
            ),
            ("All", "", int(rows["count"].sum())),
        ),
    )


def _by_month(counted: Counted, year: int) -> Table:
    requests = _in_year(counted.requests, "received_on", year)
    made = _in_year(counted.instances, "on", year)
    received = _monthly(requests, "received_on", pl.col("count").sum())
    instances = _monthly(made, "on", pl.len())
    opened = [0] * 13
    for _, body in counted.told("opening-granted"):
        if int(body["at"][:4]) == year:
            opened[int(body["at"][5:7])] += 1
    rows: list[tuple[Value, ...]] = [
        (name, received.get(month, 0), instances.get(month, 0), opened[month])
        for month, name in enumerate(common.MONTHS, start=1)
    ]
    return Table(
        "by_month",
        f"{year}, by month",
        (
            ("month", "Month"),
            ("requests", "Requests received"),
            ("instances", "Instances of disclosure"),
            ("openings", "Openings by officers"),
        ),
        (*rows, ("All", *(total(rows, at) for at in (1, 2, 3)))),
    )


def _monthly(frame: pl.DataFrame, column: str, what: pl.Expr) -> dict[int, int]:
    counted = frame.group_by(pl.col(column).dt.month().alias("month")).agg(what.alias("n"))
    return {int(month): int(number) for month, number in counted.iter_rows()}


def _elements(counted: Counted, year: int, said: Mapping[str, tuple[str, str]]) -> Table:
    told = [each for each in counted.elements["outcome"].unique() if answer_of(each) == RETURNED]
    rows = (
        _in_year(counted.elements, "answered_on", year)
        .filter(pl.col("outcome").is_in(told))
        .group_by("element", "outcome")
        .agg(pl.col("count").sum())
        .sort("count", "element", "outcome", descending=[True, False, False])
    )
    return Table(
        "requests_by_element",
        f"Elements for which requests answered in {year} were returned",
        (
            ("element", "Element"),
            ("citation", "Citation"),
            ("statement", "What it asks"),
            ("outcome", "Became"),
            ("requests", "Requests"),
        ),
        tuple(
            (element, *said.get(element, ("", "")), words.outcome(outcome), number)
            for element, outcome, number in rows.iter_rows()
        ),
    )


def _routes(counted: Counted, year: int) -> Table:
    rows = (
        _in_year(counted.routes, "answered_on", year)
        .filter(pl.col("outcome") == "released")
        .group_by("route", "outcome")
        .agg(pl.col("count").sum())
        .sort("route", "outcome")
    )
    return Table(
        "requests_by_route",
        f"Requests answered in {year} with a disclosure, by the route to the taxpayer",
        (("route", "Route"), ("outcome", "Became"), ("requests", "Requests")),
        tuple(
            (_ROUTES.get(route, route), words.outcome(to), n) for route, to, n in rows.iter_rows()
        ),
        "" if rows.height else "None.",
    )


def _instances(counted: Counted, year: int) -> Table:
    made = _in_year(counted.instances, "on", year)

    def line(what: str, part: pl.DataFrame) -> tuple[Value, ...]:
        return (
            what,
            part.height,
            part.drop_nulls("row").select("kind", "source", "row").n_unique(),
            part["taxpayer"].drop_nulls().n_unique(),
            part["taxpayer"].null_count(),
            part["officer"].drop_nulls().n_unique(),
        )

    return Table(
        "disclosures",
        f"Disclosures made in {year}",
        (
            ("made", "Made"),
            ("instances", "Instances"),
            ("requests", "Requests answered"),
            ("taxpayers", "Taxpayers"),
            ("of_nobody", "Instances of nobody known"),
            ("officers", "Officers"),
        ),
        (
            line("Through this gateway", made.filter(pl.col("kind") != "history")),
            line("Elsewhere, and imported", made.filter(pl.col("kind") == "history")),
            line("All", made),
        ),
        "A taxpayer is counted once in each line. Whose an imported disclosure was is known where "
        "it was compared with the records and found to be one taxpayer's.",
    )
