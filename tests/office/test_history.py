"""Disclosures made elsewhere: taken in whole, accounted for row by row, compared on the record."""

import json
import shutil
from datetime import timedelta

import polars as pl
import pytest

from portcullis.errors import Misuse, Refused
from portcullis.keys import KeySigner
from tests.office import acts, checks, disclosed
from tests.office import world as worlds
from tests.office.disclosed import DAY, HISTORY, NAIVE, SAID


@pytest.mark.parametrize("name", ["disclosed.csv", "disclosed.parquet"])
def test_it_is_taken_in_and_on_the_ledger_without_anybody_in_it(stage, name: str) -> None:
    world = stage("new")
    path = disclosed.write(world, disclosed.disclosures(), name)
    history = disclosed.import_(world, path)
    assert (history.taken, history.quarantined) == (10, 0)
    assert disclosed.quarantined(world) == []
    ((_, entry),) = checks.of_kind(world.home(), "history-imported")
    assert {**entry, "at": "", "signature": ""} == {
        "kind": "history-imported",
        "at": "",
        "signature": "",
        "batch": "",
        "by": "counsel",
        "history": HISTORY,
        "file": acts.sha256(path.read_bytes()),
        "rows": 10,
        "taken": 10,
        "quarantined": 0,
        "made_under": [NAIVE],
    }
    checks.ledger_verifies(world.home())


def test_rows_in_are_rows_taken_and_rows_quarantined(stage) -> None:
    world = stage("new")
    rows = disclosed.disclosures().with_row_index().with_columns(
        disclosed_on=pl.when(pl.col("index") == 1)
        .then(None)
        .when(pl.col("index") == 2)
        .then(pl.lit("8/8/2025"))
        .when(pl.col("index") == 3)
        .then(pl.lit("2025-02-30"))
        .otherwise("disclosed_on"),
        request_id=pl.when(pl.col("index") == 5)
        .then(pl.lit("REQ-00001"))
        .otherwise("request_id"),
        city=pl.when(pl.col("index") == 7).then(pl.lit("=cmd()")).otherwise("city"),
        disclosed_to=pl.when(pl.col("index") == 8)
        .then(pl.lit("x" * 300))
        .otherwise("disclosed_to"),
    )  # fmt: skip
    history = disclosed.import_(world, disclosed.write(world, rows.drop("index")))
    assert (history.taken, history.quarantined) == (4, 6)
    apart = disclosed.quarantined(world)
    assert [(row["source_row"], row["field"]) for row in apart] == [
        (2, "disclosed_on"),
        (3, "disclosed_on"),
        (4, "disclosed_on"),
        (6, "request_id"),
        (8, "city"),
        (9, "disclosed_to"),
    ]
    for row in apart:
        assert row["reason"]
        assert row["message"].count(".") >= 2 or "Write" in row["message"], row
    assert all("cmd" not in json.dumps(row) for row in apart)
    ((_, entry),) = checks.of_kind(world.home(), "history-imported")
    assert (entry["rows"], entry["taken"], entry["quarantined"]) == (10, 4, 6)


def test_the_same_file_or_id_is_taken_in_once(stage) -> None:
    world = stage("new")
    path = disclosed.write(world, disclosed.disclosures())
    disclosed.import_(world, path)
    with pytest.raises(Refused, match="id was imported before") as refused:
        disclosed.import_(world, path)
    assert refused.value.remedy
    again = shutil.copy(path, path.with_name("again.csv"))
    with pytest.raises(Refused, match="file was imported before") as refused:
        disclosed.import_(world, again, "another")
    assert "history list" in refused.value.remedy
    assert len(checks.of_kind(world.home(), "history-imported")) == 1


@pytest.mark.parametrize(
    ("made_under", "told"),
    [
        (("no-such",), "no-such"),
        (("address-on-its-face", "valid-request-suffices"), "conflict"),
    ],
)
def test_readings_it_cannot_have_been_made_under_are_refused(stage, made_under, told) -> None:
    world = stage("new")
    path = disclosed.write(world, disclosed.disclosures())
    with pytest.raises(Misuse, match=told):
        disclosed.import_(world, path, made_under=made_under)
    assert not checks.of_kind(world.home(), "history-imported")


