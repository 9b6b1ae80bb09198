import subprocess
import sys
from collections.abc import Iterator

import pytest

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
