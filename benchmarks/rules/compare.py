"""The comparison: every side judges, the findings must be the same, the rates are reported."""

import sys
from collections import Counter
from pathlib import Path

from benchmarks.processes import measure
from benchmarks.rules import BATCHES, COLUMNS, ELEMENTS, FOR_A_PERSON, REQUESTS
from benchmarks.rules.files import read_lines

OURS, PEERS = "Portcullis", ("cedarpy", "regopy")
_STAGES = {
    "1": "one request a call",
    **{str(size): f"{size:,} a call" for size in BATCHES},
    COLUMNS: "in one call, findings left as columns",
}
_RATE = "requests/s"


def size(most: int) -> int:
    """Return how many requests are compared, ``most`` at most."""
    return min(most, REQUESTS)


def run(folder: Path, count: int, python: str) -> dict[str, list[tuple[str, float, str]]]:
    """Return what was measured of each side over ``count`` requests; ``python``: the peers'.

    Raises RuntimeError where a peer finds anything else than we do, or a rule was never broken.
    """
    ours = [sys.executable, "-m", "benchmarks.rules.ours"]
    measure([*ours, "make", str(folder), str(count)])
    rates = {OURS: measure([*ours, "judge", str(folder)]).answer}
    for peer in PEERS:
        command = [python, "-m", "benchmarks.rules.peers", peer, str(folder)]
        rates[peer] = measure(command).answer
        agree(folder, peer)
    measured = {
        side: [(_STAGES[size], value, _RATE) for size, value in rates[side].items()]
        for side in rates
    }
    for peer in PEERS:
        alone, most = rates[OURS]["1"] / rates[peer]["1"], _best(rates[OURS]) / _best(rates[peer])
        measured[peer] += [
            ("Portcullis beside it, one request a call", alone, "times"),
            ("Portcullis beside it, each at its fastest", most, "times"),
        ]
    return measured


def agree(folder: Path, peer: str) -> None:
    """Refuse unless ``peer`` found what we did, and every rule was broken by some request."""
    theirs = [sorted(found) for found in read_lines(folder / f"{peer}.jsonl")]
    ours = [sorted(found) for found in read_lines(folder / "ours.jsonl")[: len(theirs)]]
    for number, (our, their) in enumerate(zip(ours, theirs, strict=True)):
        if our != their:
            raise RuntimeError(f"request {number}: we find {our}, {peer} finds {their}")
    broken = Counter(rule for found in theirs for rule in found)
    every = {*ELEMENTS, *(f"{each}/person" for each in FOR_A_PERSON)}
    if set(broken) != every:
        raise RuntimeError(f"not broken by any request: {sorted(every - set(broken))}")


def _best(rates: dict[str, float]) -> float:
    """Return the fastest of the rates at which findings come as lists, as a peer's do."""
    return max(value for calls, value in rates.items() if calls != COLUMNS)
