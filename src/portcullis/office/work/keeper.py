"""Keeps an attempt's lease while its work goes on, and stops it when it is no longer wanted."""

import os
import signal
import sys
import threading
import time
from uuid import UUID

from django.db import DatabaseError, connection

from portcullis.office.work import leases
from portcullis.progress import Report

_LOOK = 0.5  # seconds between two looks at whether the work is still wanted, and two reports
_RENEW = 5.0  # seconds between two renewals of the lease where nothing is reported


class Keeper:
    """A thread beside the work, with a connection of its own: what it writes is seen at once.

    Where the task is not this attempt's any more, or is to stop, the process is interrupted as by
    Ctrl-C. So it is, too, where the worker that began it is gone: its end of standard input closes.
    """

    def __init__(self, message: UUID) -> None:
        self._message = message
        self._report: Report | None = None
        self._heard = time.monotonic()
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=each, daemon=True) for each in (self._keep, self._listen)
        ]
        self.unwanted = False

    def __enter__(self) -> "Keeper":
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._threads[0].join()

    def show(self, report: Report) -> None:
        """Take a report of the work. Raises KeyboardInterrupt where the lease ended unseen.

        That is so where the whole process stood still: then the work stops here, before it does
        anything more, and not only when the thread looks again.
        """
        self._report = report
        if time.monotonic() - self._heard > leases.LEASE.total_seconds():
            if not leases.is_held(self._message):
                self.unwanted = True
                raise KeyboardInterrupt
            self._heard = time.monotonic()

    def _keep(self) -> None:
        renewed, told = time.monotonic(), None
        try:
            while not self._over.wait(_LOOK):
                report = self._report
                due = report is not told or time.monotonic() - renewed > _RENEW
                try:
                    # Looking takes no lock, so a stop is heard while the work itself writes.
                    held = leases.is_held(self._message)
                    if held and due:
                        held = leases.beat(self._message, report)
                        renewed, told = time.monotonic(), report
                except DatabaseError:
                    connection.close()
                    continue
                if not held:
                    self._interrupt()
                    return
                self._heard = time.monotonic()
        finally:
            connection.close()

    def _listen(self) -> None:
        """Interrupt the work when the worker's end of standard input is closed."""
        while os.read(sys.stdin.fileno(), 1):
            pass
        if not self._over.is_set():
            self._interrupt()

    def _interrupt(self) -> None:
        self.unwanted = True
        os.kill(os.getpid(), signal.SIGINT)
