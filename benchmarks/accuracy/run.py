"""``make bench-accuracy``: who is found for whom, beside Splink and the name control.

Options (``make bench-accuracy BENCH="--development"``): ``--development`` runs on the seeds on
which rules and thresholds are chosen and only prints; ``--only`` one set; ``--quick`` our own
adversarial set, small, one development seed, and no other environment. Without options every set
is run on the seeds of the report, and docs/accuracy.md is filled.
"""

import argparse
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.accuracy import febrl, layout, page, population, saved, sides
from benchmarks.accuracy.sides import ACCURACY, Row
from benchmarks.data import WORK
from benchmarks.machine import machine, versions
from benchmarks.processes import measure
from portcullis.scenarios import make_adversarial

DEVELOPMENT, REPORT = "development", "report"
SEEDS: dict[str, dict[int, int]] = {
    DEVELOPMENT: {1: 2022, 2: 2027},
    REPORT: {11: 2024, 12: 2034},
}
"""Seed -> the last year of the simulated files. What is chosen on the first is reported on the
second; pseudopeople has one population, so that seeds of one year would differ in noise alone."""

LEVELS = (1, 2, 4)
PSEUDOPEOPLE, FEBRL, ADVERSARIAL = "pseudopeople", "FEBRL", "adversarial"
SETS = (PSEUDOPEOPLE, FEBRL, ADVERSARIAL)
SLIPS = ("noise", "mistyped-number")
"""Cases of the adversarial set that are written with slips."""

_PEERS = ("splink", "pseudopeople", "recordlinkage")
_QUICK_SCALE = 0.03


def cases(chosen: str, part: str, folder: Path) -> Iterator[layout.Case]:
    """Make each case of the set ``chosen`` on the seeds of ``part``, one after another."""
    if chosen == FEBRL:
        source = sides.febrl_files()
        for number in febrl.SETS:
            place = folder / f"febrl-{number}"
            febrl.make(source, number, place)
            yield layout.Case(FEBRL, number, 1, place)
        return
    for seed, last_year in SEEDS[part].items():
        if chosen == ADVERSARIAL:
            yield adversarial(folder / f"adversarial-{seed}", seed)
            continue
        simulated = folder / f"simulated-{seed}"
        sides.simulate(simulated, seed, last_year, LEVELS)
        for level in LEVELS:
            place = folder / f"pseudopeople-{seed}-x{level}"
            population.make(simulated / f"x{level}", place)
            yield layout.Case(PSEUDOPEOPLE, seed, level, place)


def adversarial(folder: Path, seed: int, scale: float = 1.0) -> layout.Case:
    """Make our own hard cases of one seed."""
    make_adversarial(folder, seed, scale)
    layout.mark_clean(folder, SLIPS)
    return layout.Case(ADVERSARIAL, seed, 1, folder)


def quick(folder: Path) -> list[Row]:
    """Run the small sample: one development seed, the sides that need no other environment."""
    case = adversarial(folder, min(SEEDS[DEVELOPMENT]), _QUICK_SCALE)
    return list(sides.run(case, peers=False))


def say(rows: list[Row]) -> None:
    """Print what was counted of one case."""
    print(f"{rows[0].case.name}: {rows[0].counts.requests:,} requests", flush=True)
    for row in rows:
        counts = row.counts
        print(
            f"  {row.side:45} released {counts.released:7,}  wrong {counts.wrong:5,}  "
            f"recall {counts.recall:7.2%}  referred {counts.referred_share:6.2%}",
            flush=True,
        )


def main() -> None:
    """Run, print, save, and fill the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--development", action="store_true")
    parser.add_argument("--only", choices=SETS)
    options = parser.parse_args()
    WORK.mkdir(exist_ok=True)
    part = DEVELOPMENT if options.development else REPORT
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(dir=WORK) as scratch:
        if options.quick:
            say(quick(Path(scratch)))
            return
        for chosen in [options.only] if options.only else SETS:
            for case in cases(chosen, part, Path(scratch)):
                made = list(sides.run(case))
                say(made)
                rows += made
    if part == REPORT and not options.only:
        where = saved.Provenance(
            datetime.now(UTC).date().isoformat(), machine(), versions(_peers())
        )
        print(f"Saved {saved.save(rows, where)}", flush=True)
        page.fill(rows, where)


def _peers() -> dict[str, str]:
    command = (
        "import json; from importlib.metadata import version; "
        f"print(json.dumps({{name: version(name) for name in {_PEERS!r}}}))"
    )
    return dict(measure([ACCURACY, "-c", command]).answer)


if __name__ == "__main__":
    main()
