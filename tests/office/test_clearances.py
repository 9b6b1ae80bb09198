"""A preservation hold keeps what was disclosed; counsel clears its destruction, on the record."""

import pytest

from portcullis.errors import Misuse, Refused
from portcullis.standing import Scope
from tests.office import acts, checks, disclosed, erasing, restored
from tests.office import world as worlds
from tests.office.test_order_scopes import two


def reaching(world: worlds.World, request: str) -> list[str]:
    from portcullis.office.clearances import holds_reaching

    package = acts.package_of(world, request)
    return [hold.id for hold in holds_reaching(world.home(), package)]


def cleared(world: worlds.World, request: str) -> bool:
    from portcullis.office.clearances import cleared as run

    return run(world.home(), acts.package_of(world, request))


def clear(world: worlds.World, *requests: str, hold: str = "hold-1", by: str = "counsel", **more):
    from portcullis.office.clearances import Clearance
    from portcullis.office.clearances import clear as run

    packages = [acts.package_of(world, request).id for request in requests]
    facts = {"docket": acts.DOCKET, "document": acts.DOCUMENT, "packages": packages} | more
    person = acts.hands(world, by)
    return run(world.home(), person, Clearance(hold, **facts))


def test_a_hold_reaches_packages_as_its_scope_says(stage) -> None:
    world = stage("released")
    assert (reaching(world, "REQ-00001"), cleared(world, "REQ-00001")) == ([], True)
    erasing.hold(world, Scope(officers=("officer-1",)))
    erasing.hold(world, two(world), "hold-2")
    assert reaching(world, "REQ-00001") == ["hold-1"]
    assert reaching(world, "REQ-00003") == ["hold-1", "hold-2"]
    assert reaching(world, "REQ-00004") == ["hold-2"]
    assert reaching(world, "REQ-00002") == []
    assert [cleared(world, f"REQ-0000{number}") for number in (1, 2, 3)] == [False, True, False]


def test_destruction_under_a_hold_takes_counsels_clearance_on_the_ledger(stage) -> None:
    world = stage("released")
    erasing.hold(world)
    clear(world, "REQ-00001", "REQ-00002")
    assert [cleared(world, f"REQ-0000{number}") for number in (1, 2, 3)] == [True, True, False]
    ((_, entry),) = checks.of_kind(world.home(), "destruction-cleared")
    assert (entry["by"], entry["of"], entry["docket"]) == ("counsel", "hold-1", acts.DOCKET)
    assert entry["packages"] == sorted(acts.package_of(world, f"REQ-0000{n}").id for n in (1, 2))
    # A hold placed later is cleared anew, and the working data is kept by both all the same.
    erasing.hold(world, name="hold-2")
    assert not cleared(world, "REQ-00001")
    clear(world, "REQ-00001", hold="hold-2")
    assert cleared(world, "REQ-00001")
    erasing.to_day(world)
    with pytest.raises(Refused, match="preservation hold"):
        erasing.erase(world)
    checks.ledger_verifies(world.home())


def test_many_packages_are_asked_about_as_cheaply_as_one(stage) -> None:
    world = stage("released")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from portcullis.office.models import Package
    from portcullis.office.recall_holds import may_be_destroyed

    erasing.hold(world, Scope(officers=("officer-1",)))
    clear(world, "REQ-00001")
    every = list(Package.objects.select_related("batch"))
    mine = [package for package in every if package.officer == "officer-1"]
    assert not may_be_destroyed(world.home(), mine, None)
    clear(world, packages=[package.id for package in mine])
    asked = []
    for packages in (every[:1], every):
        with CaptureQueriesContext(connection) as queries:
            assert may_be_destroyed(world.home(), packages, None)
        asked.append(len(queries))
    assert (len(every), asked[1]) == (6, asked[0])


