"""The report of the scenario year: one HTML file that needs nothing else to be read."""

from datetime import date, datetime

from portcullis.oversight import words
from portcullis.oversight.charts import BAD, GOOD, INK, PRIMARY, Bar, Lane, Picture, bars, course
from portcullis.oversight.page import Figure, ledger_figure, rendered, time_by_stage
from portcullis.oversight.recall_picture import recall_picture
from portcullis.oversight.recall_picture import spoken as recall_spoken
from portcullis.oversight.views import spoken
from portcullis.oversight.year_facts import OUTCOMES, Month, YearFacts, check

# A month's outcomes, in the order of the way, each in a colour of the page.
COLOURS = {
    "quarantined": INK,
    "returned": "#2378c3",
    "refused": "#162e51",
    "referred": "#168092",
    "no_disclosure": "#8a6d1f",
    "held": BAD,
    "released": GOOD,
}
# The same colours as the page's style sheet names them.
_NAMED = {
    "quarantined": "ink",
    "returned": "predicate",
    "refused": "statute",
    "referred": "agreement",
    "no_disclosure": "policy",
    "held": "bad",
    "released": "good",
}
_SPELLS = {"order": BAD, "lapse": "#8a6d1f", "incident": BAD, "recall": "#168092", "hold": INK}
_MONTHS = 12


def year_report(facts: YearFacts) -> str:
    """Return the report as the text of one HTML file.

    Raises ValueError where the numbers of ``facts`` do not reconcile.
    """
    check(facts)
    return rendered(
        "year_report.html.jinja",
        facts=facts,
        basis=facts.basis,
        ledger=facts.ledger,
        lead=lead(facts),
        figures=_figures(facts),
        key=[(words.outcome(name), _NAMED[name]) for name in OUTCOMES],
        months_picture=bars([_month_bar(month) for month in facts.months]),
        months_spoken=spoken(
            "Rows received", [(f"{each.received_on:%B}", each.received) for each in facts.months]
        ),
        months_rows=[_month_row(month) for month in facts.months],
        months_total=("All", *(words.count(facts.total(name)) for name in ("received", *OUTCOMES))),
        packages_rows=[_package_row(month) for month in facts.months],
        packages_total=(
            *("All", "", "", ""),
            *(words.count(facts.total(name)) for name in ("packages", "opened")),
        ),
        course_picture=_course(facts),
        course_spoken=_course_spoken(facts),
        recall=facts.recall,
        recall_picture=recall_picture(facts.recall),
        recall_spoken=recall_spoken(facts.recall),
        stopped_rows=[
            (f"{each.month:%B}", each.reason, words.count(each.packages)) for each in facts.stopped
        ],
        counted_rows=[
            (each.what, words.count(each.on_ledger), words.count(each.in_files))
            for each in facts.counted
        ],
        moment=lambda at: _moment(at.astimezone(facts.incident.due_at.tzinfo)),
        **time_by_stage(facts.stages),
    )


def lead(facts: YearFacts) -> str:
    """Return the whole result in a few sentences."""
    unlawful = words.count(facts.unlawful_released) if facts.unlawful_released else "none"
    return (
        f"In {facts.year} the office received {words.count(facts.total('received'))} requests in "
        f"{words.count(len(facts.months))} batches and answered "
        f"{words.count(facts.total('released'))} with an address, {unlawful} of them unlawfully. "
        f"An order stood for a time, the recipient’s safeguards lapsed once, and one incident "
        f"led to a recall of {words.count(facts.recall.disclosures)} packages, carried to its end. "
        "Every figure below was counted from the ledger and from the files, and agrees."
    )


def _figures(facts: YearFacts) -> list[Figure]:
    released = facts.total("released")
    return [
        Figure(
            "Unlawful releases",
            words.count(facts.unlawful_released),
            f"of {words.count(released)} requests answered with an address",
            "bad" if facts.unlawful_released else "good",
        ),
        Figure(
            "Returned or refused on their face",
            words.share(facts.total("returned") + facts.total("refused"), facts.total("received")),
            "nobody was looked up for these",
        ),
        Figure(
            "Openings",
            words.count(facts.total("opened")),
            f"granted; {words.count(facts.openings_refused)} refused",
        ),
        ledger_figure(facts.ledger),
    ]


def _month_bar(month: Month) -> Bar:
    parts = tuple((float(getattr(month, name)), COLOURS[name]) for name in OUTCOMES)
    return Bar(f"{month.received_on:%B}", parts, words.count(month.received))


def _month_row(month: Month) -> tuple[str, ...]:
    counts = (words.count(int(getattr(month, name))) for name in ("received", *OUTCOMES))
    return (f"{month.received_on:%B}", *counts)


def _package_row(month: Month) -> tuple[str, ...]:
    days = (month.received_on, month.answered_on, month.kept_until)
    return (
        f"{month.received_on:%B}",
        *(_short(each) for each in days),
        words.count(month.packages),
        words.count(month.opened),
    )


def _course(facts: YearFacts) -> Picture:
    """Draw the year's days: the batches from receipt to answer, and everything that lasted."""
    work = Lane(
        "Batches, from receipt to answer",
        tuple(
            (_day(month.received_on), _day(month.answered_on) + 1, PRIMARY)
            for month in facts.months
        ),
        words.count(len(facts.months)),
    )
    lanes = [work]
    for spell in facts.spells:
        span = (_day(spell.begun), _day(spell.ended) + 1, _SPELLS[spell.kind])
        days = (spell.ended - spell.begun).days + 1
        lanes.append(Lane(spell.what, (span,), f"{days:,} day{'s' if days > 1 else ''}"))
    firsts = [date(facts.year, month, 1) for month in range(1, _MONTHS + 1)]
    end = _day(date(facts.year, _MONTHS, 31)) + 1
    ticks = [(float(_day(first)), f"{first:%b}"[0]) for first in firsts]
    return course(lanes, (), (_day(firsts[0]), end), ticks)


def _course_spoken(facts: YearFacts) -> str:
    said = (f"{each.what} from {each.begun} to {each.ended}" for each in facts.spells)
    return f"The year {facts.year}: {'; '.join(said)}."


def _day(day: date) -> int:
    return day.toordinal()


def _short(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"


def _moment(at: datetime) -> str:
    return f"{at:%B} {at.day}, {at:%H:%M %Z}"
