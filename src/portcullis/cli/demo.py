"""``portcullis demo``: a scenario played whole, with live progress, a summary and a report."""

import multiprocessing
import queue
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.managers import SyncManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from portcullis.cli.options import JsonOption
from portcullis.cli.output import console, say, show
from portcullis.errors import Misuse, Refused

if TYPE_CHECKING:
    from portcullis.cli.demo_play import Played

QUICK_REQUESTS, QUICK_RECORDS = 20_000, 60_000
REQUESTS, RECORDS = 1_280_000, 2_000_000


def register(app: App) -> None:
    """Add the verb."""
    app.command(demo)


def demo(
    *,
    scenario: Literal["june-2025"] = "june-2025",
    requests: Annotated[int | None, Parameter(help="Requests in the batch (1,280,000).")] = None,
    records: Annotated[int | None, Parameter(help="Taxpayers in the records (2,000,000).")] = None,
    seed: int = 2025,
    quick: Annotated[
        bool, Parameter(negative="", help="20,000 requests, 60,000 taxpayers.")
    ] = False,
    home: Annotated[Path, Parameter(help="A new folder for everything it makes.")] = Path(
        "demo-home"
    ),
    json: JsonOption = False,
) -> int:
    """Play the batch of June 2025, synthetic, whole: take in, decide, approve, release, prove."""
    began = time.perf_counter()
    root = _fresh(home)
    batch_size = requests or (QUICK_REQUESTS if quick else REQUESTS)
    taxpayers = records or (QUICK_RECORDS if quick else RECORDS)
    with _stages(silent=json) as stages:
        facts, played = _run(Setting(root, scenario, batch_size, taxpayers, seed), stages)
        report = _write_report(root, facts, stages)
    main = played[-1]
    result = _result(played, facts, root, time.perf_counter() - began)
    if json:
        show(result, as_json=True)
    else:
        _summarise(result, played, report)
    return 0 if main.ledger["verified"] and not result["unlawful_released"] else 1


@dataclass(frozen=True)
class Setting:
    """What is played, where, and how large."""

    root: Path
    scenario: str
    requests: int
    taxpayers: int
    seed: int


class Stages:
    """The live display: a line a stage, its step beside it; ``seconds`` as measured."""

    def __init__(self, progress: Progress | None) -> None:
        self._progress = progress
        self._current: Any = None
        self._name = ""

    def say(self, name: str, step: str = "") -> None:
        """Show that stage ``name`` stands at ``step``; a new name ends the stage before."""
        if self._progress is None:
            return
        if name != self._name:
            self.end()
            self._current = self._progress.add_task(name, total=1, step="")
            self._name = name
        self._progress.update(self._current, step=step)

    def end(self) -> None:
        """Mark the current stage as done."""
        if self._progress is not None and self._current is not None:
            self._progress.update(self._current, completed=1, step="")
        self._current, self._name = None, ""


@contextmanager
def _stages(*, silent: bool) -> Iterator[Stages]:
    if silent:
        yield Stages(None)
        return
    columns = (
        SpinnerColumn(finished_text="[green]✓[/]"),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[step]}[/]"),
    )
    with Progress(*columns, console=console) as progress:
        stages = Stages(progress)
        yield stages
        stages.end()


def _run(setting: Setting, stages: Stages) -> "tuple[Any, list[Played]]":
    from portcullis import scenarios
    from portcullis.cli.demo_facts import basis_of, facts_of

    root, requests, seed = setting.root, setting.requests, setting.seed

    timed: list[tuple[str, float, int]] = []
    with _timed(timed, stages, "Make the records", setting.taxpayers):
        records = _apart(scenarios.make_records, root / "records", setting.taxpayers, seed)
    played = []
    for variant in scenarios.VARIANTS:
        with _timed(timed, stages, f"Make the batch, {variant}", requests):
            batch = _apart(_make_batch, root, records.folder, requests, variant, seed)
        elsewhere = None
        if variant == scenarios.PER_PERSON:
            with _timed(timed, stages, "The 2025 script, for comparison", requests):
                elsewhere = root / "elsewhere" / "disclosures-2025.csv"
                naive = _apart(_naive, batch, records.folder, elsewhere)
        played.append(_play_apart(batch, variant, records.folder, root, elsewhere, stages))
    basis = basis_of(setting.scenario, seed, setting.taxpayers, played[-1])
    return facts_of(basis, played, naive, timed), played


