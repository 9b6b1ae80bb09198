"""The public register: Rejected, Approved–Trace, Approved–No Trace, as NHS Digital published it.

The three are the three public answers and no finer (design, floor 7). Small numbers: see
``small_numbers``.
"""

from portcullis.oversight.reports import common
from portcullis.oversight.reports.document import Document, Section, Table, Value, total
from portcullis.oversight.reports.facts import QUARANTINED, REFUSED_WHOLE, Counted
from portcullis.oversight.reports.small_numbers import (
    SMALL,
    Answers,
    Period,
    Quarter,
    publishable,
)
from portcullis.release import DISCLOSED, NO_DISCLOSURE, RETURNED, public_answer

_FIELD = {RETURNED: "rejected", DISCLOSED: "trace", NO_DISCLOSURE: "no_trace"}


def register(counted: Counted) -> Document:
    """Return the public register as of the day counted, which has ended."""
    published = publishable(answers_by_quarter(counted), counted.by)
    runs = tuple((label(each), each.answers.total) for each in published.runs)
    blocks = tuple((label(each), *each.answers, each.answers.total) for each in published.blocks)
    return Document(
        name="register",
        title="Public register of requests and disclosures",
        as_of=counted.by,
        agreement=counted.heading.agreement,
        about=common.about(counted, public=True),
        sections=(
            Section("What is counted", _what(counted)),
            Section(
                "Requests answered",
                tables=(
                    Table(
                        "requests",
                        "Requests answered, by quarter of the answer",
                        (("period", "Period"), ("requests", "Requests answered")),
                        (*runs, *_total(runs, 1)),
                        "" if runs else "No period can be published yet.",
                    ),
                ),
            ),
            Section(
                "Answers given",
                tables=(
                    Table(
                        "answers",
                        "Answers given, by quarter of the answer",
                        (
                            ("period", "Period"),
                            ("rejected", "Rejected"),
                            ("approved_trace", "Approved – Trace"),
                            ("approved_no_trace", "Approved – No Trace"),
                            ("all", "All"),
                        ),
                        (*blocks, *_total(blocks, 4)),
                        "" if blocks else "No period can be published yet.",
                    ),
                ),
            ),
            Section("Numbers that are not published", _not_published()),
        ),
        source=counted.source,
        verify=common.verify(counted, "register"),
        public=True,
    )


def answers_by_quarter(counted: Counted) -> dict[Quarter, Answers]:
    """Return how often each public answer was given in each quarter, in full."""
    first = Quarter.of(counted.heading.since)
    quarters = {first: Answers()}
    while first.last_day < counted.by:
        first = first.next
        quarters[first] = Answers()
    own = counted.requests.filter(counted.requests["kind"] != "history")
    for on, outcome, number in own.select("answered_on", "outcome", "count").iter_rows():
        if on is not None:
            field = _FIELD[_answer(outcome)]
            quarter = Quarter.of(on)
            quarters[quarter] = quarters.get(quarter, Answers()) + Answers(**{field: number})
    return quarters


def label(period: Period) -> str:
    """Return a period's name: 2025 Q2, or 2025 Q2 to Q4."""
    name = f"{period.first.year} Q{period.first.number}"
    return name if period.first == period.last else f"{name} to Q{period.last.number}"


def _answer(outcome: str) -> str:
    return RETURNED if outcome in {QUARANTINED, REFUSED_WHOLE} else public_answer(outcome)


def _total(rows: tuple[tuple[Value, ...], ...], columns: int) -> tuple[tuple[Value, ...], ...]:
    if not rows:
        return ()
    return (("All periods above", *(total(rows, at) for at in range(1, columns + 1))),)


def _what(counted: Counted) -> tuple[str, ...]:
    heading = counted.heading
    return (
        f"Every request of {heading.requester} under {heading.legal_basis} is counted once, in the "
        "quarter in which it was answered; those of a transmittal that was refused whole in the "
        "quarter of its refusal, as far as it could be read. Quarters end with the last that had "
        f"ended by {common.day_words(counted.by)}.",
        "Rejected: returned for what the request says or does not say, or for how it was sent. "
        "Nobody's records were looked at.",
        "Approved – Trace: the request met the law on its face, and the item asked for was "
        "disclosed to the officers it names.",
        "Approved – No Trace: the request met the law on its face, and nothing was disclosed. Why "
        "is not told here: it would say something of the records.",
    )


def _not_published() -> tuple[str, ...]:
    return (
        f"No number from 1 to {SMALL - 1} is published, nor any two from which one could be worked "
        f"out. Quarters are added up until there are at least {SMALL} requests in them, and the "
        f"answers are given for periods in which each was given at least {SMALL} times. Until the "
        "year has ended the last such period is held back, so that what is left over can be added "
        "to it. Nothing once published changes, so that two registers of different days give no "
        "more than the later one.",
        "The yearly report under 26 U.S.C. § 6103(p)(3)(C) gives exact figures of a whole year, "
        "small or not, for the statute names them. No other small number can be worked out from "
        "both together.",
    )
