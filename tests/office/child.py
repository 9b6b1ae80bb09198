"""A real process of the office that a test can kill.

``python -m tests.office.child WORLD ACT KILL``: ACT is receive, adjudicate, release, publish,
reseal, erase, rotate-root or orders-SEED. KILL is ``STEP:NUMBER``: the process kills itself with
SIGKILL before the NUMBERth announced step of that name; ``list`` prints the steps' names instead,
``never`` does neither; ``told`` waits, ready, for a line on its input.
"""

import os
import random
import signal
import sys
import time
from collections import Counter
from pathlib import Path

from portcullis.standing import EVERYTHING, Order, Scope
from tests.office import world as worlds

PATIENCE = 60.0


def main() -> None:
    world = worlds.World(Path(sys.argv[1]))
    act, kill = sys.argv[2], sys.argv[3]
    seen: Counter[str] = Counter()
    wanted, _, number = kill.rpartition(":")

    def announce(step: str) -> None:
        seen[step] += 1
        if step == wanted and seen[step] == int(number):
            os.kill(os.getpid(), signal.SIGKILL)

    if kill == "told":
        world.home()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
    perform(world, act, announce)
    if kill == "list":
        sys.stdout.write("".join(f"{step}\t{count}\n" for step, count in seen.items()))


def perform(world: worlds.World, act: str, announce) -> None:
    if act == "whole":
        whole(world, announce)
        return
    home = world.home()
    if act.startswith("orders-"):
        file_orders(world, random.Random(int(act.removeprefix("orders-"))))  # noqa: S311 - a draw to repeat
    elif act == "receive":
        from portcullis.office.reception import receive

        receive(home, world.batch_file, announce)
    elif act == "adjudicate":
        from portcullis.office.adjudication import adjudicate

        adjudicate(home, worlds.BATCH, world.actor("specialist"), announce)
    elif act == "release":
        from portcullis.office.release import release

        release(home, worlds.BATCH, world.actor("transmitter"), announce)
    elif act == "erase":
        from portcullis.office.erasure import erase
        from portcullis.office.keystore import Erasable

        erase(home, world.actor("records-officer"), Erasable.batch(worlds.BATCH), announce)
    elif act == "rotate-root":
        from portcullis.office.rotating import rotate

        rotate(home, world.actor("administrator"), announce=announce)
    elif act == "reseal":
        from portcullis.office.resealing import reseal

        reseal(home, worlds.BATCH, "officer-1", world.actor("transmitter"), announce)
    elif act == "publish":
        from portcullis.office.files import find_batch
        from portcullis.office.release import publish_waiting

        publish_waiting(home, find_batch(worlds.BATCH), announce)


def whole(world: worlds.World, announce) -> None:
    """Walk a batch from a new home to its answers."""
    home = worlds.make_home(world)
    perform(world, "receive", announce)
    perform(world, "adjudicate", announce)
    worlds.approve(world, home)
    perform(world, "release", announce)


def file_orders(world: worlds.World, draw: random.Random) -> None:
    """File an order in part once a random few packages are out, and one for everything later."""
    from portcullis.office.models import Package
    from portcullis.office.orders import place

    home, counsel = world.home(), world.actor("counsel")
    some = draw.sample(sorted(Package.objects.values_list("id", flat=True)), 10)
    in_part = draw.choice([Scope(officers=("officer-2",)), Scope(packages=tuple(some))])
    for name, scope, most in (("order-1", in_part, 8), ("order-2", EVERYTHING, 18)):
        await_published(world, draw.randint(most - 8, most))
        time.sleep(draw.uniform(0, 0.02))
        place(home, counsel, Order(name, "1:25-cv-00457", "dcd", home.today(), "0" * 64, scope))


def await_published(world: worlds.World, count: int) -> None:
    folder = world.home().outgoing / worlds.BATCH / "packages"
    deadline = time.monotonic() + PATIENCE
    while sum(1 for _ in folder.glob("*.json")) < count and time.monotonic() < deadline:
        time.sleep(0.001)


if __name__ == "__main__":
    main()
