"""``make bench``: Portcullis and Splink over the same batch, the parts, the rules, the ledger.

Options (``make bench BENCH="--requests 20000 --taxpayers 100000"``): the size, the seed, and
``--only`` one of gate, splink, parts, rules, ledger, scale, office. The last two are run only where
they are named: the scale sends the batch against 1, 10 and 50 million taxpayers and takes about an
hour; the office is the pages and the API under load on PostgreSQL (``--users``, ``--rate``,
``--seconds``, ``--processes``). A run of
the stated size fills docs/benchmarks.md; smaller ones only write their CSV. The rules have requests
of their own, at most as many as stated; the ledger a list of as many determinations.
"""

import argparse
import sys
from dataclasses import replace
from datetime import UTC, datetime

from benchmarks import gate, results, scale, scene
from benchmarks.data import WORK, Data
from benchmarks.ledger import compare as ledger
from benchmarks.machine import machine, versions
from benchmarks.office import compare as office
from benchmarks.processes import measure
from benchmarks.results import Measurements, Result, Run
from benchmarks.rules import compare
from benchmarks.splinked import ACCURACY, link

REQUESTS, TAXPAYERS = 1_280_000, 10_000_000
CHOICES = ("gate", "splink", "parts", "rules", "ledger", "scale", "office")
NO_DATA = ("rules", "ledger", "scale")
_PEERS = ("splink", "cedarpy", "regopy")
SPLINK_FORMS = {"latest": "Splink, newest address", "every": "Splink, every address"}


def parts(data: Data) -> Measurements:
    """Run the parts and return what they measured."""
    units = {"screening": "requests/s", "sealing": "s"}
    for part, unit in units.items():
        words = [part, str(data.folder)] if part == "screening" else [part]
        answer = measure([sys.executable, "-m", "benchmarks.parts", *words]).answer
        yield from ((stage, value, unit) for stage, value in answer.items())
    yield from gate.re_examine(data)


def rules(run: Run) -> list[Result]:
    """Run the comparison of rules and return its rows, side by side."""
    sides = compare.run(WORK / "rules", run.requests, ACCURACY)
    return [row for side in sides for row in run.results("rules", side, sides[side])]


def outsiders(run: Run) -> list[Result]:
    """Run the ledger beside the outside verifiers and return its rows, side by side."""
    sides = ledger.run(WORK / "ledger", run.requests)
    return [row for side in sides for row in run.results("ledger", side, sides[side])]


def loaded(run: Run, data: Data, load: office.Load) -> dict[str, list[Result]]:
    """Put the office under load and return its rows, side by side."""
    measured = office.run(data, load, say)
    return {
        benchmark: [row for side in sides for row in run.results(benchmark, side, sides[side])]
        for benchmark, sides in measured.items()
    }


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)


def main() -> None:
    """Measure, save, and fill the page."""
    options = _options()

    def wanted(side: str) -> bool:
        return options.only in {None, side}

    size = (options.requests, options.taxpayers)
    load = office.Load(
        users=options.users,
        rate=options.rate,
        seconds=options.seconds,
        processes=options.processes,
    )
    run = Run(*size, datetime.now(UTC).date().isoformat(), machine(), versions(_peers()))
    tables: dict[str, list[Result]] = {}
    if options.only not in NO_DATA:
        say(f"Data: {options.requests:,} requests, {options.taxpayers:,} taxpayers")
        data = scene.ready(*size, options.seed)
    if wanted("gate"):
        say("Portcullis")
        scene.fresh_home(data)
        tables["gate"] = run.results("gate", "Portcullis", gate.run(data))
    if wanted("splink"):
        tables["splink"] = []
        for form, side in SPLINK_FORMS.items():
            say(side)
            tables["splink"] += run.results("splink", side, link(data, form))
    if wanted("parts"):
        say("Parts")
        tables["parts"] = run.results("parts", "Portcullis", parts(data))
    if wanted("rules"):
        say("Rules")
        tables["rules"] = rules(run.of(compare.size(run.requests)))
    if options.only == "scale":
        tables["scale"] = scale.run(run, options.seed, options.sizes or scale.SIZES, say)
    if options.only == "office":
        tables |= loaded(run, data, load)
    if wanted("ledger"):
        say("Ledger")
        beside = replace(run.of(run.requests), versions=versions(ledger.peers()))
        tables["ledger"] = outsiders(beside)

    whole = [result for each in tables.values() for result in each]
    name = f"{options.requests}x{options.taxpayers}" + (f"-{options.only}" if options.only else "")
    if options.only == "scale":
        name = scale.name(run)
    say(f"Saved {results.save(name, whole)}")
    stated = options.sizes is None and load == office.Load()
    full_size = size == (REQUESTS, TAXPAYERS) and stated
    for benchmark, rows in tables.items():
        table = results.table(rows)
        say(f"\n{table}")
        if full_size:
            results.fill(benchmark, table)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--taxpayers", type=int, default=TAXPAYERS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=CHOICES)
    parser.add_argument("--sizes", type=int, nargs="+", help="taxpayers, of the scale")
    stated = office.Load()
    parser.add_argument("--users", type=int, default=stated.users, help="of the office")
    parser.add_argument("--rate", type=int, default=stated.rate, help="of the office's singles, /s")
    parser.add_argument("--seconds", type=int, default=stated.seconds, help="of the office's load")
    parser.add_argument("--processes", type=int, default=stated.processes, help="of the office")
    return parser.parse_args()


def _peers() -> dict[str, str]:
    command = (
        "import json; from importlib.metadata import version; "
        f"print(json.dumps({{name: version(name) for name in {_PEERS!r}}}))"
    )
    return dict(measure([ACCURACY, "-c", command]).answer)


if __name__ == "__main__":
    main()
