"""For each line ``FOLDER NUMBER PERSISTED``: a process that appends and is killed at that call.

It answers with the signal that ended the process (0: the append was through first). Forking from
here, where nothing else runs, costs less than starting Python for each.
"""

import os
import signal
import sys
from pathlib import Path

from portcullis.ledger import Log
from tests.ledger.conftest import KEY, make_entries, make_witness
from tests.ledger.disk import FaultAt, calls_go_through

START, COUNT = 255, 2


def append(folder: Path) -> range:
    """The append that is made to fail: it fills a tile and begins the next."""
    witness = make_witness(folder / "witness")
    log = Log.open(folder / "log", KEY)
    return log.append(make_entries(COUNT, START), [witness], first=START)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    for line in sys.stdin:
        folder, number, persisted = line.split()
        child = os.fork()
        if child == 0:
            fault = FaultAt(int(number), die, persisted=persisted == "True")
            with calls_go_through(Path(folder), fault):
                append(Path(folder))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{-os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
