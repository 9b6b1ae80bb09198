"""A real process that catches up and kills itself before a step, as a power failure would.

``python -m tests.office.restoring_child WORLD HOME SOURCE STEP``
"""

import os
import signal
import sys
from pathlib import Path

from tests.office import restored


def main() -> None:
    folder, name, source, wanted = sys.argv[1:]
    world = restored.Elsewhere(Path(folder), name)
    home = world.home()

    def announce(step: str) -> None:
        if step == wanted:
            os.kill(os.getpid(), signal.SIGKILL)

    from portcullis.office.catching_up import catch_up

    catch_up(home, restored.administrator(world), source, announce)


if __name__ == "__main__":
    main()
