"""An officer's key is lost: from the new one on the roster to the same address on their screen."""

import json
from pathlib import Path

import pytest

from tests.cli.run import on_a_terminal, portcullis
from tests.office import acts
from tests.office import world as worlds
from tests.office.resealing import OFFICER, replace_key


@pytest.mark.long
def test_a_package_sealed_again_is_taken_in_and_opened(tmp_path: Path) -> None:
    world = acts.answered_world(tmp_path / "world", 2)
    home, recipient = world.home_path, tmp_path / "recipient"
    package = acts.package_of(world, "REQ-00001")
    path = home / "outgoing" / worlds.BATCH / "packages" / f"{package.id}.json"

    def open_it() -> tuple[int, str]:
        who = ("--as", OFFICER, "--key", world.key_path(OFFICER), "--acknowledge")
        where = ("--holder", home, "--requests", world.batch_file, "--recipient", recipient)
        return on_a_terminal("open", path, *who, *where)

    def seal_again() -> tuple[int, dict]:
        who = ("--as", "transmitter", "--key", world.key_path("transmitter"))
        done = portcullis(
            "reseal", worlds.BATCH, "--officer", OFFICER, *who, "--home", home, "--json"
        )
        assert "Traceback" not in done.stderr
        return done.returncode, json.loads(done.stdout or "{}")

    assert open_it()[0] == 0
    assert seal_again()[0] == 1
    replace_key(world)
    people = ("--people", home / "people.json", "--recipient", recipient)
    assert portcullis("custody", "init", *people).returncode == 0
    code, shown = open_it()
    assert code == 1
    assert "101 Specimen St" not in shown
    assert seal_again() == (
        0,
        {"batch": worlds.BATCH, "officer": OFFICER, "resealed": 1, "left": {}},
    )
    code, shown = open_it()
    assert code == 0, shown
    assert "101 Specimen St" in shown
    acts.place(world)
    replace_key(world)
    assert seal_again() == (
        1,
        {"batch": worlds.BATCH, "officer": OFFICER, "resealed": 0, "left": {"order-stands": 1}},
    )
