"""``recall``, ``incident`` and ``notice``, as a person types them."""

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from django.db import connections

from portcullis.office import Home
from tests.cli import run as typed
from tests.cli.run import portcullis
from tests.office import acts, disclosed
from tests.office import world as worlds
from tests.oversight.test_incidents import written

run = partial(typed.run, by="safeguards")
ask = partial(typed.ask, by="safeguards")


@pytest.fixture(scope="module")
def released(answered: Callable[[int], worlds.World]) -> worlds.World:
    """A world whose batch was released, and a history beside it, judged again."""
    world = answered(4)
    disclosed.import_(world, disclosed.write(world, disclosed.disclosures(4)))
    disclosed.compare(world)
    disclosed.reexamine(world)
    connections.close_all()
    return world


def test_the_template_of_a_report_is_printed_without_a_home() -> None:
    done = portcullis("incident", "template")
    assert (done.returncode, done.stderr) == (0, "")
    assert "discovered_at" in done.stdout
    assert "[address]" in done.stdout


@pytest.mark.long
def test_a_recall_from_its_opening_to_its_proof(world: worlds.World, tmp_path: Path) -> None:
    paper = ("--document", world.folder / "paper.txt")
    assert run(world, "recall", "open", "R-1", code=2).stderr.startswith("On which ground?")
    facts = ask(world, "recall", "open", "R-1", "--reexamination", "1")
    assert (facts["disclosures"], facts["lots"], facts["stage"]) == (3, 1, "listed")
    done = ask(world, "recall", "demand", "R-1", "--out", tmp_path / "demands", by="counsel")
    assert done["drafts"] == 1
    assert "Recall: R-1" in (tmp_path / "demands" / "recall-demand-1.md").read_text()
    assert ask(world, "recall", "demanded", "R-1", *paper, by="counsel")["stage"] == "demanded"
    told = ("--copies", 2, "--derived", 0, "--actions", 1, *paper)
    where = ("--custodian", "ice-hsi", "--place", "laptop-7")
    frozen = ("--stage", "frozen", "--onward", "ice-ero:safe-1")
    run(world, "recall", "attest", "R-1", *where, *frozen, *told)
    shown = ask(world, "recall", "show", "R-1", "--picture", tmp_path / "r.svg", by="")
    assert (tmp_path / "r.svg").read_text().startswith("<svg")
    assert [(each["place"], each["attested"]) for each in shown["places"]] == [
        ("laptop-7", True),
        ("safe-1", False),
    ]
    assert "has not attested" in run(world, "recall", "show", "R-1", by="").stdout
    assert "does not close it too" in run(world, "recall", "close", "R-1", code=1).stderr
    disposed = ("--stage", "disposed", "--method", "destroyed")
    run(world, "recall", "attest", "R-1", *where, *disposed, "--onward", "ice-ero:safe-1", *told)
    where = ("--custodian", "ice-ero", "--place", "safe-1")
    assert (
        "passed on"
        in run(world, "recall", "attest", "R-1", *where, *disposed, *told, code=2).stderr
    )
    run(world, "recall", "attest", "R-1", *where, *disposed, "--no-onward", *told)
    acts.enrol(world, "second", ("safeguards",))
    closed = ask(world, "recall", "close", "R-1", by="second")
    assert closed["closed_on"] == worlds.ANSWER_DAY.isoformat()
    run(world, "recall", "due", by="")
    assert "closed on" in run(world, "recall", "list", by="").stdout
    out = tmp_path / "statement.json"
    listed = ("recall", "statement", "R-1", "--listed", "--out", out)
    assert "who they are" in run(world, *listed, by="", code=2).stderr
    assert not out.exists()
    ask(world, *listed)
    keys = ("--keys", world.home_path / "public.json")
    checked = portcullis("recall", "check", out, *keys, "--ledger", world.home_path, "--json")
    assert checked.returncode == 0, checked.stderr
    facts = json.loads(checked.stdout)
    assert facts["stage"] == "disposed"
    assert facts["list_proven"]
    assert facts["none_left_out"]
    said = json.loads(out.read_text())
    said["covered"][0][4] = "SOMEBODY-ELSE"
    out.write_text(json.dumps(said))
    assert "commits" in portcullis("recall", "check", out, *keys).stderr


@pytest.mark.long
def test_a_recall_past_its_day_is_raised(world: worlds.World) -> None:
    run(world, "recall", "open", "R-1", "--cause", "order", "--batch", worlds.BATCH)
    assert "listed" in run(world, "recall", "due", by="").stdout
    Home.find(world.home_path).set_date(worlds.ANSWER_DAY.replace(month=9))
    assert "OVERDUE" in run(world, "recall", "due", by="", code=1).stdout


@pytest.mark.long
def test_an_incident_from_suspicion_to_closing(world: worlds.World, tmp_path: Path) -> None:
    zone = ("--zone", "America/New_York")
    run(world, "incident", "suspect", "I-1", "--at", "2025-07-01T09:00", *zone)
    overdue = run(world, "incident", "due", by="", code=1).stdout
    assert overdue.count("OVERDUE") == 3
    report = tmp_path / "report.toml"
    report.write_text(written(description="It names 77 Elsewhere Ave."))
    refused = run(world, "incident", "report", "I-1", report, code=2)
    assert "description" in refused.stderr
    assert "Elsewhere" not in refused.stderr
    times = {"occurred_at": "2025-06-30T09:00", "discovered_at": "2025-07-01T08:00"}
    report.write_text(written(**times))
    assert ask(world, "incident", "report", "I-1", report)["reports"] == 1
    for whom in ("office-of-safeguards", "tigta"):
        run(world, "incident", "notice", "I-1", "--to", whom, "--reference", "M-1")
    assert "done late" in run(world, "incident", "due", by="").stdout
    assert "report" not in ask(world, "incident", "show", "I-1", by="")
    sealed = ("incident", "show", "I-1", "--report")
    assert "who they are" in run(world, *sealed, by="", code=2).stderr
    shown = ask(world, *sealed)
    assert shown["report"]["records_to"] == 47_289
    assert ask(world, "incident", "close", "I-1")["closed_on"] == worlds.ANSWER_DAY.isoformat()
    day = worlds.ANSWER_DAY.isoformat()
    trigger = ("notice", "trigger", "N-1", "--trigger", "information", "--on", day)
    whose = ("--history", disclosed.HISTORY, "--request-id", "REQ-00001")
    act = ("--act", "disclosure", "--act-on", day)
    assert ask(world, *trigger, *act, *whose, by="counsel")["given_on"] is None
    letter = ask(world, "notice", "draft", "N-1", "--out", tmp_path / "n.md", by="counsel")
    assert (letter["history"], letter["request_id"]) == (disclosed.HISTORY, "REQ-00001")
    paper = ("--document", world.folder / "paper.txt")
    assert "rights" in run(world, "notice", "given", "N-1", *paper, by="counsel", code=2).stderr
    given = ask(world, "notice", "given", "N-1", *paper, "--rights-told", by="counsel")
    assert given["given_on"] == day
    assert "given on" in run(world, "incident", "list", by="").stdout
