"""The whole way of a batch with the office's state in PostgreSQL."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from portcullis import ledger
from portcullis.office.public import FILE, read_public
from tests import postgresql
from tests.office import world as worlds

LAWFUL = 6
SEQUENCER = 0x706F7274


def test_a_batch_walks_through_with_its_state_in_postgresql(tmp_path: Path) -> None:
    world = worlds.build(tmp_path / "world", lawful=LAWFUL)
    with postgresql.server() as address:
        done = subprocess.run(
            [sys.executable, "-m", "tests.office.child", str(world.folder), "whole", "never"],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "DATABASE_URL": address},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        with psycopg.connect(address) as connection:
            query = "SELECT state, count(*) FROM office_package GROUP BY state"
            assert connection.execute(query).fetchall() == [("delivered", LAWFUL)]
    assert not (world.home_path / "state.sqlite3").exists()
    public = read_public(world.home_path / FILE)
    found = ledger.verify_log(
        world.home_path / "ledger",
        list(public.ledger),
        list(public.witnesses),
        public.k,
        trees=world.home_path / "trees",
    )
    assert found.ok, found.problems


@pytest.mark.long
def test_one_sequencer_at_a_time_by_a_lock_of_the_database(tmp_path: Path) -> None:
    world = worlds.build(tmp_path / "world", lawful=1)
    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with postgresql.server() as address, psycopg.connect(address, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [SEQUENCER])
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.office.child", str(world.folder), "whole", "never"],
            cwd=Path(__file__).parents[2],
            env={**os.environ, "DATABASE_URL": address},
            stdout=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + 60
        while other.execute(waiting).fetchone() == (0,) and time.monotonic() < deadline:
            assert child.poll() is None
            time.sleep(0.05)
        assert other.execute(waiting).fetchone() == (1,)
        other.execute("SELECT pg_advisory_unlock(%s)", [SEQUENCER])
        assert child.wait(120) == 0
