"""What a scenario is played with, and what it gives back."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portcullis.progress import Show, step


@dataclass(frozen=True)
class Setting:
    """What is played, where, and how large."""

    root: Path
    scenario: str
    requests: int
    taxpayers: int
    seed: int

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
