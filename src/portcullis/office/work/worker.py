"""A worker: takes one task after another, each done in a process of its own.

The process can so be interrupted as by Ctrl-C, gives its memory back, and dies alone. The waiting,
the taking and their locks are the library's (decision 0019).
"""

import logging
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker as QueueWorker
from django_tasks_db.models import DBTaskResult

from portcullis.office.home import Home
from portcullis.office.requesting import RequesterHome
from portcullis.office.work import due, gathering, integrating, leases

INTERVAL = 0.5  # seconds between two looks for a task, where there was none
_LOOK = 1.0  # seconds between two looks at whether what is done is still wanted
_TIDY = 5.0  # seconds between two looks for what nobody does any more
_GRACE = 10.0  # seconds that an attempt has to end when it is not wanted any more

_LOG = logging.getLogger("portcullis.work")


class Worker(QueueWorker):
    """The library's worker, but that each message is dealt with by ``command`` and its id."""

    def __init__(self, command: Sequence[str]) -> None:
        super().__init__(
            queue_names=["*"],
            interval=INTERVAL,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        self._command = tuple(command)
        self._attempt: subprocess.Popen[bytes] | None = None

    def shutdown(self, _number: int, _frame: FrameType | None) -> None:
        """Stop: give back the task in hand, and take no other."""
        self.running = False
        if not self.running_task:
            raise SystemExit(0)
        if self._attempt is not None:
            self._attempt.send_signal(signal.SIGINT)

    def run_task(self, db_task_result: "DBTaskResult[Any, Any]") -> None:
        """Deal with one message: in a process of its own, whose end is then judged."""
        self.running_task = True
        try:
            self._do(db_task_result.id)
            leases.settle(db_task_result.id, given_back=not self.running)
            # The message is dealt with, whatever became of its task.
            db_task_result.set_successful(None)
        finally:
            self.running_task = False

    def _do(self, message: UUID) -> None:
        # Standard input is a pipe that is never written to: it closes when this process is gone.
        # Of its own session, it does not get the Ctrl-C that a terminal sends to all.
        with subprocess.Popen(  # noqa: S603 - this very program
            [*self._command, str(message)], stdin=subprocess.PIPE, start_new_session=True
        ) as self._attempt:
            self._wait(self._attempt, message)
        self._attempt = None

    def _wait(self, attempt: "subprocess.Popen[bytes]", message: UUID) -> None:
        """Wait for the attempt's end; one that is not wanted any more ends in time, or is killed.

        It may stand still, and hear of nothing.
        """
        if not self.running:
            attempt.send_signal(signal.SIGINT)
        wanted_at = time.monotonic()
        while True:
            with suppress(subprocess.TimeoutExpired):
                attempt.wait(_LOOK)
                return
            if self.running and _wanted(message):
                wanted_at = time.monotonic()
            elif time.monotonic() - wanted_at > _GRACE:
                attempt.kill()


def _wanted(message: UUID) -> bool:
    try:
        return leases.is_wanted(message)
    except DatabaseError:
        connection.close()
        return True


def run(home: Home | RequesterHome, command: Sequence[str]) -> None:
    """Work until told to stop; ``command``, with a message's id after it, does one attempt."""
    worker = Worker(command)
    worker.configure_signals()
    threading.Thread(target=_tidy, daemon=True).start()
    if isinstance(home, Home):
        for keep in (gathering.keep_gathering, integrating.keep_integrating):
            threading.Thread(target=keep, args=(home,), daemon=True).start()
    worker.run()


def _tidy() -> None:
    """Take over what nobody does any more, and do what is due by time, again and again."""
    calendar = due.Calendar()
    while True:
        time.sleep(_TIDY)
        try:
            leases.reclaim()
            calendar.do()
        except DatabaseError as error:
            _LOG.warning("The database did not answer (%s).", type(error).__name__)
            connection.close()
