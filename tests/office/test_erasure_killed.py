"""An erasing process is killed before each of its steps, then run again: it is finished, once."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portcullis.errors import Refused
from portcullis.office import Home
from tests import postgresql
from tests.office import acts, checks, erasing
from tests.office import world as worlds
from tests.office.homes import reopen
from tests.office.test_kill import killed, run_again
from tests.thorough import examples

STEPS = [
    *["decide", "commit-erasure", "integrate-erasure", "destroy-secret"],
    *["destroy-files", "forget", "commit-finished"],
]


def _is_finished(world: worlds.World, keys: list[bytes], made: list[tuple[str, str]]) -> None:
    from portcullis.office.models import Erasure

    home = world.home()
    assert Erasure.objects.get().finished
    assert len(checks.of_kind(home, "working-data-erased")) == 1
    erasing.nowhere(home.path, keys)
    assert not home.batch(worlds.BATCH).exists()
    assert erasing.accounted(world).height == 10
    erasing.check_proofs(world, made)
    checks.ledger_verifies(home)
    with pytest.raises(Refused) as refused:
        erasing.erase(world)
    assert refused.value.message == erasing.SAID


@pytest.fixture
def world(stage) -> worlds.World:
    world = stage("released")
    erasing.to_day(world)
    return world


SELDOM = ("decide", "integrate-erasure", "destroy-files", "forget")


@pytest.mark.parametrize(
    "step",
    [
        *("commit-erasure", "destroy-secret", "destroy-files:3", "commit-finished"),
        *(pytest.param(step, marks=pytest.mark.long) for step in SELDOM),
    ],
)
def test_killed_at_any_step_it_is_finished_when_run_again(world, step: str) -> None:
    keys, answers = erasing.keys_of(world)
    made = erasing.proofs(world)
    name, _, number = step.partition(":")
    killed(world, "erase", name, int(number or 1))
    _readable_or_gone(world, whole=STEPS.index(name) <= STEPS.index("destroy-secret"))
    assert not run_again(world, "erase")
    _is_finished(world, [*keys, *answers], made)


def _readable_or_gone(world: worlds.World, *, whole: bool) -> None:
    """Before the secret goes all is there, whatever the ledger says; after it nothing is."""
    from portcullis.office.models import Erasure

    reopen(world.home_path)
    if whole:
        assert acts.outcomes(world)["REQ-00001"] == "released"
        return
    assert not Erasure.objects.get().finished
    with pytest.raises(Refused) as refused:
        acts.outcomes(world)
    assert refused.value.message == erasing.SAID


def test_a_hold_placed_while_it_lies_dead_keeps_what_is_there(world) -> None:
    killed(world, "erase", "destroy-secret", 1)
    reopen(world.home_path)
    erasing.hold(world)
    assert "hold-1" in run_again(world, "erase")
    assert acts.outcomes(world)["REQ-00001"] == "released"


# The fixture gives a function that makes a fresh world for each example.
@settings(
    max_examples=examples(6),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(stops=st.lists(st.sampled_from(STEPS), max_size=5))
def test_cut_off_again_and_again_it_ends_the_same(stage, stops: list[str]) -> None:
    world = stage("released")
    erasing.to_day(world)
    keys, answers = erasing.keys_of(world)
    made = erasing.proofs(world)
    for stop in stops:
        _cut_off(world, stop)
    if not _erased(world):
        erasing.erase(world)
    _is_finished(world, [*keys, *answers], made)


def _erased(world: worlds.World) -> bool:
    from portcullis.office.models import Erasure

    world.home()
    return Erasure.objects.filter(finished=True).exists()


def _cut_off(world: worlds.World, stop: str) -> None:
    def announce(step: str) -> None:
        if step == stop:
            raise InterruptedError

    if _erased(world):
        return
    # A step that was passed before is not passed again, and then the run goes to its end.
    try:
        erasing.erase(world, announce=announce)
    except InterruptedError:
        assert not _erased(world)


@pytest.mark.long
def test_a_batch_is_erased_with_its_state_in_postgresql(tmp_path: Path) -> None:
    world = worlds.build(tmp_path / "world", lawful=2)
    with postgresql.server() as address:
        environment = {**os.environ, "DATABASE_URL": address}
        for act in ("whole", "erase"):
            if act == "erase":
                Home.find(world.home_path).set_date(erasing.DUE_DAY)
            done = subprocess.run(
                [sys.executable, "-m", "tests.office.child", str(world.folder), act, "never"],
                cwd=Path(__file__).parents[2],
                env=environment,
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
            assert done.returncode == 0, done.stderr[-2000:]
        with psycopg.connect(address) as connection:
            erased = connection.execute("SELECT kind, subject, days, finished FROM office_erasure")
            assert erased.fetchall() == [("batch", worlds.BATCH, erasing.DAYS, True)]
            halves = "SELECT count(*) FROM office_package WHERE wrapped_half IS NOT NULL"
            assert connection.execute(halves).fetchone() == (0,)
    assert not (world.home_path / "batches" / worlds.BATCH).exists()
