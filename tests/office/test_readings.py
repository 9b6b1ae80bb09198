"""Readings: two people put one in force, or out of it; what it touches does not leave any more."""

import json
import subprocess
import sys
from datetime import date, datetime, timedelta

import polars as pl
import pytest

from portcullis import law
from portcullis.errors import Misuse, Refused
from portcullis.keys import KeySigner, unverified
from tests.office import acts, checks
from tests.office import world as worlds
from tests.office.homes import reopen, switch
from tests.office.world import ANSWER_DAY, BATCH, BATCH_DAY

COMPONENT, DEPARTMENT = "agency-is-the-component", "agency-is-the-department"
IN_ALL = "one-officer-cannot-be-engaged-in-all"
FLOOR = law.FLOOR
AGREED = ("agency-head-only",)


def approve(world, by: str, reading: str, in_force: bool = True, on: date | None = None, **other):
    """Approve a change of readings, from today on if no day is given."""
    from portcullis.office.reading_changes import change

    home = world.home()
    asked = law.Change(reading, in_force, on or home.today())
    said = {"docket": acts.DOCKET, "document": acts.DOCUMENT} | other
    return change(home, acts.hands(world, by), asked, said["docket"], said["document"])


def put(world, reading: str, in_force: bool = True, on: date | None = None) -> None:
    approve(world, "counsel", reading, in_force, on)
    assert approve(world, "counsel-2", reading, in_force, on).decided


def held(world, day: date | None = None) -> set[str]:
    from portcullis.office.readings import basis_on

    home = world.home()
    return set(basis_on(home, day or home.today()).readings)


def kinds(world) -> list[str]:
    return [entry["kind"] for entry in checks.entries(world.home()) if "reading" in entry["kind"]]


@pytest.mark.both_databases
def test_the_first_approval_changes_nothing_and_the_second_decides(stage) -> None:
    world = stage("new")
    before = held(world)
    assert before == {*FLOOR, *AGREED}
    first = approve(world, "counsel", COMPONENT)
    assert (first.approvals, first.decided) == (1, False)
    assert held(world) == before
    assert kinds(world) == ["reading-proposed"]
    second = approve(world, "counsel-2", COMPONENT)
    assert (second.approvals, second.decided) == (2, True)
    assert held(world) == before | {COMPONENT}
    assert kinds(world) == ["reading-proposed", "reading-in-force"]
    checks.ledger_verifies(world.home())


def test_what_is_on_the_ledger_is_signed_by_both_and_names_no_taxpayer(stage) -> None:
    from portcullis import keys

    world = stage("determined")
    put(world, COMPONENT)
    put(world, COMPONENT, in_force=False)
    roster = world.home().roster
    entered = [
        entry
        for kind in ("reading-in-force", "reading-out-of-force")
        for _, entry in checks.of_kind(world.home(), kind)
    ]
    assert [entry["in_force"] for entry in entered] == [True, False]
    for entry in entered:
        assert set(entry) == {
            "kind", "at", "format", "reading", "in_force", "effective_on", "docket", "document",
            "approvals",
        }  # fmt: skip
        assert (entry["docket"], entry["document"]) == (acts.DOCKET, acts.DOCUMENT)
        assert [one["person"] for one in entry["approvals"]] == ["counsel", "counsel-2"]
        for one in entry["approvals"]:
            said = keys.verify(one["signature"], roster.get(one["person"]).jwk)
            signer = {name: said.pop(name) for name in ("person", "at", "ledger")}
            assert (signer["person"], signer["at"] <= entry["at"]) == (one["person"], True)
            assert said == {name: entry[name] for name in said}
            assert said["reading"] == COMPONENT
    ((_, proposed), _) = checks.of_kind(world.home(), "reading-proposed")
    assert set(proposed) == {
        "kind", "at", "format", "reading", "in_force", "effective_on", "docket", "document",
        "batch", "by", "signature",
    }  # fmt: skip
    checks.ledger_verifies(world.home())


@pytest.mark.parametrize(
    "other",
    [{"docket": "1:26-cv-00001"}, {"document": "e1" * 32}, {"on": BATCH_DAY + timedelta(days=9)}],
)
def test_two_people_who_approve_different_things_decide_nothing(stage, other) -> None:
    from portcullis.office.reading_changes import waiting

    world = stage("new")
    approve(world, "counsel", COMPONENT)
    assert not approve(world, "counsel-2", COMPONENT, **other).decided
    assert COMPONENT not in held(world, BATCH_DAY + timedelta(days=30))
    assert len(waiting(BATCH_DAY)) == 2


