"""What the recipient owes after a disclosure, on the holder's side, and what its silence closes."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from portcullis.custody import Certificate, Status, sign
from portcullis.errors import Refused
from portcullis.standing import Hold, Scope
from tests.office import acts, checks, restored
from tests.office import world as worlds
from tests.office.test_window import send, template

DUE = worlds.ANSWER_DAY + timedelta(days=90)
LATE = DUE + timedelta(days=1)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def ids(world: worlds.World, officer: str | None = None) -> tuple[str, ...]:
    wanted = {"officer": officer} if officer else {}
    return tuple(sorted(package.id for package in acts.packages(world, **wanted)))


def enter(world: worlds.World, statement: Status | Certificate, key: str = "") -> Any:
    from portcullis.office.statements import enter as run

    return run(world.home(), sign(statement, world.key(key or statement.by)))


def state(world: worlds.World, officer: str, status: str, *packages: str) -> Any:
    on = at(world.home().today())
    return enter(world, Status(packages or ids(world, officer), officer, status, on))


def certify(world: worlds.World, kind: str, *packages: str) -> Any:
    method = "purged" if kind == "destroyed" else ""
    on = at(world.home().today())
    return enter(world, Certificate(packages or ids(world), "custodian", kind, method, on))


def due(world: worlds.World) -> set[tuple[str, str, date, bool]]:
    from portcullis.office.holding import raised

    return {
        (each.duty.officer, each.duty.what, each.duty.due_on, each.overdue)
        for each in raised(world.home())
    }


def owing(world: worlds.World) -> dict[str, date]:
    from portcullis.office.owed import owing as run

    return run(world.home())


def test_each_duty_comes_due_on_its_day_and_is_late_on_the_next(stage) -> None:
    world = stage("released")
    officers = ("officer-1", "officer-2")
    world.home().set_date(DUE)
    assert due(world) == {(each, "status", DUE, False) for each in officers}
    assert owing(world) == {}
    world.home().set_date(LATE)
    review = DUE + timedelta(days=30)
    assert due(world) == {
        row
        for each in officers
        for row in ((each, "status", DUE, True), (each, "disposal-review", review, False))
    }
    assert owing(world) == dict.fromkeys(officers, DUE)
    state(world, "officer-1", "proceeding")
    assert owing(world) == {"officer-2": DUE}
    state(world, "officer-1", "none")
    world.home().set_date(review + timedelta(days=1))
    disposal = LATE + timedelta(days=30)
    assert ("officer-1", "disposal", disposal, False) in due(world)
    assert ("officer-2", "disposal-review", review, True) in due(world)
    certify(world, "returned")
    assert due(world) == set()
    checks.ledger_verifies(world.home())


def test_silence_holds_the_officers_new_requests_until_the_status_comes(stage, monkeypatch) -> None:
    world = stage("released")
    from portcullis.office import files

    worlds.attest(world, LATE)
    monkeypatch.setattr(worlds, "BATCH_DAY", LATE)
    send(world, [worlds.request(template(), 2001)])
    assert acts.state(world, "batch-2") == "held"
    (_, entry) = checks.of_kind(world.home(), "held")[-1]
    assert entry["reasons"] == ["status-owed"]
    assert not (world.home().batch("batch-2") / files.LOOKUPS).exists()
    assert "officer-1" in files.find_batch("batch-2").held_reason
    assert "custody status" in files.find_batch("batch-2").held_reason
    state(world, "officer-2", "closed")
    assert acts.adjudicate(world, batch="batch-2").held
    state(world, "officer-1", "proceeding")
    assert not acts.adjudicate(world, batch="batch-2").held
    assert acts.state(world, "batch-2") == "determined"


def test_an_officer_who_owes_a_status_gets_no_package(stage) -> None:
    """Half of a batch is delivered; when the rest goes on, one of the two officers is late."""
    world = stage("approved")
    terms = world.home_path / "pack" / "safeguards.toml"
    terms.write_text(terms.read_text().replace("status_days = 90", "status_days = 1"))
    renamed = []

    def stop(step: str) -> None:
        renamed.append(step)
        if renamed.count("rename") == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        acts.release(world, announce=stop)
    assert {one.officer for one in acts.packages(world, state="delivered")} == {
        "officer-1",
        "officer-2",
    }
    worlds.attest(world, worlds.ANSWER_DAY + timedelta(days=2))
    delivered = [one.id for one in acts.packages(world, state="delivered", officer="officer-1")]
    state(world, "officer-1", "proceeding", *delivered)
    released = acts.release(world)
    assert (released.delivered, released.not_sent) == (4, 2)
    told = {entry["reason"] for _, entry in checks.of_kind(world.home(), "not-sent")}
    assert told == {"status-owed"}
    assert acts.answered(world)["REQ-00006"] == "no disclosure"


def test_a_status_is_its_own_officers_newer_and_of_a_case_that_goes_on(stage) -> None:
    world = stage("released")
    own, others = ids(world, "officer-1"), ids(world, "officer-2")
    today = at(world.home().today())
    for packages, by, on, told in (
        (others, "officer-1", today, "another officer's"),
        (("f" * 32,), "officer-1", today, "Not every package"),
        (own, "officer-1", today - timedelta(days=1), "older than the delivery"),
        (own, "officer-1", today + timedelta(days=2), "time to come"),
    ):
        with pytest.raises(Refused, match=told):
            enter(world, Status(packages, by, "proceeding", on))
    world.home().set_date(DUE)
    state(world, "officer-1", "proceeding")
    with pytest.raises(Refused, match="newer status"):
        enter(world, Status(own, "officer-1", "proceeding", today))
    state(world, "officer-1", "closed")
    for _ in range(2):
        with pytest.raises(Refused, match="has ended"):
            state(world, "officer-1", "proceeding")


def test_only_a_custodian_of_the_requester_certifies_and_every_attempt_is_on_record(stage) -> None:
    world = stage("released")
    named, on = ids(world), at(world.home().today())
    acts.enrol(world, "custodian-2", ["custodian"], agency="FBI")

    def by(name: str, key: str = "") -> Any:
        return lambda: enter(world, Certificate(named, name, "returned", "", on), key)

    act = "recipient-statement"
    acts.denied(world, act, "officer-1", "role", by("officer-1"))
    acts.denied(world, act, "custodian-2", "agency", by("custodian-2"))
    acts.denied(world, act, "officer-1", "key", lambda: enter(
        world, Status(named, "officer-2", "closed", on), "officer-1"
    ))  # fmt: skip
    acts.change_person(world, "custodian", in_force_to=world.home().today() - timedelta(days=1))
    acts.denied(world, act, "custodian", "role", by("custodian"))
    (world.folder / "keys" / "stranger.pem").write_bytes(
        (world.folder / "keys" / "custodian.pem").read_bytes()
    )
    from portcullis import keys

    keys.save_private(keys.generate(), world.key_path("stranger"))
    acts.denied(world, act, "unknown", "not-enrolled", by("stranger"))
    assert not checks.of_kind(world.home(), "certificate")


def test_a_certificate_stands_whole_on_the_ledger_and_names_nobody_else(stage) -> None:
    world = stage("released")
    entered = certify(world, "destroyed")
    ((position, entry),) = checks.of_kind(world.home(), "certificate")
    assert (entered.position, entered.packages, entered.holds) == (position, 6, ())
    assert set(entry) == {"at", "kind", "packages", "person", "says", "stated_at", "statement"}
    assert (entry["says"], entry["person"]) == ("destroyed", "custodian")
    from portcullis.custody import read_statement

    said = read_statement(entry["statement"], world.home().roster.person("custodian").verify)
    assert isinstance(said, Certificate)
    assert list(said.packages) == entry["packages"]
    with pytest.raises(Refused, match="already"):
        certify(world, "destroyed")
    with pytest.raises(Refused, match="has ended"):
        acts.token(world, acts.packages(world)[0])


def test_a_hold_stops_a_disposal_and_what_breaks_it_is_entered_with_it(stage) -> None:
    world = stage("released")
    from portcullis.office import orders
    from portcullis.office.holding import raised

    hold = Hold(
        "hold-1",
        acts.DOCKET,
        "dcd",
        world.home().today(),
        acts.DOCUMENT,
        Scope(officers=("officer-1",)),
    )
    orders.place(world.home(), acts.hands(world, "counsel"), hold)
    state(world, "officer-1", "closed")
    state(world, "officer-2", "closed")
    world.home().set_date(worlds.ANSWER_DAY + timedelta(days=31))
    found = {(one.duty.officer, one.overdue, one.holds) for one in raised(world.home())}
    assert found == {("officer-1", False, ("hold-1",)), ("officer-2", True, ())}
    assert certify(world, "continued").holds == ()
    assert certify(world, "destroyed").holds == ("hold-1",)
    assert checks.of_kind(world.home(), "certificate")[-1][1]["holds"] == ["hold-1"]


def test_a_home_put_back_owes_and_is_owed_the_same(stage) -> None:
    world = stage("released")
    before: dict[str, Any] = {}

    def since() -> None:
        state(world, "officer-1", "closed")
        certify(world, "continued", *ids(world, "officer-2")[:1])
        before["due"] = due(world)

    again = restored.lost_and_put_back(world, since)
    restored.whole_again(again, world.home_path)
    assert due(again) == before["due"]
    assert {what for _, what, _, _ in before["due"]} == {"disposal", "renewal", "status"}
