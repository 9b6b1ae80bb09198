"""Progress shown on stderr: a live line a step on a terminal, now and then a plain line elsewhere.

Stdout stays the answer's alone. What is shown holds counts and seconds only.
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, TextIO

from portcullis.progress import Report, Show

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

EVERY = 5.0
"""Seconds between two plain lines; a step that lasted longer gets one at its end too."""

_SHORT = 1.0  # seconds: a step that ended sooner leaves no trace


@contextmanager
def progress() -> Iterator[Show]:
    """Give what shows the reports of the steps made in this block."""
    if sys.stderr.isatty():
        from rich.console import Console

        with live(Console(stderr=True, highlight=False)) as show:
            yield show
    else:
        with plain(sys.stderr) as show:
            yield show


def words(report: Report) -> str:
    """Say how far a step has come: done, of how many, how quickly, how long still."""
    parts = []
    if report.done or report.total is not None:
        of = "" if report.total is None or report.ended else f" of {report.total:,}"
        parts.append(f"{report.done:,}{of} {report.unit}")
    if report.done:
        parts.append(f"{report.rate:,.0f}/s" if report.rate >= 1 else f"{report.rate:.2g}/s")
    if report.ended:
        parts.append(f"{_clock(report.seconds)} in all")
    elif report.seconds_left is not None:
        parts.append(f"{_clock(report.seconds_left)} left")
    else:
        parts.append(f"{_clock(report.seconds)} so far")
    return ", ".join(parts)


def _clock(seconds: float) -> str:
    return str(timedelta(seconds=round(seconds)))


@contextmanager
def plain(out: TextIO, every: float = EVERY) -> Iterator[Show]:
    """Give what writes a line to ``out`` every ``every`` seconds while a step is under way."""
    lines = _Lines(out, every)
    ended = threading.Event()
    ticking = threading.Thread(target=lines.tick, args=(ended,), daemon=True)
    ticking.start()
    try:
        yield lines.show
    finally:
        ended.set()
        ticking.join()


class _Lines:
    """The steps under way, by name, each with when it was last heard of."""

    def __init__(self, out: TextIO, every: float) -> None:
        self._out = out
        self._every = every
        self._under_way: dict[str, tuple[Report, float]] = {}
        self._lock = threading.Lock()

    def show(self, report: Report) -> None:
        with self._lock:
            if not report.ended:
                self._under_way[report.step] = report, time.monotonic()
                return
            self._under_way.pop(report.step, None)
        if report.seconds > self._every:
            self._write(report)

    def tick(self, ended: threading.Event) -> None:
        """Write how far the innermost step is, again and again."""
        while not ended.wait(self._every):
            with self._lock:
                under_way = list(self._under_way.values())
            if under_way:
                report, heard = under_way[-1]
                seconds = report.seconds + time.monotonic() - heard
                if seconds >= min(_SHORT, self._every):
                    self._write(replace(report, seconds=seconds))

    def _write(self, report: Report) -> None:
        self._out.write(f"{report.step}: {words(report)}\n")
        self._out.flush()


@contextmanager
def live(console: "Console") -> Iterator[Show]:
    """Give what shows each step on its own line of a terminal, with a bar and the time left."""
    from rich.progress import (
        BarColumn,
        Progress,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        SpinnerColumn(finished_text="[green]✓[/]"),
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        TextColumn("{task.fields[words]}", markup=False),
    )
    with Progress(*columns, console=console) as shown:
        yield _Bars(shown).show


class _Bars:
    """A line a step; steps that were short go when they end."""

    def __init__(self, shown: "Progress") -> None:
        self._shown = shown
        self._tasks: dict[str, TaskID] = {}

    def show(self, report: Report) -> None:
        task = self._tasks.get(report.step)
        if task is None:
            task = self._shown.add_task(report.step, total=report.total, words="")
            self._tasks[report.step] = task
        if not report.ended:
            self._shown.update(task, completed=report.done, words=words(report))
            return
        del self._tasks[report.step]
        if report.seconds < _SHORT:
            self._shown.remove_task(task)
        else:
            self._shown.update(task, total=1, completed=1, words=words(report))
