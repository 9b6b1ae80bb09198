"""What the tests of background work run in processes of their own: the office, workers, attempts.

``python -m tests.work.child WORLD play NAME [ARGUMENTS]`` does one of ``tests.work.plays`` and
prints what it returns. ``WORLD work [STEP]`` is the real command ``portcullis work``, but that the
first attempt that comes to STEP stays there: it writes its process id to ``reached`` and waits for
the file ``go``. ``WORLD serve STEP`` is ``portcullis serve`` with such a worker beside it.
"""

import json
import os
import sys
import time
from pathlib import Path
from uuid import UUID

from portcullis import cli
from portcullis.cli import beside, work
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
    step = rest[0] if rest else "nowhere"
    home = ["--home", str(home_of(world))]
    if what == "serve":
        beside._command = lambda _home: _mine(world, "beside", step)
        typed = ["serve", "--role", "holder", "--port", "0", *home]
    elif what == "attempt":
        _stay(world, step)
        typed = ["work", *home, "--attempt", rest[1]]
    else:
        work._command = lambda _home: _mine(world, "attempt", step)
        typed = ["work", *home, *(["--beside"] if what == "beside" else [])]
    sys.argv = ["portcullis", *typed]
    cli.main()


def home_of(world: World) -> Path:
    """Return the world's home: the holder's, or the requester's where it has no other."""
    holder = world.home_path
    return holder if holder.exists() else world.folder / "recipient"


def _mine(world: World, what: str, step: str) -> list[str]:
    return [sys.executable, "-m", "tests.work.child", str(world.folder), what, step]


def _stay(world: World, step: str) -> None:
    do = work._do

    def stay_there(message: UUID) -> None:
        from portcullis.office.work.keeper import Keeper

        show = Keeper.show

        def shown(self: Keeper, report: Report) -> None:
            show(self, report)
            reached = world.folder / REACHED
            if report.step == step and not reached.exists():
                reached.write_text(str(os.getpid()))
                while not (world.folder / GO).exists():
                    time.sleep(0.02)

        Keeper.show = shown
        do(message)

    work._do = stay_there


if __name__ == "__main__":
    main()
