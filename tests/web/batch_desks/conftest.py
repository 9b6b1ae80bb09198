import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.web import signing
from tests.web.batch_desks import home as homes
from tests.web.office import Office, serve


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The holder's office, with a batch at every stage."""
    from django.db import connections

    world = homes.build(tmp_path_factory.mktemp("desks") / "world")
    connections.close_all()
    served = serve(world.home_path, "holder")
    yield served
    served.stop()


@pytest.fixture(scope="session")
def worker(office: Office) -> Iterator[None]:
    """A worker beside the office."""
    working = subprocess.Popen(
        [sys.executable, "-m", "portcullis.cli", "work", "--home", str(office.home)],
        stdout=subprocess.DEVNULL,
    )
    yield
    working.terminate()
    working.wait(timeout=20)


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
