"""A process of its own that appends, and kills itself (SIGKILL) before step number N."""

import os
import signal
import sys
from pathlib import Path

from portcullis.ledger import Log
from tests.ledger.conftest import KEY, make_entries, make_witness


def main() -> None:
    folder, first, count, fatal = Path(sys.argv[1]), *map(int, sys.argv[2:5])
    steps = 0

    def announce(step: str) -> None:
        nonlocal steps
        if steps == fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        sys.stdout.write(step + "\n")
        sys.stdout.flush()
        steps += 1

    log = Log.open(folder / "log", KEY)
    log.append(
        make_entries(count, first),
        [make_witness(folder / "witness")],
        first=first,
        announce=announce,
    )


if __name__ == "__main__":
    main()
