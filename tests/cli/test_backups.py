"""``backup``, ``restore``, ``ledger catch-up``, ``accept-loss``, ``doctor``, as a person types."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import postgresql
from tests.cli.run import portcullis
from tests.office import acts
from tests.office import world as worlds

NEXT = "portcullis ledger catch-up"


@pytest.fixture(scope="module")
def released(answered: Callable[[int], worlds.World]) -> worlds.World:
    """A world whose batch was answered."""
    return answered(2)


def run(home: Path, *words: object, code: int = 0) -> str:
    done = portcullis(*words, "--home", home)
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout + done.stderr


def ask(home: Path, *words: object, code: int = 0) -> dict:
    return json.loads(run(home, *words, "--json", code=code))


def by(world: worlds.World, person: str) -> list[object]:
    return ["--as", person, "--key", world.key_path(person)]


def order(world: worlds.World) -> list[object]:
    """Return the words that file an order."""
    papers = ["--docket", acts.DOCKET, "--court", "dcd", "--document", world.folder / "paper.txt"]
    return ["order", "file", "order-1", *papers, *by(world, "counsel")]


def test_a_home_is_saved_put_back_and_brought_up_to_its_ledger(world: worlds.World) -> None:
    home, again = world.home_path, world.folder / "again"
    saved = ask(home, "backup", world.folder / "backups")
    assert saved["entries"] > 0
    assert saved["database"] == "sqlite"
    run(home, *order(world))

    back = ask(again, "restore", saved["backup"])
    assert back["gate"] == "closed"
    assert back["next"][0].startswith(NEXT)
    closed = ask(again, "doctor", code=1)
    assert [one["code"] for one in closed["findings"]] == ["restored-from-backup"]
    assert NEXT in closed["findings"][0]["remedy"]
    assert "has not caught up" in run(again, *order(world), code=1)

    caught = ask(again, "ledger", "catch-up", home, *by(world, "administrator"), code=1)
    assert (caught["whole"], caught["disagreements"]) == (False, [])
    assert caught["added"] == 2  # the order, and the notice of it
    (loss,) = caught["losses"]
    assert "independent witness" in loss["what"]
    assert [one["code"] for one in ask(again, "doctor", code=1)["findings"]] == [
        "loss-not-accepted",
        "lost",
    ]
    accept = ["ledger", "accept-loss", loss["id"]]
    assert ask(again, *accept, *by(world, "counsel"), code=1)["approvals"] == 1
    done = ask(again, *accept, *by(world, "administrator"))
    assert (done["whole"], done["approvals"]) == (True, 2)
    assert run(again, "doctor") == "Nothing is wrong.\n"
    (row,) = ask(again, "order", "list")["items"]
    assert (row["id"], row["standing"]) == ("order-1", True)


@pytest.mark.long
def test_what_is_said_is_said_in_words(world: worlds.World) -> None:
    home, again = world.home_path, world.folder / "again"
    run(home, "backup", world.folder / "backups")
    (saved,) = [path for path in (world.folder / "backups").iterdir() if (path / "home").is_dir()]
    assert NEXT in run(again, "restore", saved)
    told = run(again, "ledger", "catch-up", home, *by(world, "administrator"), code=1)
    assert "The gate stays closed." in told
    assert "Missing (entries-after:" in told


def test_misuse_is_said_plainly(world: worlds.World) -> None:
    home = world.home_path
    assert "inside the home" in run(home, "backup", home / "here", code=2)
    assert "no backup" in run(world.folder / "new", "restore", world.folder, code=2)
    missing = run(home, "ledger", "accept-loss", "batch:x", *by(world, "administrator"), code=1)
    assert "no loss to accept" in missing
    nowhere = run(home, "ledger", "catch-up", "/nowhere", *by(world, "administrator"), code=2)
    assert nowhere
    assert run(home, "doctor") == "Nothing is wrong.\n"
    assert "portcullis init" in run(world.folder / "none", "doctor", code=2)


@pytest.mark.long
def test_a_backup_with_its_state_in_postgresql(tmp_path: Path) -> None:
    world = worlds.build(tmp_path / "world", lawful=2)
    (world.folder / "paper.txt").write_text("An order.")

    def act(address: str, home: Path, *words: object, code: int = 0) -> dict:
        command = Path(sys.executable).with_name("portcullis")
        done = subprocess.run(
            [command, *map(str, words), "--home", home, "--json"],
            env={**os.environ, "DATABASE_URL": address},
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout)

    with postgresql.server() as address, postgresql.server() as another:
        subprocess.run(
            [sys.executable, "-m", "tests.office.child", world.folder, "whole", "never"],
            cwd=Path(__file__).parents[2], env={**os.environ, "DATABASE_URL": address}, check=True,
        )  # fmt: skip
        saved = act(address, world.home_path, "backup", tmp_path / "backups")
        assert saved["database"] == "postgresql"
        act(address, world.home_path, *order(world))

        again = tmp_path / "again"
        assert "DATABASE_URL" in run(again, "restore", saved["backup"], code=2)
        act(another, again, "restore", saved["backup"])
        caught = ["ledger", "catch-up", world.home_path, *by(world, "administrator")]
        assert sorted(outgoing(again)) == ["published.tbl", "receipt.json"]
        found = act(another, again, *caught, code=1)
        assert outgoing(again) == outgoing(world.home_path)
        accept = ["ledger", "accept-loss", found["losses"][0]["id"]]
        act(another, again, *accept, *by(world, "counsel"), code=1)
        assert act(another, again, *accept, *by(world, "administrator"))["whole"]
        assert act(another, again, "doctor") == {"ok": True, "findings": []}
        (row,) = act(another, again, "order", "list")["items"]
        assert row["standing"]


def outgoing(home: Path) -> dict[str, bytes]:
    """Return every file that was published of the batch, by its name."""
    folder = home / "outgoing" / worlds.BATCH
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_backup_says_what_it_could_not_save(world: worlds.World) -> None:
    (world.home_path / f"keys/erasable/batch-{worlds.BATCH}.key").unlink()
    told = run(world.home_path, "backup", world.folder / "backups", code=1)
    assert f"packages are not saved: {worlds.BATCH}" in " ".join(told.split())
    saved = ask(world.home_path, "backup", world.folder / "others", code=1)
    assert saved["batches_without_key"] == [worlds.BATCH]
