"""The requester's work: two people at one batch, and what is large done in the background, once."""

import os
import signal
from pathlib import Path

import pytest

from tests.office import world as worlds
from tests.work.office import Office

KINDS = ("draft-fill", "draft-check", "draft-leave-out", "draft-ready")
STEPS = {
    "draft-fill": "Read the file",
    "draft-check": "Screen the requests",
    "draft-leave-out": "Leave requests out",
    "draft-ready": "Read the batch",
    "draft-send": "Write the batch's file",
}


class Requester(Office):
    """The requester's office of a world that has no holder."""

    def _command(self, what: str) -> list[str]:
        if what != "play":
            return super()._command(what)
        return [*super()._command(what)[:2], "tests.work.requesting", str(self.world.folder)]


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Requester:
    return Requester(worlds.build(tmp_path_factory.mktemp("requester") / "world"))


@pytest.fixture(scope="module")
def told(at: Requester) -> dict:
    return at.play("stories")


def test_two_people_at_one_batch_do_not_change_what_the_other_reads(told: dict) -> None:
    came = told["two"]
    assert (came["trimmed"], came["named"]) == ("REQ-00001", True)
    for each in ("overwritten", "wrong"):
        assert came[each].startswith("Another request stands in row 2 now"), came[each]
    assert came["unchecked"] == "The batch was changed since it was checked."
    assert came["unlooked"] == "The batch was changed since you looked."
    assert came["changed"] == "A batch that is prepared is not changed any more."
    assert came["anew"].startswith("The batch is not checked")
    assert came["other"] == "The batch was prepared anew since you read it."
    assert came["back"] == "That batch is not waiting for a signature."
    assert came["state"] == "draft"
    assert came["held"].startswith("Somebody else changes this batch now")
    assert set(came["reserved"]) == {"That cannot be a batch's identifier."}


def test_a_check_is_of_its_day_and_knows_who_is_an_officer(told: dict) -> None:
    came = told["later"]
    assert came["state"] == "checked"
    assert came["later"].startswith("The batch was checked as of 2025-06-27")
    assert ["officers", "returned"] in came["unknown"] or ["officers", "refused"] in came["unknown"]


@pytest.mark.long
def test_what_a_killed_process_left_in_clear_is_removed(at: Requester) -> None:
    assert at.play("left_behind") == {
        "left": ["rows kept", "sent"],
        "tokens": {"old": "", "new": "half"},
    }


@pytest.mark.long
def test_a_request_that_the_holder_would_refuse_for_its_age_is_not_kept(at: Requester) -> None:
    assert "more than five minutes ago" in at.play("signed_late")


def test_large_work_on_a_batch_acts_once(at: Requester) -> None:
    came = at.play("all_once", *KINDS)
    for kind, ended in came["ended"].items():
        assert (ended["state"], ended["attempts"]) == ("done", 2), (kind, ended)
    made, sent = came["made"], came["sent"]
    assert 0 < made["rows"] == made["there"] == made["found"]["passed"]
    assert [each.rpartition(" ")[2] for each in made["acts"]] == ["begun", "uploaded", "out"]
    assert (sent["state"], sent["uploads"]) == ("sent", 0)
    assert sent["files"] == ["big.jsonl", "big.jsonl.manifest.json"]
    assert sent["acts"].count("sent") == 1


@pytest.mark.long
def test_large_work_killed_in_the_midst_is_done_all_the_same(tmp_path: Path) -> None:
    at = Requester(worlds.build(tmp_path / "world"))
    for kind in (*KINDS, "draft-send"):
        if kind == "draft-send":
            at.play("sign")
        at.play("begin", kind)
        worker = at.work(STEPS[kind])
        os.kill(at.reached(), signal.SIGKILL)
        done = at.until("done", "failed", key=kind)
        assert (done["state"], done["attempts"]) == ("done", 2), (kind, done)
        worker.terminate()
        worker.wait(30)
        (at.world.folder / "reached").unlink()
    at.end()
    stands = at.play("stands")
    assert (stands["state"], stands["uploads"]) == ("sent", 0)
    assert stands["rows"] == stands["there"]
    for once in ("uploaded", "prepared", "signed", "sent"):
        assert stands["acts"].count(once) == 1, stands["acts"]
