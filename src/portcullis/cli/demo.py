"""``portcullis demo``: a scenario played whole, with live progress, a summary and a report."""

import multiprocessing
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import resource_tracker
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from cyclopts import App, Parameter

from portcullis.cli import cancelling
from portcullis.cli.options import JsonOption
from portcullis.cli.output import console, say, show
from portcullis.cli.progressing import progress
from portcullis.errors import Misuse, Refused
from portcullis.progress import Report, Show, step

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
    with progress() as shown:
        facts, played = _run(Setting(root, scenario, batch_size, taxpayers, seed), shown)
        with step(shown, "Write the report"):
            report = _write_report(root, facts)
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


def _run(setting: Setting, shown: Show) -> "tuple[Any, list[Played]]":
    from portcullis import scenarios
    from portcullis.cli.demo_facts import basis_of, facts_of

    root, requests, seed = setting.root, setting.requests, setting.seed

    _track_resources()
    timed: list[tuple[str, float, int]] = []
    with _timed(timed, shown, "Make the records", setting.taxpayers):
        records = _apart(scenarios.make_records, root / "records", setting.taxpayers, seed)
    played = []
    for variant in scenarios.VARIANTS:
        with _timed(timed, shown, f"Make the batch, {variant}", requests):
            batch = _apart(_make_batch, root, records.folder, requests, variant, seed)
        elsewhere = None
        if variant == scenarios.PER_PERSON:
            with _timed(timed, shown, "The 2025 script, for comparison", requests):
                elsewhere = root / "elsewhere" / "disclosures-2025.csv"
                naive = _apart(_naive, batch, records.folder, elsewhere)
        played.append(_play_apart(batch, variant, records.folder, root, elsewhere, shown))
    basis = basis_of(setting.scenario, seed, setting.taxpayers, played[-1])
    return facts_of(basis, played, naive, timed), played


def _apart(work: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401 - any work's answer
    """Do ``work`` in a process of its own, which gives its memory back when it is done."""
    with _process() as pool:
        return _begun(pool, work, *arguments).result()


@contextmanager
def _process(*initial: Any) -> Iterator[ProcessPoolExecutor]:  # noqa: ANN401 - what it begins with
    """Give a process to work in; it is killed where this block is left by an error or a cancel."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        1, mp_context=context, initializer=_end_with_the_first, initargs=initial
    ) as pool:
        try:
            yield pool
        except BaseException:
            for each in multiprocessing.active_children():
                each.kill()
            raise


def _begun(pool: ProcessPoolExecutor, work: Callable[..., Any], *arguments: Any) -> "Future[Any]":  # noqa: ANN401
    """Begin ``work`` in a process that leaves Ctrl-C, sent by a terminal to all, to this one."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        return pool.submit(work, *arguments)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _track_resources() -> None:
    """Begin multiprocessing's tracker: begun by a worker, it would let the signal through again.

    Where a cancel leaves semaphores it removes them, and need not warn of it.
    """
    sys.warnoptions.append("ignore::UserWarning")
    try:
        resource_tracker.ensure_running()
    finally:
        sys.warnoptions.pop()


def _end_with_the_first(heard: Any = None) -> None:  # noqa: ANN401 - a queue of another process
    """Let this process end as soon as the one that began it does, however that ends."""
    global _heard  # noqa: PLW0603 - a worker's only way to what it began with
    _heard = heard
    first = multiprocessing.parent_process()

    def end() -> None:
        if first is not None:
            first.join()
            os._exit(cancelling.EXIT)

    threading.Thread(target=end, daemon=True).start()


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
    shown: Show,
) -> "Played":
    """Play a variant in a process of its own (one process, one home), showing its steps here."""
    heard = multiprocessing.get_context("spawn").Queue()
    with _process(heard) as pool:
        done = _begun(pool, _play, batch, variant, records, root / variant, elsewhere)
        for report in _told(heard, done):
            shown(replace(report, step=f"{variant}: {report.step}"))
        played: Played = done.result()
        return played


def _told(heard: "multiprocessing.Queue[Report | None]", done: "Future[Any]") -> Iterator[Report]:
    """Yield what another process reports, until it says None or is done."""
    while True:
        try:
            report = heard.get(timeout=0.1)
        except queue.Empty:
            if done.done():
                return
            continue
        if report is None:
            return
        yield report


_heard: Any = None
"""In a process that plays: the queue for its reports."""


def _play(
    batch: Any,  # noqa: ANN401
    variant: str,
    records: Path,
    home: Path,
    elsewhere: Path | None,
) -> "Played":
    from portcullis.cli.demo_play import play

    try:
        return play(batch, variant, records, home, elsewhere, _heard.put)
    finally:
        _heard.put(None)


@contextmanager
def _timed(
    timed: list[tuple[str, float, int]], shown: Show, name: str, rows: int
) -> Iterator[None]:
    began = time.perf_counter()
    with step(shown, name):
        yield
    timed.append((name, time.perf_counter() - began, rows))


def _fresh(home: Path) -> Path:
    if home.exists() and any(home.iterdir()):
        if not (home / ".demo").exists():
            raise Misuse(f"The folder {home} is not a demonstration's.", "Name a new folder.")
        import shutil

        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    (home / ".demo").write_text("A demonstration: everything in this folder is synthetic.\n")
    return home


def _write_report(root: Path, facts: Any) -> Path:  # noqa: ANN401
    from portcullis.oversight import demo_report

    report = root / "report.html"
    report.write_text(demo_report(facts), encoding="utf-8")
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
