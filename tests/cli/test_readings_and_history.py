"""``reading``, ``history``, ``reexamine`` and ``agreement add``, as a person types them."""

import csv
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from tests.cli import run as typed
from tests.office import acts, disclosed
from tests.office import world as worlds
from tests.office.test_reexamination import version

COMPONENT = "agency-is-the-component"

run = partial(typed.run, by="counsel")
ask = partial(typed.ask, by="counsel")


@pytest.fixture(scope="module")
def released(answered: Callable[[int], worlds.World]) -> worlds.World:
    """A world whose batch was released: four disclosures."""
    return answered(4)


def source(world: worlds.World) -> tuple[object, ...]:
    return ("--source", acts.DOCKET, "--document", world.folder / "paper.txt")


@pytest.mark.long
def test_two_people_put_a_reading_in_force_and_out_of_it(world: worlds.World) -> None:
    words = ("reading", "put-in-force", COMPONENT, *source(world))
    first = ask(world, *words, code=1)
    assert first == {
        "reading": COMPONENT,
        "in_force": True,
        "from": worlds.ANSWER_DAY.isoformat(),
        "approvals": 1,
        "decided": False,
    }
    listed = ask(world, "reading", "list", by="")
    assert COMPONENT not in {row["reading"] for row in listed["readings"]}
    assert listed["waiting"] == [
        {"reading": COMPONENT, "in_force": True, "from": worlds.ANSWER_DAY.isoformat()}
    ]
    text = run(world, "reading", "list", by="").stdout
    assert "Waits for a second approval" in text
    again = run(world, *words, code=1)
    assert "approved this change already" in again.stderr
    assert ask(world, *words, by="counsel-2")["decided"] is True
    listed = ask(world, "reading", "list", by="")
    (row,) = [row for row in listed["readings"] if row["reading"] == COMPONENT]
    assert (row["in_force_by"], row["since"]) == ("act", worlds.ANSWER_DAY.isoformat())
    assert listed["waiting"] == []
    assert "by an act of two people" in run(world, "reading", "list", by="").stdout
    before = ask(world, "reading", "list", "--on", "2025-06-01", by="")
    assert COMPONENT not in {row["reading"] for row in before["readings"]}
    out = ("reading", "put-out-of-force", COMPONENT, *source(world), "--from", "2025-08-01")
    run(world, *out, code=1)
    assert "2025-08-01" in run(world, *out, by="counsel-2").stdout
    after = ask(world, "reading", "list", "--on", "2025-08-01", by="")
    assert COMPONENT not in {row["reading"] for row in after["readings"]}


@pytest.mark.long
@pytest.mark.parametrize(
    ("words", "by", "code", "told"),
    [
        (["put-in-force", "no-such"], "counsel", 2, "agency-head-only"),
        (["put-in-force", COMPONENT, "--from", "2025-07-01"], "counsel", 1, "past"),
        (["put-in-force", COMPONENT, "--from", "someday"], "counsel", 2, "someday"),
        (["put-in-force", COMPONENT], "approver", 1, "on the record"),
    ],
)
def test_a_change_that_cannot_be_is_refused_plainly(
    world: worlds.World, words: list[str], by: str, code: int, told: str
) -> None:
    done = run(world, "reading", *words, *source(world), by=by, code=code)
    assert told in done.stderr
    assert done.stdout == ""


def test_a_change_needs_its_source(world: worlds.World) -> None:
    words = ("reading", "put-in-force", COMPONENT)
    run(world, *words, code=2)
    missing = ("--source", acts.DOCKET, "--document", world.folder / "nowhere.pdf")
    assert "cannot be read" in run(world, *words, *missing, code=2).stderr


def history(world: worlds.World, rows: pl.DataFrame | None = None) -> Path:
    return disclosed.write(world, disclosed.disclosures(4) if rows is None else rows)


MADE = ("--id", disclosed.HISTORY, "--made-under", disclosed.NAIVE)


@pytest.mark.long
def test_history_is_imported_compared_and_listed(world: worlds.World) -> None:
    assert ask(world, "history", "list", by="") == {"histories": []}
    facts = ask(world, "history", "import", history(world), *MADE)
    assert facts == {
        "history": disclosed.HISTORY,
        "rows": 8,
        "taken": 8,
        "quarantined": 0,
        "rows_quarantined": [],
    }
    assert "not compared yet" in run(world, "history", "list", by="").stdout
    compared = ask(world, "history", "compare", disclosed.HISTORY)
    assert compared == {"history": disclosed.HISTORY, "compared": 8}
    (listed,) = ask(world, "history", "list", by="")["histories"]
    assert listed == {
        "history": disclosed.HISTORY,
        "taken": 8,
        "quarantined": 0,
        "imported_on": worlds.ANSWER_DAY.isoformat(),
        "made_under": [disclosed.NAIVE],
        "compared": True,
        "erased_on": None,
    }
    assert "imported before" in run(
        world, "history", "import", history(world), "--id", "again", code=1
    ).stderr  # fmt: skip
    run(world, "history", "compare", disclosed.HISTORY, code=1)


