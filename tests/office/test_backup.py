"""A backup holds a home as it stood at one moment, and nothing that was erased."""

import hashlib
import os
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from portcullis.errors import Misuse, Refused
from tests.office import acts, checks, databases, erasing, restored
from tests.office import world as worlds
from tests.office.homes import switch
from tests.office.restored import closed


def test_its_list_of_digests_is_what_other_tools_read(stage) -> None:
    saved = restored.backup(stage("released"))
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"],
        cwd=saved, check=False, capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def test_it_holds_everything_but_locks_and_erasable_keys(stage) -> None:
    world = stage("released")
    # What is being received and checked lies there in clear.
    passing = {"incoming/a.upload", "tmp1/persons.csv", "singles-1/a.csv", "screening-1/a.csv"}
    for name in passing:
        (world.home_path / name).parent.mkdir(exist_ok=True)
        (world.home_path / name).write_text("900-00-0001")
    saved = restored.backup(world)
    there = files(saved / "home")
    assert not passing & there
    for name in passing:
        shutil.rmtree((world.home_path / name).parent)
    left = {
        path
        for path in files(world.home_path) - there
        if not path.endswith((".lock", ".turnstile", "-wal", "-shm", "/lock"))
    }
    published = {path for path in left if path.startswith("outgoing/batch-1/")}
    assert len(published) == 8, "six packages, the answers and their signature"
    assert left - published == {"keys/erasable/batch-batch-1.key"}
    assert there - files(world.home_path) == {"outgoing/batch-1/published.tbl"}
    assert "outgoing/batch-1/receipt.json" in there
    secret = world.home_path / "keys/erasable/batch-batch-1.key"
    assert (saved.parent / "erasable-keys" / secret.name).read_bytes() == secret.read_bytes()
    assert all(not path.stat().st_mode & 0o077 for path in saved.parent.rglob("*.key"))


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("change", ["altered", "missing", "added", "unlisted"])
def test_a_damaged_backup_is_not_put_back(stage, tmp_path: Path, change: str) -> None:
    from portcullis.office.putting_back import restore

    saved = restored.backup(stage("released"))
    some = saved / "home/pack/agreement.toml"
    if change == "altered":
        some.write_text(some.read_text() + "\n")
    elif change == "missing":
        some.unlink()
    elif change == "added":
        some.with_name("more.toml").write_text("")
    else:
        (saved / "SHA256SUMS").unlink()
    with pytest.raises(Misuse, match="damaged"):
        restore(saved, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_it_is_put_back_only_where_nothing_is(stage, tmp_path: Path) -> None:
    from portcullis.office.putting_back import restore

    world = stage("new")
    saved = restored.backup(world)
    with pytest.raises(Misuse, match="not empty"):
        restore(saved, world.home_path)
    with pytest.raises(Misuse, match="no backup"):
        restore(tmp_path, tmp_path / "new")


def test_putting_back_cut_off_leaves_no_home(stage) -> None:
    from portcullis.office import Home

    world = stage("new")
    to = restored.put_back(world, restored.backup(world)).home_path
    (to / "home.json").unlink()  # what comes last has not come
    with pytest.raises(Misuse, match="no home"):
        Home.find(to)


def test_a_backup_of_a_home_that_is_behind_is_refused(stage) -> None:
    world = stage("approved")
    again = restored.lost_and_put_back(world, lambda: acts.place(world))
    with pytest.raises(Refused, match="caught up"):
        restored.backup(again)


def test_two_homes_do_not_share_a_folder_and_none_lies_in_itself(stage, tmp_path: Path) -> None:
    from portcullis.office.backup import backup

    world = stage("new")
    restored.backup(world)
    with pytest.raises(Misuse, match="inside"):
        backup(world.home(), world.home_path / "backups")
    other = worlds.build(tmp_path / "other")
    switch(other.home_path)
    home = worlds.make_home(other, indexed=False)
    with pytest.raises(Refused, match="another home"):
        backup(home, world.folder / "backups")


def test_acts_go_on_while_a_backup_is_made_and_it_is_whole(stage) -> None:
    """A real process releases a batch meanwhile; whenever the backup falls, it can be put back."""
    world = stage("approved")
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.office.child", str(world.folder), "release", "never"],
        cwd=Path(__file__).parents[2],
    )
    saved = []
    while child.poll() is None and len(saved) < 3:
        shutil.rmtree(world.folder / "backups", ignore_errors=True)
        folder = restored.backup(world)
        saved.append(shutil.move(folder.parent, world.folder / f"backups-{len(saved)}"))
    assert child.wait() == 0
    for number, folder in enumerate(saved):
        (backup,) = [path for path in Path(folder).iterdir() if (path / "backup.json").exists()]
        again = restored.put_back(world, backup, f"put-back-{number}")
        restored.whole_again(again, world.home_path)
        assert acts.release(again).delivered == 6
        checks.ledger_verifies(again.home())


