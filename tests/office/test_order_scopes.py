"""How far an order reaches: sealed persons, what it stops, from when; and what no clock undoes."""

import gzip
import json
import zlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from portcullis.errors import Refused
from portcullis.standing import Scope
from tests.office import acts, checks, disclosed, restored
from tests.office import world as worlds
from tests.office.test_looking_again import append_unrelated
from tests.office.test_orders import ALL, EVEN, ODD, closed


def sealed(world: worlds.World, text: str, name: str = "order-1") -> Scope:
    from portcullis.office.persons import keep, read

    path = world.folder / "sealed.csv"
    path.write_text(text)
    found = read(world.home(), name, path)
    if found is None:
        return Scope()
    keep(world.home(), found)
    return Scope(persons=(found.name,))


def by_name(number: int) -> str:
    """Return a sealed row that names one of the world's persons in capitals, without a TIN."""
    row = worlds.batch_rows(6).row(number - 1, named=True)
    return f",{row['given_name'].upper()},{row['family_name'].upper()}\n"


def two(world: worlds.World) -> Scope:
    header = "tin,given_name,family_name\n"
    return sealed(world, f"{header}900-00-0003,Somebody,Else\n{by_name(4)}")


def test_an_order_on_sealed_persons_reaches_them_and_nobody_else(stage) -> None:
    world = stage("sealed")
    acts.place(world, "order-1", two(world))
    assert closed(world) == {"REQ-00003", "REQ-00004"}
    assert acts.release(world).delivered == 4
    assert {one for one in ALL if acts.outcomes(world)[one] == "held"} == {"REQ-00003", "REQ-00004"}
    checks.ledger_verifies(world.home())


def test_nobody_reads_who_is_sealed_in_the_ledger_or_in_the_orders_files(stage) -> None:
    world = stage("sealed")
    acts.place(world, "order-1", two(world))
    row = worlds.batch_rows(6).row(3, named=True)
    files = [path for path in (world.home_path / "orders").iterdir() if path.is_file()]
    assert files
    said = json.dumps(checks.entries(world.home())).encode() + b"".join(
        path.name.encode() + path.read_bytes() for path in files
    )
    for secret in ("900000003", "900-00-0003", "Somebody", row["family_name"], "GIVENAAAD"):
        assert secret.encode() not in said
        assert secret.upper().encode() not in said.upper()
    ((_, entry),) = checks.of_kind(world.home(), "order-filed")
    assert list(entry["scope"]) == ["persons"]
    # Of the same persons under another order the ledger has another name.
    assert sealed(world, "tin\n900-00-0003\n", "a") != sealed(world, "tin\n900000003\n", "b")
    assert sealed(world, "tin\n900-00-0003\n", "a") == sealed(world, "tin\n900000003\n", "a")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tin,family_name\n",
        "persons\nsomebody\n",
        "tin,given_name,family_name\n900-00-0003,,\n,,\n",
        "tin\n12345\n",
        "tin,given_name,family_name\n90-00-003,Some,Body\n",
        "tin,given_name,Family Name\n900-00-0003,Some,Body\n",
        "TIN,given_name,family_name\n900-00-0003,Some,Body\n",
    ],
)
def test_persons_that_cannot_be_read_are_everybody(stage, text: str) -> None:
    world = stage("new")
    assert sealed(world, text).everything


def test_a_file_of_persons_that_is_compressed_or_too_long_is_everybody(stage, monkeypatch) -> None:
    from portcullis.office import persons

    world = stage("new")
    rows = b"tin\n" + b"900000003\n" * 1000
    for packed in (gzip.compress(rows), zlib.compress(rows)):
        assert persons.digested(world.home(), "order-1", packed) is None
    assert persons.digested(world.home(), "order-1", rows).count == 1000
    monkeypatch.setattr(persons, "LONGEST", len(rows) - 1)
    assert persons.digested(world.home(), "order-1", rows) is None
    assert not persons.known(world.home())


def test_whom_a_set_cannot_tell_from_its_persons_lies_in_it(stage) -> None:
    world = stage("new")
    rows = worlds.batch_rows(6).with_row_index()
    no_tin = pl.when(pl.col("index") != 0).then("tin").alias("tin")
    no_name = pl.when(pl.col("index") != 1).then("given_name").alias("given_name")
    path = world.batch_file.with_name("unlike.csv")
    rows.with_columns(no_tin, no_name).drop("index").write_csv(path)
    worlds.sign(world, path, worlds.BATCH)
    acts.receive(world, path)

    def reached(text: str, order: str) -> set[int]:
        from portcullis.office.persons import in_batch

        (name,) = sealed(world, text, order).persons
        return set(in_batch(world.home(), worlds.BATCH, (name,)).by_row)

    assert reached("tin\n900-00-0003\n", "a") == {0, 2}
    assert reached(f"tin,given_name,family_name\n{by_name(4)}", "b") == {1, 3}
    assert reached("tin,given_name,family_name\n900-00-0003,Some,Body\n", "c") == {2}
    assert reached(f"tin,given_name,family_name\n900-00-0003,,\n{by_name(4)}", "d") == {0, 1, 2, 3}