@pytest.mark.both_databases
def test_one_person_twice_is_one_person(stage) -> None:
    world = stage("new")
    approve(world, "counsel", COMPONENT)
    refused = acts.denied(
        world, "reading", "counsel", "two-people", lambda: approve(world, "counsel", COMPONENT)
    )
    assert "have another of counsel approve" in refused.message
    assert COMPONENT not in held(world)


def test_an_approval_that_stands_in_the_ledger_approves_nothing_again(stage) -> None:
    from portcullis.office import acting
    from portcullis.office.reading_changes import change

    world = stage("new")
    put(world, COMPONENT)
    put(world, COMPONENT, in_force=False)
    ((_, entry),) = checks.of_kind(world.home(), "reading-out-of-force")
    for by in ("counsel", "counsel-2"):
        approve(world, by, COMPONENT, document="e1" * 32)
    assert COMPONENT in held(world)
    home = world.home()
    token = entry["approvals"][0]["signature"]
    moment = datetime.fromisoformat(unverified(token)["at"])
    actor = acting.rehearsing(home.roster.person("counsel"), moment, [token])
    asked = law.Change(COMPONENT, in_force=False, effective_on=home.today())
    with pytest.raises(Refused, match="given before"):
        change(home, actor, asked, acts.DOCKET, acts.DOCUMENT)
    assert COMPONENT in held(world)


def test_who_is_not_counsel_is_denied_on_the_record(stage) -> None:
    from portcullis.office.people import Actor
    from portcullis.office.reading_changes import change

    world = stage("new")
    home = world.home()
    asked = law.Change(COMPONENT, in_force=True, effective_on=home.today())
    approver = Actor(home.roster.get("approver"), KeySigner(world.key("approver")))
    acts.denied(
        world,
        "reading",
        "approver",
        "role",
        lambda: change(home, approver, asked, acts.DOCKET, acts.DOCUMENT),
    )
    assert kinds(world) == []


@pytest.mark.parametrize("name", [each.id for each in law.READINGS if each.effect == "loosens"])
def test_a_reading_that_loosens_is_never_put_in_force(stage, name: str) -> None:
    world = stage("new")
    with pytest.raises(Misuse, match=f"{name}.*loosens") as refused:
        approve(world, "counsel", name)
    assert "re-examination" in refused.value.remedy
    assert kinds(world) == []


def test_an_unknown_reading_is_refused_with_those_there_are(stage) -> None:
    world = stage("new")
    for in_force in (True, False):
        with pytest.raises(Misuse, match="no-such") as refused:
            approve(world, "counsel", "no-such", in_force)
        assert COMPONENT in refused.value.remedy


@pytest.mark.parametrize("name", FLOOR)
def test_the_floor_never_goes_out(stage, name: str) -> None:
    world = stage("new")
    with pytest.raises(Misuse, match=f"{name}.*floor") as refused:
        approve(world, "counsel", name, in_force=False)
    assert "reexamine" in refused.value.remedy


def test_what_is_on_the_floor_can_have_its_source_put_on_record(stage) -> None:
    from portcullis.office.readings import held_on

    world = stage("new")
    put(world, "address-of-record")
    assert held(world) == {*FLOOR, *AGREED}
    (found,) = [
        each for each in held_on(world.home().pack, BATCH_DAY) if each.reading.id == FLOOR[0]
    ]
    assert (found.source, found.since) == ("act", BATCH_DAY)


def test_a_day_in_the_past_is_refused(stage) -> None:
    world = stage("new")
    for reading, in_force in ((COMPONENT, True), (AGREED[0], False)):
        with pytest.raises(Refused, match="past") as refused:
            approve(world, "counsel", reading, in_force, BATCH_DAY - timedelta(days=1))
        assert "reexamine" in refused.value.remedy


def test_what_waited_past_its_day_is_not_decided_any_more(stage) -> None:
    from portcullis.office.reading_changes import waiting

    world = stage("new")
    approve(world, "counsel", COMPONENT)
    world.home().set_date(BATCH_DAY + timedelta(days=1))
    with pytest.raises(Refused, match="past"):
        approve(world, "counsel-2", COMPONENT, on=BATCH_DAY)
    assert waiting(world.home().today()) == []


