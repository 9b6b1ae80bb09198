"""What the watching raises on scenarios of known truth, and how often on what is ordinary.

    python -m benchmarks.watching [--seeds 10] [--requests 10000] [--taxpayers 30000]
        [--scenarios clean per-person as-filed] [--years 200]

Prints the tables of docs/watching.md. The scenarios are sent as one batch each; whoever is not
among the planted and is named by an alarm is a false alarm. The ordinary years are drawn here:
officers whose shares of the work differ, weekly batches, readers of different speed.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from portcullis import scenarios
from portcullis.agreements import builtin_pack, load_pack
from portcullis.law import Basis, Thresholds
from portcullis.oversight import watching
from portcullis.oversight.watching import ASKED, Finding, Reading
from portcullis.scenarios import AS_FILED, AS_OF, PER_PERSON, Batch
from portcullis.screening import measure, prepared_chunks

RULES = (watching.officer_loads, watching.identical_reasons, watching.households)
SCENARIOS = ("clean", PER_PERSON, AS_FILED)
_PACK = load_pack(builtin_pack())
LIMITS = Thresholds.from_values(_PACK.thresholds)
_WINDOW_KEY = bytes(range(32))

# The ordinary office: so many officers and weeks, requests of an officer a week on average, and
# how unequal officers and weeks are (of the logarithm).
OFFICERS, WEEKS, A_WEEK, UNEQUAL = 40, 52, 5, 0.5
# The ordinary reader: seconds a row of a list, and of a sample, and how they differ.
READS_A_LINE, READS_A_REQUEST, READERS_DIFFER = 2.5, 25.0, 0.4


def make(scenario: str, folder: Path, records: Path, requests: int, seed: int) -> Batch:
    """Make the batch of a scenario."""
    if scenario == "clean":
        return scenarios.make_clean_batch(folder, records, requests, seed)
    variant = AS_FILED if scenario == AS_FILED else PER_PERSON
    return scenarios.make_batch(folder, records, requests, variant, seed)


def asked_of(batch: Batch, on: date = AS_OF, position: int = 1) -> pl.DataFrame:
    """Return what the window keeps of a batch's file (``watching.ASKED``)."""
    chunks = (frame for frame, _ in prepared_chunks(batch.path, _PACK))
    basis = Basis.from_pack(_PACK, on)
    digests = measure(chunks, None, _WINDOW_KEY, basis, on, batch_id=batch.batch_id).digests
    return asked_frame(digests, batch.batch_id, on, position)


def asked_frame(digests: pl.DataFrame, batch_id: str, on: date, position: int) -> pl.DataFrame:
    """Return the window's rows of one batch as the rules read them."""
    at = datetime.combine(on, time(15), UTC)
    return digests.with_columns(
        pl.lit(batch_id).alias("batch"),
        pl.lit(on).alias("on"),
        pl.lit(position).alias("position"),
        pl.lit(at).alias("at"),
    ).select(pl.col(name).cast(kind) for name, kind in ASKED.items())


def findings(asked: pl.DataFrame) -> list[Finding]:
    """Return everything the rules over requests find."""
    return [one for rule in RULES for one in rule(asked, LIMITS)]


def of_scenarios(
    names: Sequence[str], seeds: int, requests: int, taxpayers: int
) -> Iterator[tuple[str, int, list[Finding]]]:
    """Yield scenario, seed and findings."""
    for seed in range(seeds):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            records = scenarios.make_records(folder / "records", taxpayers, seed).folder
            for scenario in names:
                batch = make(scenario, folder / scenario, records, requests, seed)
                yield scenario, seed, findings(asked_of(batch))


def ordinary_loads(random: np.random.Generator) -> pl.DataFrame:
    """Draw one ordinary year of officers' loads, a batch a week."""
    shares = random.lognormal(0, UNEQUAL, OFFICERS)
    weekly = random.lognormal(0, UNEQUAL / 2, WEEKS)
    counts = random.poisson(A_WEEK * shares[None, :] * weekly[:, None])
    first = date(2025, 1, 6)
    return pl.concat(
        asked_frame(
            pl.DataFrame(
                {
                    "kind": ["officer"] * OFFICERS,
                    "digest": [f"officer-{number}".encode() for number in range(OFFICERS)],
                    "count": counts[week],
                }
            ).filter(pl.col("count") > 0),
            f"week-{week}",
            first + timedelta(weeks=week),
            week,
        )
        for week in range(WEEKS)
    )


def ordinary_readings(random: np.random.Generator, code: str) -> list[Reading]:
    """Draw one ordinary year of an official who reads one list or sample a week, then signs."""
    usual = READS_A_LINE if code == watching.APPROVED_TOO_FAST else READS_A_REQUEST
    paces = usual * random.lognormal(0, READERS_DIFFER, WEEKS)
    rows = random.integers(5, 400, WEEKS)
    begun = [datetime(2025, 1, 6, 14, tzinfo=UTC) + timedelta(weeks=each) for each in range(WEEKS)]
    return [
        Reading(
            code, "official", when, each, when + timedelta(seconds=int(pace * count)), each, count
        )
        for each, (when, pace, count) in enumerate(
            zip(begun, paces.tolist(), rows.tolist(), strict=True)
        )
    ]


def ordinary(years: int) -> Iterator[tuple[str, int, int]]:
    """Yield code, alarms raised and chances to raise one, over so many ordinary years.

    The chances are officers, lists and samples, each year.
    """
    random = np.random.default_rng(0)
    loads = [ordinary_loads(random) for _ in range(years)]
    # An alarm stands while it goes on: an officer is raised once a year at the most, if at all.
    raised = sum(
        len({one.subject for one in watching.officer_loads(year, LIMITS)}) for year in loads
    )
    yield watching.OFFICER_LOAD, raised, sum(year["digest"].n_unique() for year in loads)
    for code in (watching.APPROVED_TOO_FAST, watching.EXAMINED_TOO_FAST):
        read = [ordinary_readings(random, code) for _ in range(years)]
        raised = sum(len(list(watching.too_fast(year))) for year in read)
        yield code, raised, sum(len(year) for year in read)


def main() -> None:
    """Run both and print them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--taxpayers", type=int, default=30_000)
    parser.add_argument("--scenarios", nargs="+", choices=SCENARIOS, default=SCENARIOS)
    parser.add_argument("--years", type=int, default=200)
    options = parser.parse_args()
    print("| Scenario | Seed | Code | About | Counts |\n|---|---|---|---|---|")
    raised: Counter[str] = Counter()
    size = (options.seeds, options.requests, options.taxpayers)
    for scenario, seed, found in of_scenarios(options.scenarios, *size):
        raised[scenario] += len(found)
        for one in found:
            told = ", ".join(f"{name} {count}" for name, count in one.counts.items())
            print(f"| {scenario} | {seed} | {one.code} | {one.subject} | {told} |", flush=True)
    print(f"\nAlarms in {options.seeds} batches each: {dict(raised)}\n")
    print("| Code | Alarms | Chances |\n|---|---|---|")
    for code, alarms, chances in ordinary(options.years):
        print(f"| {code} | {alarms} | {chances:,} |", flush=True)


if __name__ == "__main__":
    main()
