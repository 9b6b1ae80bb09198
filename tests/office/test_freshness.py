"""The ledger or the clock failing closes the gate: packages stay sealed, and nothing is lost."""

from datetime import timedelta

import pytest

from portcullis import ledger
from portcullis.errors import Refused
from tests.office import acts, checks
from tests.office import world as worlds
from tests.office.elsewhere import Elsewhere, witnesses_file
from tests.office.test_ledger_keys import administrator


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
    with pytest.raises(ledger.TooFewCosigned):
        acts.place(world)
    with other.running():
        released = acts.release(world)
    assert (released.delivered, released.not_sent) == (0, 6)
    assert len(checks.of_kind(world.home(), "order-filed")) == 1


def test_a_clock_behind_its_witnesses_closes_the_gate_until_it_is_put_right(
    stage, tmp_path
) -> None:
    from portcullis.office.freshness import ledger_standing
    from portcullis.office.ledger_keys import recosign

    world = stage("approved")
    other = Elsewhere(tmp_path / "other", ahead=3630)
    with other.running():
        adopt(world, other, k=2)
        with pytest.raises(Refused, match="clock-wrong"):
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
