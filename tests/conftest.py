"""What every test may use, and how the tests are shared out between processes."""

import os
import shutil
from collections.abc import Iterator

import pytest
from hypothesis import settings
from playwright.sync_api import Browser, sync_playwright

from tests.thorough import examples

# Without a deadline: on a busy machine a test may take its time.
settings.register_profile("house", deadline=None, max_examples=examples(100))
settings.load_profile("house")

CHROMIUM = shutil.which("chromium")
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process, where they share what was made for them.

    What is marked as a group is long in one piece, so it begins first.
    """
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path)))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once a process.

    Playwright leaves an event loop running in this thread between its calls, by which Django
    would take every test after it for a coroutine and refuse it the database. None is one.
    """
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("Chromium is not installed, so no page is looked at: run make system.")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
        yield launched
        launched.close()
