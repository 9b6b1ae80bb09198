"""The whole way of a batch with the office's state in PostgreSQL."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg

from portcullis import ledger
from portcullis.office.public import FILE, read_public
from tests import postgresql
from tests.office import world as worlds

LAWFUL = 6


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
