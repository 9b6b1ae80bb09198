"""The processes of the bench: PostgreSQL, the office, its worker, and the floor beside it."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from portcullis.cli.hosting import LOOPBACK, open_place

_TICKS = os.sysconf("SC_CLK_TCK")
_END = 30.0  # seconds


@contextmanager
def office(home: Path, port: int, processes: int, env: Mapping[str, str]) -> Iterator[int]:
    """Serve the holder's office on ``port`` in this block; gives the first process's id."""
    origin = f"http://localhost:{port}"
    command = [
        *(".venv/bin/portcullis", "serve", "--role", "holder", "--home", str(home)),
        *("--port", str(port), "--origin", origin, "--no-worker", "--processes", str(processes)),
    ]
    with _running(command, env, stdout=subprocess.PIPE) as process:
        if process.stdout is None or b"Listening" not in process.stdout.readline():
            raise RuntimeError("the office did not start")
        yield process.pid


@contextmanager
def worker(home: Path, env: Mapping[str, str]) -> Iterator[int]:
    """Have a worker of the home work in this block."""
    with _running([".venv/bin/portcullis", "work", "--home", str(home)], env) as process:
        yield process.pid


@contextmanager
def bare(processes: int) -> Iterator[int]:
    """Serve the floor in this block, in as many processes; gives its port."""
    place = open_place(LOOPBACK, 0)
    with place:
        started = [_bare(place) for _ in range(processes)]
        try:
            yield int(place.getsockname()[1])
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait(_END)


def _bare(place: socket.socket) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "benchmarks.office.bare", str(place.fileno())]
    return subprocess.Popen(command, pass_fds=(place.fileno(),))


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as place:
        place.bind((LOOPBACK, 0))
        return int(place.getsockname()[1])


def processor_seconds(pid: int) -> float:
    """Return the processor time that a process and its children, and theirs, have used so far."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for thread in Path(f"/proc/{pid}/task").iterdir():
            if thread.name != str(pid):
                children += (thread / "children").read_text().split()
    except FileNotFoundError:
        return 0.0
    own = sum(map(int, fields[11:15])) / _TICKS
    return own + sum(processor_seconds(int(each)) for each in children)


@contextmanager
def _running(
    command: list[str], env: Mapping[str, str], stdout: int | None = subprocess.DEVNULL
) -> "Iterator[subprocess.Popen[bytes]]":
    log = Path(f"{env['PORTCULLIS_BENCH_LOG']}-{command[1]}.log")
    with log.open("wb") as errors:
        process = subprocess.Popen(command, env={**os.environ, **env}, stdout=stdout, stderr=errors)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(_END)
