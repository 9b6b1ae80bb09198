"""Our evaluator over the requests of the comparison.

    python -m benchmarks.rules.ours make FOLDER COUNT
    python -m benchmarks.rules.ours judge FOLDER

``judge`` prints rates as JSON and writes what it found. A single request starts as a row of Python
values, as it would arrive; a batch stands as a table. Every finding is kept: as lists of the rules
that are not met, as the peers give them, and once as the gate keeps them, a column a rule.
"""

import json
import sys
from pathlib import Path

import polars as pl

from benchmarks.rules import BATCHES, COLUMNS, SINGLE, requests
from benchmarks.rules.files import rate, write_lines
from portcullis import law


def judge(folder: Path) -> dict[str, float]:
    """Write the findings of every request and return requests a second, by requests a call."""
    table = pl.read_parquet(folder / requests.TABLE)
    basis, elements = requests.basis(), requests.elements()

    def columns(rows: pl.DataFrame) -> pl.DataFrame:
        return law.judge(rows, elements, basis)

    def batch(rows: pl.DataFrame) -> list[list[str]]:
        return _named(columns(rows))

    def single(row: dict[str, object]) -> list[list[str]]:
        return batch(pl.DataFrame([row], schema=table.schema))

    whole = batch(table)
    singly = list(table.head(SINGLE).iter_rows(named=True))
    if [found for row in singly for found in single(row)] != whole[:SINGLE]:
        raise RuntimeError("a request alone is judged otherwise than in a batch")
    write_lines(folder / "ours.jsonl", whole)
    rates = {"1": rate(single, singly)}
    for size in BATCHES:
        rates[str(size)] = rate(batch, list(table.iter_slices(size)))
    return {**rates, COLUMNS: rate(columns, [table])}


def _named(judged: pl.DataFrame) -> list[list[str]]:
    """Return for each row the rules not met, those left to a person marked."""
    names = [name for name in judged.columns if name != "row"]
    labels = {law.NOT_MET: names, law.FOR_A_PERSON: [f"{name}/person" for name in names]}
    results = judged.select(names).to_numpy()
    found: list[list[str]] = [[] for _ in range(judged.height)]
    rows, rules = (results != law.MET).nonzero()
    which = results[rows, rules].tolist()
    for row, rule, result in zip(rows.tolist(), rules.tolist(), which, strict=True):
        found[row].append(labels[result][rule])
    return found


def main() -> None:
    """Do what is named."""
    match sys.argv[1:]:
        case ["make", folder, count]:
            requests.make(Path(folder), int(count))
        case ["judge", folder]:
            print(json.dumps(judge(Path(folder))))
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
