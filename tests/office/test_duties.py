"""Two people, by key: who may not do what, and that every attempt is on the record."""

from datetime import timedelta

import pytest

from portcullis.agreements import PERMISSIONS
from tests.office import acts, checks
from tests.office import world as worlds

MANY = acts.EVERY_HOLDER_ROLE
ORDER = ("adjudicate", "impairment", "sample", "examine", "approve", "transmit")
ACTS = {
    "impairment": acts.impair,
    "sample": acts.draw,
    "examine": acts.examine,
    "approve": acts.approve,
    "transmit": acts.release,
}


def may_not(world: worlds.World, person: str, act: str) -> None:
    """Assert that ``person`` is denied ``act``, though the role would allow it."""
    acts.denied(world, act, person, "two-people", lambda: ACTS[act](world, by=person))
    assert checks.of_kind(world.home(), "denied")[-1][1]["batch"] == worlds.BATCH


@pytest.mark.both_databases
def test_who_prepared_the_list_does_nothing_more_to_it(stage) -> None:
    world = stage("received")
    acts.enrol(world, "many", MANY)
    acts.adjudicate(world, by="many")
    may_not(world, "many", "impairment")
    acts.impair(world)
    acts.to_answer_day(world)
    may_not(world, "many", "sample")
    acts.draw(world)
    may_not(world, "many", "examine")
    acts.examine(world)
    may_not(world, "many", "approve")
    acts.approve(world)
    may_not(world, "many", "transmit")
    assert acts.release(world).delivered == 6
    checks.ledger_verifies(world.home())


def test_who_found_or_sampled_does_not_approve_and_who_vouched_does_not_transmit(stage) -> None:
    world = stage("determined")
    for name in ("found", "drew", "examined", "approved"):
        acts.enrol(world, name, MANY)
    acts.impair(world, by="found")
    acts.to_answer_day(world)
    acts.draw(world, by="drew")
    acts.examine(world, by="examined")
    for name in ("found", "drew", "examined"):
        may_not(world, name, "approve")
    acts.approve(world, by="approved")
    for name in ("drew", "examined", "approved"):
        may_not(world, name, "transmit")
    assert acts.state(world) == "approved"
    assert not checks.published(world.home(), worlds.BATCH)


def test_who_did_any_later_act_of_a_batch_does_not_prepare_its_list() -> None:
    # No batch comes back to its preparer today; the rule must not depend on that.
    of_the_batch = [act for act in PERMISSIONS if PERMISSIONS[act].side == "holder"]
    pairs = {frozenset((one, other)) for one in of_the_batch for other in PERMISSIONS[one].apart}
    for one, other in map(tuple, pairs):
        both = other in PERMISSIONS[one].apart and one in PERMISSIONS[other].apart
        assert both, f"{one} and {other} are apart one way only"
    assert pairs == {
        *[frozenset(("adjudicate", later)) for later in ORDER[1:]],
        *[
            frozenset((verdict, act))
            for verdict in ("approve", "send-back")
            for act in ("impairment", "sample", "examine", "transmit")
        ],
        frozenset(("adjudicate", "send-back")),
        frozenset(("review", "send-back")),
        *[frozenset(("transmit", act)) for act in ("sample", "examine")],
        *[frozenset(("review", act)) for act in ORDER],
    }


def test_one_person_may_draw_and_examine_the_sample(stage) -> None:
    world = stage("determined")
    acts.impair(world)
    acts.draw(world)
    acts.examine(world)
    assert acts.state(world) == "examined"


def test_no_act_is_anothers_offices_whoever_let_them_in(stage) -> None:
    world = stage("determined")
    from portcullis.office import approval, recalls, safeguards

    home = world.home()
    person = acts.hands(world, "counsel")
    attempts = {
        "impairment": lambda: approval.record_impairment(home, worlds.BATCH, person, []),
        "sample": lambda: approval.draw_sample(home, worlds.BATCH, person),
        "safeguards": lambda: safeguards.record_safeguards(
            home, person, worlds.safeguards(worlds.ANSWER_DAY)
        ),
        "finding-accepted": lambda: safeguards.accept_finding(
            home, person, "f-1", "why", worlds.ANSWER_DAY
        ),
        "recall": lambda: recalls.recall(home, person, ["0" * 64], "incident"),
    }
    for act, attempt in attempts.items():
        acts.denied(world, act, "counsel", "role", attempt)


@pytest.mark.parametrize(
    ("person", "key", "recorded", "reason"),
    [
        ("jane.example", "approver", "unknown", "not-enrolled"),
        ("approver", "specialist", "approver", "key"),
        ("specialist", "specialist", "specialist", "role"),
        ("officer-1", "officer-1", "officer-1", "role"),
        ("left", "left", "left", "not-in-force"),
        ("to-come", "to-come", "to-come", "not-in-force"),
    ],
)
def test_nobody_acts_in_anothers_name_or_office(
    stage, person: str, key: str, *, recorded: str, reason: str
) -> None:
    world = stage("determined")
    from portcullis.office.people import identify

    day = timedelta(days=1)
    acts.enrol(world, "left", ["approver"], in_force_to=worlds.BATCH_DAY - day)
    acts.enrol(world, "to-come", ["approver"], in_force_from=worlds.BATCH_DAY + day)
    home = world.home()
    refused = acts.denied(
        world,
        "approve",
        recorded,
        reason,
        lambda: identify(home, person, world.key(key), "approve"),
    )
    # Whoever is not enrolled typed something; it may be anybody's name.
    assert "jane" not in str(checks.entries(home)) + str(refused)
    checks.ledger_verifies(home)


def test_a_person_out_of_office_since_the_act_before_may_not_act(stage) -> None:
    world = stage("approved")
    from portcullis.office.people import Actor
    from portcullis.office.release import release

    acts.change_person(world, "transmitter", in_force_to=worlds.BATCH_DAY)
    home = world.home()
    person = Actor(home.roster.person("transmitter"), world.key("transmitter"))
    act = "transmit"
    acts.denied(world, act, person.id, "not-in-force", lambda: release(home, worlds.BATCH, person))
    assert not checks.published(world.home(), worlds.BATCH)