def test_a_set_that_a_restore_lost_reaches_everybody_until_it_is_sealed_again(stage) -> None:
    world = stage("sealed")
    again = restored.lost_and_put_back(world, lambda: acts.place(world, "order-1", two(world)))
    restored.whole_again(again, world.home_path)
    assert closed(again) == ALL
    from portcullis.office.persons import missing, read, seal_again

    assert missing(again.home()) == ["order-1"]

    path = again.folder / "other.csv"
    path.write_text("tin\n900-00-0005\n")
    with pytest.raises(Refused, match="not the persons"):
        seal_again(again.home(), "order-1", read(again.home(), "order-1", path))
    assert closed(again) == ALL
    found = read(again.home(), "order-1", again.folder / "sealed.csv")
    seal_again(again.home(), "order-1", found)
    assert closed(again) == {"REQ-00003", "REQ-00004"}
    assert missing(again.home()) == []


# Look-ups.


def looked_up(world: worlds.World) -> set[str]:
    from portcullis.office import files

    home = world.home()
    batch = files.find_batch(worlds.BATCH)
    ids = files.read_step(home, batch, files.REQUESTS, ["request_id"])["request_id"]
    return {ids[row] for row in files.read_step(home, batch, files.LOOKUPS)["row"]}


def test_nobody_is_looked_up_while_an_order_stops_it(stage) -> None:
    world = stage("received")
    acts.place(world)
    held = acts.adjudicate(world)
    assert held.held[0].startswith("order-stands")
    assert acts.state(world) == "held"
    assert not checks.of_kind(world.home(), "looked-up")
    for person in ("counsel", "counsel-2"):
        acts.lift(world, person)
    assert acts.adjudicate(world).outcomes["eligible"] == 6


@pytest.mark.long
def test_an_order_on_releases_leaves_look_ups_open(stage) -> None:
    world = stage("received")
    acts.place(world, stops=("release", "use"))
    assert acts.adjudicate(world).outcomes["eligible"] == 6


def test_whom_an_order_reaches_is_not_looked_up_and_is_answered_like_all_others(stage) -> None:
    world = stage("received")
    acts.place(world, "order-1", two(world))
    acts.place(world, "order-2", Scope(officers=("officer-2",)), stops=("look-up",))
    done = acts.adjudicate(world)
    barred = EVEN | {"REQ-00003"}
    assert done.outcomes["eligible"] == 2
    assert not looked_up(world) & barred
    assert looked_up(world) >= ALL - barred
    from portcullis.office import files

    batch = files.find_batch(worlds.BATCH)
    table = files.read_step(world.home(), batch, files.DETERMINATIONS)
    reasons = dict(table.select("request_id", "reasons").iter_rows())
    assert {one for one, why in reasons.items() if why == "order-stands"} >= barred
    assert {acts.outcomes(world)[one] for one in barred} == {"held"}
    worlds.approve(world, world.home())
    acts.release(world)
    assert {acts.answered(world)[one] for one in barred} == {"no disclosure"}
    assert {acts.answered(world)[one] for one in ALL - barred} == {"disclosed"}
    checks.ledger_verifies(world.home())


def test_whose_package_an_order_names_is_not_looked_up_again(stage) -> None:
    world = stage("sealed")
    from portcullis.office import files, look_ups

    package = acts.package_of(world, "REQ-00003")
    acts.place(world, "order-1", Scope(packages=(package.id,)), stops=("look-up",))
    batch = files.find_batch(worlds.BATCH)
    assert look_ups.stopped(world.home(), batch).to_list() == [package.row]
    with (
        pytest.raises(Refused, match="order-stands"),
        look_ups.looking_up(world.home(), batch, [package.row]),
    ):
        pass


@pytest.mark.long
def test_whom_an_order_reaches_is_not_looked_up_again_in_newer_records(stage) -> None:
    world = stage("sealed")
    append_unrelated(world)
    acts.place(world, "order-1", Scope(officers=("officer-1",)), stops=("look-up",))
    assert acts.release(world).delivered == 3
    not_sent = {entry["reason"] for _, entry in checks.of_kind(world.home(), "not-sent")}
    assert not_sent == {"order-stands"}
    assert {one for one in ALL if acts.outcomes(world)[one] == "held"} == ODD


@pytest.mark.long
def test_nobody_is_looked_up_again_while_the_recipient_may_not_receive(stage) -> None:
    world = stage("sealed")
    append_unrelated(world)
    world.home().set_date(worlds.ANSWER_DAY + timedelta(days=1))
    before = len(checks.of_kind(world.home(), "looked-up"))
    with pytest.raises(Refused, match="not-attested-today"):
        acts.release(world)
    assert len(checks.of_kind(world.home(), "looked-up")) == before
    assert not checks.published(world.home(), worlds.BATCH)


