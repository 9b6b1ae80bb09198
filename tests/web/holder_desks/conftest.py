import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.office import acts
from tests.office.homes import switch
from tests.office.world import World
from tests.web.office import Office, serve


@pytest.fixture(scope="session")
def _office(_find_stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The holder's office once a batch is released; every desk has its people, some have two."""
    from django.db import connections

    from portcullis.office import individuals

    folder = tmp_path_factory.mktemp("holder-desks") / "world"
    shutil.copytree(_find_stage("released"), folder)
    world = World(Path(folder))
    switch(world.home_path)
    acts.enrol(world, "inspector", ("inspector",))
    acts.enrol(world, "administrator-2", ("administrator",))
    individuals.attest(world.home(), acts.hands(world, "inspector"))
    connections.close_all()
    served = serve(world.home_path, "holder")
    yield served
    served.stop()


@pytest.fixture
def office(_office: Office) -> Office:
    """The holder's office, running; what one test leaves there the next finds."""
    return _office
