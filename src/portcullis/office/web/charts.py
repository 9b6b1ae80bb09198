"""The dashboards' charts, as data: bars and lines by their places, and the same as a table.

``office/parts/chart.html`` draws them as SVG in the page. Places across are percentages, so one
drawing fits a telephone and a desk and its words keep their size; nothing is drawn in the
browser, and nothing here costs more than the page around it (``oversight.charts``, for reports on
paper, takes half a second a picture).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from portcullis.office.web.parts import Cell, Column, Table, said, table

Kind = Literal["plain", "good", "warn", "bad"]
"""What an amount means; its colour. The label says it too."""

HEIGHT = 180
"""Pixels from the top of a chart of lines to its zero."""

_LABEL_ROOM = 14  # pixels above the highest point, for the axis' uppermost word
_LEAST = 0.007  # of the longest: what there is of something is seen
_AGES = ((0, 0, "today"), (1, 1, "1 day"), (2, 5, "2 to 5 days"), (6, 10, "6 to 10 days"),
         (11, 30, "11 to 30 days"), (31, None, "more than 30 days"))  # fmt: skip


@dataclass(frozen=True)
class Amount:
    """How many of one thing, and what that means."""

    label: str
    count: int
    kind: Kind = "plain"
    url: str = ""


@dataclass(frozen=True)
class Bar:
    """One bar: its label, length (per cent of the width), and its value in words."""

    label: str
    length: str
    value: str
    share: str
    kind: Kind
    url: str


@dataclass(frozen=True)
class Bars:
    """Bars under each other on one scale from zero: a table in which each number is drawn too."""

    title: str
    says: str
    of: str
    bars: tuple[Bar, ...]
    empty: str
    drawn = "bars"


@dataclass(frozen=True)
class Line:
    """One piece of a line, from one point to the next: across in per cent, down in pixels."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True)
class Series:
    """One line: its name, its number (which gives it colour and dashes), its pieces and points."""

    name: str
    number: int
    lines: tuple[Line, ...]
    points: tuple[tuple[str, str], ...]
    last: str


@dataclass(frozen=True)
class Lines:
    """What changes over time, and the same as a table."""

    title: str
    says: str
    series: tuple[Series, ...]
    across: tuple[tuple[str, str, str], ...]
    """Words under the chart: place (per cent), which end of the word stands there, word."""
    up: tuple[tuple[str, str], ...]
    """Lines across: place (pixels), word."""
    table: Table
    empty: str
    height: int = HEIGHT
    drawn = "lines"


def funnel(title: str, rows: Sequence[Amount], says: str = "") -> Bars:
    """Return how many of the first row's are left at each later one.

    ``rows`` stand in the order of the way through; shares are of the first.
    """
    whole = rows[0].count if rows else 0
    return _bars(title, says, rows, whole, f"of {_lowered(rows[0].label)}" if rows else "")


def outcomes(title: str, rows: Sequence[Amount], says: str = "") -> Bars:
    """Return how a whole falls into ``rows``; shares are of all of them together."""
    return _bars(title, says, rows, sum(row.count for row in rows), "of all")


def ageing(title: str, waits: Mapping[int, int], due: int | None = None, says: str = "") -> Bars:
    """Return how long work has waited: ``waits`` says how many have waited that many whole days.

    What has waited more than ``due`` days is marked late.
    """
    rows = [
        Amount(
            words,
            sum(n for days, n in waits.items() if from_ <= days and (to is None or days <= to)),
            "bad" if due is not None and from_ > due else "plain",
        )
        for from_, to, words in _AGES
    ]
    return outcomes(title, rows if any(row.count for row in rows) else [], says)


