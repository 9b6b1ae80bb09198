"""What is signed for is what was read and checked, whatever anybody does to a draft meanwhile."""

import json
import subprocess
import sys
from typing import Any

import pytest

from tests.office import world as worlds
from tests.office.world import World

HELD = "Somebody else changes this batch now, or work on it is under way."


PLAYS = (
    "slow_file",
    "lost_lock",
    "half_written",
    "other_rows",
    "ended_since",
    "other_agreement",
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return worlds.build(tmp_path_factory.mktemp("drafting") / "world")


@pytest.fixture(scope="module")
def came(world: World) -> dict[str, Any]:
    """What came of each play, all in one process."""
    return play(world, *PLAYS)


def play(world: World, *names: str) -> dict[str, Any]:
    typed = [sys.executable, "-m", "tests.work.drafting", str(world.folder), *names]
    done = subprocess.run(typed, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_nothing_is_done_to_a_batch_while_a_file_is_taken_in(came) -> None:
    played = came["slow_file"]
    assert (played["check"], played["ready"], played["fill"]) == (HELD, HELD, HELD)
    assert (played["state"], played["rows"], played["checked"]) == ("draft", 4, "None")


def test_a_file_whose_lock_was_lost_changes_nothing(came) -> None:
    played = came["lost_lock"]
    assert played["told"] == "The batch was changed in the meantime."
    assert (played["rows"], played["same"], played["folders"]) == (2, True, 1)


def test_a_row_that_was_half_written_is_no_request(came) -> None:
    assert came["half_written"] == {"rows": 2, "signed": 2}


def test_nobody_signs_for_other_requests_than_are_shown(came) -> None:
    played = came["other_rows"]
    for each in ("prepare", "sign"):
        assert played[each].startswith("The batch's requests are not those")
    assert played["state"] == "prepared"


def test_what_the_holder_would_refuse_is_not_sent_and_nobody_attests_too_late(came) -> None:
    played = came["ended_since"]
    assert played["send"] == "A signature does not verify. Concerned: the officer."
    assert played["attest"].startswith("There is nothing of that batch to attest")
    assert played["acts"] == ["signed", "attested", "sent"]


def test_what_was_checked_under_another_agreement_is_checked_again(came) -> None:
    played = came["other_agreement"]
    assert "another version of the agreement" in played["ready"]
    assert (played["new field"], played["state"]) == (None, "checked")


@pytest.mark.long
def test_a_small_file_that_unfolds_to_too_much_is_refused_and_leaves_nothing(world) -> None:
    assert play(world, "unfolds")["unfolds"].startswith(
        "The batch holds more requests than the agreement allows"
    )
