"""The home of the previous release is brought up to this one, and goes on from there."""

import json
import shutil
import signal
import subprocess
import sys
import tarfile
from pathlib import Path

import psycopg
import pytest

from portcullis.errors import Misuse
from tests.cli.run import portcullis
from tests.office import acts, checks, databases, restored
from tests.office import world as worlds
from tests.office.homes import reopen, switch
from tests.office.previous.make import READING, SECOND

RELEASE = "37b7ccb"
PACKED = Path(__file__).with_name("previous") / f"{RELEASE}.tar.xz"


@pytest.fixture
def previous(tmp_path: Path, empty) -> worlds.World:
    """Unpack the world of the previous release, its state in one database or the other."""
    folder = tmp_path / "world"
    with tarfile.open(PACKED) as packed:
        packed.extractall(folder, filter="data")
    world = worlds.World(folder)
    if empty:
        address = empty()
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute((folder / "postgresql.sql").read_text())
        databases.beside(world.home_path).write_text(address)
        (world.home_path / "state.sqlite3").unlink()
    switch(world.home_path)
    return world


def upgrade(world: worlds.World, code: int = 0) -> str:
    done = portcullis("upgrade", "--home", world.home_path)
    assert done.returncode == code, done.stderr
    return " ".join(done.stderr.split())


@pytest.mark.both_databases
def test_every_row_is_there_after_the_upgrade_and_acts_go_on(previous: worlds.World) -> None:
    there = json.loads((previous.folder / "there.json").read_text())
    if is_behind():  # a release that changed no table brings none up
        with pytest.raises(Misuse, match="portcullis upgrade"):
            previous.home()
    assert upgrade(previous) == ""
    home = reopen(previous.home_path)
    from django.db import connection

    with connection.cursor() as cursor:
        for table, rows in there["tables"].items():
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
            assert cursor.fetchone() == (rows,), table
    assert len(checks.entries(home)) == there["entries"]
    checks.ledger_verifies(home)
    assert restored.closed(previous) == []
    from portcullis.office import catching_up, comparing

    catching_up.check_database(home.ledger)
    assert comparing.disagreements(catching_up.recorded_state()) == []
    checks.released_once(home, worlds.BATCH, 4)
    goes_on(previous)


def is_behind() -> bool:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def goes_on(world: worlds.World) -> None:
    """Assert that what one person began in the previous release is ended in this one.

    But an approval that waited for its second named no ledger then: it is given again.
    """
    from portcullis import law
    from portcullis.office.indexing import index_records
    from portcullis.office.reading_changes import change

    home = world.home()
    asked = law.Change(READING, True, home.today())
    for person, decides in (("counsel-2", False), ("counsel", True)):
        assert acts.lift(world, person).lifted == decides
        counsel = acts.hands(world, person)
        assert change(home, counsel, asked, acts.DOCKET, acts.DOCUMENT).decided == decides
    package = acts.packages(world, officer="officer-2")[0]
    assert acts.token(world, package)
    index_records(home, world.folder / "records")
    acts.adjudicate(world, batch=SECOND)
    assert acts.state(world, SECOND) == "determined"
    checks.ledger_verifies(home)


def test_a_database_of_a_later_release_is_refused_and_left_alone(previous: worlds.World) -> None:
    from django.db import connection

    upgrade(previous)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('office', '9999_later', CURRENT_TIMESTAMP)"
        )
    with pytest.raises(Misuse, match="made by a later version"):
        previous.home()
    assert "made by a later version" in upgrade(previous, code=2)


def test_an_upgrade_without_its_database_makes_no_empty_one(previous: worlds.World, empty) -> None:
    if empty:
        databases.beside(previous.home_path).write_text(empty())
    else:
        (previous.home_path / "state.sqlite3").unlink()
    switch(previous.home_path)
    assert "nothing in its database" in upgrade(previous, code=2)


def test_a_database_of_another_home_is_refused(previous: worlds.World, stage) -> None:
    upgrade(previous)
    other = stage("new")
    if address := databases.address_of(other.home_path):
        databases.beside(previous.home_path).write_text(address)
    else:
        shutil.copy(other.home_path / "state.sqlite3", previous.home_path)
    switch(previous.home_path)
    with pytest.raises(Misuse, match="that of another home"):
        previous.home()


MIGRATE = """
import os, signal, sys
from pathlib import Path
from django.db.migrations import recorder
from portcullis.office import Home, start
after, path = int(sys.argv[1]), Path(sys.argv[2])
recorded = recorder.MigrationRecorder.record_applied
def record(self, app, name):
    global after
    recorded(self, app, name)
    after -= 1
    if after == 0:
        os.kill(os.getpid(), signal.SIGKILL)
recorder.MigrationRecorder.record_applied = record
start(Home.find(path))
"""


def test_an_upgrade_killed_half_way_goes_on_when_run_again(stage, empty) -> None:
    """From nothing, which is the longest way: killed within the third, and after it."""
    world = stage("new")
    shutil.rmtree(world.home_path / "ledger")
    if empty:
        databases.beside(world.home_path).write_text(empty())
    else:
        (world.home_path / "state.sqlite3").unlink()
    switch(world.home_path)
    for number in (3, 1):
        told = [sys.executable, "-c", MIGRATE, str(number), world.home_path]
        killed = subprocess.run(told, check=False)
        assert killed.returncode == -signal.SIGKILL
        with pytest.raises(Misuse, match="portcullis upgrade"):
            world.home()
    upgrade(world)
    assert len(checks.entries(world.home())) == 1, "the ledger's first entry, of its keys"
    checks.ledger_verifies(world.home())
