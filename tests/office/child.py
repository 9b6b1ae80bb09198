"""A real process of the office that a test can kill: ``python -m tests.office.child WORLD ACT KILL``.

ACT is receive, adjudicate, release or publish. KILL is ``STEP:NUMBER``: the process kills itself
with SIGKILL before the NUMBERth announced step of that name; ``list`` prints the steps' names
instead, ``never`` does neither.
"""

import os
import signal
import sys
from collections import Counter
from pathlib import Path

from tests.office import world as worlds


def main() -> None:
    world = worlds.World(Path(sys.argv[1]))
    act, kill = sys.argv[2], sys.argv[3]
    seen: Counter[str] = Counter()
    wanted, _, number = kill.rpartition(":")

    def announce(step: str) -> None:
        seen[step] += 1
        if step == wanted and seen[step] == int(number):
            os.kill(os.getpid(), signal.SIGKILL)

    perform(world, act, announce)
    if kill == "list":
        print("\n".join(f"{step}\t{count}" for step, count in seen.items()))


def perform(world: worlds.World, act: str, announce) -> None:
    home = world.home()
    if act == "receive":
        from portcullis.office.reception import receive

        receive(home, world.batch_file, announce)
    elif act == "adjudicate":
        from portcullis.office.adjudication import adjudicate

        adjudicate(home, worlds.BATCH, world.actor("specialist"), announce)
    elif act == "release":
        from portcullis.office.release import release

        release(home, worlds.BATCH, world.actor("transmitter"), announce)
    elif act == "publish":
        from portcullis.office.files import find_batch
        from portcullis.office.release import publish_waiting

        publish_waiting(home, find_batch(worlds.BATCH), announce)


if __name__ == "__main__":
    main()
