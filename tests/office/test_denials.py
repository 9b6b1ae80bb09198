"""Denied attempts: every one is on record, and nobody makes the ledger grow with each."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from portcullis.errors import Refused
from tests.office import acts, checks
from tests.office.world import World


def deny(world: World, person: str = "sampler", act: str = "approve", reason: str = "role") -> None:
    from portcullis.office.people import record_denied

    record_denied(world.home(), act, person, reason)


def entered(world: World) -> list[int]:
    """Return of each entry of a denial how many attempts it tells of."""
    return [each.get("times", 1) for _, each in checks.of_kind(world.home(), "denied")]


def test_what_is_tried_again_at_once_is_counted_and_the_next_entry_tells_it(stage) -> None:
    world = stage("new")
    from portcullis.office import denials
    from portcullis.office.people import check_role

    for _ in range(5):
        with pytest.raises(Refused, match="does not hold the role") as refused:
            check_role(world.home(), world.actor("sampler"), "approve")
        assert refused.value.remedy == "The attempt is on the record."
    assert entered(world) == [1]
    assert (denials.waiting(), denials.total()) == (4, 5)
    acts.minutes_later()
    deny(world)
    assert entered(world) == [1, 5]
    assert (denials.waiting(), denials.total()) == (0, 6)
    checks.ledger_verifies(world.home())


def test_what_was_counted_comes_on_the_ledger_though_nobody_tries_again(stage) -> None:
    world = stage("new")
    from portcullis.office import denials
    from portcullis.office.models import CountedDenial

    for _ in range(3):
        deny(world)
    denials.settle(world.home())
    assert entered(world) == [1], "its minutes are not over"
    acts.minutes_later()
    denials.settle(world.home())
    denials.settle(world.home())
    assert entered(world) == [1, 2]
    assert not CountedDenial.objects.exists()


def test_another_person_act_or_reason_is_an_entry_at_once(stage) -> None:
    world = stage("new")
    for _ in range(2):
        deny(world)
        deny(world, person="counsel")
        deny(world, act="transmit")
        deny(world, reason="key")
    assert entered(world) == [1, 1, 1, 1]


def test_who_answers_people_leaves_it_to_a_worker_to_wait_for_witnesses(
    stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = stage("new")
    from portcullis.office import denials, locks
    from portcullis.office.models import Entry

    monkeypatch.setattr(denials, "_answering", threading.Event())
    denials.answer_first()
    monkeypatch.setattr(locks, "sequencer", lambda: pytest.fail("it would wait its turn"))
    deny(world)
    monkeypatch.undo()
    assert not Entry.objects.get(kind="denied").integrated
    denials.settle(world.home())
    assert entered(world) == [1]


@pytest.mark.both_databases
def test_of_many_at_once_every_one_is_counted(stage) -> None:
    world = stage("new")
    from django.db import connections

    from portcullis.office import denials

    def once(_number: int) -> None:
        deny(world)
        connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(once, range(12)))
    assert denials.total() == 12
    assert entered(world) == [1]