@pytest.mark.parametrize("history", ["", "../../etc", "a b", ".hidden", "x" * 81])
def test_an_id_that_is_none_is_refused(stage, history: str) -> None:
    world = stage("new")
    path = disclosed.write(world, disclosed.disclosures())
    with pytest.raises(Misuse, match="no id"):
        disclosed.import_(world, path, history)


def test_a_file_that_cannot_be_read_is_refused(stage) -> None:
    world = stage("new")
    with pytest.raises(Misuse, match="cannot be read"):
        disclosed.import_(world, world.folder / "nowhere.csv")
    with pytest.raises(Misuse, match="cannot be read"):
        disclosed.import_(world, world.folder)
    undated = disclosed.write(world, disclosed.disclosures().drop("disclosed_on"))
    with pytest.raises(Refused, match="columns"):
        disclosed.import_(world, undated)
    text = world.folder / "disclosed.txt"
    text.write_text("nothing of the kind")
    with pytest.raises(Refused, match="file"):
        disclosed.import_(world, text, "another")
    # What was refused leaves the id free.
    path = disclosed.write(world, disclosed.disclosures(), "whole.csv")
    assert disclosed.import_(world, path).taken == 10


def test_columns_that_nobody_agreed_on_are_dropped(stage) -> None:
    from portcullis import tables
    from portcullis.office import files, histories

    world = stage("new")
    rows = disclosed.disclosures().with_columns(wages=pl.lit("81234"), naive_address=pl.lit("x"))
    history = disclosed.import_(world, disclosed.write(world, rows))
    home = world.home()
    stored = tables.read_table(
        histories.folder(home, HISTORY) / files.REQUESTS, histories.history_key(home, history)
    )
    assert not {"wages", "naive_address"} & set(stored.columns)
    assert {*home.pack.fields, *SAID} <= set(stored.columns)
    assert stored["engaged"].to_list() == [True] * 10


def test_what_a_file_lacks_is_blank(stage) -> None:
    world = stage("new")
    rows = disclosed.disclosures().select("request_id", "disclosed_on", "given_name")
    assert disclosed.import_(world, disclosed.write(world, rows)).taken == 10
    found = disclosed.reexamine(world)
    assert found.counts["closes"] == 10


def test_nothing_is_readable_at_rest(stage) -> None:
    world = stage("new")
    disclosed.import_(world, disclosed.write(world, disclosed.disclosures()))
    disclosed.compare(world)
    secrets = [
        b"Specimen St",
        b"Familyk",
        b"900-00-0001",
        b"900000001",
        b"REQ-00001",
        b"Case facts",
    ]
    for path in world.home_path.rglob("*"):
        if path.is_file() and "index" not in path.parts:
            data = path.read_bytes()
            for secret in secrets:
                assert secret not in data, path


def test_who_is_not_counsel_is_denied_on_the_record(stage) -> None:
    from portcullis.office.histories import compare_history, import_history
    from portcullis.office.people import Actor

    world = stage("new")
    home = world.home()
    path = disclosed.write(world, disclosed.disclosures())
    approver = Actor(home.roster.get("approver"), KeySigner(world.key("approver")))
    acts.denied(
        world,
        "history-import",
        "approver",
        "role",
        lambda: import_history(home, approver, path, HISTORY, ()),
    )
    disclosed.import_(world, path)
    acts.denied(
        world,
        "history-compare",
        "approver",
        "role",
        lambda: compare_history(home, approver, HISTORY),
    )
    assert not checks.of_kind(home, "looked-up")