def test_an_order_filed_while_a_batch_is_screened_stops_its_look_ups(stage) -> None:
    world = stage("received")

    def then_an_order(step: str) -> None:
        if step == "match":
            acts.place(world)

    assert acts.adjudicate(world, announce=then_an_order).held
    assert not checks.of_kind(world.home(), "looked-up")


@pytest.mark.long
def test_a_history_is_not_compared_while_an_order_stops_look_ups(stage) -> None:
    world = stage("new")
    disclosed.import_(world, disclosed.write(world, disclosed.disclosures()))
    acts.place(world)
    with pytest.raises(Refused, match="order-stands"):
        disclosed.compare(world)
    assert not checks.of_kind(world.home(), "looked-up")
    for person in ("counsel", "counsel-2"):
        acts.lift(world, person)
    acts.place(world, "order-2", stops=("release",))
    assert disclosed.compare(world) == 10


def test_an_order_on_the_recipients_use_lets_packages_leave_and_not_be_opened(stage) -> None:
    world = stage("sealed")
    acts.place(world, "order-1", Scope(officers=("officer-1",)), stops=("use",))
    assert acts.release(world).delivered == 6
    with pytest.raises(Refused, match="order-1"):
        acts.token(world, acts.package_of(world, "REQ-00001"))
    assert acts.token(world, acts.package_of(world, "REQ-00002"))


@pytest.mark.long
def test_an_order_on_look_ups_alone_stops_no_release(stage) -> None:
    world = stage("sealed")
    acts.place(world, stops=("look-up",))
    assert acts.release(world).delivered == 6
    assert acts.token(world, acts.package_of(world, "REQ-00001"))


# Clocks.


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def clock(monkeypatch: pytest.MonkeyPatch, at: datetime) -> None:
    from portcullis.office import Home

    monkeypatch.setattr(Home, "now", lambda _home: at)


def test_an_order_takes_effect_at_its_instant_and_no_clock_put_back_undoes_it(
    stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = stage("sealed")
    noon = at_noon(worlds.ANSWER_DAY)
    clock(monkeypatch, noon - timedelta(hours=2))
    acts.place(world, effective_at=noon)
    assert closed(world) == set()
    clock(monkeypatch, noon - timedelta(seconds=1))
    assert closed(world) == set()
    clock(monkeypatch, noon)
    assert closed(world) == ALL
    # Whatever is done after it took effect stands on the ledger with its time.
    acts.place(world, "order-2", Scope(batches=("batch-2",)))
    clock(monkeypatch, noon - timedelta(hours=1))
    assert closed(world) == ALL


def test_a_clock_put_back_makes_nobody_fit_to_be_looked_up(
    stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = stage("received")
    noon = at_noon(worlds.BATCH_DAY)
    clock(monkeypatch, noon + timedelta(days=1))
    held = acts.adjudicate(world).held
    assert [one.partition(":")[0] for one in held] == ["not-attested-today"]
    clock(monkeypatch, noon)
    held = acts.adjudicate(world).held
    assert [one.partition(":")[0] for one in held] == ["clock-wrong"]
    assert not checks.of_kind(world.home(), "looked-up")


def test_an_order_in_effect_stands_through_leap_days_and_changes_of_the_clock(
    stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = stage("sealed")
    acts.place(world, expires_on=worlds.ANSWER_DAY)
    for day in (date(2028, 2, 29), date(2028, 3, 12), date(2028, 11, 5)):
        for hour in (0, 6, 7, 23):
            clock(monkeypatch, datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC))
            assert closed(world) == ALL


def test_neither_its_end_nor_a_vacatur_lifts_an_order(stage) -> None:
    world = stage("sealed")
    acts.place(world, expires_on=worlds.ANSWER_DAY)
    worlds.attest(world, worlds.ANSWER_DAY + timedelta(days=1))
    assert closed(world) == ALL
    # A ruling that vacates it is a document: one person's word of it lifts nothing.
    assert not acts.lift(world, "counsel", document="ee" * 32).lifted
    assert closed(world) == ALL
    from portcullis.office.notices import tracked

    found = tracked(world.home(), "order-1")
    assert (found.standing, found.expired, found.approvals) == (True, True, 1)
    assert acts.lift(world, "counsel-2", document="ee" * 32).lifted
    from portcullis.office.orders import standing_orders

    assert standing_orders() == []


@pytest.mark.long
def test_what_an_order_says_survives_a_restore(stage) -> None:
    world = stage("sealed")
    facts = {
        "stops": ("release", "use"),
        "effective_at": at_noon(date(2025, 7, 1)),
        "expires_on": date(2025, 8, 1),
    }
    again = restored.lost_and_put_back(world, lambda: acts.place(world, **facts))
    restored.whole_again(again, Path(world.home_path))
    from portcullis.office.orders import standing_orders

    (order,) = standing_orders()
    assert {name: getattr(order, name) for name in facts} == facts
    assert closed(again) == ALL
