import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.office import acts, databases
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


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let every test that stands on a stage run on both databases."""
    if "database" in metafunc.fixturenames:
        kinds = ["sqlite", "postgresql"]
        alone = [kind for kind in kinds if metafunc.definition.get_closest_marker(kind)]
        metafunc.parametrize("database", alone or kinds, indirect=True)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave to test-all, on PostgreSQL, what is not about the state."""
    for item in items:
        params = getattr(item, "callspec", None) and item.callspec.params
        marks = {mark.name for mark in item.iter_markers()}
        on_second = params and params.get("database") == "postgresql"
        if on_second and not marks & {"both_databases", "postgresql"}:
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session")
def _server() -> Iterator[str]:
    with databases.server() as address:
        yield address


@pytest.fixture(scope="session")
def _template(_server: str, _find_stage, tmp_path_factory: pytest.TempPathFactory):
    """Return a function that gives the address of a stage's database, to be copied."""
    made: dict[str, str] = {}

    def find(name: str) -> str:
        if name not in made:
            folder = tmp_path_factory.mktemp(f"{name}-postgresql") / "world"
            shutil.copytree(_find_stage(name), folder)
            home = worlds.World(folder).home_path
            if "" not in made:
                made[""] = databases.create(_server)
                databases.migrate(home, made[""])
            address = databases.create(_server, made[""])
            databases.move_rows(home, address)
            made[name] = address
            shutil.rmtree(folder)
        return made[name]

    return find


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path):
    """Give a function that finds a stage's database for a world; None where it has SQLite."""
    if request.param == "sqlite":
        yield None
        return
    yield request.getfixturevalue("_template")
    _close()
    for named in tmp_path.rglob("*.database"):
        databases.drop(named.read_text())
    os.environ.pop("DATABASE_URL", None)


@pytest.fixture
def stage(_find_stage, database, tmp_path: Path):
    """Return a function that gives a fresh world standing at a stage, open in this process.

    The stages: new, received, determined, approved, sealed, released.
    """

    def fresh(name: str) -> worlds.World:
        folder = tmp_path / f"{name}-{sum(1 for _ in tmp_path.iterdir())}"
        shutil.copytree(_find_stage(name), folder)
        world = worlds.World(folder)
        if database:
            template = database(name)
            databases.beside(world.home_path).write_text(databases.create(template, template))
            (world.home_path / "state.sqlite3").unlink()
        switch(world.home_path)
        return world

    return fresh


@pytest.fixture
def empty(database, request: pytest.FixtureRequest):
    """Return a function that makes an empty database and gives its address; None on SQLite."""
    if database is None:
        return None
    return lambda: databases.create(request.getfixturevalue("_server"))
