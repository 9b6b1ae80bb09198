"""Portcullis from the received file to the determination list on the ledger, verb by verb.

Each verb is the command a user would give, in a process of its own. The index is built once for
many batches: its time stands apart and is also added in. Intake is counted in full (reading,
signatures, quarantine, encrypted storage, receipt), though Splink has no such step.
"""

from pathlib import Path

import polars as pl

from benchmarks.data import Data
from benchmarks.processes import Measured, measure

STAGES = {
    "normalise": "normal forms of names and addresses",
    "measure": "window measures",
    "screen": "screening, every element",
    "match": "matching",
    "decide": "decision",
    "list": "list, leaves and root on the ledger",
}


def run(data: Data) -> list[tuple[str, float, str]]:
    """Run the batch of ``data`` through the gate; return (stage, value, unit) in order."""
    index = _verb(data, "records", "index", str(data.records))
    submit = _verb(data, "submit", str(data.batch))
    outcomes = data.folder / "outcomes.csv"
    outcomes.unlink(missing_ok=True)
    adjudicate = _verb(
        data, "adjudicate", data.batch_id, "--out", str(outcomes),
        "--as", data.specialist, "--key", str(data.specialist_key),
    )  # fmt: skip
    looked_up = adjudicate.answer["looked_up"]
    if looked_up != data.requests:
        raise RuntimeError(f"{looked_up:,} of {data.requests:,} requests reached matching, not all")

    seconds: dict[str, float] = adjudicate.answer["seconds"]
    stages = [("intake", submit.seconds, "s")]
    stages += [(label, seconds[stage], "s") for stage, label in STAGES.items()]
    stages.append(("starting, and writing the outcomes", _rest(adjudicate), "s"))
    whole = submit.seconds + adjudicate.seconds
    peak = max(submit.peak, adjudicate.peak)
    return [
        *stages,
        ("all, index standing", whole, "s"),
        ("index (once for many batches)", index.seconds, "s"),
        ("all, index added in", whole + index.seconds, "s"),
        ("peak memory", peak / 2**30, "GiB"),
        ("peak memory of indexing", index.peak / 2**30, "GiB"),
        *_quality(outcomes, data.truth),
    ]


def _verb(data: Data, *words: str) -> Measured:
    command = [".venv/bin/portcullis", *words, "--home", str(data.home), "--json"]
    return measure(command)


def _rest(adjudicate: Measured) -> float:
    return adjudicate.seconds - sum(adjudicate.answer["seconds"].values())


def _quality(outcomes: Path, truth: Path) -> list[tuple[str, float, str]]:
    """Every person of the batch is in the records: whoever is not eligible was missed.

    A link to another person cannot be eligible unseen: the address of that one taxpayer would
    have to be the one asked about. ``wrong`` counts eligible requests whose truth says nobody.
    """
    found = pl.read_csv(outcomes, columns=["request_id", "outcome"])
    known = pl.read_parquet(truth).join(found, on="request_id", how="left")
    eligible = known.filter(pl.col("outcome") == "eligible")
    return [
        ("recall", eligible["taxpayer_id"].is_not_null().sum() / known.height, "share"),
    ]
