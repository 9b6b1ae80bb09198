from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import postgresql
from tests.office import world as worlds
from tests.office.conftest import _find_stage, _stages, stage  # noqa: F401 - fixtures by their names
from tests.work.office import Office


@pytest.fixture
def office(stage) -> Iterator[Callable[[str], Office]]:  # noqa: F811
    """Return a function that gives the office of a fresh world at a stage, its state in SQLite."""
    begun: list[Office] = []

    def at(name: str) -> Office:
        from django.db import connections

        made = Office(stage(name))
        connections.close_all()
        begun.append(made)
        return made

    yield at
    for each in begun:
        each.end()


@pytest.fixture
def on_postgresql(tmp_path: Path) -> Iterator[Callable[[str], Office]]:
    """Return a function that gives an office whose state is in PostgreSQL."""
    begun: list[Office] = []
    with postgresql.server() as address:

        def at(name: str) -> Office:
            made = Office(worlds.build(tmp_path / "world"), address)
            begun.append(made)
            made.play("make", name)
            return made

        yield at
        for each in begun:
            each.end()