def _apart(work: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401 - any work's answer
    """Do ``work`` in a process of its own, which gives its memory back when it is done."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def _make_batch(root: Path, records: Path, requests: int, variant: str, seed: int) -> Any:  # noqa: ANN401
    from portcullis import scenarios
    from portcullis.agreements import builtin_pack, load_pack

    batch = scenarios.make_batch(root / "requester", records, requests, variant, seed)  # type: ignore[arg-type]
    scenarios.sign_batch(batch, load_pack(builtin_pack()))
    return batch


def _naive(batch: Any, records: Path, disclosures: Path) -> Any:  # noqa: ANN401
    import polars as pl

    from portcullis import scenarios

    released = scenarios.run_script_2025(batch.path, records)
    scenarios.write_disclosures(batch, released, scenarios.AS_OF, disclosures)
    return scenarios.compare_naive(pl.read_parquet(batch.truth), released)


def _play_apart(  # noqa: PLR0917
    batch: Any,  # noqa: ANN401
    variant: str,
    records: Path,
    root: Path,
    elsewhere: Path | None,
    stages: Stages,
) -> "Played":
    """Play a variant in a process of its own (one process, one home), showing its steps here."""
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, ProcessPoolExecutor(1, mp_context=context) as pool:
        assert isinstance(manager, SyncManager)  # noqa: S101 - for the type checker
        heard = manager.Queue()
        done = pool.submit(_play, batch, variant, records, root / variant, elsewhere, heard)
        while not done.done() or not heard.empty():
            try:
                name, step = heard.get(timeout=0.1)
            except queue.Empty:
                continue
            stages.say(f"{variant}: {name}", step)
        stages.end()
        return done.result()


def _play(  # noqa: PLR0917
    batch: Any,  # noqa: ANN401
    variant: str,
    records: Path,
    home: Path,
    elsewhere: Path | None,
    heard: Any,  # noqa: ANN401
) -> "Played":
    from portcullis.cli.demo_play import play

    return play(
        batch, variant, records, home, elsewhere, lambda name, step: heard.put((name, step))
    )


@contextmanager
def _timed(
    timed: list[tuple[str, float, int]], stages: Stages, name: str, rows: int
) -> Iterator[None]:
    stages.say(name)
    began = time.perf_counter()
    yield
    timed.append((name, time.perf_counter() - began, rows))
    stages.end()


def _fresh(home: Path) -> Path:
    if home.exists() and any(home.iterdir()):
        if not (home / ".demo").exists():
            raise Misuse(f"The folder {home} is not a demonstration's.", "Name a new folder.")
        import shutil

        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / ".demo").write_text("A demonstration: everything in this folder is synthetic.\n")
    return home


def _write_report(root: Path, facts: Any, stages: Stages) -> Path:  # noqa: ANN401
    from portcullis.oversight import demo_report

    stages.say("Write the report")
    report = root / "report.html"
    report.write_text(demo_report(facts), encoding="utf-8")
    stages.end()
    return report


def _result(played: "list[Played]", facts: Any, root: Path, seconds: float) -> dict[str, Any]:  # noqa: ANN401
    main = played[-1]
    wanted = (
        *("received", "quarantined", "returned", "refused", "referred", "no_disclosure"),
        *("eligible", "approved", "held", "released", "unlawful_released"),
    )
    result: dict[str, Any] = {name: main.counts[name] for name in wanted}
    result |= {
        "naive_released": facts.naive.released,
        "naive_unlawful": facts.naive.unlawful,
        "reexamined": main.reexamined,
        "ledger_size": main.ledger["size"],
        "verified": all(one.ledger["verified"] for one in played),
        "seconds": round(seconds, 1),
        "home": str((root / main.name).resolve()),
        "lawful_released_share": round(main.lawful_released_share, 6),
        "not_as_stated": {one.name: one.mismatches for one in played},
        "as_filed": {name: played[0].counts[name] for name in wanted},
        "report": str((root / "report.html").resolve()),
    }
    result["unlawful_released"] = sum(one.counts["unlawful_released"] for one in played)
    if not result["verified"]:
        raise Refused("A ledger of the demonstration does not verify.", "See portcullis verify.")
    return result


def _summarise(result: dict[str, Any], played: "list[Played]", report: Path) -> None:
    main = played[-1]
    console.rule("as filed")
    say(played[0].halted or "")
    say(f"Released: {played[0].counts['released']:,}")
    console.rule("per person")
    shown = {name: value for name, value in result.items() if not isinstance(value, dict)}
    show(shown, as_json=False)
    console.rule("after the ruling")
    say(_ruling(main))
    console.rule()
    say(f"Report: {report}")
    say(f"Draft demands and lists: {report.parent / 're-examination'}")
    say(f"Verify it yourself: {sys.argv[0]} verify {report.parent / main.name}")


def _ruling(main: "Played") -> str:
    found = main.reexamined
    return (
        f"{found['imported']:,} disclosures of the 2025 script were imported and judged again "
        f"under the reading {found['reading']}: {found['by_the_reading']:,} gave an address "
        f"that is not the taxpayer's; on every ground {found['closes']:,} should not have "
        f"been made. Of this gateway's own {found['released']:,}: {found['own_closes']:,}."
    )
