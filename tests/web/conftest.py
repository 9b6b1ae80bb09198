import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.office.conftest import _find_stage, _stages  # noqa: F401 - fixtures by their names
from tests.web import signing
from tests.web.office import Office, serve


@pytest.fixture(scope="module")
def holder(_find_stage, tmp_path_factory) -> Iterator[Callable[[str], Office]]:  # noqa: F811
    """Return a function that serves the holder's office of a fresh world at a stage.

    ``configure`` is given the home before it is served.
    """
    running: list[Office] = []

    def at(stage: str, configure: Callable[[Path], None] = lambda _home: None) -> Office:
        folder = tmp_path_factory.mktemp("web") / "world"
        shutil.copytree(_find_stage(stage), folder)
        configure(folder / "holder")
        office = serve(folder / "holder", "holder")
        running.append(office)
        return office

    yield at
    for office in running:
        office.stop()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page of an office as one of its people, signed in."""
    contexts = []

    def as_person(office: Office, person: str, path: str = "/", **options) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        if person:
            context.add_cookies([office.cookie(person)])
        page = context.new_page()
        page.goto(office.origin + path)
        return page

    yield as_person
    for context in contexts:
        context.close()


@pytest.fixture
def desk(office: Office, browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens an address as a person, whose passkey the browser holds."""
    contexts = []

    def at(person: str, path: str, **options) -> Page:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        context.add_cookies([office.cookie(person)])
        page = context.new_page()
        signing.authenticator(page, office.home, person)
        page.goto(office.origin + path)
        return page

    yield at
    for context in contexts:
        context.close()
