"""The run as a CSV: a row for each side and case, with the machine in every row."""

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.accuracy.sides import Row
from benchmarks.results import RESULTS

NAME = "accuracy.csv"


@dataclass(frozen=True)
class Provenance:
    """The day of a run, the machine it was made on, and the versions that matter."""

    on: str
    machine: str
    versions: str


def save(rows: Iterable[Row], where: Provenance) -> Path:
    """Write ``rows`` to benchmarks/results/accuracy.csv and return its path.

    Columns: ``set, seed, level, side``, the counts (``counting.Counts``), ``bound``, ``recall`` and
    the provenance.
    """
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / NAME
    written = [_written(row, where) for row in rows]
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, list(written[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(written)
    return path


def _written(row: Row, where: Provenance) -> dict[str, str | int | float]:
    return {
        "set": row.case.set,
        "seed": row.case.seed,
        "level": row.case.level,
        "side": row.side,
        **asdict(row.counts),
        "bound": round(row.counts.bound, 8),
        "recall": round(row.counts.recall, 6),
        **asdict(where),
    }