def erased_world(stage) -> worlds.World:
    world = stage("released")
    world.saved = restored.backup(world)
    erasing.to_day(world)
    return world


def test_what_is_erased_after_a_backup_is_unreadable_in_it(stage) -> None:
    world = erased_world(stage)
    made = erasing.proofs(world)
    erasing.erase(world)
    name = "batch-batch-1.key"
    assert (world.saved.parent / "erasable-keys" / name).exists()
    world.home().set_date(erasing.DUE_DAY + timedelta(days=1))
    from portcullis.office.backup import backup

    backup(world.home(), world.saved.parent)
    assert not (world.saved.parent / "erasable-keys" / name).exists()

    again = restored.put_back(world, world.saved)
    with pytest.raises(Misuse, match="erased"):
        acts.outcomes(again)
    restored.whole_again(again, world.home_path)
    with pytest.raises(Refused, match="was erased on"):
        acts.outcomes(again)
    erasing.check_proofs(again, made)
    checks.ledger_verifies(again.home())


def test_an_erasure_after_the_newest_backup_is_done_again(stage) -> None:
    world = erased_world(stage)
    erasing.erase(world)
    again = restored.put_back(world, world.saved)
    assert acts.outcomes(again), "the key came back with the backup"
    restored.catch_up(again, world.home_path)
    assert not (again.home_path / "keys/erasable/batch-batch-1.key").exists()
    assert not (again.home_path / "batches" / worlds.BATCH).exists()
    with pytest.raises(Refused, match="was erased on"):
        acts.outcomes(again)


def test_a_key_lost_and_not_erased_stays_in_the_backups(stage) -> None:
    from portcullis.office.backup import backup

    world = stage("released")
    saved = restored.backup(world)
    key = world.home_path / "keys/erasable/batch-batch-1.key"
    digest = hashlib.sha256(key.read_bytes()).digest()
    key.unlink()
    saved.rename(saved.with_name("first"))
    made = backup(world.home(), saved.parent)
    assert made.kept_secrets == (key.name,)
    assert made.unsaved == (worlds.BATCH,)
    assert files(made.folder / "home/outgoing") == {f"{worlds.BATCH}/receipt.json"}
    kept = saved.parent / "erasable-keys" / key.name
    assert hashlib.sha256(kept.read_bytes()).digest() == digest


def test_a_home_put_back_and_caught_up_goes_on_like_any_other(stage) -> None:
    world = stage("received")
    again = restored.lost_and_put_back(world, lambda: None)
    restored.whole_again(again, world.home_path)
    acts.adjudicate(again)
    worlds.approve(again, again.home())
    assert acts.release(again).delivered == 6
    assert closed(again) == []
    checks.released_once(again.home(), worlds.BATCH, 6)


@pytest.mark.long
@pytest.mark.postgresql
def test_the_accounts_of_the_pages_are_in_it_too(stage) -> None:
    """A home that is served has tables the command line does not know."""
    world = stage("new")
    ready = "from portcullis.office.web.serving import prepare; import pathlib, sys; "
    subprocess.run(
        [sys.executable, "-c", f"{ready}prepare(pathlib.Path(sys.argv[1]), 'holder', '')",
         world.home_path], check=True,
    )  # fmt: skip
    address = databases.address_of(world.home_path)
    with psycopg.connect(address) as server:
        server.execute(
            "INSERT INTO auth_user (username, password, is_superuser, is_staff, is_active,"
            " first_name, last_name, email, date_joined)"
            " VALUES ('counsel', '', false, false, true, '', '', '', now())"
        )
    saved = restored.backup(world)
    empty = databases.create(address)
    done = subprocess.run(
        [sys.executable, "-m", "portcullis.cli", "restore", saved, "--home", world.folder / "put"],
        env={**os.environ, "DATABASE_URL": empty}, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = "SELECT (SELECT array_agg(username) FROM auth_user), (SELECT count(*) FROM office_entry)"
    with psycopg.connect(empty) as there, psycopg.connect(address) as here:
        assert there.execute(told).fetchone() == here.execute(told).fetchone()
        # The next number is one that nobody has.
        there.execute("INSERT INTO django_content_type (app_label, model) VALUES ('a', 'b')")
    databases.drop(empty)
