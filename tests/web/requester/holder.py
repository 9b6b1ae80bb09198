"""What the holder does in a test of the requester's office: in a thread of its own.

Playwright's own loop runs in the test's thread, where Django does not work.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tests.office.homes import switch
from tests.office.world import World

T = TypeVar("T")


def at_the_holder(world: World, act: Callable[[], T]) -> T:
    """Return what ``act`` does in the world's holder's home."""

    def run() -> T:
        from django.db import connections

        switch(world.home_path)
        try:
            return act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()
