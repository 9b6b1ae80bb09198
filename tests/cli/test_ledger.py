"""The ledger's own verbs, as an administrator types them, with a witness in another process."""

import json
from pathlib import Path

import pytest

from portcullis import ledger
from tests.cli.run import portcullis
from tests.ledger.processes import witness_server
from tests.office import world as worlds


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> worlds.World:
    return worlds.build(tmp_path_factory.mktemp("ledger") / "world")


def answer(*words: object) -> dict:
    done = portcullis(*words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.long
def test_a_home_with_a_witness_elsewhere_from_init_to_a_new_key(world, tmp_path: Path) -> None:
    home = ("--home", world.home_path)
    by = ("--as", "administrator", "--key", world.key_path("administrator"), *home)
    name = "holder.example/ledger"
    made = answer("init", "--people", world.folder / "people.json", "--ledger-name", name, *home)
    (vkey,) = made["ledger_keys"]
    assert vkey.startswith(f"{name}+")

    folder = tmp_path / "witness"
    witness = answer("witness", "init", folder, "--name", "witness.example/w1")["vkey"]
    with witness_server(folder) as server:
        file = tmp_path / "witnesses.toml"
        file.write_text(
            'k = 2\nwait_seconds = 1\n\n[[witness]]\nname = "local"\n\n[[witness]]\n'
            f'name = "witness.example/w1"\nvkey = "{witness}"\nurl = "{server.url}"\n'
        )
        # It has not been told the ledger's key yet: nothing is published, nothing is lost.
        refused = portcullis("ledger", "witnesses", file, *by)
        assert refused.returncode == 1
        assert "1 of 2 witnesses have cosigned. witness.example/w1:" in refused.stderr
        assert portcullis("witness", "add-log", folder, "--key", vkey).returncode == 0
        assert answer("ledger", "witnesses", file, *by)["k"] == 2

        new = answer("ledger", "announce-key", *by)["announced"]
        assert portcullis("witness", "add-log", folder, "--key", new).returncode == 0
        assert answer("ledger", "retire-key", vkey.split("+")[1], *by)["retired"] == vkey
        shown = answer("ledger", "keys", *home)
    assert shown == {"signed_by": [new], "witnesses": [made["witnesses"][0], witness], "k": 2}
    (newest,) = answer("witness", "show", folder)["logs"]
    assert newest["size"] == ledger.Log.open(world.home_path / "ledger").size
    assert portcullis("verify", world.home_path).returncode == 0