def test_two_that_conflict_are_refused_with_both_named(stage) -> None:
    world = stage("new")
    put(world, COMPONENT)
    with pytest.raises(Misuse, match=f"{COMPONENT}.*{DEPARTMENT}"):
        approve(world, "counsel", DEPARTMENT)
    put(world, COMPONENT, in_force=False, on=BATCH_DAY + timedelta(days=3))
    with pytest.raises(Misuse, match=f"{COMPONENT}.*{DEPARTMENT}"):
        approve(world, "counsel", DEPARTMENT, on=BATCH_DAY + timedelta(days=2))
    put(world, DEPARTMENT, on=BATCH_DAY + timedelta(days=3))
    assert held(world, BATCH_DAY + timedelta(days=3)) == {*FLOOR, *AGREED, DEPARTMENT}


def test_one_that_conflicts_with_what_will_be_in_force_later_is_refused_today(stage) -> None:
    """Else the office would stand without a basis on that later day."""
    world = stage("new")
    put(world, COMPONENT, on=BATCH_DAY + timedelta(days=5))
    with pytest.raises(Misuse, match=f"{COMPONENT}.*{DEPARTMENT}"):
        approve(world, "counsel", DEPARTMENT)


def test_a_conflict_that_came_between_the_two_approvals_is_refused(stage) -> None:
    world = stage("new")
    approve(world, "counsel", DEPARTMENT)
    put(world, COMPONENT)
    with pytest.raises(Misuse, match="conflict"):
        approve(world, "counsel-2", DEPARTMENT)
    assert held(world) == {*FLOOR, *AGREED, COMPONENT}


def test_in_or_out_already_is_refused(stage) -> None:
    world = stage("new")
    with pytest.raises(Refused, match="not in force") as refused:
        approve(world, "counsel", COMPONENT, in_force=False)
    assert "reading list" in refused.value.remedy
    put(world, COMPONENT)
    with pytest.raises(Refused, match="in force by an act already") as refused:
        approve(world, "counsel", COMPONENT)
    assert "reading list" in refused.value.remedy


def test_a_change_that_would_undo_one_of_a_later_day_is_refused(stage) -> None:
    world = stage("new")
    soon, later = BATCH_DAY + timedelta(days=3), BATCH_DAY + timedelta(days=9)
    put(world, AGREED[0], on=later)
    with pytest.raises(Refused, match=f"in force from {later}, which this would undo"):
        approve(world, "counsel", AGREED[0], in_force=False, on=soon)
    put(world, AGREED[0], in_force=False, on=later)
    put(world, AGREED[0], in_force=False, on=soon)
    assert AGREED[0] not in held(world, soon)


def test_one_that_comes_into_force_later_may_come_sooner(stage) -> None:
    world = stage("new")
    put(world, COMPONENT, on=BATCH_DAY + timedelta(days=900))
    put(world, COMPONENT)
    assert COMPONENT in held(world)


def test_a_source_that_is_no_digest_stays_off_the_ledger(stage) -> None:
    world = stage("new")
    with pytest.raises(Misuse, match="The field document is not of the shape"):
        approve(world, "counsel", COMPONENT, document="Specimen Taxpayer, 900-00-0001")
    assert not kinds(world)


def test_it_holds_from_its_day_and_until_it_goes(stage) -> None:
    world = stage("new")
    first, last = BATCH_DAY + timedelta(days=3), BATCH_DAY + timedelta(days=6)
    put(world, COMPONENT, on=first)
    put(world, COMPONENT, in_force=False, on=last)
    days = [BATCH_DAY + timedelta(days=number) for number in range(9)]
    assert [day for day in days if COMPONENT in held(world, day)] == days[3:6]
    world.home().set_date(first)
    assert COMPONENT in held(world)
    assert held(world, date(2026, 2, 4)) == {*FLOOR, *AGREED}
    assert held(world, date(2026, 2, 5)) == {*FLOOR, *AGREED, IN_ALL}