def over_time(
    title: str,
    rows: Sequence[tuple[date, Mapping[str, float | None]]],
    unit: str = "",
    says: str = "",
) -> Lines:
    """Return lines over time: each row a day and the value of each series on it, None for none.

    ``unit`` stands behind each value (``" %"``). The scale begins at zero. Raises ValueError where
    the days do not rise.
    """
    days = [day for day, _ in rows]
    if any(one >= next_ for one, next_ in pairwise(days)):
        raise ValueError("the days of a chart must rise")
    names = list(dict.fromkeys(name for _, values in rows for name in values))
    known = [value for _, values in rows for value in values.values() if value is not None]
    top = _round_up(max(known, default=0.0))
    series = tuple(
        _series(name, number, [(day, values.get(name)) for day, values in rows], top, unit)
        for number, name in enumerate(names, start=1)
    )
    listed = table(
        title,
        ["Day", *(Column(name, numeric=True) for name in names)],
        [(day.isoformat(), *(Cell(_value(values.get(name), unit), numeric=True) for name in names))
         for day, values in rows],
    )  # fmt: skip
    up = tuple((_pixels(top * part, top), _value(top * part, unit)) for part in (0, 0.5, 1))
    empty = "" if known else "Nothing has been measured yet."
    return Lines(title, says, series, _across(days), up, listed, empty)


def _bars(title: str, says: str, rows: Sequence[Amount], whole: int, of: str) -> Bars:
    longest = max((row.count for row in rows), default=0)
    bars = tuple(
        Bar(
            row.label,
            _percent(max(row.count, longest * _LEAST) if row.count else 0, longest),
            said(row.count),
            _share(row.count, whole),
            row.kind,
            row.url,
        )
        for row in rows
    )
    return Bars(title, says, of, bars, "" if longest else "There is nothing to show yet.")


def _share(count: int, whole: int) -> str:
    """Return a share in words; never 0 % of something, nor 100 % of less than all."""
    if whole == 0:
        return "–"
    share = 100 * count / whole
    if 0 < share < 0.1:  # noqa: PLR2004 - what rounds to nothing
        return "under 0.1 %"
    if 99.9 < share < 100:  # noqa: PLR2004 - what rounds to all
        return "over 99.9 %"
    return f"{share:.1f} %"


def _series(
    name: str, number: int, values: Sequence[tuple[date, float | None]], top: float, unit: str
) -> Series:
    first, last_day = values[0][0], values[-1][0]
    places = [
        None if value is None else (_across_at(day, first, last_day), _pixels(value, top))
        for day, value in values
    ]
    lines = tuple(
        Line(*one, *other) for one, other in pairwise(places) if one is not None and other
    )
    known = [value for _, value in values if value is not None]
    last = _value(known[-1], unit) if known else "–"
    return Series(name, number, lines, tuple(place for place in places if place), last)


def _across_at(day: date, first: date, last: date) -> str:
    """Return where between the first day and the last a day stands; a single one in the middle."""
    length = (last - first).days
    return _percent((day - first).days, length) if length else "50%"


def _across(days: Sequence[date]) -> tuple[tuple[str, str, str], ...]:
    """Return the words under the chart: the first day and the last."""
    if not days:
        return ()
    if len(days) == 1:
        return (("50%", "middle", _day(days[0])),)
    return (("0%", "start", _day(days[0])), ("100%", "end", _day(days[-1])))


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.2f}%" if whole else "0%"


def _pixels(value: float, top: float) -> str:
    return f"{HEIGHT - (HEIGHT - _LABEL_ROOM) * value / top:.1f}"


def _value(value: float | None, unit: str) -> str:
    return "–" if value is None else f"{value:,.10g}{unit}"


def _round_up(value: float) -> float:
    """Return the next 1, 2 or 5 with zeros, so that the axis' words are round."""
    step = 1.0
    if value <= 0:
        return step
    while step * 10 <= value:
        step *= 10
    while step > value:
        step /= 10
    return next(step * by for by in (1, 2, 5, 10) if step * by >= value)


def _lowered(label: str) -> str:
    return label[:1].lower() + label[1:]
