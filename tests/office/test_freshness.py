"""The ledger or the clock failing closes the gate: packages stay sealed, and nothing is lost."""

from datetime import timedelta

import pytest

from portcullis import ledger, standing
from portcullis.errors import PortcullisError, Refused
from tests.office import acts, checks
from tests.office import world as worlds
from tests.office.elsewhere import Elsewhere, witnesses_file
from tests.office.test_ledger_keys import administrator
from tests.office.test_notices import file, holder, notice


def adopt(world: worlds.World, *others: Elsewhere, k: int) -> None:
    from portcullis.office.ledger_keys import adopt_witnesses

    for other in others:
        other.trust(world.home())
    adopt_witnesses(world.home(), administrator(world), witnesses_file(world.folder, *others, k=k))


def states(world: worlds.World) -> set[str]:
    return {package.state for package in acts.packages(world)}


def test_without_a_fresh_checkpoint_nothing_leaves_and_the_package_stays_sealed(stage) -> None:
    from portcullis.office.files import find_batch
    from portcullis.office.release import publish

    world = stage("sealed")
    home = world.home()
    home.set_date(worlds.ANSWER_DAY + timedelta(days=1))
    first = acts.packages(world)[0]
    with pytest.raises(Refused, match="ledger-stale: The newest checkpoint was cosigned"):
        publish(home, find_batch(worlds.BATCH), first.id)
    assert states(world) == {"sealed"}
    assert not checks.published(home, worlds.BATCH)


def test_a_checkpoint_grown_old_is_cosigned_anew_and_the_release_goes_on(stage) -> None:
    from portcullis.office.freshness import check_ledger, ledger_standing

    world = stage("sealed")
    home = world.home()
    home.set_date(worlds.ANSWER_DAY + timedelta(days=1))
    assert not ledger_standing(home).met
    check_ledger(home)
    assert ledger_standing(home).met
    checks.ledger_verifies(home)


def test_a_release_waits_for_its_witnesses_and_goes_on_when_they_are_back(stage, tmp_path) -> None:
    world = stage("approved")
    other = Elsewhere(tmp_path / "other")
    with other.running():
        adopt(world, other, k=2)
    with pytest.raises(ledger.TooFewCosigned, match="1 of 2 witnesses have cosigned"):
        acts.release(world)
    assert not checks.published(world.home(), worlds.BATCH)
    with other.running():
        assert acts.release(world).delivered == 6
    checks.ledger_verifies(world.home())


def test_an_order_filed_while_a_witness_is_silent_is_in_force_all_the_same(stage, tmp_path) -> None:
    world = stage("sealed")
    other = Elsewhere(tmp_path / "other")
    with other.running():
        adopt(world, other, k=2)
    from portcullis.office.entries import OnRecord

    with pytest.raises(OnRecord, match=r"on record, and in force.*1 of 2 witnesses"):
        file(world)
    # And the recipient is told.
    assert standing.read_notice(notice(world), holder(world))["says"] == "freeze"
    with other.running():
        released = acts.release(world)
    assert (released.delivered, released.not_sent) == (0, 6)
    assert len(checks.of_kind(world.home(), "order-filed")) == 1
    assert len(checks.of_kind(world.home(), "notice-issued")) == 1


def test_a_clock_behind_its_witnesses_closes_the_gate_until_it_is_put_right(
    stage, tmp_path
) -> None:
    from portcullis.office.freshness import ledger_standing
    from portcullis.office.ledger_keys import recosign

    world = stage("approved")
    other = Elsewhere(tmp_path / "other", ahead=3630)
    with other.running():
        adopt(world, other, k=2)
        with pytest.raises(PortcullisError, match=r"in force.*clock-wrong"):
            acts.place(world)
        assert not ledger_standing(world.home()).met
        with pytest.raises(Refused, match="60 minutes in the future"):
            acts.release(world)
        other.ahead = 0
        recosign(world.home(), administrator(world))
        assert ledger_standing(world.home()).met
    assert checks.of_kind(world.home(), "recosign-ledger")


def test_an_opening_is_refused_while_the_ledger_is_stale(stage, tmp_path) -> None:
    world = stage("approved")
    other = Elsewhere(tmp_path / "other")
    with other.running():
        adopt(world, other, k=2)
        acts.release(world)
        assert acts.token(world, acts.packages(world)[0])
    home = world.home()
    home.set_date(worlds.ANSWER_DAY + timedelta(days=1))
    with pytest.raises(Refused):
        acts.token(world, acts.packages(world)[0])


