"""What happens while a home's transmitter releases: in another process, counsel files an order.

Nothing there knows how far the release is but by what it is told, and the release does not wait
for the order to be in force.
"""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portcullis import custody, keys
from portcullis.errors import Refused
from portcullis.standing import Order

if TYPE_CHECKING:
    from portcullis.office import Home
    from portcullis.office.models import Package

PURPOSE = "investigation"
_READY, _FILE, _ASKING, _FILED = "ready", "file", "asking", "filed"


@dataclass(frozen=True)
class Filing:
    """What counsel files in the other process: in which home, with which key, which order."""

    home: Path
    counsel: str
    key: Path
    order: Order


class Meanwhile:
    """The other process, as the release sees it: a pipe, and the package at which to speak.

    ``waited``: seconds from counsel's asking for the gate to the first package that was stopped.
    """

    def __init__(self, pipe: "Connection[Any, Any]", after: int) -> None:
        self.waited = 0.0
        self._pipe = pipe
        self._after = after
        self._concluded = 0
        self._leaves = False
        self._asked = 0.0

    def heard(self, step: str) -> None:
        """Be told a step of the release; with the package ``after`` in hand, let counsel ask.

        The release goes on as soon as counsel asks, not when the gate is had: the package in hand
        is finished, and then it is between the two processes and the gate's lock.
        """
        if step == "rename":
            self._leaves = True
        if step != "commit-delivery":
            return
        self._concluded += 1
        if self._concluded == self._after:
            self._pipe.send(_FILE)
            self._pipe.recv()
            self._asked = time.monotonic()
        if self._asked and not self._leaves and not self.waited:
            self.waited = time.monotonic() - self._asked
        self._leaves = False

    def end(self) -> None:
        """Wait until counsel is done. Raises Refused where the release ended too soon to ask."""
        if self._concluded < self._after:
            raise Refused("Too few packages were released.", "Play more requests.")
        self._pipe.recv()


@contextmanager
def meanwhile(filing: Filing, after: int) -> Iterator[Meanwhile]:
    """Give the other process, ready to act; it ends with this block, however that ends."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_file, args=(there, filing), daemon=True)
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


def _file(pipe: "Connection[Any, Any]", filing: Filing) -> None:
    from portcullis.office import Home, open_office

    home = open_office(Home.find(filing.home))
    from portcullis.office.orders import place
    from portcullis.office.people import identify

    key = keys.load_private(filing.key)
    counsel = identify(home, filing.counsel, key, "order-file")
    pipe.send(_READY)
    try:
        pipe.recv()
        pipe.send(_ASKING)
    except EOFError:  # the release ended before its time
        return
    place(home, counsel, filing.order)
    pipe.send(_FILED)
