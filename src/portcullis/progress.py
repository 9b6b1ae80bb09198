"""How far long work has come: steps one after another, each with its rate and the time left.

The rooms report; whoever called them shows it. Nothing here prints, and a report holds counts and
seconds only.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

_BETWEEN = 0.25
"""Seconds that pass at least between two reports of one step."""

_AT_ONCE = 4096


@dataclass(frozen=True)
class Report:
    """How far one step has come: ``done`` of ``total`` ``unit`` in ``seconds``.

    ``total`` is None where nobody knows it beforehand. ``ended`` is true of a step's last report.
    """

    step: str
    done: int
    total: int | None
    unit: str
    seconds: float
    ended: bool = False

    @property
    def rate(self) -> float:
        """``unit`` a second so far; 0 before any."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the step ends at this rate; None where nobody can say."""
        if self.total is None or self.rate == 0:
            return None
        return max(0, self.total - self.done) / self.rate


Show = Callable[[Report], None]
Advance = Callable[[int], None]
"""Called with the number of ``unit`` that have been done since it was last called."""


def unseen(_report: Report) -> None:
    """Show nothing."""


@contextmanager
def step(
    show: Show, name: str, total: int | None = None, unit: str = "requests", done: int = 0
) -> Iterator[Advance]:
    """Report a step named ``name`` to ``show``: at its beginning, on the way and at its end.

    ``done``: how many of ``total`` were done in an earlier run; they count in no rate.
    """
    began = time.monotonic()
    last = began
    now = 0

    def report(*, ended: bool) -> None:
        rest = None if total is None else total - done
        show(Report(name, now, rest, unit, time.monotonic() - began, ended))

    def advance(number: int) -> None:
        nonlocal now, last
        now += number
        if time.monotonic() - last >= _BETWEEN:
            last = time.monotonic()
            report(ended=False)

    report(ended=False)
    yield advance
    report(ended=True)


def counted(items: Iterable[T], advance: Advance) -> Iterator[T]:
    """Yield ``items``, small ones of which there are many, and advance by some at a time."""
    rest = iter(items)
    while some := list(islice(rest, _AT_ONCE)):
        yield from some
        advance(len(some))
