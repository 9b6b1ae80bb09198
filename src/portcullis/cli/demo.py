"""``portcullis demo``: a scenario played whole, with live progress, a summary and a report."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from portcullis.cli.demo_setting import Setting, Told
from portcullis.cli.options import JsonOption
from portcullis.cli.output import show
from portcullis.cli.progressing import progress
from portcullis.errors import Misuse
from portcullis.progress import Show

Scenario = Literal["june-2025", "court-order", "year"]

SIZES: dict[str, tuple[int, int]] = {
    "june-2025": (1_280_000, 2_000_000),
    "court-order": (20_000, 60_000),
    "year": (300, 30_000),
}
"""Requests in a batch, and taxpayers in the records, of each scenario."""

QUICK: dict[str, tuple[int, int]] = {
    "june-2025": (20_000, 60_000),
    "court-order": (5_000, 20_000),
    "year": (160, 20_000),
}


def register(app: App) -> None:
    """Add the verb."""
    app.command(demo)


def demo(
    *,
    scenario: Scenario = "june-2025",
    requests: Annotated[
        int | None, Parameter(help="Requests in a batch (1,280,000; 20,000; 300 a month).")
    ] = None,
    records: Annotated[
        int | None, Parameter(help="Taxpayers in the records (2,000,000; 60,000; 30,000).")
    ] = None,
    seed: int = 2025,
    quick: Annotated[
        bool, Parameter(negative="", help="Small: 20,000 requests and 60,000 taxpayers, or fewer.")
    ] = False,
    home: Annotated[Path, Parameter(help="A new folder for everything it makes.")] = Path(
        "demo-home"
    ),
    json: JsonOption = False,
) -> int:
    """Play a scenario, synthetic, whole, and write its report.

    june-2025: the batch of June 2025: take in, decide, approve, release, prove. court-order: an
    order arrives in the middle of a release; a ruling; recall to closure under a preservation
    hold. year: a year of an office, small.
    """
    began = time.perf_counter()
    tell = _teller(scenario)
    sizes = (QUICK if quick else SIZES)[scenario]
    setting = Setting(_fresh(home), scenario, requests or sizes[0], records or sizes[1], seed)
    with progress() as shown:
        told = tell(setting, shown)
    setting.report.write_text(told.report, encoding="utf-8")
    seconds = round(time.perf_counter() - began, 1)
    whole = {**told.result, "seconds": seconds, "report": str(setting.report.resolve())}
    if json:
        show(whole, as_json=True)
    else:
        told.summarise(whole)
    return 0 if told.passed else 1


def _teller(scenario: Scenario) -> Callable[[Setting, Show], Told]:
    match scenario:
        case "june-2025":
            from portcullis.cli.demo_june import tell
        case "court-order":
            from portcullis.cli.demo_order import tell
        case "year":
            from portcullis.cli.demo_year import tell
    return tell


def _fresh(home: Path) -> Path:
    if home.exists() and any(home.iterdir()):
        if not (home / ".demo").exists():
            raise Misuse(f"The folder {home} is not a demonstration's.", "Name a new folder.")
        import shutil

        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / ".demo").write_text("A demonstration: everything in this folder is synthetic.\n")
    return home
