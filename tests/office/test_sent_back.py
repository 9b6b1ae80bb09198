"""The approver sends a list back: never approved, its batch answered, the reason kept inside."""

import pytest

from portcullis.errors import Refused
from tests.office import acts, checks
from tests.office.world import BATCH, World

REASON = "The orders cited are of another court."


@pytest.fixture
def world(stage) -> World:
    """A world whose list waits for the approver."""
    fresh = stage("determined")
    acts.impair(fresh)
    acts.to_answer_day(fresh)
    acts.draw(fresh)
    acts.examine(fresh)
    return fresh


def send_back(world: World, reason: str = REASON, by: str = "approver") -> None:
    from portcullis.office import approval

    approval.send_back(world.home(), BATCH, acts.hands(world, by), reason)


def test_a_list_sent_back_is_never_approved_and_its_batch_is_answered(world: World) -> None:
    send_back(world)
    assert acts.state(world) == "unapprovable"
    with pytest.raises(Refused, match="sent the list back"):
        acts.approve(world)
    acts.release(world)
    assert acts.state(world) == "answered"
    assert "released" not in acts.outcomes(world).values()
    assert "disclosed" not in acts.answered(world).values()
    checks.ledger_verifies(world.home())


def test_the_reason_stays_inside(world: World) -> None:
    from portcullis.office import approval
    from portcullis.office.files import find_batch

    home = world.home()
    assert approval.reason_sent_back(home, find_batch(BATCH)) == ""
    send_back(world)
    assert approval.reason_sent_back(home, find_batch(BATCH)) == REASON
    ((_, entry),) = checks.of_kind(home, "send-back")
    assert set(entry) == {"at", "batch", "by", "kind", "list", "log", "root", "signature"}
    for path in home.path.rglob("*"):
        assert not path.is_file() or REASON.encode() not in path.read_bytes(), path


def test_a_list_is_sent_back_for_a_reason_and_by_an_approver_apart(world: World) -> None:
    with pytest.raises(Refused, match="reason"):
        send_back(world, " ")
    acts.change_person(world, "sampler", roles=("sampler", "approver"))
    acts.denied(world, "send-back", "sampler", "two-people", lambda: send_back(world, by="sampler"))
    acts.change_person(world, "approver", roles=("approver", "transmitter"))
    send_back(world)
    acts.denied(
        world, "transmit", "approver", "two-people", lambda: acts.release(world, by="approver")
    )


def test_the_ledger_alone_says_that_it_was_sent_back(world: World) -> None:
    from portcullis import ledger
    from portcullis.office import rebuilding

    send_back(world)
    entries = enumerate(ledger.Log.open(world.home().ledger).entries())
    said = rebuilding.fold((at, rebuilding.read(at, entry)) for at, entry in entries)
    assert said.batches[BATCH].state == "unapprovable"
