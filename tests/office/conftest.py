import shutil
from pathlib import Path

import pytest

from tests.office import world as worlds
from tests.office.homes import switch


@pytest.fixture(scope="session")
def _stages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """One world, copied as it stood before each act."""
    folder = tmp_path_factory.mktemp("stages")
    world = worlds.build(folder / "work")
    switch(world.home_path)
    home = worlds.make_home(world)
    stages = {"new": _copy(world, folder / "new")}
    from portcullis.office.adjudication import adjudicate
    from portcullis.office.reception import receive

    receive(home, world.batch_file)
    stages["received"] = _copy(world, folder / "received")
    adjudicate(home, worlds.BATCH, world.actor("specialist"))
    stages["determined"] = _copy(world, folder / "determined")
    worlds.approve(world, home)
    stages["approved"] = _copy(world, folder / "approved")
    return stages


def _copy(world: worlds.World, to: Path) -> Path:
    from django.db import connections

    connections.close_all()
    shutil.copytree(world.folder, to)
    return to


@pytest.fixture
def stage(_stages: dict[str, Path], tmp_path: Path):
    """Return a function that gives a fresh world standing at a stage, open in this process."""

    def fresh(name: str) -> worlds.World:
        folder = tmp_path / name
        shutil.copytree(_stages[name], folder)
        world = worlds.World(folder)
        switch(world.home_path)
        return world

    return fresh
