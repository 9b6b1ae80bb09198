"""What tests of the requester's office share: the holder's acts, and the way to the Sign page.

The holder acts in a thread of its own: Playwright's own loop runs in the test's
thread, where Django does not work.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from playwright.sync_api import Page

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


def go_on(page: Page, button: str) -> None:
    """Press the button that leads to the Sign page, and be there."""
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**/sign/**")


def read_the_warning(page: Page) -> None:
    """Acknowledge the warning, where the page shows it."""
    if page.url.endswith("/banner/"):
        page.get_by_role("button", name="I have read this").click()
