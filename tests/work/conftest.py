from collections.abc import Callable, Iterator

import pytest

from tests.office.conftest import (  # noqa: F401 - fixtures and hooks by their names
    _find_stage,
    _server,
    _stages,
    _template,
    database,
    pytest_collection_modifyitems,
    pytest_generate_tests,
    stage,
)
from tests.office.databases import address_of
from tests.work.office import Office


@pytest.fixture
def office(stage) -> Iterator[Callable[[str], Office]]:  # noqa: F811
    """Return a function that gives the office of a fresh world at a stage, on either database."""
    from django.db import connections

    begun: list[Office] = []

    def at(name: str) -> Office:
        world = stage(name)
        connections.close_all()
        begun.append(Office(world, address_of(world.home_path)))
        return begun[-1]

    yield at
    for each in begun:
        each.end()
    connections.close_all()
