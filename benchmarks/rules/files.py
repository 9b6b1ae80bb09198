"""What both sides of the comparison use: lines of JSON, and how a rate is taken.

The peers' environment has it too, so it needs nothing installed.
"""

import json
from collections.abc import Callable, Iterable, Sequence, Sized
from pathlib import Path
from time import perf_counter
from typing import Any

_SECONDS = 3.0


def write_lines(path: Path, values: Iterable[Any]) -> None:
    """Write each of ``values`` as a line of JSON."""
    with path.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(value) + "\n" for value in values)


def read_lines(path: Path) -> list[Any]:
    """Read what ``write_lines`` wrote."""
    with path.open(encoding="utf-8") as source:
        return [json.loads(line) for line in source]


def rate(judge: Callable[[Any], Sized], calls: Sequence[Any]) -> float:
    """Return the results a second of ``judge``, over all of ``calls`` until 3 seconds are full."""
    judge(calls[0])
    results = 0
    started = perf_counter()
    while perf_counter() - started < _SECONDS:
        results += sum(len(judge(call)) for call in calls)
    return results / (perf_counter() - started)
