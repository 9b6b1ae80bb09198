"""Workers as real processes: killed, stopped for a while, cancelled; what they do is done once."""

import os
import signal
from collections.abc import Callable

import pytest

from tests.office import checks
from tests.office.homes import reopen
from tests.office.world import BATCH
from tests.work.office import Office, wait_for

STEP = "Screen the requests"
At = Callable[[str], Office]


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.long)])
def at(request) -> At:
    name = "office" if request.param == "sqlite" else "on_postgresql"
    return request.getfixturevalue(name)


def listed_once(office: Office) -> None:
    """One list, one set of entries, and a ledger that verifies."""
    assert office.count("office_determinationlist") == 1
    if office.database:
        return
    home = reopen(office.world.home_path)
    assert len(checks.of_kind(home, "determination-list")) == 1
    checks.ledger_verifies(home)


def test_a_worker_killed_in_the_midst_is_followed_by_another(at: At) -> None:
    office = at("received")
    office.play("adjudicate")
    workers = [office.work(STEP), office.work(STEP)]
    attempt = office.reached()
    busy = next(each for each in workers if each.pid == _parent(attempt))
    assert office.task()["attempts"] == 1
    busy.kill()
    wait_for(lambda: not _lives(attempt))
    # Nobody knows yet that it is dead; once its lease has ended, the other takes the task over.
    assert office.task()["state"] == "working"
    office.expire()
    done = office.until("done", "failed")
    assert (done["state"], done["attempts"]) == ("done", 2)
    assert office.count("office_work_task") == 1
    listed_once(office)


@pytest.mark.long
@pytest.mark.parametrize("goes_on", [False, True])
def test_an_attempt_that_stood_still_while_its_lease_ended_acts_no_more(
    at: At, goes_on: bool
) -> None:
    office = at("received")
    office.play("adjudicate")
    still = [office.work(STEP).pid, office.reached()]
    # As where the whole machine stands still: nothing of it hears what becomes of its lease.
    for each in still:
        os.kill(each, signal.SIGSTOP)
    if goes_on:
        office.go()
    office.work(STEP)
    office.expire()
    wait_for(lambda: office.task()["attempts"] == 2, office.task)
    for each in still:
        os.kill(each, signal.SIGCONT)
    assert office.until("done", "failed")["state"] == "done", office.task()
    wait_for(lambda: not _lives(still[1]))
    listed_once(office)


@pytest.mark.long
def test_what_is_stopped_in_the_midst_is_begun_again_and_goes_on(at: At) -> None:
    office = at("received")
    office.play("adjudicate")
    office.work(STEP)
    attempt = office.reached()
    office.stop_working()
    stopped = office.until("cancelled")
    assert stopped["said"] == "It was stopped. Nothing half-done counts."
    assert not _lives(attempt)
    assert office.count("office_determinationlist") == 0
    office.play("adjudicate")
    assert office.until("done", "failed")["state"] == "done", office.task()
    listed_once(office)


@pytest.mark.long
def test_a_worker_told_to_stop_gives_back_what_it_has_in_hand(at: At) -> None:
    office = at("received")
    office.play("adjudicate")
    worker = office.work(STEP)
    attempt = office.reached()
    worker.terminate()
    assert worker.wait(30) == 0
    assert not _lives(attempt)
    # It is no attempt that was cut off, and nobody need wait for its lease to end.
    waiting = office.task()
    assert (waiting["state"], waiting["attempts"]) == ("waiting", 0)
    office.work()
    assert office.until("done", "failed")["state"] == "done", office.task()
    listed_once(office)


@pytest.mark.long
def test_an_attempt_that_dies_again_and_again_is_given_up_in_plain_words(at: At) -> None:
    office = at("received")
    office.play("adjudicate")
    office.work(STEP)
    for number in (1, 2, 3):
        attempt = office.reached()
        assert office.task()["attempts"] == number
        (office.world.folder / "reached").unlink()
        os.kill(attempt, signal.SIGKILL)
    given_up = office.until("failed")
    assert given_up["said"].startswith("It was begun 3 times")
    assert "goes on where it stopped" in given_up["remedy"]


@pytest.mark.long
def test_a_release_whose_worker_is_killed_releases_each_once(at: At) -> None:
    office = at("approved")
    office.play("release")
    office.work("Release one by one")
    attempt = office.reached()
    os.kill(attempt, signal.SIGKILL)
    assert office.until("done", "failed")["state"] == "done", office.task()
    assert office.count("office_package", "state = 'delivered'") == 6
    assert office.count("office_act", "kind = 'transmit'") == 1
    if not office.database:
        home = reopen(office.world.home_path)
        checks.released_once(home, BATCH, 6)
        checks.ledger_verifies(home)


def _parent(pid: int) -> int:
    with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123
        return int(stat.read().rpartition(")")[2].split()[1])


def _lives(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:  # noqa: PTH123
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
