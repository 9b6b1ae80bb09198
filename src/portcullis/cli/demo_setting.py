"""What a scenario is played with, and what it gives back."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from portcullis.progress import Show, step

if TYPE_CHECKING:
    from portcullis.oversight import OrderFacts, YearFacts

Facts = TypeVar("Facts", "OrderFacts", "YearFacts")
"""What was found out in a scenario played in one home."""


@dataclass(frozen=True)
class Setting:
    """What is played, where, and how large."""

    root: Path
    scenario: str
    requests: int
    taxpayers: int
    seed: int

    @property
    def home(self) -> Path:
        """The holder's home, of a scenario played in one."""
        return self.root / "holder"

    @property
    def report(self) -> Path:
        """Where the report is written."""
        return self.root / "report.html"


@dataclass(frozen=True)
class Told:
    """A scenario's end: the report's HTML, the figures, and what shows them on the terminal.

    ``summarise`` is given the figures whole, with the seconds it took and the report's path.
    ``passed``: the ledger verified, and nothing left that should not have.
    """

    report: str
    result: dict[str, Any]
    summarise: Callable[[dict[str, Any]], None]
    passed: bool


@contextmanager
def timed(
    stages: list[tuple[str, float, int]], shown: Show, name: str, rows: int
) -> Iterator[None]:
    """Show a step, and note its name, seconds and rows."""
    began = time.perf_counter()
    with step(shown, name):
        yield
    stages.append((name, time.perf_counter() - began, rows))


def ended(
    setting: Setting,
    shown: Show,
    stages: list[tuple[str, float, int]],
    played: Facts,
    *,
    report: Callable[[Facts], str],
    result: Callable[[Facts, Setting], dict[str, Any]],
    summarise: Callable[[dict[str, Any], Setting], None],
) -> Told:
    """End a scenario played in one home: its report, figures and summary.

    ``stages`` are those before the play; the facts of what was ``played`` hold the others.
    """
    from portcullis.oversight import Stage

    facts = replace(played, stages=(*(Stage(*stage) for stage in stages), *played.stages))
    with step(shown, "Write the report"):
        html = report(facts)
    return Told(
        html,
        result(facts, setting),
        lambda whole: summarise(whole, setting),
        passed=facts.ledger.verified and not facts.unlawful_released,
    )
