"""The state that the entries make: folded from the first, it is the state the office has."""

import pytest

from portcullis.errors import Misuse
from portcullis.standing import Scope
from tests.office import acts, checks, restored
from tests.office import world as worlds


def recorded(world: worlds.World):
    from portcullis.office.catching_up import recorded_state

    world.home()
    return recorded_state()


@pytest.mark.parametrize("stood", ["new", "received", "determined", "approved", "sealed"])
def test_the_fold_of_the_entries_is_the_state(stage, stood: str) -> None:
    world = stage(stood)
    from portcullis.office.comparing import disagreements

    assert disagreements(recorded(world)) == []


def test_after_many_acts_the_fold_is_still_the_state(stage) -> None:
    world = stage("released")
    one = acts.package_of(world, "REQ-00001")
    from portcullis.office.comparing import disagreements
    from portcullis.office.recalls import recall

    acts.token(world, one)
    acts.place(world, "order-1", Scope(officers=("officer-2",)))
    acts.place(world, "order-2")
    for person in ("counsel", "counsel-2"):
        acts.lift(world, person, "order-2")
    recall(world.home(), acts.hands(world, "safeguards"), [one.id], "order")
    said = recorded(world)
    assert disagreements(said) == []
    assert said.batches[worlds.BATCH].state == "answered"
    assert said.placed["order-1"].lifted is None
    assert said.placed["order-2"].lifted is not None
    assert set(said.openings.values()) == set(said.recalls) == {one.id}
    assert {each.state for each in said.packages.values()} == {"delivered"}


@pytest.mark.parametrize(
    ("table", "change", "told"),
    [
        ("Placed", {"standing": False}, "order-1 is standing"),
        ("Package", {"state": "sealed"}, "is delivered"),
        ("Batch", {"state": "approved"}, "is answered"),
        ("Act", None, "The act of entry"),
        ("Opening", None, "The opening of entry"),
        ("Recall", None, "recall of package"),
        ("SafeguardRecord", None, "safeguard record"),
    ],
)
def test_whatever_was_changed_behind_the_ledgers_back_is_named(
    stage, table: str, change: dict | None, told: str
) -> None:
    world = stage("released")
    one = acts.package_of(world, "REQ-00001")
    acts.token(world, one)
    acts.place(world)
    from portcullis.office import models
    from portcullis.office.comparing import disagreements
    from portcullis.office.recalls import recall

    recall(world.home(), acts.hands(world, "safeguards"), [one.id], "order")
    rows = getattr(models, table).objects
    if change is None:
        from django.db import connection

        with connection.constraint_checks_disabled():
            rows.all()._raw_delete("default")
    else:
        rows.update(**change)
    assert any(told in sentence for sentence in disagreements(recorded(world)))


@pytest.mark.parametrize(
    "entry", [b"", b"[]", b"{}", b'{"kind":"batch-received"}', b'{"kind":"delivered","package":1}']
)
def test_an_entry_that_says_nothing_readable_is_named_by_its_place(entry: bytes) -> None:
    from portcullis.office.rebuilding import fold, read

    with pytest.raises(Misuse, match="Entry 7"):
        fold([(7, read(7, entry))])


@pytest.mark.both_databases
def test_what_was_put_back_is_what_was_lost(stage) -> None:
    """All rows by which anything is decided, of a home rebuilt from the entries after a backup."""
    world = stage("approved")
    before: dict[str, list] = {}

    def since() -> None:
        acts.release(world)
        acts.token(world, acts.package_of(world, "REQ-00003"))
        acts.place(world)
        denied_often(world)
        before.update(rows())

    again = restored.lost_and_put_back(world, since)
    restored.catch_up(again, world.home_path)
    assert rows() == before
    checks.ledger_verifies(again.home())


def denied_often(world: worlds.World) -> None:
    from portcullis.office.people import record_denied

    for _ in range(3):
        record_denied(world.home(), "approve", "sampler", "role")
    acts.minutes_later()
    record_denied(world.home(), "approve", "sampler", "role")


def rows() -> dict[str, list]:
    from portcullis.office import models

    wanted = {
        "Batch": ("id", "state", "manifest_digest"),
        "DeterminationList": ("batch_id", "number", "root", "leaves", "entry_id"),
        "Package": ("id", "row", "officer", "state", "authorised_id", "concluded_id", "reason"),
        "Placed": ("id", "kind", "entry", "standing", "act__entry_id"),
        "Act": ("kind", "person", "batch", "at", "entry_id"),
        "DeniedAttempt": ("kind", "person", "reason", "times", "entry_id"),
        "Opening": ("package_id", "nonce", "purpose", "at", "entry_id"),
        "Entry": ("position", "kind", "body"),
        "Checkpoint": ("size",),
        "Counter": ("name", "value"),
    }
    return {
        name: sorted(getattr(models, name).objects.values_list(*columns), key=repr)
        for name, columns in wanted.items()
    }
