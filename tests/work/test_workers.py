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


def listed_once(office: Office) -> None:
    """One list, one set of entries, and a ledger that verifies."""
    assert office.count("office_determinationlist") == 1
    home = reopen(office.world.home_path)
    assert len(checks.of_kind(home, "determination-list")) == 1
    checks.ledger_verifies(home)


def test_a_worker_killed_in_the_midst_is_followed_by_another(office: At) -> None:
    at = office("received")
    at.play("adjudicate")
    workers = [at.work(STEP), at.work(STEP)]
    attempt = at.reached()
    busy = next(each for each in workers if each.pid == _parent(attempt))
    assert at.task()["attempts"] == 1
    busy.kill()
    wait_for(lambda: not _lives(attempt))
    # Nobody knows yet that it is dead; once its lease has ended, the other takes the task over.
    assert at.task()["state"] == "working"
    at.expire()
    done = at.until("done", "failed")
    assert (done["state"], done["attempts"]) == ("done", 2)
    assert at.count("office_work_task") == 1
    listed_once(at)


@pytest.mark.long
@pytest.mark.parametrize("goes_on", [False, True])
def test_an_attempt_that_stood_still_while_its_lease_ended_acts_no_more(
    office: At, goes_on: bool
) -> None:
    at = office("received")
    at.play("adjudicate")
    still = [at.work(STEP).pid, at.reached()]
    # As where the whole machine stands still: nothing of it hears what becomes of its lease.
    for each in still:
        os.kill(each, signal.SIGSTOP)
    if goes_on:
        at.go()
    at.work(STEP)
    at.expire()
    wait_for(lambda: at.task()["attempts"] == 2, at.task)
    for each in still:
        os.kill(each, signal.SIGCONT)
    assert at.until("done", "failed")["state"] == "done", at.task()
    wait_for(lambda: not _lives(still[1]))
    listed_once(at)


@pytest.mark.long
def test_what_is_stopped_in_the_midst_is_begun_again_and_goes_on(office: At) -> None:
    at = office("received")
    at.play("adjudicate")
    at.work(STEP)
    attempt = at.reached()
    at.stop_working()
    stopped = at.until("cancelled")
    assert stopped["said"] == "It was stopped. Nothing half-done counts."
    assert not _lives(attempt)
    assert at.count("office_determinationlist") == 0
    at.play("adjudicate")
    assert at.until("done", "failed")["state"] == "done", at.task()
    listed_once(at)


@pytest.mark.long
def test_a_worker_told_to_stop_gives_back_what_it_has_in_hand(office: At) -> None:
    at = office("received")
    at.play("adjudicate")
    worker = at.work(STEP)
    attempt = at.reached()
    worker.terminate()
    assert worker.wait(30) == 0
    assert not _lives(attempt)
    # It is no attempt that was cut off, and nobody need wait for its lease to end.
    waiting = at.task()
    assert (waiting["state"], waiting["attempts"]) == ("waiting", 0)
    at.work()
    assert at.until("done", "failed")["state"] == "done", at.task()
    listed_once(at)


@pytest.mark.long
def test_a_web_process_killed_takes_its_worker_along_and_another_goes_on(office: At) -> None:
    at = office("received")
    at.play("adjudicate")
    web = at.work(STEP, serving=True)
    attempt = at.reached()
    beside = _parent(attempt)
    assert _parent(beside) == web.pid
    web.kill()
    wait_for(lambda: not _lives(attempt) and not _lives(beside))
    at.work()
    assert at.until("done", "failed")["state"] == "done", at.task()
    listed_once(at)


@pytest.mark.long
def test_a_worker_beside_the_office_that_dies_is_begun_anew(office: At) -> None:
    at = office("received")
    at.play("adjudicate")
    at.work(STEP, serving=True)
    attempt = at.reached()
    os.kill(_parent(attempt), signal.SIGKILL)
    wait_for(lambda: not _lives(attempt))
    at.expire()
    assert at.until("done", "failed")["state"] == "done", at.task()
    listed_once(at)


@pytest.mark.long
def test_an_attempt_that_dies_again_and_again_is_given_up_in_plain_words(office: At) -> None:
    at = office("received")
    at.play("adjudicate")
    at.work(STEP)
    for number in (1, 2, 3):
        attempt = at.reached()
        assert at.task()["attempts"] == number
        (at.world.folder / "reached").unlink()
        os.kill(attempt, signal.SIGKILL)
    given_up = at.until("failed")
    assert given_up["said"].startswith("It was begun 3 times")
    assert "goes on where it stopped" in given_up["remedy"]


@pytest.mark.long
def test_a_release_whose_worker_is_killed_releases_each_once(office: At) -> None:
    at = office("approved")
    at.play("release")
    at.work("Release one by one")
    attempt = at.reached()
    os.kill(attempt, signal.SIGKILL)
    assert at.until("done", "failed")["state"] == "done", at.task()
    assert at.count("office_package", "state = 'delivered'") == 6
    assert at.count("office_act", "kind = 'transmit'") == 1
    home = reopen(at.world.home_path)
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
