import shutil
from pathlib import Path

import pytest

from tests.office import acts
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
    _close()
    shutil.copytree(world.folder, to)
    return to


def _close() -> None:
    from django.db import connections

    connections.close_all()


LATER = {"sealed": acts.seal, "released": acts.release}


@pytest.fixture(scope="session")
def _find_stage(_stages: dict[str, Path], tmp_path_factory: pytest.TempPathFactory):
    """Return a function that finds a stage's world; the later stages are made when first asked."""

    def find(name: str) -> Path:
        if name not in _stages:
            folder = tmp_path_factory.mktemp(name) / "world"
            shutil.copytree(_stages["approved"], folder)
            world = worlds.World(folder)
            switch(world.home_path)
            LATER[name](world)
            _close()
            _stages[name] = folder
        return _stages[name]

    return find


@pytest.fixture
def stage(_find_stage, tmp_path: Path):
    """Return a function that gives a fresh world standing at a stage, open in this process.

    The stages: new, received, determined, approved, sealed, released.
    """

    def fresh(name: str) -> worlds.World:
        folder = tmp_path / f"{name}-{sum(1 for _ in tmp_path.iterdir())}"
        shutil.copytree(_find_stage(name), folder)
        world = worlds.World(folder)
        switch(world.home_path)
        return world

    return fresh
