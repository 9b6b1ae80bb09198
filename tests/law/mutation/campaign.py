"""Every mutant tried, two at a time, each in a process forked from this one.

What takes long to load is loaded here once. The law is not, nor any room of ours: polars must
compute nothing here, since its threads do not outlive a fork.
"""

import importlib
import multiprocessing
import sys
from collections.abc import Iterable, Iterator, Sequence
from multiprocessing.connection import wait
from pathlib import Path
from time import monotonic

from tests.law.mutation import report
from tests.law.mutation.killing import LAW, Fate, try_one
from tests.law.mutation.making import Mutant, mutants_of

WORKERS = 2
SECONDS = 90
LEFT_OUT = {
    "pages": "sets the law out for reading, decides nothing; its output is compared whole",
    "quotation": "a part of pages",
}
LOADED = ("hypothesis", "numpy", "pydantic", "pyarrow")


def run(modules: Sequence[str], answers: Path) -> int:
    """Try every mutant of ``modules`` (none: of all), say what survives, return the exit status."""
    for each in LOADED:
        importlib.import_module(each)
    assert "portcullis.law" not in sys.modules
    paths = [each for each in sorted(LAW.glob("*.py"))
             if (each.stem in modules if modules else each.stem not in LEFT_OUT)]  # fmt: skip
    mutants = [mutant for path in paths for mutant in mutants_of(path)]
    say(f"{len(mutants)} mutants")
    as_it_is = Mutant("words", "none", 0, "", "", (LAW / "words.py").read_text(encoding="utf-8"))
    ((_, unchanged),) = _fates([as_it_is], answers)
    if unchanged is not Fate.SURVIVED:
        say(f"The law as it is does not pass: {unchanged.name}.")
        return 1
    began, fates = monotonic(), {}
    for mutant, fate in _fates(mutants, answers):
        fates[mutant] = fate
        if fate is Fate.SURVIVED:
            say(f"survived: {mutant.module}:{mutant.line} {mutant.operator}")
            say(f"  was: {mutant.was}\n  now: {mutant.now}")
        if len(fates) % 50 == 0:
            say(f"{len(fates)} tried, {(monotonic() - began) / 60:.1f} minutes")
    found = [(mutant, fates[mutant]) for mutant in mutants]
    faults = report.faults(found, whole=not modules)
    if not modules:
        report.PAGE.write_text(report.page(found, LEFT_OUT), encoding="utf-8")
    say(report.summary(found), *faults)
    return 1 if faults else 0


def _fates(mutants: Iterable[Mutant], answers: Path) -> Iterator[tuple[Mutant, Fate]]:
    forking = multiprocessing.get_context("fork")
    waiting, running = iter(mutants), {}
    while True:
        while len(running) < WORKERS and (mutant := next(waiting, None)) is not None:
            process = forking.Process(target=try_one, args=(mutant.module, mutant.source, answers))
            process.start()
            running[process.sentinel] = (mutant, process, monotonic() + SECONDS)
        if not running:
            return
        wait(running, timeout=1)
        for sentinel, (mutant, process, until) in list(running.items()):
            late = monotonic() > until
            if late:
                process.kill()
            if late or not process.is_alive():
                process.join()
                del running[sentinel]
                yield mutant, _fate(process.exitcode, late=late)


def _fate(status: int | None, *, late: bool) -> Fate:
    """A process that polars or a signal ended was no more able to judge than one that failed."""
    if late:
        return Fate.TIME
    return Fate(status) if status in set(Fate) else Fate.TESTS


def say(*lines: str) -> None:
    """Write lines for whoever watches."""
    sys.stdout.write("\n".join([*lines, ""]))
    sys.stdout.flush()
