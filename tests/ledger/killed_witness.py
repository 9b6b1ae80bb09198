"""Run as a process: let a witness cosign size 4, then die (SIGKILL) while it stores size 9.

Arguments: the witness's folder; at which fsync; whether "before" or "after" it took effect.
"""

import os
import signal
import sys
from pathlib import Path

from tests.ledger.test_witness import make_witness, note, proof


def main() -> None:
    folder, count, when = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    witness = make_witness(folder)
    witness.add_checkpoint(0, [], note(4))
    left = count
    fsync = os.fsync

    def killing(descriptor: int) -> None:
        nonlocal left
        left -= 1
        if left == 0 and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        fsync(descriptor)
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    os.fsync = killing
    witness.add_checkpoint(4, proof(4, 9), note(9))


if __name__ == "__main__":
    main()
