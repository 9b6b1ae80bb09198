"""From what a home catches up: its own log, whole, and as far as any witness has seen it."""

import shutil
from pathlib import Path

import pytest

from portcullis import ledger
from portcullis.errors import Misuse, Refused
from portcullis.ledger import Fault, LedgerDamaged
from tests.ledger.processes import ledger_server
from tests.office import acts, checks, restored
from tests.office import world as worlds
from tests.office.elsewhere import Elsewhere
from tests.office.homes import switch
from tests.office.restored import closed
from tests.office.test_freshness import adopt


def damaged(world: worlds.World, source: Path, fault: Fault, words: str | None = None) -> None:
    """Assert that the source is refused for what it is, and nothing in the home changes."""
    before = tree(world.home_path)
    with pytest.raises(LedgerDamaged, match=words) as refused:
        restored.catch_up(world, source)
    assert refused.value.fault is fault
    assert refused.value.remedy
    assert tree(world.home_path) == before
    assert closed(world) == ["restored-from-backup"]


def tree(home: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(home)): path.read_bytes()
        for folder in ("ledger", "trees")
        for path in sorted((home / folder).rglob("*"))
        if path.is_file() and ".sequencer" not in path.parts
    }


def newest_bundle(folder: Path) -> Path:
    return max((folder / "ledger/tile/entries/000.p").iterdir(), key=lambda path: int(path.name))


def test_a_source_altered_anywhere_is_refused_and_a_good_one_taken_after(stage) -> None:
    world = stage("approved")
    again = restored.lost_and_put_back(world, lambda: acts.release(world))
    source = restored.copy_of(world)
    bundle = newest_bundle(source)
    bundle.write_bytes(bundle.read_bytes().replace(b'"kind":"delivered"', b'"kind":"not-sented"'))
    damaged(again, source, Fault.CORRUPT_BUNDLE)
    bundle.unlink()
    damaged(again, source, Fault.MISSING_BUNDLE)
    shutil.rmtree(source)
    source = restored.copy_of(world)
    (leaves,) = (source / "trees" / worlds.BATCH / "2" / "tile" / "entries").rglob("[0-9]*.p/*")
    leaves.write_bytes(leaves.read_bytes()[:-1] + b"?")
    damaged(again, source, Fault.CORRUPT_BUNDLE)
    restored.whole_again(again, world.home_path)


def test_a_checkpoint_by_another_key_is_refused(stage) -> None:
    world = stage("approved")
    again = restored.lost_and_put_back(world, lambda: acts.place(world))
    source = restored.copy_of(world)
    note = (source / "ledger/checkpoint").read_text()
    (source / "ledger/checkpoint").write_text(
        ledger.notes.sign_checkpoint(
            ledger.notes.parse_checkpoint(ledger.notes.split_note(note)[0]), ledger.generate_key()
        )
    )
    damaged(again, source, Fault.UNSIGNED)


def test_an_older_copy_is_refused(stage) -> None:
    world = stage("approved")
    source = restored.copy_of(world)
    acts.place(world)
    again = restored.lost_and_put_back(world, lambda: None)
    damaged(again, source, Fault.ROLLED_BACK, "older than this home")


def test_another_homes_ledger_is_refused(stage, tmp_path: Path) -> None:
    world = stage("approved")
    again = restored.lost_and_put_back(world, lambda: acts.place(world))
    other = worlds.build(tmp_path / "other")
    switch(other.home_path)
    worlds.make_home(other, indexed=False)
    switch(again.home_path)
    damaged(again, other.home_path, Fault.UNSIGNED)


def test_a_fork_by_the_holders_own_key_is_refused(stage) -> None:
    """Whoever holds the key cannot put an order out of the way with another ledger."""
    world = stage("approved")
    acts.place(world)
    again = restored.lost_and_put_back(world, lambda: acts.place(world, "order-2"))
    switch(world.home_path)
    source = restored.forked(world, lambda entry: b'"order-filed"' not in entry, more=3)
    switch(again.home_path)
    damaged(again, source, Fault.FORKED)


