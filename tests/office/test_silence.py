"""Silence leaks nothing: whatever happened inside, outside there are three answers of one shape."""

import contextlib
import io
import json
import logging
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from portcullis.standing import Scope
from tests.office import acts, causes, checks
from tests.office import world as worlds
from tests.office.homes import switch

COUNTED = {"k", "rows", "taken", "quarantined", "leaves", "number", "list", "supplements"}


@dataclass
class Walked:
    """A batch of every cause, walked to its end, and what was seen on the way."""

    world: worlds.World
    before_answers: dict[str, list[str]]
    outcomes: dict[str, str]
    causes: dict[str, str | None]
    said: str


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            return walk(causes.build(tmp_path_factory.mktemp("silence") / "world"), said)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def walk(world: worlds.World, said: io.StringIO) -> Walked:
    ids = causes.request_ids()
    seen: dict[str, list[str]] = {}

    def look(step: str) -> None:
        found = world.home().outgoing.rglob("*")
        seen[step] = sorted(
            path.relative_to(world.home().outgoing).as_posix() for path in found if path.is_file()
        )

    switch(world.home_path)
    worlds.make_home(world)
    acts.receive(world)
    look("receive")
    acts.adjudicate(world, announce=lambda step: said.write(step + "\n"))
    look("adjudicate")
    acts.impair(world, [ids["adverse"]])
    look("impairment")
    acts.to_answer_day(world)
    acts.draw(world)
    acts.examine(world)
    acts.approve(world)
    look("approve")
    acts.seal(world)
    look("seal")
    acts.place(world, scope=Scope(officers=(causes.OFFICER_UNDER_ORDER,)))
    acts.release(world, announce=lambda step: said.write(step + "\n"))
    from portcullis.office import files

    home = world.home()
    decided = files.read_step(home, files.find_batch(worlds.BATCH), files.DETERMINATIONS)
    why = dict(decided.select("request_id", "cause").iter_rows())
    return Walked(world, seen, acts.outcomes(world), why, said.getvalue())


@pytest.fixture(autouse=True)
def _here(walked: Walked) -> None:
    switch(walked.world.home_path)


def answer_lines(walked: Walked) -> dict[str, bytes]:
    """Return the answer file's record of every request, as the bytes it is."""
    path = walked.world.home().outgoing / worlds.BATCH / "answers.jsonl"
    lines = path.read_bytes().split(b"\n")[1:]
    return {json.loads(line)["request_id"]: line for line in lines if line}


def test_every_cause_is_there_and_ends_as_it_should(walked: Walked) -> None:
    ids = causes.request_ids()
    assert {cause: walked.outcomes[one] for cause, one in ids.items()} == causes.EXPECTED
    assert {cause: walked.causes[ids[cause]] for cause in causes.OF_A_CAUSE} == {
        cause: cause for cause in causes.OF_A_CAUSE
    }
    assert {walked.outcomes[one] for one in causes.lawful_ids()} == {"released"}


def test_the_record_of_no_disclosure_is_one_whatever_the_cause(walked: Walked) -> None:
    lines = answer_lines(walked)
    forms = set()
    for number, cause in enumerate(causes.SILENT, start=causes.LAWFUL + 1):
        line = lines[causes.request_ids()[cause]]
        record = json.loads(line)
        assert record["source_row"] == number
        forms.add(
            line.replace(record["request_id"].encode(), b"ID").replace(
                b'"source_row":%d' % number, b'"source_row":N'
            )
        )
    (form,) = forms
    assert json.loads(form.replace(b":N", b":0"))["answer"] == "no disclosure"
    assert json.loads(form.replace(b":N", b":0"))["findings"] == []


def test_disclosed_and_no_disclosure_are_of_one_size_and_the_same_members(walked: Walked) -> None:
    lines = answer_lines(walked)
    disclosed = [lines[one] for one in causes.lawful_ids()[9:]]
    silent = [lines[causes.request_ids()[cause]] for cause in causes.SILENT]
    assert {len(line) for line in disclosed} == {len(line) for line in silent}
    assert len({tuple(json.loads(line)) for line in [*disclosed, *silent]}) == 1


def test_what_is_returned_says_why_and_only_that(walked: Walked) -> None:
    answers = acts.answers(walked.world)
    assert set(answers["answer"]) == {"returned", "disclosed", "no disclosure"}
    returned = answers.filter(answer="returned")
    wanted = {causes.request_ids()[cause] for cause in causes.RETURNED}
    assert wanted == set(returned["request_id"].drop_nulls())
    assert returned.height == len(causes.RETURNED) + 1
    assert returned["findings"].list.len().min() >= 1
    assert answers.filter(pl.col("answer") != "returned")["findings"].list.len().max() == 0


def test_every_received_row_is_answered_once_and_in_order(walked: Walked) -> None:
    rows = acts.answers(walked.world)["source_row"].to_list()
    assert rows == list(range(1, causes.requests().height + 2))


