"""Durable appends: ours to a cosigned checkpoint, pymerkle's to its SQLite file. Prints JSON.

python -m benchmarks.ledger.appends ours FOLDER WITNESS-KEY WITNESS-URL
python -m benchmarks.ledger.appends pymerkle FOLDER
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.ledger import APPENDS, BATCH, BATCHES, SMALL, scene

DURABLE = f"durable entries, {BATCH:,} an append"
HALF, MOST = "one entry to its cosigned checkpoint: half within", "99 % within"


def ours(folder: Path, vkey: str, url: str) -> dict[str, float]:
    """Append batches, then single entries; every append ends with a cosigned checkpoint."""
    from portcullis.ledger.remote import RemoteWitness

    witness = RemoteWitness(vkey, url)
    log = scene.create(folder, APPENDS, [witness])
    rate = _rate(lambda batch: log.append(batch, [witness]))
    taken = []
    for entry in scene.entries(BATCHES * BATCH, SMALL):
        started = time.perf_counter()
        log.append([entry], [witness])
        taken.append(1000 * (time.perf_counter() - started))
    taken.sort()
    return {DURABLE: rate, HALF: taken[SMALL // 2], MOST: taken[SMALL * 99 // 100]}


def pymerkle(folder: Path) -> dict[str, float]:
    """Append the same batches to a tree in a file: no signature, no witness."""
    from pymerkle import SqliteTree

    tree = SqliteTree(str(folder / "pymerkle.db"))
    return {DURABLE: _rate(tree.append_entries)}


def _rate(append: Callable[[list[bytes]], object]) -> float:
    batches = [scene.entries(number * BATCH, BATCH) for number in range(BATCHES)]
    started = time.perf_counter()
    for batch in batches:
        append(batch)
    return BATCHES * BATCH / (time.perf_counter() - started)


def main() -> None:
    """Run the side that is named and print what was measured."""
    match sys.argv[1:]:
        case ["ours", folder, vkey, url]:
            measured = ours(Path(folder), vkey, url)
        case ["pymerkle", folder]:
            measured = pymerkle(Path(folder))
        case _:
            sys.exit(__doc__)
    print(json.dumps(measured))


if __name__ == "__main__":
    main()
