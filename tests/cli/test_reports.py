"""``report`` and ``account``, as a person types them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connections

from tests.cli.run import run
from tests.office import acts
from tests.office import world as worlds

PERSON = "T-REQ-00001"


@pytest.fixture(scope="module")
def world(answered: Callable[[int], worlds.World]) -> worlds.World:
    made = answered(2)
    acts.enrol(made, "inspector", ["inspector"])
    connections.close_all()
    return made


@pytest.mark.long
def test_a_court_gets_its_statement_in_files(world: worlds.World, tmp_path: Path) -> None:
    out = tmp_path / "court"
    said = run(world, "report", "court", "--as-of", "2025-04-07", "--out", out).stdout.splitlines()
    assert {path.name for path in out.iterdir()} == {
        "court.pdf", "court.json", "court.txt", "court-counts.csv", "court-transmittals.csv",
        "statements",
    }  # fmt: skip
    assert {Path(line) for line in said} == {path for path in out.rglob("*") if path.is_file()}
    assert (out / "court.pdf").read_bytes().startswith(b"%PDF-")
    assert "Requests received by 7 April 2025: none." in (out / "court.txt").read_text()
    file = out / "statements" / "batch-received.json"
    run(world, "statement", "--check", file)


@pytest.mark.long
def test_every_report_is_made_and_refused_in_words(world: worlds.World, tmp_path: Path) -> None:
    for name in ("joint-committee", "register", "safeguards", "workload"):
        facts = json.loads(run(world, "report", name, "--json").stdout)
        assert facts["alert"] == ""
        shown = run(world, "report", name, "--as-of", "2025-07-07").stdout
        # That is the day itself: what is published, or of a year, is of a day that has ended.
        ended = name in ("joint-committee", "register")
        assert f"As of 2025-07-0{6 if ended else 7}" in shown
    assert "no report" in run(world, "report", "gossip", code=2).stderr
    assert "not come" in run(world, "report", "court", "--as-of", "2025-07-08", code=1).stderr
    assert "by an inspector" in run(world, "report", "oversight", code=2).stderr
    assert run(world, "report", "due").stdout == "No report is due.\n"
    out = tmp_path / "export"
    asked = ("--body", "tigta", "--request", world.folder / "paper.txt", "--return-information")
    run(world, "report", "oversight", *asked, "--out", out, by="inspector")
    assert {"traces.csv", "persons.csv", "oversight.pdf"} <= {path.name for path in out.iterdir()}
    (out / "traces.csv").unlink()
    shutil.rmtree(out)
    blocked = tmp_path / "blocked"
    blocked.write_text("")
    assert "cannot be written" in run(world, "report", "workload", "--out", blocked, code=2).stderr


@pytest.mark.long
def test_a_person_is_told_what_may_be_told(world: worlds.World) -> None:
    refused = run(world, "account", PERSON, by="specialist", code=1)
    assert "No proof of this person's identity" in refused.stderr
    run(world, "account", "prove", PERSON, "--how", "in-person", by="specialist")
    found = json.loads(run(world, "account", "attest", "--json", by="inspector").stdout)
    assert found["disclosures"] == found["taxpayers_compared"] == 2
    none = run(world, "account", PERSON, by="specialist").stdout
    assert "We have no disclosure of which the law lets us" in none
    memo = ("--document", world.folder / "paper.txt")
    assert (
        "reach them"
        in run(world, "account", "determine", "batch-1", *memo, by="counsel", code=2).stderr
    )
    run(world, "account", "determine", "batch-1", "--not-reached", *memo, by="counsel")
    told = run(world, "account", PERSON, "--language", "es", by="specialist").stdout
    assert "última dirección conocida" in told
