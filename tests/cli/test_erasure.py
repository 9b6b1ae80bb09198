"""``retention due`` and ``erase``, as a person types them; what other verbs say afterwards."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connections

from tests.cli.run import ask, portcullis, run
from tests.office import acts, disclosed, erasing
from tests.office import world as worlds
from tests.office.erasing import DUE_DAY, REMAINS, SAID

OFFICER = "records-officer"


@pytest.fixture(scope="module")
def released(answered: Callable[[int], worlds.World]) -> worlds.World:
    """A world whose batch was answered, and re-examined on the day its working data is due."""
    world = answered(2)
    erasing.to_day(world)
    connections.close_all()
    return world


@pytest.mark.long
def test_what_is_due_is_listed_and_erased(world: worlds.World) -> None:
    row = {
        "kind": "batch",
        "id": "batch-1",
        "since": worlds.ANSWER_DAY.isoformat(),
        "due_on": DUE_DAY.isoformat(),
        "holds": [],
        "begun": False,
    }
    assert ask(world, "retention", "due") == {"working_data_days": 2557, "due": [row]}
    said = run(world, "retention", "due").stdout
    assert said == f"batch batch-1  due on {DUE_DAY}  to be erased\n"
    erased = ask(world, "erase", "batch-1", by=OFFICER)
    assert {**erased, "position": 0} == {
        "kind": "batch",
        "id": "batch-1",
        "erased_on": DUE_DAY.isoformat(),
        "days": 2557,
        "position": 0,
    }
    said = run(world, "retention", "due").stdout
    assert said == "Nothing is due: working data is kept 2,557 days.\n"
    again = run(world, "erase", "batch-1", by=OFFICER, code=1)
    assert again.stderr == f"{SAID}\n{REMAINS}\n"
    read = run(world, "explain", "REQ-00001", "--batch", "batch-1", by="counsel", code=1)
    assert read.stderr == f"{SAID}\n{REMAINS}\n"
    verified = portcullis("verify", world.home_path)
    assert verified.returncode == 0, verified.stdout + verified.stderr


@pytest.mark.long
def test_a_hold_is_named_with_its_docket(world: worlds.World) -> None:
    place = ("hold", "file", "hold-1", "--docket", acts.DOCKET, "--court", "dcd")
    run(world, *place, "--document", world.folder / "paper.txt", by="counsel")
    said = run(world, "retention", "due").stdout
    assert said == f"batch batch-1  due on {DUE_DAY}  kept by hold hold-1 ({acts.DOCKET})\n"
    (row,) = ask(world, "retention", "due")["due"]
    assert row["holds"] == [{"id": "hold-1", "docket": acts.DOCKET}]
    refused = run(world, "erase", "batch-1", by=OFFICER, code=1)
    assert refused.stderr == (
        "The working data of the batch batch-1 is not erased while a preservation hold reaches it: "
        f"hold-1 (dcd {acts.DOCKET}).\nThe attempt is on the record.\n"
    )


@pytest.mark.long
def test_a_reexamination_says_what_it_could_not_judge(world: worlds.World) -> None:
    run(world, "erase", "batch-1", by=OFFICER)
    file = disclosed.write(world, disclosed.disclosures(2))
    run(world, "history", "import", file, "--id", "august", by="counsel")
    facts = ask(world, "reexamine", by="counsel", code=1)
    assert facts["erased"] == [{"kind": "batch", "source": "batch-1", "on": DUE_DAY.isoformat()}]
    said = run(world, "reexamine", by="counsel", code=1).stdout
    assert (
        "Not judged again, 1: their working data was erased under the retention schedule: batch "
        f"batch-1 on {DUE_DAY}." in said
    )
    (row,) = ask(world, "history", "list")["histories"]
    assert row["erased_on"] is None
    day = (DUE_DAY + timedelta(days=erasing.DAYS)).isoformat()
    run(world, "demo-day", day)
    run(world, "erase", "august", "--kind", "history", by=OFFICER)
    (row,) = ask(world, "history", "list")["histories"]
    assert row["erased_on"] == day
    assert f"working data erased on {day}" in run(world, "history", "list").stdout


@pytest.mark.parametrize(
    ("words", "by", "code", "told"),
    [
        (["batch-9"], OFFICER, 1, "There is no batch batch-9 here."),
        (["batch-1"], "counsel", 1, "does not hold the role records-officer"),
        (["batch-1", "--kind", "everything"], OFFICER, 2, "everything"),
    ],
)
def test_what_it_does_not_do(world: worlds.World, words, by: str, code: int, told: str) -> None:
    assert told in run(world, "erase", *words, by=by, code=code).stderr
