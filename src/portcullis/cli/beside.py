"""A worker beside the process that serves the office: begun with it, begun anew where it dies."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portcullis.cli import cancelling

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0  # seconds before a worker that died is begun anew
_PATIENCE = 15.0  # seconds in which a worker that is told to stop does


@contextmanager
def worker(home: Path) -> Iterator[None]:
    """Keep a worker for ``home`` going in this block; at its end it is stopped.

    It also stops where this process is killed: what it reads from is closed then.
    """
    keeping = _Keeping([sys.executable, "-m", "portcullis.cli", "work", "--home", str(home)])
    keeping.start()
    try:
        yield
    finally:
        # From here on a signal does not end this process before the worker has ended.
        cancelling.over()
        keeping.stop()


class _Keeping(threading.Thread):
    """The thread that waits for the worker's end."""

    def __init__(self, command: list[str]) -> None:
        super().__init__(daemon=True)
        self._command = [*command, "--beside"]
        self._ending = threading.Event()
        self._process = self._begin()

    def run(self) -> None:
        """Begin the worker anew whenever it ends, after a pause that grows while it fails."""
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
        """Stop the worker; it gives back what it has in hand."""
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
        )