def test_what_is_no_ledger_at_all_is_misuse(stage, tmp_path: Path) -> None:
    world = stage("approved")
    again = restored.lost_and_put_back(world, lambda: None)
    for source in (tmp_path / "nowhere", "http://127.0.0.1:9/"):
        with pytest.raises((Misuse, Refused)):
            restored.catch_up(again, source)
    assert closed(again) == ["restored-from-backup"]


def test_only_an_administrator_catches_up(stage) -> None:
    world = stage("approved")
    again = restored.lost_and_put_back(world, lambda: None)
    from portcullis.office.catching_up import catch_up

    counsel = acts.hands(again, "counsel", "counsel")
    with pytest.raises(Refused):
        catch_up(again.home(), counsel, str(world.home_path))


def test_the_newest_copy_may_be_served(stage) -> None:
    world = stage("approved")
    again = restored.lost_and_put_back(world, lambda: acts.release(world))
    with ledger_server(world.home_path) as server:
        restored.whole_again(again, server.url)
    assert acts.state(again) == "answered"


def test_an_independent_witness_confirms_the_end_and_nobody_need_accept_it(stage, tmp_path) -> None:
    world = stage("approved")
    other = Elsewhere(tmp_path / "other")
    with other.running():
        adopt(world, other, k=2)
        again = restored.lost_and_put_back(world, lambda: acts.place(world))
        found = restored.catch_up(again, world.home_path)
        assert found.whole
        assert closed(again) == []
        ((_, entry),) = checks.of_kind(again.home(), "restored")
    assert entry["confirmed_by"] == ["elsewhere.example/w1"]
    assert entry["by"] == "administrator"


def test_a_copy_older_than_a_witness_has_seen_is_not_enough(stage, tmp_path) -> None:
    world = stage("approved")
    other = Elsewhere(tmp_path / "other")
    with other.running():
        adopt(world, other, k=2)

        def since() -> None:
            acts.place(world, "order-1")
            restored.copy_of(world)
            acts.place(world, "order-2")

        again = restored.lost_and_put_back(world, since)
        with pytest.raises(LedgerDamaged, match="has seen") as refused:
            restored.catch_up(again, world.folder / "copy")
        assert refused.value.fault is Fault.ROLLED_BACK
        assert closed(again) == ["restored-from-backup"]
        restored.refuses_to_record(again)
        assert restored.catch_up(again, world.home_path).whole
    from portcullis.office.orders import standing_orders

    assert [order.id for order in standing_orders()] == ["order-1", "order-2"]


def test_while_no_witness_answers_the_home_stays_closed(stage, tmp_path) -> None:
    world = stage("approved")
    other = Elsewhere(tmp_path / "other")
    with other.running():
        adopt(world, other, k=2)
        again = restored.lost_and_put_back(world, lambda: acts.place(world))
    with pytest.raises(ledger.TooFewCosigned):
        restored.catch_up(again, world.home_path)
    assert closed(again) == ["restored-from-backup"]
    with other.running():
        assert restored.catch_up(again, world.home_path).whole


def test_the_witness_in_the_house_is_no_independent_one(stage) -> None:
    """Only its own store, of the same backup, says that an equal copy is the newest."""
    world = stage("approved")
    again = restored.lost_and_put_back(world, lambda: acts.place(world))
    found = restored.catch_up(again, again.home_path)
    assert [loss.id.partition(":")[0] for loss in found.losses] == [restored.NEVER_SEEN]
    assert closed(again) == ["loss-not-accepted"]
    with pytest.raises(Refused):
        acts.release(again)


def test_a_ledger_damaged_in_place_is_mended_from_a_copy(stage) -> None:
    world = stage("released")
    source = restored.copy_of(world)
    acts.place(world)
    newer = restored.copy_of(world, "newer")
    newest_bundle(world.home_path).write_bytes(b"nothing")
    with pytest.raises(LedgerDamaged) as refused:
        restored.catch_up(world, source)
    assert refused.value.fault is Fault.ROLLED_BACK
    assert closed(world) == [], "a source refused marks no home that is not put back"
    restored.whole_again(world, newer)
    checks.ledger_verifies(world.home())
    assert (world.home_path / "ledger.before").is_dir()
