"""Waiting for what a worker does."""

import time
from collections.abc import Callable
from typing import Any


def until(ask: Callable[[], dict[str, Any]], state: str) -> dict[str, Any]:
    """Ask until the state is reached, for a minute at most."""
    for _ in range(300):
        said = ask()
        if said["state"] == state:
            return said
        time.sleep(0.2)
    raise AssertionError(said)
