import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.office import acts
from tests.office.homes import switch
from tests.office.world import World
from tests.web import signing
from tests.web.office import Office, serve


@pytest.fixture(scope="session")
def _office(_find_stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The holder's office once a batch is released; every desk has its people, some have two."""
    from django.db import connections

    folder = tmp_path_factory.mktemp("holder-desks") / "world"
    shutil.copytree(_find_stage("released"), folder)
    world = World(Path(folder))
    switch(world.home_path)
    acts.enrol(world, "inspector", ("inspector",))
    acts.enrol(world, "administrator-2", ("administrator",))
    connections.close_all()
    served = serve(world.home_path, "holder")
    yield served
    served.stop()


@pytest.fixture
def office(_office: Office) -> Office:
    """The holder's office, running; what one test leaves there the next finds."""
    return _office


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
