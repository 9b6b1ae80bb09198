"""A colleague: a real process of the office that does one act after another, as it is told.

``python -m tests.office.colleague WORLD [apart]``. It reads an act a line and answers with a line:
``done RESULT``, ``refused MESSAGE`` or ``failed ERROR``. Told to ``pause`` at a step of the next
act, it says ``paused`` there, and goes on with the next line.

``apart``: as on another machine, whose lock files nobody else sees: flock(2) holds nothing here.
"""

import fcntl
import json
import subprocess
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from portcullis.errors import PortcullisError
from portcullis.standing import EVERYTHING, Order
from tests.office import acts
from tests.office import world as worlds

ROOT = Path(__file__).parents[2]
_pause_at = ""


class Colleague:
    """A running colleague, from the test's side."""

    def __init__(self, world: worlds.World, *, apart: bool = False) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.office.colleague",
                str(world.folder),
                *(["apart"] if apart else []),
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.hear() == "ready"

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def hear(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def does(self, line: str) -> str:
        self.tell(line)
        return self.hear()

    def gone(self) -> None:
        self.process.kill()
        self.process.communicate()


def main() -> None:
    if "apart" in sys.argv[2:]:
        fcntl.flock = lambda *_: None
    world = worlds.World(Path(sys.argv[1]))
    world.home()
    from portcullis.office import locks

    asked = locks.check_held

    def check_held() -> None:
        asked()
        _announce("held")

    locks.check_held = check_held
    _say("ready")
    for line in sys.stdin:
        _say(_answer(world, line.strip()))


def _answer(world: worlds.World, line: str) -> str:
    name, *told = line.split(" ")
    try:
        return f"done {json.dumps(ACTS[name](world, *told))}"
    except PortcullisError as refused:
        return f"refused {refused.message}"
    except Exception:
        return f"failed {traceback.format_exc()!r}"


def _pause(_world: worlds.World, step: str) -> None:
    global _pause_at  # noqa: PLW0603 - one process, one thing at a time
    _pause_at = step


def _announce(step: str) -> None:
    global _pause_at  # noqa: PLW0603 - likewise
    if step == _pause_at:
        _pause_at = ""
        _say("paused")
        sys.stdin.readline()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _place(world: worlds.World, name: str) -> int:
    from portcullis.office import orders

    home = world.home()
    order = Order(name, acts.DOCKET, "dcd", home.today(), acts.DOCUMENT, EVERYTHING)
    return orders.place(home, acts.hands(world, "counsel"), order).act.entry_id


def _token(world: worlds.World, package: str, request: str) -> str:
    from portcullis.office.tokens import grant_token

    return grant_token(world.home(), package, request)


def _publish(world: worlds.World) -> None:
    from portcullis.office.files import find_batch
    from portcullis.office.release import publish_waiting

    publish_waiting(world.home(), find_batch(worlds.BATCH), _announce)


def _hold_alone(world: worlds.World) -> None:
    from django.db import transaction

    from portcullis.office import entries, locks

    home = world.home()
    with locks.gate(home).exclusive():
        _announce("alone")
        with transaction.atomic():
            entries.record("nothing", {}, at=home.now().isoformat())


ACTS: dict[str, Callable[..., Any]] = {
    "pause": _pause,
    "receive": lambda world: acts.receive(world)["batch_id"],
    "adjudicate": lambda world: acts.adjudicate(world).root,
    "impair": acts.impair,
    "draw": lambda world: acts.draw(world).seed,
    "examine": lambda world: acts.examine(world).unlawful,
    "approve": lambda world: str(acts.approve(world).expires_on),
    "release": lambda world: acts.release(world).delivered,
    "place": _place,
    "lift": lambda world, by, name: acts.lift(world, by, name).lifted,
    "token": _token,
    "integrate": lambda world: acts.integrate(world).split("\n")[1],
    "publish": _publish,
    "hold-alone": _hold_alone,
}


if __name__ == "__main__":
    main()