def test_a_second_process_sees_the_same(stage) -> None:
    world = stage("new")
    put(world, COMPONENT)
    script = (
        "import sys, json; from tests.office.homes import reopen; from pathlib import Path;"
        "home = reopen(Path(sys.argv[1]));"
        "from portcullis.office.readings import basis_on;"
        "print(json.dumps(basis_on(home, home.today()).readings))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, str(world.home_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert set(json.loads(ran.stdout)) == held(world)
    reopen(world.home_path)
    assert COMPONENT in held(world)


def test_a_determination_made_after_it_names_it(stage) -> None:
    world = stage("received")
    put(world, COMPONENT)
    acts.adjudicate(world)
    ((_, listed),) = checks.of_kind(world.home(), "determination-list")
    assert COMPONENT in listed["basis"]["readings"]
    found = acts.outcomes(world)
    # ICE's officers are not of the very agency whose head signed: refused in the statute's name.
    assert set(found.values()) == {"refused"}
    assert not checks.of_kind(world.home(), "looked-up")


@pytest.mark.parametrize("standing", ["approved", "sealed"])
def test_put_in_force_before_the_release_it_holds_what_it_touches(stage, standing: str) -> None:
    world = stage(standing)
    put(world, COMPONENT)
    released = acts.release(world)
    assert (released.delivered, released.not_sent) == (0, 6)
    assert not checks.published(world.home(), BATCH)
    lawful = [id_ for id_ in acts.outcomes(world) if id_.startswith("REQ-")]
    assert {acts.outcomes(world)[id_] for id_ in lawful} == {"held"}
    assert "disclosed" not in acts.answered(world).values()
    assert {
        entry["reason"] for _, entry in checks.of_kind(world.home(), "not-sent")
    } == {"element-no-longer-met"}  # fmt: skip
    checks.ledger_verifies(world.home())


@pytest.mark.both_databases
def test_between_two_packages_it_holds_the_second(stage) -> None:
    from portcullis.office.files import find_batch
    from portcullis.office.release import publish

    world = stage("sealed")
    first, *others = acts.packages(world)
    home, batch = world.home(), find_batch(BATCH)
    publish(home, batch, first.id)
    put(world, COMPONENT)
    for each in others:
        publish(home, batch, each.id)
    acts.integrate(world)
    assert checks.published(home, BATCH) == {first.id}
    ((decided, _),) = checks.of_kind(home, "reading-in-force")
    ((delivered, _),) = checks.of_kind(home, "delivered")
    assert delivered < decided
    assert len(checks.of_kind(home, "not-sent")) == len(others)


@pytest.mark.parametrize("standing", ["approved", "sealed"])
def test_one_that_touches_nothing_changes_nothing(stage, standing: str) -> None:
    world = stage(standing)
    put(world, IN_ALL)
    released = acts.release(world)
    assert (released.delivered, released.not_sent) == (6, 0)
    checks.released_once(world.home(), BATCH, 6)


def test_one_that_holds_from_a_later_day_leaves_today_alone(stage) -> None:
    world = stage("sealed")
    put(world, COMPONENT, on=ANSWER_DAY + timedelta(days=1))
    assert acts.release(world).delivered == 6


def test_put_out_again_before_the_release_it_holds_nothing(stage) -> None:
    world = stage("approved")
    put(world, COMPONENT)
    put(world, COMPONENT, in_force=False)
    assert acts.release(world).delivered == 6


def test_all_that_holds_is_listed_with_where_it_comes_from(stage) -> None:
    from portcullis.office.readings import held_on

    world = stage("new")
    put(world, COMPONENT, on=BATCH_DAY + timedelta(days=2))
    found = {
        each.reading.id: (each.source, each.since)
        for each in held_on(world.home().pack, date(2026, 3, 1))
    }
    assert found == {
        "address-of-record": ("agreement", date(2025, 4, 7)),
        "1227a-class-required": ("agreement", date(2025, 4, 7)),
        "agency-head-only": ("agreement", date(2025, 4, 7)),
        IN_ALL: ("agreement", date(2026, 2, 5)),
        COMPONENT: ("act", BATCH_DAY + timedelta(days=2)),
    }


def test_a_cause_that_reads_a_measure_is_told_to_the_requester(tmp_path) -> None:
    """As in every batch since 5 February 2026, when the agreement takes this reading."""
    last = pl.when(pl.col("request_id") == "REQ-00002").then(pl.lit("officer-9"))
    rows = worlds.batch_rows(2).with_columns(last.otherwise("officers").alias("officers"))
    world = worlds.build(tmp_path / "world", requests=rows)
    switch(world.home_path)
    home = worlds.make_home(world)
    put(world, IN_ALL)
    from portcullis.office.adjudication import adjudicate
    from portcullis.office.explaining import public_findings
    from portcullis.office.files import find_batch
    from portcullis.office.reception import receive

    receive(home, world.batch_file)
    adjudicate(home, BATCH, world.actor("specialist"))
    found = public_findings(home, find_batch(BATCH))
    assert "officers-engaged" in set(found.filter(source_row=2)["element"])
