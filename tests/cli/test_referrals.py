"""``portcullis referral`` as people type it."""

import json
from pathlib import Path

import pytest
from django.db import connections

from tests.cli.run import portcullis
from tests.office import near
from tests.office.world import BATCH, World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    made = near.build(tmp_path_factory.mktemp("referral") / "world")
    connections.close_all()
    return made


def ask(
    world: World, *words: str, by: str = "reviewer", code: int = 0, noun: str = "referral"
) -> str:
    person = ("--as", by, "--key", str(world.key_path(by)))
    done = portcullis(noun, *words, *person, "--home", world.home_path)
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


@pytest.mark.long
def test_from_the_queue_to_the_list(world: World, tmp_path: Path) -> None:
    assert "8 near misses." in ask(world, "list", BATCH)
    assert "role reviewer" in ask(world, "model", by="specialist", code=1, noun="records")
    trained = json.loads(ask(world, "model", "--json", noun="records"))
    assert set(trained) == {"model", "index"}
    page = tmp_path / "near-miss.html"
    ask(world, "show", BATCH, "street", "--out", str(page))
    assert "MARIG" in page.read_text()
    assert page.stat().st_mode & 0o077 == 0
    found = ("find", BATCH, "street", "--address", "1", "--reason", "One letter.", "--rule")
    said = ask(world, *found, "household", code=1)
    assert "share a household" in said
    assert "Traceback" not in said
    ask(world, *found, "street-slip")
    ask(world, "confirm", BATCH, "street", code=1)
    ask(world, "show", BATCH, "street", "--out", str(tmp_path / "second.html"), by="reviewer-2")
    ask(world, "confirm", BATCH, "street", by="reviewer-2")
    made = json.loads(ask(world, "supplement", BATCH, "--json", by="specialist"))
    assert made["list"] == 2


def test_the_rules_are_listed() -> None:
    said = json.loads(portcullis("referral", "rules", "--json").stdout)
    assert set(said["rules"]) >= {"street-slip", "unit-left-out", "nickname"}
    assert "household" not in said["rules"]
