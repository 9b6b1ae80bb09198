"""Appending, reading, proving, and refusing to append."""

import fcntl
import shutil
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis.errors import Misuse, Refused
from portcullis.ledger import (
    Fault,
    LedgerDamaged,
    Log,
    NoteInvalid,
    WitnessRefused,
    generate_key,
    is_consistent,
    is_included,
    leaf_hash,
    log_verifier,
    merkle_root,
    open_checkpoint,
    verify_log,
)
from portcullis.ledger.durable import locked
from portcullis.ledger.tiles import encode_bundle
from tests.ledger.conftest import (
    KEY,
    ORIGIN,
    VKEY,
    WITNESS_VKEY,
    make_entries,
    make_witness,
)
from tests.thorough import examples


@pytest.fixture
def log(tmp_path) -> Log:
    return Log.create(tmp_path / "log", ORIGIN, KEY)


def assert_sound(log: Log, witnesses: int = 0) -> None:
    vkeys = [WITNESS_VKEY][:witnesses]
    assert verify_log(log.folder, [VKEY], vkeys, witnesses).problems == ()


@settings(max_examples=examples(20), deadline=None)
@given(st.lists(st.integers(1, 300), min_size=1, max_size=6))
def test_a_log_grown_in_any_steps_is_the_log_of_its_entries(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("grown")
    witness = make_witness(folder / "witness")
    log = Log.create(folder / "log", ORIGIN, KEY, [witness])
    entries: list[bytes] = []
    roots = {}
    for step in steps:
        new = make_entries(step, len(entries))
        assert log.append(new, [witness]) == range(len(entries), len(entries) + step)
        entries += new
        roots[log.size] = log.root
    assert log.head.size == len(entries)
    assert log.root == merkle_root(entries)
    assert list(log.entries()) == entries
    assert_sound(log, 1)
    reader = Log.open(folder / "log")
    for old, root in roots.items():
        proof = reader.consistency_proof(old)
        assert is_consistent(old, log.size, proof, root, log.root)
        path = reader.inclusion_proof(old - 1, old)
        assert is_included(leaf_hash(entries[old - 1]), old - 1, old, path, root)


def test_the_checkpoint_is_signed_and_cosigned(tmp_path):
    witness = make_witness(tmp_path / "witness")
    log = Log.create(tmp_path / "log", ORIGIN, KEY, [witness])
    log.append(make_entries(3), [witness])
    signed = open_checkpoint(log.checkpoint, [log.vkey], [WITNESS_VKEY], 1)
    assert signed.checkpoint.size == log.size == 3
    assert signed.checkpoint.root == log.root
    assert log.vkey == VKEY


def test_reading(log):
    entries = make_entries(600)
    log.append(entries)
    reader = Log.open(log.folder)
    assert reader.origin == ORIGIN
    assert reader.entry(599) == entries[599]
    assert list(reader.entries(250, 520)) == entries[250:520]
    assert list(reader.entries(590, 900)) == entries[590:]
    with pytest.raises(IndexError):
        reader.entry(600)
    with pytest.raises(ValueError, match="600 entries"):
        reader.inclusion_proof(3, 601)


def test_an_open_reader_sees_what_is_appended_meanwhile(log):
    reader = Log.open(log.folder)
    for count in (1, 299, 300):
        log.append(make_entries(count, log.size))
        assert reader.size == log.size
        assert reader.entry(log.size - 1) == make_entries(1, log.size - 1)[0]


def test_a_repeated_append_appends_once(log):
    entries = make_entries(10)
    assert log.append(entries[:4], first=0) == range(4)
    assert log.append(entries[:4], first=0) == range(4)
    assert log.append(entries, first=0) == range(10)
    assert log.append(entries[2:5], first=2) == range(2, 5)
    assert log.size == 10
    assert_sound(log)


def test_other_entries_at_a_position_are_refused(log):
    log.append(make_entries(4), first=0)
    with pytest.raises(Misuse, match="other entries from position 2"):
        log.append([b"other"], first=2)
    with pytest.raises(Misuse, match="beyond the end"):
        log.append([b"later"], first=5)
    with pytest.raises(Misuse, match="other entries"):
        log.append([*make_entries(3), b"x", b"y"], first=0)
    assert log.size == 4


def test_a_log_with_several_keys_is_signed_by_all(tmp_path):
    new = generate_key()
    log = Log.create(tmp_path / "log", ORIGIN, [KEY, new])
    assert (log.vkey, log.vkeys) == (VKEY, [VKEY, log_verifier(ORIGIN, new).vkey])
    log.append(make_entries(3))
    for note in (log.checkpoint, log.checkpoint_at(0)):
        for vkey in log.vkeys:
            assert open_checkpoint(note, [vkey])
    Log.open(log.folder, [new]).append(make_entries(1, 3))
    assert open_checkpoint(log.checkpoint, [log.vkeys[1]]).checkpoint.size == 4
    with pytest.raises(NoteInvalid):
        open_checkpoint(log.checkpoint, [VKEY])
    with pytest.raises(Misuse, match="not signed by this key"):
        Log.open(log.folder, KEY)
    with pytest.raises(Misuse, match="named twice"):
        Log.open(log.folder, [new, new]).append([b"x"])


def test_every_checkpoint_is_kept_as_first_published(tmp_path):
    witness = make_witness(tmp_path / "witness")
    log = Log.create(tmp_path / "log", ORIGIN, KEY, [witness])
    published = {0: log.checkpoint}
    for count in (1, 998, 1, 1, 250):
        log.append(make_entries(count, log.size), [witness])
        published[log.size] = log.checkpoint
    assert log.checkpoint_sizes() == [0, 1, 999, 1000, 1001, 1251]
    assert {size: log.checkpoint_at(size) for size in published} == published
    assert (log.folder / "checkpoints/x001/251").read_text() == log.checkpoint
    with pytest.raises(Misuse, match="No checkpoint of 5 entries"):
        log.checkpoint_at(5)
    (log.folder / "checkpoints/999").write_text(published[1])
    with pytest.raises(
        LedgerDamaged, match="checkpoints/999 is not the checkpoint of 999"
    ) as found:
        log.checkpoint_at(999)
    assert found.value.fault == Fault.CORRUPT_CHECKPOINT


def test_nothing_is_signed_against_a_checkpoint_that_was_published(log):
    log.append(make_entries(3))
    shutil.copy(log.folder / "checkpoints/000", log.folder / "checkpoint")
    with pytest.raises(LedgerDamaged, match="Another checkpoint of 3 entries") as found:
        log.append([b"a", b"b", b"c"])
    assert found.value.fault == Fault.FORKED
    assert not (log.folder / ".sequencer/staged").exists()
    assert log.append(make_entries(3)) == range(3)
    assert_sound(log)


def test_an_append_staged_by_an_older_copy_is_set_aside(tmp_path):
    witness = make_witness(tmp_path / "witness")
    log = Log.create(tmp_path / "log", ORIGIN, KEY, [witness])
    assert log.set_aside_staged() is None
    shutil.copytree(log.folder, tmp_path / "older")
    log.append(make_entries(3), [witness])
    older = Log.open(tmp_path / "older", KEY)
    with pytest.raises(LedgerDamaged, match="older copy"):
        older.append([b"x"], [witness])
    for name in ("checkpoint", "checkpoints", "tile"):  # caught up
        path = older.folder / name
        if path.is_dir():
            shutil.rmtree(path)
            shutil.copytree(log.folder / name, path)
        else:
            shutil.copy(log.folder / name, path)
    with pytest.raises(LedgerDamaged, match="contradicts") as found:
        older.append(make_entries(1, 3), [witness])
    assert found.value.fault == Fault.CORRUPT_STAGE
    assert older.set_aside_staged().name.startswith("set-aside-")
    assert older.append(make_entries(1, 3), [witness]) == range(3, 4)
    assert_sound(older, 1)


def test_a_staged_append_that_somebody_else_signed_is_not_finished(tmp_path, log):
    forger = Log.create(tmp_path / "forger", ORIGIN, generate_key())
    with pytest.raises(Refused):
        forger.append([b"forged"], [Absent(make_witness(tmp_path / "witness"))])
    shutil.copy(forger.folder / ".sequencer/staged", log.folder / ".sequencer/staged")
    with pytest.raises(LedgerDamaged, match="not signed by the ledger's key") as found:
        log.append([])
    assert found.value.fault == Fault.CORRUPT_STAGE
    assert log.size == 0


def test_opening(tmp_path, log):
    with pytest.raises(Misuse, match="no ledger"):
        Log.open(tmp_path)
    with pytest.raises(Misuse, match="already"):
        Log.create(log.folder, ORIGIN, KEY)
    with pytest.raises(Misuse, match="not signed by this key"):
        Log.open(log.folder, generate_key())
    with pytest.raises(Misuse, match="without its key"):
        Log.open(log.folder).append([b"x"])
    (log.folder / "checkpoint").write_bytes(b"\xff")
    with pytest.raises(LedgerDamaged, match="not text"):
        Log.open(log.folder)
    (log.folder / "checkpoint").write_bytes(b"nonsense\n")
    with pytest.raises(LedgerDamaged):
        Log.open(log.folder)


class Absent:
    """A witness that does not answer, until it does."""

    def __init__(self, witness):
        self.vkey, self.witness, self.present = witness.vkey, witness, False

    def add_checkpoint(self, old, proof, note):
        if not self.present:
            raise WitnessRefused(503, "It does not answer.")
        return self.witness.add_checkpoint(old, proof, note)


def test_nothing_is_published_without_the_witnesses(tmp_path):
    witness = Absent(make_witness(tmp_path / "witness"))
    log = Log.create(tmp_path / "log", ORIGIN, KEY)
    with pytest.raises(Refused, match="0 of 1 witnesses") as refusal:
        log.append(make_entries(2), [witness])
    assert refusal.value.exit_code == 1
    assert log.size == 0
    assert Fault.CUT_OFF in {problem.fault for problem in verify_log(log.folder, [VKEY]).problems}
    witness.present = True
    assert log.append([], [witness]) == range(2, 2)
    assert list(log.entries()) == make_entries(2)
    assert_sound(log, 1)


def test_a_quorum_is_enough(tmp_path):
    first, second = make_witness(tmp_path / "w1"), make_witness(tmp_path / "w2", "w2.example", KEY)
    log = Log.create(tmp_path / "log", ORIGIN, KEY)
    log.append(make_entries(2), [first, Absent(second)], quorum=1)
    assert open_checkpoint(log.checkpoint, [VKEY], [WITNESS_VKEY, second.vkey]).cosigned.keys() == {
        "gate.example/witness"
    }
    # A witness that has missed checkpoints says so (409) and is asked again from where it stands.
    log.append(make_entries(300, 2), [first, second])
    signed = open_checkpoint(log.checkpoint, [VKEY], [WITNESS_VKEY, second.vkey], 2)
    assert signed.checkpoint.size == 302


def test_a_witness_that_signs_with_another_key_does_not_count(tmp_path):
    witness = make_witness(tmp_path / "w")
    stranger = make_witness(tmp_path / "s", "stranger.example", generate_key())
    impostor = Absent(stranger)
    impostor.present, impostor.vkey = True, witness.vkey
    log = Log.create(tmp_path / "log", ORIGIN, KEY)
    with pytest.raises(Refused, match="another key's signature"):
        log.append(make_entries(1), [impostor])


def test_an_older_copy_of_the_log_is_found_out_by_the_witness(tmp_path):
    witness = make_witness(tmp_path / "witness")
    log = Log.create(tmp_path / "log", ORIGIN, KEY, [witness])
    log.append(make_entries(3), [witness])
    shutil.copytree(log.folder, tmp_path / "backup")
    log.append(make_entries(3, 3), [witness])
    old = Log.open(tmp_path / "backup", KEY)
    with pytest.raises(LedgerDamaged, match="older copy") as found:
        old.append([b"fork"], [witness])
    assert found.value.fault == Fault.ROLLED_BACK
    assert old.size == 3


def test_a_fork_is_found_out_by_the_witness(tmp_path):
    witness = make_witness(tmp_path / "witness")
    log = Log.create(tmp_path / "log", ORIGIN, KEY, [witness])
    shutil.copytree(log.folder, tmp_path / "fork")
    log.append(make_entries(3), [witness])
    fork = Log.open(tmp_path / "fork", KEY)
    with pytest.raises(LedgerDamaged, match="fork") as found:
        fork.append([b"a", b"b", b"c"], [witness])
    shutil.rmtree(fork.folder)
    shutil.copytree(log.folder, fork.folder)
    fork = Log.open(tmp_path / "fork", KEY)
    log.append(make_entries(2, 3), [witness])
    assert found.value.fault == Fault.FORKED
    with pytest.raises(LedgerDamaged, match="not extend") as found:
        fork.append([b"x"] * 9, [witness])
    assert found.value.fault == Fault.FORKED


def test_damaged_tiles_stop_the_writer(log):
    log.append(make_entries(3))
    tile = log.folder / "tile/0/000.p/3"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    with pytest.raises(LedgerDamaged):
        log.append(make_entries(1, 3))
    assert log.size == 3


def test_tiles_and_bundles_forged_alike_stop_the_writer(log):
    log.append(make_entries(3))
    forged = [b"forged", *make_entries(3)[1:]]
    (log.folder / "tile/entries/000.p/3").write_bytes(encode_bundle(forged))
    (log.folder / "tile/0/000.p/3").write_bytes(b"".join(map(leaf_hash, forged)))
    with pytest.raises(LedgerDamaged, match="do not make the root"):
        log.append(make_entries(1, 3))
    assert log.size == 3


def test_a_damaged_staged_append_stops_the_writer(log):
    log.append(make_entries(3))
    staged = log.folder / ".sequencer/staged"
    for data in (b"", b"junk", b"portcullis-staged/1\n" + bytes(40)):
        staged.write_bytes(data)
        with pytest.raises(LedgerDamaged, match="staged"):
            log.append([])
    assert log.size == 3


@pytest.mark.parametrize(
    ("name", "read", "fault"),
    [
        ("checkpoint", lambda log: Log.open(log.folder), Fault.CORRUPT_CHECKPOINT),
        ("checkpoints/003", lambda log: log.checkpoint_at(3), Fault.CORRUPT_CHECKPOINT),
        (".sequencer/staged", lambda log: log.decided_size, Fault.CORRUPT_STAGE),
    ],
)
def test_a_file_that_cannot_be_read_is_named(log, name, read, fault):
    log.append(make_entries(3))
    path = log.folder / name
    path.unlink(missing_ok=True)
    path.mkdir()  # it is there, and cannot be read: so even for root
    with pytest.raises(LedgerDamaged, match="cannot be read: Is a directory") as found:
        read(log)
    assert found.value.fault == fault


def test_an_entry_too_long_leaves_nothing_staged(log):
    with pytest.raises(Misuse, match="longer"):
        log.append([b"x" * 70_000])
    assert log.append([b"short"]) == range(1)
    assert_sound(log)


def test_a_full_disk_is_said_in_plain_words(log, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("portcullis.ledger.durable.os.fsync", full)
    with pytest.raises(Refused, match=r"could not be written: No space left .* run the same again"):
        log.append(make_entries(1))


def test_partial_tiles_go_when_outgrown(log):
    for n in range(5):
        log.append(make_entries(1, n))
    assert len(list((log.folder / "tile/entries/000.p").iterdir())) == 5
    log.append(make_entries(260, 5))
    assert not (log.folder / "tile/entries/000.p").exists()
    assert not (log.folder / "tile/0/000.p").exists()
    assert_sound(log)


def test_an_append_that_ends_while_it_is_looked_at_is_counted(tmp_path, log):
    witness = Absent(make_witness(tmp_path / "witness"))
    with pytest.raises(Refused):
        log.append(make_entries(2), [witness])
    witness.present = True

    class Reading(Log):
        """Somebody else finishes the append as soon as this one has read the checkpoint."""

        @property
        def checkpoint(self):
            note = super().checkpoint
            log.append([], [witness])
            return note

    assert Reading(log.folder, ORIGIN).decided_size == 2
    assert log.size == 2


@pytest.mark.parametrize("shared", [False, True])
def test_who_waited_for_a_folder_that_was_exchanged_locks_the_new_one(
    tmp_path, monkeypatch, shared
):
    lock, copy = tmp_path / "log/lock", tmp_path / "copy"
    copy.mkdir()
    (copy / "lock").touch()
    opened, held, done = threading.Event(), threading.Event(), threading.Event()
    flock = fcntl.flock

    def announced(descriptor, how):
        opened.set()
        flock(descriptor, how)

    def wait():
        with locked(lock, shared=shared):
            held.set()
            done.wait(60)

    waiter = threading.Thread(target=wait)
    with locked(lock):
        monkeypatch.setattr("portcullis.ledger.durable.fcntl.flock", announced)
        waiter.start()
        assert opened.wait(60)
        lock.parent.rename(tmp_path / "before")
        copy.rename(lock.parent)
    assert held.wait(60)
    with lock.open() as anew, pytest.raises(BlockingIOError):
        flock(anew, fcntl.LOCK_EX | fcntl.LOCK_NB)
    done.set()
    waiter.join()


def test_two_writers_take_turns(log):
    def write(who: int) -> None:
        mine = Log.open(log.folder, KEY)
        for n in range(15):
            mine.append([b"%d:%d" % (who, n)])

    writers = [threading.Thread(target=write, args=(who,)) for who in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert sorted(log.entries()) == sorted(b"%d:%d" % (w, n) for w in range(3) for n in range(15))
    assert_sound(log)


def test_errors_are_of_the_one_family():
    assert issubclass(NoteInvalid, Refused)
    assert issubclass(LedgerDamaged, Misuse)
