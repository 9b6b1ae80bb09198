"""Kill tests: a real process is killed before each step of each protocol, then run again."""

import subprocess
import sys
from pathlib import Path

import pytest

from portcullis.errors import Refused
from tests.office import checks
from tests.office import world as worlds
from tests.office.child import perform
from tests.office.homes import reopen

LAWFUL = 6

RECEIVE = ["store", "stored 10", "commit-received", "integrate-received", "mark-integrated"]
ADJUDICATE = [
    *(pytest.param(step, marks=pytest.mark.long) for step in ("measure", "screen", "list")),
    *["match", "write-tree", "commit-list", "integrate-list"],
]
# The ledger's own tests kill it at each of these; here, what the office makes of it.
_SEQUENCER = ["stage", "tiles", "publish", "sweep", "unstage", "mark-integrated"]
_BESIDE = ["integrate-authorised", *_SEQUENCER, "judge-again", "conclude", "integrate-answers"]
# What only the database can undo, or has kept, is tried on both.
_ON_BOTH = ["commit-sealed", "deliver"]
RELEASE = [
    *(pytest.param(step, marks=pytest.mark.long) for step in _BESIDE),
    *(pytest.param(step, marks=pytest.mark.both_databases) for step in _ON_BOTH),
    *["authorise", "seal", "write-package", "rename", "commit-delivery", "answers"],
    "commit-answers",
]


def killed(world: worlds.World, act: str, step: str, number: int) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.office.child", str(world.folder), act, f"{step}:{number}"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == -9, f"{step} was never reached: {done.stderr[-800:]}"


def run_again(world: worlds.World, act: str) -> str:
    """Run it again, in this process: of the one that died it knows nothing. Return the refusal."""
    reopen(world.home_path)
    try:
        perform(world, act, lambda _step: None)
    except Refused as refused:
        return refused.message
    return ""


@pytest.mark.parametrize("step", RECEIVE)
def test_intake_killed_at_any_step_takes_the_batch_in_once(stage, step: str) -> None:
    world = stage("new")
    killed(world, "receive", step, 1)
    refusal = run_again(world, "receive")
    home = world.home()
    from portcullis.office import entries

    entries.integrate(home)
    # Killed after the commit, the batch is in, and sending it again is a replay.
    assert "received before" in refusal or not refusal
    assert len(checks.of_kind(home, "batch-received")) == 1
    checks.ledger_verifies(home)


@pytest.mark.parametrize("step", ADJUDICATE)
def test_adjudication_killed_at_any_step_lists_the_batch_once(stage, step: str) -> None:
    world = stage("received")
    killed(world, "adjudicate", step, 1)
    refusal = run_again(world, "adjudicate")
    home = world.home()
    from portcullis.office import entries

    entries.integrate(home)
    assert "the batch is determined" in refusal.lower() or not refusal
    assert len(checks.of_kind(home, "determination-list")) == 1
    checks.ledger_verifies(home)


@pytest.mark.parametrize("step", RELEASE)
def test_release_killed_at_any_step_releases_each_once(stage, step: str) -> None:
    world = stage("approved")
    killed(world, "release", step, 1)
    home = reopen(world.home_path)
    checks.nothing_out_without_its_entry(home, worlds.BATCH)
    checks.ledger_verifies(home) if step not in _SEQUENCER else None
    assert not run_again(world, "release")
    home = world.home()
    checks.released_once(home, worlds.BATCH, LAWFUL)
    checks.nothing_out_without_its_entry(home, worlds.BATCH)
    checks.ledger_verifies(home)


@pytest.mark.parametrize("step", ["write-package", "rename", "deliver", "commit-delivery"])
def test_an_order_filed_while_a_release_lies_dead_stops_the_rest(stage, step: str) -> None:
    world = stage("approved")
    killed(world, "release", step, 3)
    home = reopen(world.home_path)
    _order(world, home)
    assert not run_again(world, "release")
    home = world.home()
    order = checks.of_kind(home, "order-filed")[0][0]
    assert all(at < order for at, _ in checks.of_kind(home, "delivered"))
    delivered = {entry["package"] for _, entry in checks.of_kind(home, "delivered")}
    assert checks.published(home, worlds.BATCH) == delivered
    checks.ledger_verifies(home)


def _order(world: worlds.World, home) -> None:
    from portcullis.office.orders import place
    from portcullis.standing import EVERYTHING, Order

    order = Order("order-1", "1:25-cv-00457", "dcd", home.today(), "0" * 64, EVERYTHING)
    place(home, world.actor("counsel"), order)
