"""What was published of a batch: under its own key in backups, and back again after them."""

import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from portcullis.errors import Misuse
from portcullis.tables import write_table
from tests.office import acts, checks, erasing, restored
from tests.office import world as worlds
from tests.office.homes import reopen
from tests.office.restored import closed
from tests.office.world import BATCH

TABLE = "published.tbl"


def published(world: worlds.World) -> dict[str, tuple[int, bytes]]:
    """Return the mode and the bytes of every file in the batch's outgoing folder."""
    folder = world.home_path / "outgoing" / BATCH
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mode, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def table(world: worlds.World) -> Path:
    return world.home_path / "outgoing" / BATCH / TABLE


def no_clear_text(backups: Path, packages: list[str], contents: list[bytes]) -> None:
    """Assert that nothing published of the batch can be read in ``backups``.

    The ids of packages stand on the ledger, which keeps them for ever, and in the database.
    """
    by_right = ("ledger", "state.sqlite3", "database")
    for path in backups.rglob("*"):
        assert path.stem not in packages, path
        if not path.is_file():
            continue
        data = path.read_bytes()
        assert not any(content in data for content in contents), path
        if not set(path.parts) & set(by_right):
            assert not any(name.encode() in data for name in packages), path


def test_a_backup_made_before_an_erasure_shows_nothing_published(stage) -> None:
    from portcullis.office.backup import backup

    world = stage("released")
    before = published(world)
    packages = [package.id for package in acts.packages(world)]
    assert len(packages) == 6
    keys, answers = erasing.keys_of(world)
    one = before[f"packages/{packages[0]}.json"][1]
    assert any(nonce.hex().encode() in one for nonce in answers), "what is looked for is there"
    saved = restored.backup(world)
    erasing.to_day(world)
    erasing.erase(world)
    backup(world.home(), saved.parent)
    contents = [data for name, (_, data) in before.items() if name != "receipt.json"]
    no_clear_text(saved.parent, packages, contents)
    erasing.nowhere(saved.parent, [*keys, *answers])

    again = restored.put_back(world, saved)
    assert set(published(again)) == {"receipt.json", TABLE}
    restored.whole_again(again, world.home_path)
    assert published(again) == {"receipt.json": before["receipt.json"]}
    erasing.nowhere(again.home_path, [*keys, *answers])


def test_what_was_published_is_back_byte_for_byte(stage, monkeypatch) -> None:
    from portcullis.office import published as module

    monkeypatch.setattr(module, "_PIECE", 100)  # every file in several parts, of several segments
    world = stage("released")
    folder = table(world).parent
    (folder / "answers.jsonl").chmod(0o440)
    (folder / "empty").touch()
    before = published(world)
    again = restored.lost_and_put_back(world, lambda: None)
    assert set(published(again)) == {"receipt.json", TABLE}
    assert closed(again) == ["restored-from-backup"]
    restored.whole_again(again, world.home_path)
    assert published(again) == before
    assert not list((again.home_path / "outgoing").rglob("*.part"))
    checks.released_once(again.home(), BATCH, 6)
    assert acts.token(again, acts.package_of(again, "REQ-00001"))


def test_an_erasure_done_again_takes_the_table_too(stage) -> None:
    """The mirror was not kept up: the secret comes back, and what it opens does not."""
    world = stage("released")
    receipt = published(world)["receipt.json"]
    saved = restored.backup(world)
    erasing.to_day(world)
    erasing.erase(world)
    again = restored.put_back(world, saved)
    restored.whole_again(again, world.home_path)
    assert published(again) == {"receipt.json": receipt}


def test_a_hold_does_not_bring_back_what_is_erased(stage) -> None:
    from portcullis.office.backup import backup

    world = stage("released")
    saved = restored.backup(world)
    erasing.to_day(world)
    erasing.erase(world)
    erasing.hold(world)
    backup(world.home(), saved.parent)
    again = restored.put_back(world, saved)
    restored.whole_again(again, world.home_path)
    assert set(published(again)) == {"receipt.json"}


def test_without_its_key_the_table_is_kept_until_the_key_is_there(stage) -> None:
    world = stage("released")
    before = published(world)
    again = restored.lost_and_put_back(world, lambda: None)
    key = again.home_path / "keys/erasable/batch-batch-1.key"
    secret = key.read_bytes()
    key.unlink()
    found = restored.catch_up(again, world.home_path)
    assert [sentence for sentence in found.again if BATCH in sentence and "key" in sentence]
    assert restored.accept(again, found.losses[0].id).whole
    assert set(published(again)) == {"receipt.json", TABLE}
    # A backup made meanwhile keeps it, without the key and with it.
    for back in (None, secret):
        if back:
            key.write_bytes(back)
        saved = restored.backup(again)
        assert (saved / "home/outgoing" / BATCH / TABLE).exists()
    other = restored.put_back(again, saved, "other")
    restored.catch_up(other, again.home_path)
    assert published(other) == before
    reopen(again.home_path)
    restored.catch_up(again, other.home_path)
    assert published(again) == before


@pytest.mark.parametrize("name", ["../receipt.json", "packages/../../x", "/etc/x", "", "."])
def test_a_table_puts_nothing_outside_its_folder(stage, name: str) -> None:
    from portcullis.office import files
    from portcullis.office import published as module

    world = stage("released")
    home = world.home()
    before = published(world)
    rows = pl.DataFrame({"path": [name], "mode": [0o600], "data": [b"x"]})
    write_table(table(world), rows, files.batch_key(home, files.find_batch(BATCH)))
    with pytest.raises(Misuse, match="outside its folder"):
        module.put_back(home, lambda _step: None)
    table(world).unlink()
    assert published(world) == before


def test_a_damaged_table_keeps_the_home_closed(stage) -> None:
    world = stage("released")
    again = restored.lost_and_put_back(world, lambda: None)
    table(again).write_bytes(table(again).read_bytes()[:-1])
    with pytest.raises(Misuse, match=TABLE):
        restored.catch_up(again, world.home_path)
    assert closed(again)[0] == "restored-from-backup"


@pytest.mark.parametrize("step", ["unpack-published", "remove-table", "mark-caught-up"])
def test_putting_back_killed_at_any_step_is_run_again(stage, step: str) -> None:
    world = stage("released")
    before = published(world)
    again = restored.lost_and_put_back(world, lambda: None)
    words = [world.folder, again.name, world.home_path, step]
    child = [sys.executable, "-m", "tests.office.restoring_child", *map(str, words)]
    done = subprocess.run(child, cwd=Path(__file__).parents[2], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr[-2000:]
    assert closed(again)[0] == "restored-from-backup"
    restored.whole_again(again, world.home_path)
    assert published(again) == before