def test_all_packages_are_of_one_size(walked: Walked) -> None:
    folder = walked.world.home().outgoing / worlds.BATCH / "packages"
    sizes = {path.stat().st_size for path in folder.iterdir()}
    assert len(sizes) == 1
    assert len(list(folder.iterdir())) == causes.LAWFUL


def test_until_the_answers_only_the_receipt_stands_outside(walked: Walked) -> None:
    for step, files in walked.before_answers.items():
        assert files == [f"{worlds.BATCH}/receipt.json"], step


def test_all_is_answered_in_one_act(walked: Walked) -> None:
    home = walked.world.home()
    ((_, entry),) = checks.of_kind(home, "answered")
    path = home.outgoing / worlds.BATCH / "answers.jsonl"
    assert entry["answers"] == acts.sha256(path.read_bytes())
    assert {path.name for path in (home.outgoing / worlds.BATCH).iterdir()} == {
        "receipt.json", "answers.jsonl", "answers.jsonl.jws", "packages",
    }  # fmt: skip


def personal_data(world: worlds.World) -> set[bytes]:
    """Return every name, TIN and street of the world, as it might be written; five bytes or more.

    ZIP codes are left out: five digits stand in any digest sooner or later.
    """
    asked = pl.read_csv(world.batch_file, infer_schema=False, truncate_ragged_lines=True)
    taxpayers = pl.read_parquet(world.folder / "records" / "taxpayer.parquet")
    addresses = pl.read_parquet(world.folder / "records" / "address_of_record.parquet")
    texts: set[str] = set()
    for frame, columns in (
        (asked, ("given_name", "family_name", "tin", "address_line1", "city", "reason",
                 "investigation_id", "order_number")),
        (taxpayers, ("given_name", "family_name", "tin", "taxpayer_id")),
        (addresses, ("line1", "city")),
    ):  # fmt: skip
        for column in columns:
            texts |= set(frame[column].drop_nulls())
    # The quarantined row's cells are nobody's data, and the placeholder is in the law's message.
    texts -= {"a", "ragged", "row", "Failed to Provide"}
    texts |= {text.replace("-", "") for text in texts if text.startswith("900-")}
    people = json.loads((world.folder / "people.json").read_text())["people"]
    texts |= {person["name"] for person in people}
    assert min(map(len, texts)) >= 5
    return {text.lower().encode() for text in texts}


def found_in(needles: set[bytes], where: dict[str, bytes]) -> list[tuple[str, bytes]]:
    return [
        (name, needle)
        for name, data in where.items()
        for needle in needles
        if needle in data.lower()
    ]


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("place", ["ledger", "trees", "witness", "outgoing"])
def test_no_personal_data_stands_outside(walked: Walked, place: str) -> None:
    where = files_of(getattr(walked.world.home(), place))
    assert where
    assert found_in(personal_data(walked.world), where) == []


def test_no_personal_data_lies_in_clear_anywhere_in_the_home(walked: Walked) -> None:
    world = walked.world
    staff = {b"specimen " + name.encode() for name in (*worlds.HOLDER, *worlds.REQUESTER)}
    found = found_in(personal_data(world) - staff, files_of(world.home_path))
    assert found == []


def test_no_personal_data_is_said_or_logged(walked: Walked) -> None:
    assert "commit-list" in walked.said
    assert found_in(personal_data(walked.world), {"said": walked.said.encode()}) == []


def test_no_entry_counts_by_outcome(walked: Walked) -> None:
    """Numbers on the ledger count what was received and where entries stand, nothing else."""
    listed = []
    for entry in checks.entries(walked.world.home()):
        counted = {name for name, value in entry.items() if type(value) is int}
        assert counted <= COUNTED, entry["kind"]
        if entry["kind"] == "determination-list":
            listed.append(entry["leaves"])
    # Both lists are of the whole batch.
    assert listed == [causes.requests().height] * 2


def test_no_entry_tells_one_request_from_another(walked: Walked) -> None:
    ids = set(causes.request_ids().values()) | set(causes.lawful_ids())
    text = json.dumps(checks.entries(walked.world.home()))
    assert not [one for one in ids if one in text]
    words = ("no_disclosure", "referred", "eligible", "adverse", *causes.OF_A_CAUSE)
    kinds_and_values = {
        value
        for entry in checks.entries(walked.world.home())
        for name, value in entry.items()
        if isinstance(value, str) and name not in {"at", "signature"}
    }
    assert not kinds_and_values & set(words)


def test_the_leaves_of_the_lists_are_all_of_one_size(walked: Walked) -> None:
    for number in (1, 2):
        sizes = {len(json.dumps(leaf)) for leaf in acts.leaves(walked.world, number)}
        assert len(sizes) == 1


def test_the_ledger_of_it_all_verifies(walked: Walked) -> None:
    checks.ledger_verifies(walked.world.home())
    checks.nothing_out_without_its_entry(walked.world.home(), worlds.BATCH)
    checks.released_once(walked.world.home(), worlds.BATCH, causes.LAWFUL)
