"""What is done in the background: by whose order, once, and told in plain words."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.office import checks, near
from tests.office.homes import reopen
from tests.work.office import Office

At = Callable[[str], Office]


@pytest.mark.long
def test_a_transmittal_that_was_sent_is_taken_in_once(office: At) -> None:
    at = office("new")
    came = at.play("intake")
    assert came["lay"] == ["received.csv", "received.csv.manifest.json"]
    assert came["left"] is False
    for each in ("done", "again"):
        assert came[each]["state"] == "done", came[each]
        assert came[each]["result"] == {"batch": "batch-1", "taken": 10, "quarantined": 0}
    assert came["replay"]["state"] == "failed"
    assert "received before" in came["replay"]["said"]
    home = reopen(at.world.home_path)
    assert len(checks.of_kind(home, "batch-received")) == 1
    assert len(checks.of_kind(home, "transmittal-refused")) == 1


@pytest.mark.both_databases
def test_an_adjudication_is_done_once_by_the_order_of_who_may(office: At) -> None:
    at = office("received")
    came = at.play("specialist")
    assert came["by_another"]["said"] == "Whoever ordered this may not do it today."
    assert came["other"]["said"] == "What was signed is not what is to be done."
    assert came["twice"] == "This is being done for the batch already."
    for each in ("done", "again"):
        assert came[each]["state"] == "done", came[each]
        assert came[each]["result"]["outcomes"]["eligible"] == 6
    assert (came["late"]["state"], came["late"]["attempts"]) == ("failed", 1)
    assert "The batch is determined" in came["late"]["said"]
    home = reopen(at.world.home_path)
    denied = [each["person"] for _, each in checks.of_kind(home, "denied")]
    assert denied == ["approver"]
    assert len(checks.of_kind(home, "determination-list")) == 1


@pytest.mark.long
def test_every_other_kind_is_done_and_acts_once(office: At) -> None:
    at = office("released")
    came = at.play("others")
    for kind in ("history-import", "history-compare", "reexamine", "report", "watch"):
        assert came[kind]["state"] == came[f"{kind} again"]["state"] == "done", came[kind]
    assert came["oversight-export"]["state"] == "done", came["oversight-export"]
    assert came["oversight-export again"]["said"].startswith("The export is on the ledger")
    assert "workload.pdf" in came["files"]["report"]
    assert "persons.csv" in came["files"]["oversight-export"]
    assert {"summary.json", "unlawful.csv", "changes.csv"} <= set(came["files"]["reexamine"])
    assert came["reexamine"]["result"]["judged"] == 10
    assert came["read"] > 0
    home = reopen(at.world.home_path)
    for kind in ("history-imported", "history-compared", "reexamined", "oversight-export"):
        assert len(checks.of_kind(home, kind)) == 1, kind
    assert len(checks.of_kind(home, "watched")) == 1
    # What is made for a person lies encrypted in the home.
    kept = [path for path in (home.path / "results").rglob("*") if path.is_file()]
    assert kept
    assert all(path.suffix == ".tbl" for path in kept)


@pytest.mark.long
def test_a_supplementary_list_is_made_once(tmp_path: Path) -> None:
    world = near.build(tmp_path / "world")
    near.find(world, "street", "street-slip")
    near.confirm(world, "street")
    came = Office(world).play("supplemented")
    for each in ("done", "again"):
        assert came[each]["state"] == "done", came[each]
        assert came[each]["result"]["number"] == 2
    assert len(checks.of_kind(reopen(world.home_path), "determination-list")) == 2


@pytest.mark.long
def test_what_is_over_is_removed_and_nothing_else(office: At) -> None:
    assert office("received").play("tidied") == {
        "acts": ["new"],
        "calls": ["1 h", "23 h"],
        "spent": ["1 h", "23 h"],
        "uploads": ["new", "begun"],
        "results": ["new"],
    }


@pytest.mark.long
def test_a_task_whose_workers_die_before_they_take_it_is_given_up(office: At) -> None:
    came = office("received").play("never_begun")
    assert came["taken"] == [1, 1, 1]
    assert (came["task"]["state"], came["task"]["attempts"]) == ("failed", 3)
    assert came["task"]["said"].startswith("It was begun 3 times")