def test_look_ups_are_logged_before_anybody_looks(stage, monkeypatch) -> None:
    from portcullis import matching, tables
    from portcullis.office import files, histories
    from portcullis.office.models import Entry

    world = stage("new")
    history = disclosed.import_(world, disclosed.write(world, disclosed.disclosures()))
    seen = []
    look = matching.match

    def watched(requests, index, basis):
        home = world.home()
        log = histories.folder(home, HISTORY) / files.LOOKUPS
        (entry,) = Entry.objects.filter(kind="looked-up")
        facts = json.loads(bytes(entry.body))
        assert facts["log"] == acts.sha256(log.read_bytes())
        assert (facts["history"], facts["purpose"]) == (HISTORY, "re-examination")
        assert facts["statute"] == "26 USC 7213A"
        rows = tables.read_table(log, histories.history_key(home, history))
        assert set(requests["row"]) <= set(rows["row"])
        seen.extend(requests["row"])
        return look(requests, index, basis)

    monkeypatch.setattr(matching, "match", watched)
    assert disclosed.compare(world) == 10
    assert sorted(seen) == list(range(10))
    ((_, entry),) = checks.of_kind(world.home(), "looked-up")
    assert entry["index"]
    assert len(checks.of_kind(world.home(), "history-compared")) == 1
    checks.ledger_verifies(world.home())


def test_it_is_compared_once_and_only_if_it_is_there(stage) -> None:
    world = stage("new")
    with pytest.raises(Refused, match="No history") as refused:
        disclosed.compare(world)
    assert "history list" in refused.value.remedy
    disclosed.import_(world, disclosed.write(world, disclosed.disclosures()))
    disclosed.compare(world)
    with pytest.raises(Refused, match="compared already"):
        disclosed.compare(world)


def test_each_is_compared_as_of_its_own_day(stage, monkeypatch) -> None:
    from portcullis import matching

    world = stage("new")
    later = DAY + timedelta(days=3)
    rows = disclosed.disclosures().with_row_index().with_columns(
        disclosed_on=pl.when(pl.col("index") % 2 == 0)
        .then(pl.lit(later.isoformat()))
        .otherwise("disclosed_on")
    )  # fmt: skip
    disclosed.import_(world, disclosed.write(world, rows.drop("index")))
    seen = {}
    look = matching.match

    def watched(requests, index, basis):
        seen.update(dict.fromkeys(requests["row"], basis.as_of))
        return look(requests, index, basis)

    monkeypatch.setattr(matching, "match", watched)
    disclosed.compare(world)
    assert seen == {row: later if row % 2 == 0 else DAY for row in range(10)}


@pytest.mark.parametrize("broken", ["import", "compare"])
def test_a_crash_between_file_and_row_leaves_nothing_and_it_runs_again(
    stage, monkeypatch, broken: str
) -> None:
    from portcullis.office import histories

    world = stage("new")
    path = disclosed.write(world, disclosed.disclosures())
    steps = {
        "import": lambda: disclosed.import_(world, path).taken,
        "compare": lambda: disclosed.compare(world),
    }
    if broken == "compare":
        steps["import"]()
    with monkeypatch.context() as patched:

        def crash(*_arguments, **_named):
            raise KeyboardInterrupt

        patched.setattr(histories, "sign_act", crash)
        with pytest.raises(KeyboardInterrupt):
            steps[broken]()
    kind = {"import": "history-imported", "compare": "history-compared"}[broken]
    assert not checks.of_kind(world.home(), kind)
    assert steps[broken]() == 10
    if broken == "import":
        disclosed.compare(world)
    found = disclosed.reexamine(world)
    assert found.counts["needs-look-up"] == 0
    checks.ledger_verifies(world.home())


def test_a_day_of_disclosure_is_a_day(stage) -> None:
    world = stage("new")
    rows = disclosed.disclosures().with_columns(disclosed_on=pl.lit("0000-01-01"))
    assert disclosed.import_(world, disclosed.write(world, rows)).taken == 0
    assert disclosed.compare(world) == 0


def test_it_is_listed_by_its_own_id_in_its_own_world(stage) -> None:
    world = stage("new")
    disclosed.import_(world, disclosed.write(world, disclosed.disclosures()))
    from portcullis.office.models import History

    world.home()
    assert History.objects.get().imported_on == worlds.BATCH_DAY
