"""Portcullis from the received file to the determination list on the ledger, verb by verb.

Each verb is the command a user would give, in a process of its own. The index is built once for
many batches: its time stands apart and is also added in. Intake is counted in full (reading,
signatures, quarantine, encrypted storage, receipt), though Splink has no such step.
"""

import sys
from collections.abc import Iterator

from benchmarks.data import Data
from benchmarks.processes import Measured, measure

COUNSEL = "irs-counsel"
READINGS = (
    "one-officer-cannot-be-engaged-in-all",
    "any-ground-of-removal",
    "address-on-its-face",
)
STAGES = {
    "measure": "normal forms of names and addresses; window measures",
    "screen": "screening, every element",
    "match": "matching",
    "decide": "decision",
    "list": "list, leaves and root on the ledger",
}


def run(data: Data) -> list[tuple[str, float, str]]:
    """Run the batch of ``data`` through the gate; return (stage, value, unit) in order."""
    index = _verb(data, "records", "index", str(data.records))
    submit = _verb(data, "submit", str(data.batch))
    actor = ("--as", data.specialist, "--key", str(data.specialist_key))
    adjudicate = _verb(data, "adjudicate", data.batch_id, *actor)
    looked_up = adjudicate.answer["looked_up"]
    if looked_up != data.requests:
        raise RuntimeError(f"{looked_up:,} of {data.requests:,} requests reached matching, not all")

    seconds: dict[str, float] = adjudicate.answer["seconds"]
    stages = [("intake", submit.seconds, "s")]
    stages += [(label, seconds[stage], "s") for stage, label in STAGES.items()]
    stages.append(("starting and stopping", _rest(adjudicate), "s"))
    whole = submit.seconds + adjudicate.seconds
    peak = max(submit.peak, adjudicate.peak)
    quality = measure([sys.executable, "-m", "benchmarks.quality", str(data.folder)]).answer
    return [
        *stages,
        ("all, index standing", whole, "s"),
        ("index (once for many batches)", index.seconds, "s"),
        ("all, added in", whole + index.seconds, "s"),
        ("peak memory", peak / 2**30, "GiB"),
        ("peak memory of indexing", index.peak / 2**30, "GiB"),
        ("recall", quality["recall"], "share"),
        ("recall, spelled within the rules", quality["recall_within_rules"], "share"),
        ("of those, eligible", quality["eligible"], "share"),
        ("wrong links", quality["wrong"], ""),
    ]


def re_examine(data: Data) -> Iterator[tuple[str, float, str]]:
    """Judge the whole batch again under one reading after the other; yield seconds and memory."""
    actor = ("--as", COUNSEL, "--key", str(data.key(COUNSEL)))
    for reading in READINGS:
        found = _verb(data, "reexamine", "--reading", reading, *actor)
        if found.answer["judged"] != data.requests:
            raise RuntimeError(f"{found.answer['judged']:,} were judged again, not all")
        yield f"judged again under {reading}", found.seconds, "s"
        yield f"peak memory, {reading}", found.peak / 2**30, "GiB"


def _verb(data: Data, *words: str) -> Measured:
    command = [".venv/bin/portcullis", *words, "--home", str(data.home), "--json"]
    return measure(command)


def _rest(adjudicate: Measured) -> float:
    return adjudicate.seconds - sum(adjudicate.answer["seconds"].values())
