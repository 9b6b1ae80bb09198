"""A side of a benchmark as a process of its own: its seconds, its peak memory, its answer."""

import json
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_KIB = 1024


@dataclass(frozen=True)
class Measured:
    """What a process took: wall-clock ``seconds``, ``peak`` resident bytes; and its last words.

    ``peak`` is the kernel's ru_maxrss: the largest of the process and the children it waited for.
    """

    seconds: float
    peak: int
    said: str

    @property
    def answer(self) -> Any:  # noqa: ANN401 - whatever JSON the process wrote
        """What it said, as JSON."""
        return json.loads(self.said)


def measure(
    command: Sequence[str],
    environment: Mapping[str, str] | None = None,
    limit: float | None = None,
) -> Measured:
    """Run ``command`` and return what it took, with its last line on standard output.

    It is killed after ``limit`` seconds. Raises RuntimeError with the end of its standard error
    where it does not exit with 0.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, stdout=out, stderr=errors, env={**os.environ, **(environment or {})}
        )
        killer = threading.Timer(limit or threading.TIMEOUT_MAX, process.kill)
        killer.daemon = True
        killer.start()
        _, status, usage = os.wait4(process.pid, 0)
        killer.cancel()
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            raise RuntimeError(f"{Path(command[0]).name} failed: {errors.read().decode()[-2000:]}")
        lines = out.read().decode().strip().splitlines()
    return Measured(seconds, usage.ru_maxrss * _KIB, lines[-1] if lines else "")
