"""The office's locks and its database, by themselves."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from portcullis import tables
from portcullis.errors import Misuse, Refused
from portcullis.office.database import databases
from tests.office.databases import address_of


@pytest.mark.postgresql
def test_who_waits_in_vain_for_another_machines_lock_is_told_and_may_try_again(stage) -> None:
    from portcullis.office import locks

    world = stage("new")
    home = world.home()
    path = home.path / "some.lock"
    key = locks._key("some.lock")
    with psycopg.connect(address_of(world.home_path), autocommit=True) as elsewhere:
        asked = "SELECT pg_try_advisory_lock(%s)"
        assert elsewhere.execute(asked, [key]).fetchone() == (True,)
        with pytest.raises(Refused, match="could not be had in time"), locks.alone(home, path, 0.1):
            pass
        elsewhere.execute("SELECT pg_advisory_unlock(%s)", [key])
        with locks.alone(home, path, 0.1):
            assert elsewhere.execute(asked, [key]).fetchone() == (False,)
        assert elsewhere.execute(asked, [key]).fetchone() == (True,)


@pytest.mark.postgresql
def test_a_row_that_anothers_transaction_holds_is_not_waited_for_for_ever(stage) -> None:
    world = stage("new")
    world.home()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("1min",)


@pytest.mark.parametrize("address", ["mysql://user:hush@host/name", "sqlite:///hush", "hush"])
def test_another_kind_of_database_is_refused_and_its_address_not_shown(
    tmp_path: Path, address: str
) -> None:
    with pytest.raises(Misuse, match="does not name a PostgreSQL database") as refused:
        databases(tmp_path, address)
    assert "hush" not in str(refused.value)


def test_options_of_the_address_are_kept(tmp_path: Path) -> None:
    address = "postgresql://me@host/name?sslmode=verify-full&options=-csearch_path%3Dmine"
    options = databases(tmp_path, address)["default"]["OPTIONS"]
    assert options["sslmode"] == "verify-full"
    assert "-c lock_timeout=60s" in options["options"]
    assert options["options"].endswith("-csearch_path=mine")


def test_only_parts_whose_writer_is_gone_are_swept(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    here = os.uname().nodename.replace(".", "-")
    gone = tmp_path / f".some.json.{here}.{ended.pid}.1.part"
    alive = tmp_path / f".some.json.{here}.{os.getpid()}.1.part"
    elsewhere = tmp_path / f".some.json.another-host.{ended.pid}.1.part"
    forsaken = tmp_path / f".other.json.another-host.{ended.pid}.1.part"
    for each in (gone, alive, elsewhere, forsaken):
        each.touch()
    before = time.time() - 2 * 24 * 3600
    os.utime(forsaken, (before, before))
    tables.sweep(tmp_path)
    assert set(tmp_path.iterdir()) == {alive, elsewhere}
