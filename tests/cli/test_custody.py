"""The recipient's home and the holder's list of what it owes, as people type it."""

import json
import shutil
from pathlib import Path

import pytest

from portcullis import agreements
from tests.cli.run import on_a_terminal, portcullis
from tests.office import acts
from tests.office import world as worlds

NOW = "2025-07-08T00:00:00+00:00"


@pytest.mark.long
def test_from_the_opening_to_the_certificate(tmp_path: Path) -> None:
    world = acts.answered_world(tmp_path / "world", 2)
    home, recipient = world.home_path, tmp_path / "recipient"
    package = acts.package_of(world, "REQ-00001")
    path = home / "outgoing" / worlds.BATCH / "packages" / f"{package.id}.json"
    made = portcullis(
        *("custody", "init", "--people", world.folder / "people.json"),
        *("--recipient", recipient, "--demo", "--json"),
    )
    assert json.loads(made.stdout)["agreement"] == "irs-dhs-2025"

    def person(name: str, *, acknowledge: bool = True, at: Path = recipient) -> tuple:
        words = ("--as", name, "--key", world.key_path(name), "--recipient", at)
        return (*words, *(["--acknowledge"] if acknowledge else []))

    opening = ("open", path, "--holder", home, "--requests", world.batch_file)
    refused = on_a_terminal(*opening, *person("officer-2"))
    assert refused[0] != 0
    assert "Specimen St" not in refused[1]
    code, shown = on_a_terminal(*opening, *person("officer-1"))
    assert code == 0, shown
    assert "101 Specimen St" in shown

    unread = portcullis("custody", "list", *person("officer-1", acknowledge=False), "--at", NOW)
    assert unread.returncode == 1
    assert "7213A" in unread.stderr
    assert package.id not in unread.stdout + unread.stderr

    def ask(*words: object, by: str = "officer-1") -> tuple[int, dict]:
        done = portcullis("custody", *words, *person(by), "--at", NOW, "--json")
        assert "Traceback" not in done.stderr
        return done.returncode, json.loads(done.stdout or "{}")

    assert [one["package"] for one in ask("list")[1]["packages"]] == [package.id]
    assert ask("list", by="officer-2")[1]["packages"] == []
    assert ask("due") == (0, ask("due", by="custodian")[1])
    late = portcullis(  # in a copy: the log here goes on from July
        *("custody", "due"),
        *person("officer-1", at=shutil.copytree(recipient, tmp_path / "later")),
        *("--at", "2025-10-06T00:00:00+00:00"),
    )
    assert late.returncode == 1
    assert "OVERDUE" in late.stdout

    assert portcullis("demo-day", NOW[:10], "--home", home).returncode == 0

    def enter(*words: object, by: str) -> dict:
        out = tmp_path / "statement.jws"
        assert ask(*words, "--out", out, by=by)[0] == 0
        done = portcullis("duties", "enter", out, "--home", home, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    assert enter("status", package.id, "--status", "closed", by="officer-1")["says"] == "closed"
    purge = ("certify", package.id, "--kind", "destroyed", "--method", "purged")
    assert ask(*purge, by="officer-1")[0] == 1
    assert enter(*purge, by="custodian")["kind"] == "certificate"
    _, log = ask("log", "--request", "REQ-00001", by="custodian")
    assert log["label"] == "FEDERAL TAX INFORMATION"
    events = [entry["event"] for entry in log["entries"]]
    assert [each for each in events if each != "view"] == [
        "receipt",
        "opening",
        "status",
        "disposal",
    ]
    assert log["entries"][-1]["disposal_method"] == "purged"
    due = portcullis("duties", "due", "--home", home, "--json")
    assert due.returncode == 0
    assert {row["officer"] for row in json.loads(due.stdout)["due"]} == {"officer-2"}
    assert portcullis("demo-day", "2025-10-06", "--home", home).returncode == 0
    due = portcullis("duties", "due", "--home", home, "--json")
    assert due.returncode == 1
    assert json.loads(due.stdout)["officers_closed"] == ["officer-2"]


def test_a_time_is_given_in_a_demonstration_only(tmp_path: Path) -> None:
    people = tmp_path / "people.json"
    agreements.save_roster(agreements.Roster.from_people([]), people)
    making = ("custody", "init", "--people", people, "--recipient")
    for name, more in (("real", ()), ("demo", ("--demo",))):
        assert portcullis(*making, tmp_path / name, *more).returncode == 0
    assert portcullis(*making, tmp_path / "real", "--demo").returncode == 1

    def said(name: str) -> str:
        who = ("--as", "nobody", "--key", tmp_path / "key.pem", "--recipient", tmp_path / name)
        done = portcullis("custody", "list", *who, "--acknowledge", "--at", NOW)
        assert done.returncode != 0
        return done.stderr

    assert "only in a demonstration" in said("real")
    assert "only in a demonstration" not in said("demo")
