"""Worlds whose batch was answered, each made once and copied for each test."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connections

from tests.office import acts
from tests.office.homes import switch
from tests.office.world import World


@pytest.fixture(scope="session")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], World]:
    """Return a function that gives a fresh world with so many disclosures, open in this process."""
    made: dict[int, World] = {}

    def fresh(lawful: int) -> World:
        if lawful not in made:
            folder = tmp_path_factory.mktemp("answered") / "world"
            made[lawful] = acts.answered_world(folder, lawful)
            (folder / "paper.txt").write_text("A paper.")
            connections.close_all()
        world = copied(made[lawful], tmp_path_factory.mktemp("world"))
        switch(world.home_path)
        return world

    return fresh


@pytest.fixture
def world(released: World, tmp_path: Path) -> World:
    """A copy of the module's own ``released`` world."""
    return copied(released, tmp_path)


def copied(world: World, to: Path) -> World:
    shutil.copytree(world.folder, to / "world")
    return World(to / "world")
