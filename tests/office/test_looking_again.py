"""Records appended after the list: what they change is held, and everything else still leaves."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from portcullis import tables
from portcullis.errors import Refused
from tests.office import acts, checks, near
from tests.office.homes import switch
from tests.office.world import BATCH, World

PROTECTED, MOVED, NAMESAKE, UNTOUCHED = (f"REQ-{number:05d}" for number in (1, 2, 3, 4))
HELD = {PROTECTED, MOVED, NAMESAKE}


def append(world: World) -> str:
    """Append filings that change three of the lawful requests' answers; return the new digest."""
    from portcullis.office.indexing import append_records

    addresses = _stored(world, "address_of_record")
    taxpayers = _stored(world, "taxpayer")
    taxpayer = {row["taxpayer_id"]: row for row in taxpayers.to_dicts()}
    address = {row["taxpayer_id"]: row for row in addresses.to_dicts()}
    later = {"processed_on": date(2025, 4, 10)}
    # A second taxpayer of that name at that address: only the number tells the two apart.
    other = {"taxpayer_id": "T-second"}
    filings = [
        address[f"T-{PROTECTED}"] | later | {"protected": True},
        address[f"T-{MOVED}"] | later | {"line1": "700 Newer Rd"},
        address[f"T-{NAMESAKE}"] | other,
        address[f"T-{UNTOUCHED}"] | {"taxpayer_id": "T-new", "line1": "800 Unrelated Rd"},
    ]
    people = [
        taxpayer[f"T-{NAMESAKE}"] | other | {"tin": "900660001"},
        taxpayer[f"T-{UNTOUCHED}"]
        | {"taxpayer_id": "T-new", "tin": "900660002", "family_name": "Nobodyelse"},
    ]
    return append_records(
        world.home(), _written(world, people, filings, taxpayers.schema, addresses.schema)
    ).digest


def append_unrelated(world: World) -> None:
    """Append a filing of somebody whom no request is about."""
    from portcullis.office.indexing import append_records

    taxpayers, addresses = _stored(world, "taxpayer"), _stored(world, "address_of_record")
    new = {"taxpayer_id": "T-unrelated"}
    person = taxpayers.row(0, named=True) | new | {"tin": "900660003", "family_name": "Unrelated"}
    filing = addresses.row(0, named=True) | new | {"line1": "900 Unrelated Rd"}
    append_records(
        world.home(), _written(world, [person], [filing], taxpayers.schema, addresses.schema)
    )


def _stored(world: World, table: str) -> pl.DataFrame:
    return pl.read_parquet(world.folder / "records" / f"{table}.parquet")


def _written(
    world: World, people: list[dict[str, Any]], filings: list[dict[str, Any]], *schemas: Any
) -> Path:
    folder = world.folder / f"records-{sum(1 for _ in world.folder.iterdir())}"
    folder.mkdir()
    rows = (people, filings)
    for name, each, schema in zip(("taxpayer", "address_of_record"), rows, schemas, strict=True):
        pl.DataFrame(each, schema=schema).write_parquet(folder / f"{name}.parquet")
    return folder


def lookups(world: World) -> list[dict[str, Any]]:
    return [entry for _, entry in checks.of_kind(world.home(), "looked-up")]


def lawful(world: World) -> dict[str, str]:
    return {name: out for name, out in acts.outcomes(world).items() if name.startswith("REQ-")}


def check_three_held(world: World) -> None:
    """Assert that three are held, inside only: outside they are as whoever was not found."""
    from portcullis.office.models import Package

    home = world.home()
    assert {name for name, out in lawful(world).items() if out == "held"} == HELD
    assert {out for name, out in lawful(world).items() if name not in HELD} == {"released"}
    answers = acts.answered(world)
    assert {answers[name] for name in HELD} == {answers["NOBODY"]} == {answers["R3"]}
    checks.released_once(home, BATCH, 3)
    checks.nothing_out_without_its_entry(home, BATCH)
    # One word on the ledger for all that is not met any more; which it was is known inside.
    told = {entry["reason"] for _, entry in checks.of_kind(home, "not-sent")}
    assert told == {"element-no-longer-met"}
    assert len(set(Package.objects.filter(state="not-sent").values_list("reason"))) > 1
    checks.ledger_verifies(home)


def check_logged(world: World, digest: str, wanted: set[str]) -> None:
    """Assert that one look-up more is on the ledger, and that its log names these requests."""
    from portcullis.office import files

    home = world.home()
    _, again = lookups(world)
    assert (again["index"], again["statute"]) == (digest, "26 USC 7213A")
    batch = files.find_batch(BATCH)
    log = home.batch(BATCH) / files.of_index(files.LOOKUPS, digest)
    assert again["log"] == acts.sha256(log.read_bytes())
    ids = files.read_step(home, batch, files.REQUESTS, ["request_id"])["request_id"]
    rows = tables.read_table(log, files.batch_key(home, batch))["row"]
    assert {ids[row] for row in rows} == wanted


@pytest.mark.parametrize("standing", ["approved", "sealed"])
def test_what_new_records_change_is_held_and_the_rest_leaves(stage, standing: str) -> None:
    world = stage(standing)
    digest = append(world)
    released = acts.release(world)
    assert (released.delivered, released.not_sent) == (3, 3)
    check_three_held(world)
    check_logged(world, digest, set(lawful(world)))


