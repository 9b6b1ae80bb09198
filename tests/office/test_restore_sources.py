"""From what a home catches up: its own log, whole, and as far as any witness has seen it."""

import shutil
from pathlib import Path

import pytest

from portcullis import ledger
from portcullis.errors import Misuse, Refused
from portcullis.ledger import Fault, LedgerDamaged
from portcullis.office.public import FILE, POLICY, read_public
from tests.ledger.processes import ledger_server
from tests.office import acts, checks, restored
from tests.office import world as worlds
from tests.office.elsewhere import Elsewhere, witnesses_file
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

    counsel = acts.hands(again, "counsel")
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


def adopt_file(world: worlds.World, file: Path) -> None:
    from portcullis.office.ledger_keys import adopt_witnesses

    adopt_witnesses(world.home(), restored.administrator(world), file)


def only_elsewhere(folder: Path, other: Elsewhere) -> Path:
    """Write a ``witnesses.toml`` without the witness in the house."""
    file = witnesses_file(folder, other, k=1)
    file.write_text(file.read_text().replace('[[witness]]\nname = "local"\n', ""))
    return file


@pytest.mark.parametrize("house", ["kept", "replaced"])
def test_witnesses_changed_after_the_backup_must_be_named_before_anything_is_signed(
    stage, tmp_path, house: str
) -> None:
    """What the older pack's witness alone cosigned would lack a cosignature for ever."""
    world = stage("approved")
    other = Elsewhere(tmp_path / "other")
    other.trust(world.home())

    def since() -> None:
        adopt_file(world, file)
        acts.place(world)

    with other.running():
        file = witnesses_file(tmp_path, other, k=2)
        if house == "replaced":
            file = only_elsewhere(tmp_path, other)
        again = restored.lost_and_put_back(world, since)
        # The old disk is gone, and what is left is what outsiders hold.
        source = restored.copy_of(world)
        shutil.rmtree(world.home_path)
        with pytest.raises(Refused, match=r"must cosign.*elsewhere\.example/w1") as refused:
            restored.catch_up(again, source)
        assert "portcullis ledger witnesses" in refused.value.remedy
        assert closed(again) == ["restored-from-backup"]
        restored.refuses_to_record(again)
        checks.ledger_verifies(again.home())

        adopt_file(again, file)
        assert closed(again) == ["restored-from-backup"]
        found = restored.catch_up(again, source)
        assert (found.whole, found.again) == (True, ())
        assert closed(again) == []
        released = acts.release(again)
    assert (released.delivered, released.not_sent) == (0, 6)
    home = again.home()
    ((_, entry),) = checks.of_kind(home, "restored")
    assert entry["confirmed_by"] == ["elsewhere.example/w1"]
    public = read_public(home.path / FILE)
    assert (other.vkey in public.witnesses, public.k) == (True, 2 if house == "kept" else 1)
    policy = ledger.Policy.parse((home.path / POLICY).read_text())
    assert (policy.logs, policy.witnesses, policy.k) == (
        public.ledger,
        public.witnesses,
        public.k,
    )
    checks.ledger_verifies(home)


def test_a_witness_added_after_the_backup_is_named_among_what_is_to_be_done_again(
    stage, tmp_path
) -> None:
    """One cosignature is enough, and the house's own is one: nothing stays closed for the other."""
    world = stage("approved")
    other = Elsewhere(tmp_path / "other")
    other.trust(world.home())

    def since() -> None:
        adopt_file(world, file)
        acts.place(world)

    with other.running():
        file = witnesses_file(tmp_path, other, k=1)
        again = restored.lost_and_put_back(world, since)
        found = restored.catch_up(again, world.home_path)
        assert [each for each in found.again if "portcullis ledger witnesses" in each]
        assert other.vkey in read_public(again.home_path / FILE).witnesses
        # Who is not asked confirms nothing.
        assert [loss.id for loss in found.losses] == [f"{restored.NEVER_SEEN}:{found.size}"]

        adopt_file(again, file)
        found = restored.catch_up(again, world.home_path)
        assert (found.whole, found.again) == (True, ())
        assert acts.release(again).delivered == 0
    checks.ledger_verifies(again.home())


def test_a_ledger_set_aside_is_never_deleted_by_another_catch_up(stage) -> None:
    world = stage("approved")
    acts.place(world)
    older = restored.copy_of(world, "older")
    again = restored.lost_and_put_back(world, lambda: acts.place(world, "order-2"))
    before = aside(again)
    assert before == []
    first = (again.home_path / "ledger" / "checkpoint").read_bytes()
    restored.catch_up(again, older)
    second = (again.home_path / "ledger" / "checkpoint").read_bytes()
    restored.whole_again(again, world.home_path)
    assert aside(again) == ["ledger.before", "ledger.before-2"], "the trees had nothing else"
    for name, note in (("ledger.before", first), ("ledger.before-2", second)):
        assert (again.home_path / name / "checkpoint").read_bytes() == note
    saved = restored.backup(again)
    assert not [path for path in saved.rglob("*") if ".before" in path.name]


def aside(world: worlds.World) -> list[str]:
    return sorted(path.name for path in world.home_path.glob("*.before*"))
