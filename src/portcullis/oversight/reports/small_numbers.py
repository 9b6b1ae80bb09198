"""Which numbers of the register can be published so that no small one can be worked out.

A number from 1 to ``SMALL`` - 1 is small. A small cell left out gives nothing to subtract from only
if nothing published lets it be had: not a total, not the figures of another day, not the yearly
figures that the statute has published (26 U.S.C. 6103(p)(3)(C)). So nothing is starred out of a
table whose margins stand; figures are given for longer periods instead:

1. A year's quarters are grouped into *runs*, each of at least ``SMALL`` requests, from the year's
   beginning. A run's number of requests is published.
2. A year's runs are grouped likewise into *blocks*, in which each of the answers was given at least
   ``SMALL`` times. Only of a block are the answers published, all of them or none.
3. Until the year has ended the last run, and the last block, is held back: what is left over at the
   year's end, if small, is added to it. A year that has no run is not published.

Runs and blocks partition the year, and what is once published never changes. Whatever is
published, on every day, and every total of it, is a sum of runs and of blocks of disjoint periods,
none of them small: and no cell inside one can be had from such sums. A year's total and its number
of traces, which (p)(3)(C) publishes, add nothing small to that but what they say themselves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain
from typing import NamedTuple, Self, TypeVar

SMALL = 10
"""The least number that is published, 0 apart. No source settles it; this is the closed side of
those in use by statistical offices."""

_DECEMBER, _QUARTERS, _MONTHS = 12, 4, 3
T = TypeVar("T")


class Quarter(NamedTuple):
    """A quarter of a calendar year, 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the quarter a day lies in."""
        return cls(day.year, (day.month - 1) // _MONTHS + 1)

    @property
    def last_day(self) -> date:
        """Return its last day."""
        month = self.number * _MONTHS
        after = date(self.year + month // _DECEMBER, month % _DECEMBER + 1, 1)
        return after - timedelta(days=1)

    @property
    def next(self) -> "Quarter":
        """Return the quarter after it."""
        year, number = divmod(self.year * _QUARTERS + self.number, _QUARTERS)
        return Quarter(year, number + 1)


class Answers(NamedTuple):
    """How often each public answer was given."""

    rejected: int = 0
    trace: int = 0
    no_trace: int = 0

    @property
    def total(self) -> int:
        """Return how many requests were answered."""
        return sum(self)

    def __add__(self, other: object) -> "Answers":
        if not isinstance(other, Answers):
            return NotImplemented
        return Answers(*(one + another for one, another in zip(self, other, strict=True)))


@dataclass(frozen=True)
class Period:
    """One or several quarters of a year, together, and the answers given in them."""

    first: Quarter
    last: Quarter
    answers: Answers


@dataclass(frozen=True)
class Published:
    """What may be published: of ``runs`` the number of requests, of ``blocks`` each answer too."""

    runs: tuple[Period, ...]
    blocks: tuple[Period, ...]


def publishable(quarters: Mapping[Quarter, Answers], by: date) -> Published:
    """Return what may be published after the day ``by`` of what was answered in each quarter.

    ``by`` has ended: while it runs, what is answered on it could change what was published.
    Quarters that have not ended are not looked at; one without requests counts as one of none. What
    is published on one day is published, unchanged, on every later one.
    """
    runs: list[list[Period]] = []
    blocks: list[list[list[Period]]] = []
    years = sorted({quarter.year for quarter in quarters})
    for year in range(years[0], years[-1] + 1) if years else ():
        ended = [
            Period(each, each, quarters.get(each, Answers()))
            for each in (Quarter(year, number) for number in range(1, _QUARTERS + 1))
            if each.last_day <= by
        ]
        over = len(ended) == _QUARTERS
        closed = _group(ended, _enough, _no_small_total, over=over)
        runs += closed if over else closed[:-1]
        grouped = _group(closed, _enough_of_each, _no_small_answer, over=over)
        blocks += grouped if over else grouped[:-1]
    return Published(
        tuple(_together(each) for each in runs),
        tuple(_together(list(chain.from_iterable(each))) for each in blocks),
    )


def _group(
    items: list[T], enough: Callable[[list[T]], bool], fit: Callable[[list[T]], bool], *, over: bool
) -> list[list[T]]:
    """Group ``items``, in order, as soon as a group is ``enough``.

    What is left, once the year is ``over``, is a group of its own if it is ``fit`` to be published,
    else it is added to the last one; where there is none, it is left out.
    """
    groups: list[list[T]] = []
    open_: list[T] = []
    for item in items:
        open_.append(item)
        if enough(open_):
            groups.append(open_)
            open_ = []
    if over and open_:
        if fit(open_):
            groups.append(open_)
        elif groups:
            groups[-1] += open_
    return groups


def _enough(open_: list[Period]) -> bool:
    return _together(open_).answers.total >= SMALL


def _no_small_total(open_: list[Period]) -> bool:
    return not _is_small(_together(open_).answers.total)


def _enough_of_each(open_: list[list[Period]]) -> bool:
    return min(_together(list(chain.from_iterable(open_))).answers) >= SMALL


def _no_small_answer(open_: list[list[Period]]) -> bool:
    return not any(map(_is_small, _together(list(chain.from_iterable(open_))).answers))


def _is_small(count: int) -> bool:
    return 0 < count < SMALL


def _together(periods: list[Period]) -> Period:
    answers = sum((each.answers for each in periods), Answers())
    return Period(periods[0].first, periods[-1].last, answers)
