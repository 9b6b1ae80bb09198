"""What the tests of background work run in processes of their own: the office, workers, attempts.

``python -m tests.work.child WORLD play NAME [ARGUMENTS]`` does one of ``tests.work.plays`` and
prints what it returns. ``WORLD work [STEP]`` is the real command ``portcullis work``, but that the
first attempt that comes to STEP stays there: it writes its process id to ``reached`` and waits for
the file ``go``.
"""

import json
import os
import sys
import time
from pathlib import Path
from uuid import UUID

from portcullis import cli
from portcullis.cli import work
from portcullis.progress import Report
from tests.office.world import World

REACHED, GO = "reached", "go"


def main() -> None:
    world = World(Path(sys.argv[1]))
    what, *rest = sys.argv[2:]
    if what == "play":
        from tests.work import plays

        print(json.dumps(plays.play(world, rest[0], *rest[1:])))  # noqa: T201 - the answer
        return
    typed = ["portcullis", "work", "--home", str(world.home_path)]
    if what == "attempt":
        _stay(world, rest[0])
        typed += ["--attempt", rest[1]]
    else:
        step = rest[0] if rest else "nowhere"
        mine = [sys.executable, "-m", "tests.work.child", str(world.folder), "attempt", step]
        work._command = lambda _home: mine
    sys.argv = typed
    cli.main()


def _stay(world: World, step: str) -> None:
    do = work._do

    def stay_there(message: UUID) -> None:
        from portcullis.office.work.keeper import Keeper

        show = Keeper.show

        def shown(self: Keeper, report: Report) -> None:
            reached = world.folder / REACHED
            if report.step == step and not reached.exists():
                reached.write_text(str(os.getpid()))
                while not (world.folder / GO).exists():
                    time.sleep(0.02)
            show(self, report)

        Keeper.show = shown
        do(message)

    work._do = stay_there


if __name__ == "__main__":
    main()
