from pathlib import Path

import pytest
from django.db import connections

from tests.office import acts
from tests.office.conftest import _find_stage, _stages  # noqa: F401 - fixtures by their names
from tests.office.homes import switch
from tests.office.world import World
from tests.web.conftest import holder  # noqa: F401
from tests.web.office import Office


@pytest.fixture(scope="module")
def inspected(holder) -> Office:  # noqa: F811
    """The holder's office once a batch is released, with an inspector among its people."""

    def enrol(home: Path) -> None:
        switch(home)
        acts.enrol(World(home.parent), "inspector", ("inspector",))
        connections.close_all()

    return holder("released", enrol)
