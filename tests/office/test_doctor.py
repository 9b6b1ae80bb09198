"""The doctor names each thing for what it is, and says what to do; the gate is closed meanwhile."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from portcullis.errors import Misuse, Refused
from tests.office import acts, checks, databases, restored
from tests.office import world as worlds
from tests.office.elsewhere import Elsewhere
from tests.office.test_freshness import adopt


def examine(world: worlds.World) -> list:
    from portcullis.office.doctor import examine as run
    from portcullis.office.home import Home

    return run(Home.find(world.home_path))


def codes(world: worlds.World) -> set[str]:
    found = examine(world)
    assert all(one.message and one.remedy for one in found)
    return {one.code for one in found}


@pytest.mark.parametrize("stood", ["new", "approved", "released"])
def test_a_sound_home_has_nothing_wrong(stage, stood: str) -> None:
    assert examine(stage(stood)) == []


def test_a_home_put_back_is_told_to_catch_up(stage) -> None:
    world = stage("approved")
    again = restored.lost_and_put_back(world, lambda: acts.place(world))
    assert codes(again) == {"restored-from-backup"}
    restored.whole_again(again, world.home_path)
    assert examine(again) == []


def newest(folder: Path) -> Path:
    return max(folder.iterdir(), key=lambda path: int(path.name))


def corrupt_tile(world: worlds.World) -> None:
    tile = newest(world.home_path / "ledger/tile/0/000.p")
    tile.write_bytes(bytes([tile.read_bytes()[0] ^ 1]) + tile.read_bytes()[1:])


def missing_bundle(world: worlds.World) -> None:
    newest(world.home_path / "ledger/tile/entries/000.p").unlink()


def corrupt_checkpoint(world: worlds.World) -> None:
    path = world.home_path / "ledger/checkpoint"
    path.write_bytes(path.read_bytes().replace(b"\n\n", b"\n", 1))


def older_copy(world: worlds.World) -> None:
    shutil.copytree(world.home_path / "ledger", world.folder / "older")
    acts.place(world)
    replace(world, world.folder / "older")


def another_root(world: worlds.World) -> None:
    """Put a ledger of the same size with another root, by the holder's own keys, in its place."""
    acts.place(world)
    source = restored.forked(world, lambda entry: b'"order-filed"' not in entry, more=1)
    replace(world, source / "ledger")


def replace(world: worlds.World, by: Path) -> None:
    shutil.rmtree(world.home_path / "ledger")
    shutil.copytree(by, world.home_path / "ledger")


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (corrupt_tile, "corrupt-tile"),
        (missing_bundle, "missing-bundle"),
        (corrupt_checkpoint, "corrupt-checkpoint"),
        (older_copy, "rolled-back"),
        (another_root, "forked"),
    ],
)
def test_each_damage_is_named_and_closes_the_gate_until_mended(stage, damage, fault: str) -> None:
    world = stage("approved")
    damage(world)
    assert fault in codes(world)
    with pytest.raises((Refused, Misuse)):
        acts.release(world)
    assert not checks.published(world.home(), worlds.BATCH)


def test_what_is_damaged_here_is_mended_from_a_copy(stage) -> None:
    world = stage("released")
    source = restored.copy_of(world)
    corrupt_tile(world)
    assert "corrupt-tile" in codes(world)
    restored.whole_again(world, source)
    assert examine(world) == []


def test_missing_keys_and_keys_others_may_read(stage) -> None:
    world = stage("released")
    keys = world.home_path / "keys"
    (keys / "service.pem").chmod(0o640)
    (keys / "erasable" / "batch-batch-1.key").unlink()
    for path in (keys / "ledger").iterdir():
        path.unlink()
    found = {one.code: one for one in examine(world)}
    assert set(found) == {"key-readable", "key-missing", "ledger-keys"}
    assert "nobody erased it" in found["key-missing"].message


def test_a_witness_that_is_silent_and_one_whose_clock_differs(stage, tmp_path: Path) -> None:
    world = stage("approved")
    other = Elsewhere(tmp_path / "other")
    with other.running():
        adopt(world, other, k=1)
        assert examine(world) == []
        other.ahead = -3600
        assert codes(world) == {"clock-wrong"}
    assert codes(world) == {"witness-silent"}


def test_entries_that_wait_and_an_append_cut_off(stage) -> None:
    world = stage("approved")
    child = [sys.executable, "-m", "tests.office.child", str(world.folder), "release", "publish:1"]
    subprocess.run(child, cwd=Path(__file__).parents[2], check=False, timeout=120)
    assert codes(world) == {"cut-off", "outbox"}
    acts.integrate(world)
    assert examine(world) == []


def test_a_database_that_says_something_else_than_the_ledger(stage) -> None:
    world = stage("approved")
    acts.place(world)
    from portcullis.office.models import Approval, Placed

    Placed.objects.update(standing=False)
    assert Approval.objects.count() == 1
    (found,) = examine(world)
    assert found.code == "state-disagrees"
    assert "order-1" in found.message


def test_a_database_whose_entries_were_altered(stage) -> None:
    world = stage("approved")
    from portcullis.office.models import Entry

    Entry.objects.filter(kind="safeguards").update(body=b"{}")
    assert "forked" in codes(world)


@pytest.mark.sqlite
def test_a_database_that_cannot_be_read(stage) -> None:
    world = stage("approved")
    from django.db import connections

    connections.close_all()
    path = world.home_path / "state.sqlite3"
    for left in world.home_path.glob("state.sqlite3-*"):
        left.unlink()
    path.write_bytes(b"no database at all " * 300)
    assert codes(world) == {"database"}


@pytest.mark.postgresql
def test_a_database_that_is_not_there(stage) -> None:
    world = stage("approved")
    databases.drop(databases.address_of(world.home_path))
    assert codes(world) == {"database"}


def test_no_index(stage) -> None:
    world = stage("approved")
    shutil.rmtree(world.home_path / "index")
    assert codes(world) == {"index"}
