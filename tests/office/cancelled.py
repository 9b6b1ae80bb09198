"""The real command in a process of its own, sent a signal at a moment that a test names.

``python -m tests.office.cancelled WHEN SIGNALS VERB...``: WHEN is ``step:N`` (the Nth beginning or
end of a step), ``call:N`` (the Nth call of a function of Portcullis), ``stuck:N`` (at the Nth
beginning or end of a step, in the midst of a native call that never ends) or ``never``. SIGNALS
are sent together, e.g. ``INT,TERM``. What it counted up to the end it writes to ``counted.json``.
"""

import ctypes
import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from portcullis.cli import main, progressing
from portcullis.progress import Report, Show

COUNTED = "counted.json"


class Moments:
    """Counts what comes by, and acts when its moment has come."""

    def __init__(self, when: str, signals: str) -> None:
        self._signals = [getattr(signal, f"SIG{name}") for name in signals.split(",")]
        self.kind, _, number = when.partition(":")
        self.number = int(number or 0)
        self.steps: list[str] = []
        self.calls = 0
        self._begun: set[str] = set()

    def show(self, report: Report) -> None:
        if not report.ended and report.step in self._begun:
            return
        self._begun.add(report.step)
        self.steps.append(f"{report.step}{' ended' if report.ended else ''}")
        if len(self.steps) == self.number and self.kind == "step":
            self.send()
        if len(self.steps) == self.number and self.kind == "stuck":
            threading.Thread(target=self.send).start()
            _never_return()

    def call(self, frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_globals.get("__name__", "").startswith("portcullis."):
            self.calls += 1
            if self.calls == self.number:
                self.send()

    def send(self) -> None:
        for each in self._signals:
            os.kill(os.getpid(), each)


def _never_return() -> None:
    """Wait in the C library for what nobody lets go of; a signal does not wake who waits so."""
    mutex = ctypes.create_string_buffer(128)
    library = ctypes.CDLL(None)
    library.pthread_mutex_lock(mutex)
    library.pthread_mutex_lock(mutex)


if __name__ == "__main__":
    moments = Moments(sys.argv[1], sys.argv[2])
    sys.argv[:3] = ["portcullis"]

    @contextmanager
    def progress() -> Iterator[Show]:
        yield moments.show

    progressing.progress = progress
    if moments.kind == "call":
        sys.setprofile(moments.call)
    try:
        main()
    finally:
        sys.setprofile(None)
        Path(COUNTED).write_text(json.dumps({"steps": moments.steps, "calls": moments.calls}))