def test_what_is_not_kept_or_not_disclosed_is_not_cleared(stage) -> None:
    world = stage("released")
    erasing.hold(world, Scope(officers=("officer-1",)))
    with pytest.raises(Refused, match="does not reach"):
        clear(world, "REQ-00002")
    with pytest.raises(Refused, match="No hold hold-2 stands"):
        clear(world, "REQ-00001", hold="hold-2")
    with pytest.raises(Refused, match="Not everything named"):
        clear(world, packages=["0" * 64])
    with pytest.raises(Refused, match="Nothing is named"):
        clear(world)
    with pytest.raises(Refused, match="at most 500"):
        clear(world, packages=[f"{number:064x}" for number in range(501)])
    with pytest.raises(Misuse):
        clear(world, "REQ-00001", document="no digest")
    with pytest.raises(Misuse):
        clear(world, "REQ-00001", docket="because I say so")
    acts.denied(
        world, "destruction-cleared", "safeguards", "role",
        lambda: clear(world, "REQ-00001", by="safeguards"),
    )  # fmt: skip
    assert not cleared(world, "REQ-00001")


@pytest.mark.long
def test_an_imported_history_is_kept_and_cleared_likewise(stage) -> None:
    from portcullis.office.clearances import cleared_history, holds_reaching_history
    from portcullis.office.histories import find_history

    world = stage("new")
    disclosed.import_(world, disclosed.write(world, disclosed.disclosures()))
    home, history = world.home(), find_history(disclosed.HISTORY)
    assert cleared_history(home, history)
    erasing.hold(world, two(world))
    assert [hold.id for hold in holds_reaching_history(home, history)] == ["hold-1"]
    assert not cleared_history(home, history)
    clear(world, histories=[disclosed.HISTORY], packages=())
    assert cleared_history(home, history)


def test_a_hold_on_sealed_persons_keeps_the_batch_and_what_was_not_sent(stage) -> None:
    world = stage("sealed")
    home = world.home()
    erasing.hold(world, two(world))
    acts.place(world)
    assert acts.release(world).not_sent == 6
    kept = {path.name for path in (home.batch(worlds.BATCH) / "sealed").iterdir()}
    assert kept == {acts.package_of(world, f"REQ-0000{number}").digest for number in (3, 4)}
    assert not checks.published(home, worlds.BATCH)
    erasing.to_day(world)
    with pytest.raises(Refused, match="preservation hold"):
        erasing.erase(world)


def test_what_a_crash_left_published_is_kept_where_a_hold_reaches_it(stage) -> None:
    world = stage("sealed")
    home = world.home()
    from portcullis.office import packing

    for number in (1, 3):
        # As a crash leaves it: renamed, and its delivery not committed.
        package = acts.package_of(world, f"REQ-0000{number}")
        out = packing.published(home, package)
        out.parent.mkdir(parents=True, exist_ok=True)
        packing.staged(home, package).rename(out)
    held, digest = out.read_bytes(), package.digest
    erasing.hold(world, two(world))
    acts.place(world)
    assert acts.release(world).not_sent == 6
    assert not checks.published(home, worlds.BATCH)
    sealed = home.batch(worlds.BATCH) / "sealed"
    assert (sealed / digest).read_bytes() == held
    assert {path.name for path in sealed.iterdir()} == {
        digest,
        acts.package_of(world, "REQ-00004").digest,
    }


def test_what_a_crash_left_published_is_kept_when_time_withholds_it(stage) -> None:
    world = stage("sealed")
    home = world.home()
    from portcullis.office import packing

    package = acts.package_of(world, "REQ-00003")
    out = packing.published(home, package)
    out.parent.mkdir(parents=True, exist_ok=True)
    packing.staged(home, package).rename(out)
    erasing.hold(world)
    acts.change_person(world, "officer-1", in_force_to=worlds.BATCH_DAY)
    acts.release(world)
    assert not out.exists()
    assert packing.staged(home, package).exists()


@pytest.mark.long
def test_a_clearance_survives_a_restore(stage) -> None:
    world = stage("released")
    erasing.hold(world)
    again = restored.lost_and_put_back(world, lambda: clear(world, "REQ-00001"))
    restored.whole_again(again, world.home_path)
    assert cleared(again, "REQ-00001")
    assert not cleared(again, "REQ-00002")
