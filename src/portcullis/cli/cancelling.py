"""Stopping on Ctrl-C or SIGTERM: soon, without a traceback, and with nothing half-made.

The first signal raises KeyboardInterrupt in the main thread, which rolls back the transaction in
hand and removes the parts of unfinished files. A long native call (a sort, a query) lets Python
raise nothing before it is over: so a thread that no such call holds up ends the process ``GRACE``
seconds after the signal, as a kill would. Every protocol of the house stands a kill at any step;
what one leaves is swept at the next start. Signals after the first change nothing.
"""

import os
import signal
import sys
import threading
from types import FrameType

GRACE = 1.0
"""Seconds that cleaning up may take."""

EXIT = 2
MESSAGE = "Stopped."
REMEDY = "Run the same command again; it goes on where it stopped."

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_SHOW_CURSOR = "\x1b[?25h"

_asked = threading.Event()
_over = threading.Event()
_telling = threading.Lock()  # taken by whoever says that it stopped, and never let go of


def begin() -> None:
    """Stop on either signal from now on. Call once, in the main thread.

    A signal that this process was started to ignore stays ignored.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for each in _SIGNALS:
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, _stop)
    threading.Thread(target=_end_in_time, args=(reading,), daemon=True).start()


def over() -> None:
    """Say that the work is over: a signal interrupts nothing any more."""
    _over.set()
    for each in _SIGNALS:
        if signal.getsignal(each) is _stop:
            # Python gives back handlers of its own when it ends, and a late signal would kill it.
            signal.signal(each, signal.SIG_IGN)


def asked() -> bool:
    """Whether this process was asked to stop."""
    return _asked.is_set()


def tell() -> None:
    """Say, once, that the command stopped and how to go on."""
    if _telling.acquire(blocking=False):
        # Straight to the descriptor: the main thread may be held up with the stream's lock taken.
        shown = _SHOW_CURSOR if sys.stderr.isatty() else ""
        os.write(sys.stderr.fileno(), f"{shown}{MESSAGE}\n{REMEDY}\n".encode())


def _stop(_number: int, _frame: FrameType | None) -> None:
    if not _asked.is_set() and not _over.is_set():
        _asked.set()
        raise KeyboardInterrupt


def _end_in_time(reading: int) -> None:
    """End the process ``GRACE`` seconds after a signal that it has not heeded itself."""
    waiting = threading.Event()
    while number := os.read(reading, 1):
        # A verb that serves may have put a handler of its own in the place of ours.
        if signal.getsignal(number[0]) is _stop and not _over.is_set():
            waiting.wait(GRACE)
            tell()
            os._exit(EXIT)
