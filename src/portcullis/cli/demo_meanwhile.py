"""What happens in a home while its transmitter releases, in another process, at the same time.

Officers open what has reached them, and counsel files an order. Nothing here knows how far the
release is but by what it is told, and nothing there waits for the order to be in force.
"""

import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from portcullis import custody, keys
from portcullis.errors import Refused
from portcullis.standing import Order

if TYPE_CHECKING:
    from portcullis.office import Home
    from portcullis.office.models import Package

PURPOSE = "investigation"
_READY, _OPEN, _FILE, _ASKING = "ready", "open", "file", "asking"


@dataclass(frozen=True)
class Bystanders:
    """Who acts meanwhile: the folder of everybody's keys, the counsel, and what is filed.

    ``openings``: how many packages are opened, by their officers, as soon as they may.
    """

    home: Path
    keys: Path
    counsel: str
    order: Order
    openings: int


class Meanwhile:
    """The other process, as the release sees it: a pipe, and when to speak."""

    def __init__(self, pipe: "Connection[str, str]", after: int) -> None:
        """``after``: packages that leave before the order is asked for; the half, openings."""
        self._pipe = pipe
        self._after = after
        self._left = 0
        self.waited = 0.0

    def heard(self, step: str) -> None:
        """Be told a step of the release: at a package in hand, let the others begin.

        Where the order is asked for, go on as soon as counsel asks, not when the gate is had: the
        package in hand is finished, and then it is between the two processes and the gate's lock.
        """
        if step != "commit-delivery":
            return
        self._left += 1
        if self._left == max(1, self._after // 2):
            self._pipe.send(_OPEN)
        if self._left == self._after:
            self._pipe.send(_FILE)
            self._pipe.recv()

    def end(self) -> None:
        """Wait until counsel and officers are done, and note how long the order took.

        Raises Refused where the release ended before the order was asked for.
        """
        if self._left < self._after:
            raise Refused("Too few packages were released.", "Play more requests.")
        self.waited = float(self._pipe.recv())


@contextmanager
def meanwhile(who: Bystanders, after: int) -> Iterator[Meanwhile]:
    """Give the other process, ready to act; it ends with this block, however that ends."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_act, args=(there, who), daemon=True)
    process.start()
    there.close()
    try:
        here.recv()
        yield Meanwhile(here, after)
    finally:
        here.close()
        process.join()


def open_package(home: "Home", keys_folder: Path, package: "Package") -> None:
    """Ask, as the officer a package names, for its token. Raises Refused as the gate does."""
    from portcullis.office.tokens import grant_token

    key = keys.load_private(keys_folder / f"{package.officer}.pem")
    request = custody.ask(
        package.id, package.digest, package.officer, purpose=PURPOSE, at=home.now(), key=key
    )
    grant_token(home, package.id, request)


def _act(pipe: "Connection[str, str]", who: Bystanders) -> None:
    from portcullis.office import Home, open_office

    home = open_office(Home.find(who.home))
    from portcullis.office.orders import place
    from portcullis.office.people import identify

    key = keys.load_private(who.keys / f"{who.counsel}.pem")
    counsel = identify(home, who.counsel, key, "counsel", "order-file")
    opening = threading.Thread(target=_open_what_came, args=(home, who))
    pipe.send(_READY)
    try:
        while pipe.recv() == _OPEN:
            opening.start()
        pipe.send(_ASKING)
    except EOFError:  # the release ended before its time
        return
    began = time.monotonic()
    place(home, counsel, who.order)
    waited = time.monotonic() - began
    opening.join()
    pipe.send(str(waited))


def _open_what_came(home: "Home", who: Bystanders) -> None:
    from portcullis.office.models import Package

    came = Package.objects.filter(state="delivered").order_by("concluded_id")
    for package in came[: who.openings]:
        try:
            open_package(home, who.keys, package)
        except Refused:  # the order was there first
            return
