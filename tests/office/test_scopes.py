"""What a scope reaches in a home, counted before anything is filed."""

import pytest

from portcullis.standing import EVERYTHING, Scope
from tests.office import disclosed
from tests.office.world import BATCH, BATCH_DAY


def reach(world, scope: Scope) -> tuple[int, ...]:
    from portcullis.office.scopes import reach as run

    found = run(world.home(), scope)
    return (found.batches, found.requests, found.delivered, found.undelivered, found.imported)


def test_a_scope_is_counted_clause_by_clause(stage) -> None:
    world = stage("released")
    assert reach(world, EVERYTHING) == (1, 10, 6, 0, 0)
    assert reach(world, Scope(batches=(BATCH,))) == (1, 10, 6, 0, 0)
    assert reach(world, Scope(statutes=("8 U.S.C. § 1253",))) == (1, 10, 6, 0, 0)
    assert reach(world, Scope(received_from=BATCH_DAY)) == (1, 10, 6, 0, 0)
    assert reach(world, Scope(received_to=BATCH_DAY.replace(year=2024))) == (0, 0, 0, 0, 0)
    assert reach(world, Scope(officers=("officer-1",))) == (0, 0, 3, 0, 0)
    # Under seal nobody is looked for.
    assert reach(world, Scope(persons=("0" * 64,))) == (0, 0, 0, 0, 0)


def test_what_is_made_and_not_delivered_is_counted_apart(stage) -> None:
    assert reach(stage("sealed"), EVERYTHING) == (1, 10, 0, 6, 0)


@pytest.mark.long
def test_a_history_lies_in_the_scopes_of_what_it_does_not_say(stage) -> None:
    world = stage("new")
    history = disclosed.import_(world, disclosed.write(world, disclosed.disclosures(4)))
    assert reach(world, Scope(batches=(history.id,)))[4] == history.taken
    assert reach(world, Scope(statutes=("8 USC 1253",)))[4] == history.taken
    assert reach(world, Scope(packages=("x",)))[4] == 0