def test_rows_that_cannot_be_taken_are_listed_and_the_answer_is_no(world: worlds.World) -> None:
    rows = disclosed.disclosures(4).with_columns(
        disclosed_on=pl.when(pl.col("request_id") == "R1").then(None).otherwise("disclosed_on")
    )
    done = run(world, "history", "import", history(world, rows), *MADE, code=1)
    assert "Row 5, disclosed_on: The row does not say on which day" in done.stdout
    other = rows.with_columns(disclosed_on=pl.lit("soon"))
    facts = ask(world, "history", "import", history(world, other), "--id", "other", code=1)
    assert (facts["taken"], facts["quarantined"]) == (0, 8)
    assert {row["reason"] for row in facts["rows_quarantined"]} == {"no-day-of-disclosure"}


@pytest.mark.long
@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["history", "import", "nowhere.csv", "--id", "one"], 2),
        (["history", "import", "{file}", "--id", "one", "--made-under", "no-such"], 2),
        (["reexamine", "--reading", "no-such"], 2),
        (["reexamine", "--agreement-version", "9"], 1),
        (["reexamine", "--out", "{file}"], 2),
        (["agreement", "add", "nowhere"], 2),
    ],
)
def test_misuse_is_said_plainly(world: worlds.World, words: list[str], code: int) -> None:
    file = history(world)
    done = run(world, *[word.format(file=file) for word in words], code=code)
    assert done.stderr
    assert done.stdout == ""


@pytest.mark.long
def test_the_past_is_judged_again_with_lists_and_drafts(
    world: worlds.World, tmp_path: Path
) -> None:
    run(world, "history", "import", history(world), *MADE)
    run(world, "history", "compare", disclosed.HISTORY)
    out = tmp_path / "out"
    facts = ask(world, "reexamine", "--reading", COMPONENT, "--out", out, code=1)
    named = ("judged", "same", "closes", "opens", "needs_look_up", "should_not_have_left")
    # The batch's four; of the history those three that no record bears out.
    assert [facts[name] for name in named] == [16, 9, 7, 0, 0, 7]
    assert COMPONENT in facts["readings"]
    assert {row["source"] for row in facts["sources"]} == {worlds.BATCH, disclosed.HISTORY}
    assert sum(row["count"] for row in facts["sources"]) == 16
    assert facts["opens_by_element"] == []
    (named_officers,) = [
        row for row in facts["closes_by_element"] if row["element"] == "officers-named"
    ]
    assert named_officers == {"element": "officers-named", "requests": 4, "newly": 4, "alone": 4}
    with (out / "unlawful.csv").open() as source_file:
        rows = list(csv.DictReader(source_file))
    assert len(rows) == 7
    assert set(rows[0]) == {"source", "request_id", "unmet", "changed", "on", "to"}
    assert json.loads((out / "summary.json").read_text()) == facts
    drafts = {path.name: path.read_text() for path in out.glob("recall-demand-*.md")}
    assert len(drafts) == 2
    assert sum(text.count("\n- REQ-") for text in drafts.values()) == 4
    assert "Specimen St" not in "".join(path.read_text() for path in out.iterdir())
    text = run(world, "reexamine", "--reading", COMPONENT, code=1).stdout
    assert "Closes, by element" in text
    assert "officers-named: 4; 4; 4" in text


@pytest.mark.long
def test_where_nothing_closes_the_answer_is_yes(world: worlds.World) -> None:
    facts = ask(world, "reexamine", "--batch", worlds.BATCH)
    assert (facts["judged"], facts["same"], facts["should_not_have_left"]) == (8, 8, 0)


@pytest.mark.long
def test_another_version_is_added_and_judged_by(world: worlds.World) -> None:
    folder = version(world, "2", status_age_days="1")
    added = ask(world, "agreement", "add", folder)
    assert (added["id"], added["version"]) == ("irs-dhs-2025", "2")
    facts = ask(world, "reexamine", "--agreement-version", "2", code=1)
    assert (facts["agreement_version"], facts["should_not_have_left"]) == ("2", 4)
    (folder / "thresholds.toml").write_text("status_age_days = never")
    done = run(world, "agreement", "add", folder, code=2)
    assert "thresholds.toml" in done.stderr