def test_appended_before_the_approval_it_is_looked_up_once_for_both(stage) -> None:
    world = stage("determined")
    acts.impair(world, [UNTOUCHED])
    acts.to_answer_day(world)
    acts.draw(world)
    acts.examine(world)
    digest = append(world)
    acts.approve(world)
    wanted = set(lawful(world)) - {UNTOUCHED}
    check_logged(world, digest, wanted)
    released = acts.release(world)
    assert (released.delivered, released.not_sent) == (2, 3)
    check_logged(world, digest, wanted)
    checks.ledger_verifies(world.home())


def test_an_unrelated_filing_holds_nobody(stage) -> None:
    world = stage("approved")
    append_unrelated(world)
    assert acts.release(world).delivered == 6
    assert len(lookups(world)) == 2
    checks.ledger_verifies(world.home())


def test_with_the_lists_own_index_nobody_is_looked_up_again(stage) -> None:
    world = stage("approved")
    assert acts.release(world).delivered == 6
    assert len(lookups(world)) == 1


def test_a_look_up_is_logged_before_it_is_made(stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from portcullis import matching
    from portcullis.office.models import Entry

    world = stage("approved")
    append_unrelated(world)
    matched, seen = matching.match, []

    def watched(*given: Any, **more: Any) -> pl.DataFrame:
        seen.append(Entry.objects.filter(kind="looked-up").count())
        return matched(*given, **more)

    monkeypatch.setattr(matching, "match", watched)
    acts.release(world)
    assert seen == [2]


def of_other_rules(home_path: Path) -> None:
    version = (home_path / "index" / "current").read_text().strip()
    path = home_path / "index" / "versions" / f"{version}.json"
    path.write_text(path.read_text().replace('"rules": {', '"rules": {"more": 1,'))


def gone(home_path: Path) -> None:
    shutil.rmtree(home_path / "index")


@pytest.mark.parametrize("spoil", [gone, of_other_rules])
@pytest.mark.parametrize("standing", ["approved", "sealed"])
def test_without_an_index_nothing_leaves_until_there_is_one(stage, standing: str, spoil) -> None:
    from portcullis.office.indexing import index_records

    world = stage(standing)
    spoil(world.home_path)
    with pytest.raises(Refused, match=r"^Nothing leaves: .* `portcullis records index`\."):
        acts.release(world)
    assert not checks.published(world.home(), BATCH)
    assert {package.state for package in acts.packages(world)} <= {"authorised", "sealed"}
    index_records(world.home(), world.folder / "records")
    assert acts.release(world).delivered == 6
    # The same records make the same digest: nobody had to be looked up.
    assert len(lookups(world)) == 1


def test_files_of_another_index_gone_while_they_are_needed_close_it_too(stage) -> None:
    world = stage("approved")
    append_unrelated(world)
    shutil.rmtree(world.home_path / "index" / "segments")
    with pytest.raises(Refused, match="Nothing leaves: "):
        acts.release(world)
    assert not checks.published(world.home(), BATCH)
    assert len(lookups(world)) == 1


def test_without_an_index_nothing_is_approved(stage) -> None:
    world = stage("determined")
    acts.impair(world)
    acts.to_answer_day(world)
    acts.draw(world)
    acts.examine(world)
    gone(world.home_path)
    with pytest.raises(Refused, match="Nothing leaves: "):
        acts.approve(world)
    assert acts.state(world) == "examined"


def test_appended_while_packages_go_out_the_rest_stays_sealed_until_compared(stage) -> None:
    world = stage("sealed")
    append(world)
    with pytest.raises(Refused, match="indexed anew while packages went out"):
        acts.publish(world)
    assert {package.state for package in acts.packages(world)} == {"sealed"}
    acts.release(world)
    check_three_held(world)


@pytest.mark.long
def test_what_review_found_in_one_index_is_held_under_another(tmp_path: Path) -> None:
    world = near.build(tmp_path / "world")
    switch(world.home_path)
    near.find(world, "street", "street-slip")
    near.confirm(world, "street")
    near.supplement(world)
    acts.impair(world)
    acts.to_answer_day(world)
    acts.draw(world)
    acts.examine(world)
    acts.approve(world)
    append_unrelated(world)
    acts.release(world)
    outcomes = acts.outcomes(world)
    assert outcomes["street"] == "held"
    assert set(lawful(world).values()) == {"released"}
    checks.ledger_verifies(world.home())


def test_nobody_is_looked_up_for_an_approval_that_nobody_signed(stage) -> None:
    from portcullis.office import acting, approval

    world = stage("determined")
    acts.impair(world)
    acts.to_answer_day(world)
    acts.draw(world)
    acts.examine(world)
    append(world)
    before = len(lookups(world))
    approver = world.actor("approver").person
    with pytest.raises(acting.Proposed) as asked:
        approval.approve(world.home(), BATCH, acting.rehearsing(approver, world.home().now()))
    assert asked.value.statement["act"] == "approve"
    assert len(lookups(world)) == before
    acts.approve(world)
    assert len(lookups(world)) == before + 1