def silent_since_adopted(world: worlds.World, tmp_path) -> Elsewhere:
    """Return a witness elsewhere that must cosign and says nothing any more."""
    other = Elsewhere(tmp_path / "other")
    with other.running():
        adopt(world, other, k=2)
    return other


@pytest.mark.sqlite
def test_a_database_that_lost_what_was_signed_gives_no_position_away_again(stage, tmp_path) -> None:
    from django.db import connections

    world = stage("approved")
    other = silent_since_adopted(world, tmp_path)
    connections.close_all()
    kept = (world.home_path / "state.sqlite3").read_bytes()
    with pytest.raises(PortcullisError, match="on record"):
        acts.place(world, "order-1")
    connections.close_all()
    for name in ("state.sqlite3-wal", "state.sqlite3-shm"):
        (world.home_path / name).unlink(missing_ok=True)
    (world.home_path / "state.sqlite3").write_bytes(kept)
    with pytest.raises(Refused, match="older than the ledger"):
        acts.place(world, "order-2")
    with other.running(), pytest.raises(Refused, match="database-behind-ledger"):
        acts.release(world)
    assert not checks.published(world.home(), worlds.BATCH)


def test_another_entry_in_the_database_than_was_signed_closes_the_gate(stage, tmp_path) -> None:
    from portcullis.office.freshness import ledger_standing
    from portcullis.office.models import Entry

    world = stage("approved")
    other = silent_since_adopted(world, tmp_path)
    with pytest.raises(PortcullisError, match="on record"):
        acts.place(world)
    last = Entry.objects.order_by("position").last()
    Entry.objects.filter(position=last.position).update(body=b'{"kind":"another"}')
    with other.running(), pytest.raises(ledger.LedgerDamaged) as damage:
        acts.integrate(world)
    assert damage.value.fault is ledger.Fault.FORKED
    assert any(why.startswith("database-differs") for why in ledger_standing(world.home()).reasons)


def test_a_witness_that_does_not_know_the_ledger_yet_closes_the_gate_in_words(
    stage, tmp_path
) -> None:
    from portcullis.office.freshness import ledger_standing
    from portcullis.office.ledger_keys import adopt_witnesses

    world = stage("approved")
    other = Elsewhere(tmp_path / "other")
    with other.running():
        file = witnesses_file(tmp_path, other, k=1)
        file.write_text(file.read_text().replace('[[witness]]\nname = "local"\n', ""))
        with pytest.raises(ledger.TooFewCosigned, match="0 of 1"):
            adopt_witnesses(world.home(), administrator(world), file)
        with pytest.raises(ledger.TooFewCosigned):
            acts.release(world)
        other.trust(world.home())
        adopt_witnesses(world.home(), administrator(world), file)
        assert ledger_standing(world.home()).met
        assert acts.release(world).delivered == 6


@pytest.mark.parametrize("what", ["tile/entries", "tile/0", "checkpoint"])
def test_a_release_refuses_a_damaged_ledger_by_the_name_of_its_fault(stage, what) -> None:
    world = stage("approved")
    folder = world.home().ledger
    path = folder / what
    victim = path if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())[0]
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(data)
    with pytest.raises(ledger.LedgerDamaged) as damage:
        acts.release(world)
    assert (
        damage.value.fault
        in {
            "tile/entries": {ledger.Fault.CORRUPT_BUNDLE},
            "tile/0": {ledger.Fault.CORRUPT_TILE, ledger.Fault.CORRUPT_BUNDLE},
            "checkpoint": {ledger.Fault.CORRUPT_CHECKPOINT, ledger.Fault.UNSIGNED},
        }[what]
    )
    assert not checks.published(world.home(), worlds.BATCH)


def test_an_order_is_recorded_even_while_the_ledger_cannot_be_read(stage) -> None:
    from portcullis.office.orders import standing_orders

    world = stage("approved")
    checkpoint = world.home().ledger / "checkpoint"
    away = checkpoint.rename(checkpoint.with_name("away"))
    checkpoint.mkdir()
    with pytest.raises(PortcullisError, match=r"on record, and in force.*cannot be read"):
        acts.place(world)
    assert [order.id for order in standing_orders()] == ["order-1"]
    with pytest.raises(ledger.LedgerDamaged, match="cannot be read"):
        acts.release(world)
    checkpoint.rmdir()
    away.rename(checkpoint)
    released = acts.release(world)
    assert (released.delivered, released.not_sent) == (0, 6)
