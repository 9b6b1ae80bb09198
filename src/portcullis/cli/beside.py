"""Processes beside the one that serves the office: begun with it, begun anew where they die.

A worker, and further processes that serve on the same socket.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from portcullis.cli import cancelling

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0  # seconds before a process that died is begun anew
_PATIENCE = 15.0  # seconds in which a process that is told to stop does


@contextmanager
def worker(home: Path) -> Iterator[None]:
    """Keep a worker for ``home`` going in this block; at its end it is stopped.

    It also stops where this process is killed: what it reads from is closed then.
    """
    with _kept(["work", "--home", str(home), "--beside"]):
        yield


@contextmanager
def servers(count: int, home: Path, role: str, origin: str, place: socket.socket) -> Iterator[None]:
    """Keep ``count`` further processes serving the office on the socket ``place`` in this block.

    At its end they are stopped, and also where this process is killed.
    """
    words = ["serve", "--role", role, "--home", str(home), "--origin", origin]
    command = [*words, "--no-worker", "--beside", str(place.fileno())]
    if count == 0:
        yield
        return
    with _kept(command, place), servers(count - 1, home, role, origin, place):
        yield


def end_with_the_first() -> None:
    """Have this process stop when the one that began it is gone: standard input is closed then."""
    threading.Thread(target=_end_with_the_first, daemon=True).start()


def _end_with_the_first() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _kept(words: Sequence[str], place: socket.socket | None = None) -> Iterator[None]:
    keeping = _Keeping([sys.executable, "-m", "portcullis.cli", *words], place)
    keeping.start()
    try:
        yield
    finally:
        # From here on a signal does not end this process before the other has ended.
        cancelling.over()
        keeping.stop()


class _Keeping(threading.Thread):
    """The thread that waits for the process's end."""

    def __init__(self, command: list[str], place: socket.socket | None) -> None:
        super().__init__(daemon=True)
        self._command = command
        self._passed = (place.fileno(),) if place is not None else ()
        self._ending = threading.Event()
        self._process = self._begin()

    def run(self) -> None:
        """Begin the process anew whenever it ends, after a pause that grows while it fails."""
        pause = _FIRST_PAUSE
        while True:
            try:
                self._process.wait(_LONGEST_PAUSE)
            except subprocess.TimeoutExpired:
                pause = _FIRST_PAUSE
                continue
            if self._ending.wait(pause):
                return
            pause = min(2 * pause, _LONGEST_PAUSE)
            self._process = self._begin()

    def stop(self) -> None:
        """Stop the process; a worker gives back what it has in hand."""
        self._ending.set()
        self._process.terminate()
        self.join(_PATIENCE)
        if self.is_alive():
            self._process.kill()
            self.join()

    def _begin(self) -> "subprocess.Popen[bytes]":
        # Of its own session, it does not get the Ctrl-C that a terminal sends to all.
        return subprocess.Popen(  # noqa: S603 - this very program
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=self._passed,
        )
