"""Asking the witnesses: all at once, a quorum of them, and what their answers mean."""

import shutil
import threading
import time

import pytest

from portcullis.errors import Misuse, Refused
from portcullis.ledger import (
    Fault,
    LedgerDamaged,
    Log,
    WitnessRefused,
    generate_key,
    open_checkpoint,
    verify_log,
)
from tests.ledger.conftest import KEY, ORIGIN, VKEY, make_entries, make_witness


class Asked:
    """A witness that first waits, or refuses, as it is told; and tells who asked."""

    def __init__(self, witness, before=lambda: None):
        self.vkey, self.witness, self.before, self.asked = witness.vkey, witness, before, 0

    def add_checkpoint(self, old, proof, note):
        self.asked += 1
        self.before()
        return self.witness.add_checkpoint(old, proof, note)


def unreachable():
    raise WitnessRefused(503, "It does not answer.")


@pytest.fixture
def three(tmp_path):
    names = [f"w{number}.example" for number in range(3)]
    return [make_witness(tmp_path / name, name, generate_key()) for name in names]


@pytest.fixture
def log(tmp_path, three) -> Log:
    return Log.create(tmp_path / "log", ORIGIN, KEY, three)


@pytest.fixture
def no_grace(monkeypatch) -> None:
    monkeypatch.setattr("portcullis.ledger.asking.GRACE_SECONDS", 0)


def cosigned(log: Log, witnesses) -> list[str]:
    """The names of the witnesses that have cosigned, in the order of their lines."""
    open_checkpoint(log.checkpoint, [VKEY], [witness.vkey for witness in witnesses], 0)
    return [line.split(" ")[1] for line in log.checkpoint.splitlines() if line.startswith("— w")]


def test_all_are_asked_at_once(log, three):
    """Each waits until all have been asked: asked one after another they would wait for ever."""
    together = threading.Barrier(len(three), timeout=60)
    log.append(make_entries(1), [Asked(witness, together.wait) for witness in three])
    assert cosigned(log, three) == ["w0.example", "w1.example", "w2.example"]


def test_the_lines_stand_in_the_order_of_the_witnesses(log, three):
    done = [threading.Event() for _ in three]

    def after(number):
        def wait():
            assert all(event.wait(60) for event in done[number + 1 :])
            done[number].set()

        return wait

    log.append(make_entries(1), [Asked(w, after(number)) for number, w in enumerate(three)])
    assert cosigned(log, three) == ["w0.example", "w1.example", "w2.example"]


def test_a_quorum_does_not_wait_for_the_slow(log, three):
    never = threading.Event()
    slow = Asked(three[1], never.wait)
    log.append(make_entries(1), [three[0], slow, three[2]], quorum=2)
    assert cosigned(log, three) == ["w0.example", "w2.example"]
    never.set()


def test_the_others_are_given_a_grace(log, three, monkeypatch):
    monkeypatch.setattr("portcullis.ledger.asking.GRACE_SECONDS", 60)
    log.append(make_entries(1), three, quorum=0)
    assert cosigned(log, three) == ["w0.example", "w1.example", "w2.example"]


def test_who_refuses_is_named(log, three):
    refusing = [Asked(three[0], unreachable), three[1], Asked(three[2], unreachable)]
    with pytest.raises(Refused, match=r"1 of 2 witnesses.*w0\.example: It does.*w2\.example: It"):
        log.append(make_entries(1), refusing, quorum=2)
    log.append(make_entries(1, 1), refusing, first=1, quorum=1)
    assert cosigned(log, three) == ["w1.example"]
    assert list(log.entries()) == make_entries(2)


def test_a_witness_whose_store_fails_is_no_more_than_absent(log, three):
    def full():
        raise OSError(28, "No space left on device")

    broken = Asked(three[0], full)
    log.append(make_entries(1), [broken, *three[1:]], quorum=2)
    with pytest.raises(Refused, match=r"w0\.example: No space left on device\."):
        log.append(make_entries(1, 1), [broken, *three[1:]])
    shutil.rmtree(three[0]._folder)
    three[0]._folder.write_text("no folder")
    with pytest.raises(Refused, match="2 of 3"):
        log.append([], three)


def test_a_fault_of_the_program_is_not_taken_for_a_refusal(log, three):
    def mistaken():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        log.append(make_entries(1), [Asked(three[0], mistaken), *three[1:]], quorum=2)


def test_one_that_has_seen_more_stops_the_append_though_others_sign(tmp_path, log, three):
    shutil.copytree(log.folder, tmp_path / "older")
    log.append(make_entries(3), [three[1]], quorum=1)
    older = Log.open(tmp_path / "older", KEY)
    with pytest.raises(LedgerDamaged, match=r"w1\.example has seen 3 entries, more than") as found:
        older.append(make_entries(1), three, quorum=2)
    assert found.value.fault == Fault.ROLLED_BACK
    assert older.size == 0


def test_one_that_has_seen_another_log_stops_the_append_though_others_sign(tmp_path, log, three):
    shutil.copytree(log.folder, tmp_path / "fork")
    log.append(make_entries(3), [three[1]], quorum=1)
    fork = Log.open(tmp_path / "fork", KEY)
    with pytest.raises(LedgerDamaged, match=r"w1\.example has seen another ledger of 3") as found:
        fork.append([b"other"] * 4, three, quorum=2)
    assert found.value.fault == Fault.FORKED
    assert fork.size == 0


@pytest.mark.usefixtures("no_grace")
@pytest.mark.parametrize(("count", "fault"), [(1, Fault.ROLLED_BACK), (4, Fault.FORKED)])
def test_what_a_slow_witness_has_seen_stops_the_next(log, three, count, fault):
    other = Log.open(shutil.copytree(log.folder, log.folder.with_name("other")), KEY)
    log.append(make_entries(3), [three[1]])
    until, before = threading.Event(), set(threading.enumerate())
    other.append([b"x"] * count, [three[0], Asked(three[1], until.wait), three[2]], quorum=2)
    until.set()
    for late in set(threading.enumerate()) - before:
        late.join(60)
    silent = Asked(three[1], unreachable)
    for _ in range(2):
        with pytest.raises(LedgerDamaged, match=r"w1\.example has seen") as found:
            other.append([b"y"], [three[0], silent, three[2]], first=count, quorum=2)
        assert found.value.fault == fault
        with pytest.raises(LedgerDamaged):
            other.refresh([three[0], silent, three[2]], quorum=2)
    assert other.size == count
    # The log that it has seen may go on, once it has said so.
    log.append(make_entries(1, 3), [three[1]])
    log.append(make_entries(1, 4), [silent], quorum=0)


def test_tiles_of_ours_that_have_rotted_are_not_called_a_fork(log, three):
    log.append(make_entries(600), three)
    # The rot lies left of the edge, where an append does not look but a proof from 3 does.
    log.append(make_entries(1, 600), three[:2], quorum=2)
    behind = make_witness(three[2]._folder.parent / "behind", "w3.example", generate_key())
    young = Log.create(log.folder.parent / "young", ORIGIN, KEY)
    young.append(make_entries(3), [behind])
    tile = log.folder / "tile/0/000"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    with pytest.raises(LedgerDamaged) as found:
        log.append(make_entries(1, 601), [behind])
    assert found.value.fault == Fault.CORRUPT_TILE


def test_the_same_witness_twice_is_not_two(log, three):
    with pytest.raises(Misuse, match="named twice"):
        log.append(make_entries(1), [three[0], three[0]])


# --- having the published checkpoint cosigned again


def ticking(witness, moment):
    witness._clock = lambda: moment
    return witness


def test_a_checkpoint_is_cosigned_again(log, three):
    log.append(make_entries(5), three)
    first = log.checkpoint
    for witness in three:
        ticking(witness, 1_760_000_000)
    note = Log.open(log.folder).refresh(three)
    assert log.checkpoint == note
    signed = open_checkpoint(note, [VKEY], [witness.vkey for witness in three], 3)
    assert set(signed.cosigned.values()) == {1_760_000_000}
    assert signed.checkpoint.size == 5
    assert note.splitlines()[:5] == first.splitlines()[:5]  # the log has signed nothing
    assert log.checkpoint_at(5) == first
    vkeys = [witness.vkey for witness in three]
    assert verify_log(log.folder, [VKEY], vkeys, 3).problems == ()
    log.append(make_entries(1, 5), three)


def test_an_empty_log_and_one_without_an_archive_are_cosigned_again(log, three):
    shutil.rmtree(log.folder / "checkpoints")
    note = log.refresh(three)
    assert log.checkpoint_at(0) == note


def test_a_refresh_needs_its_quorum(log, three):
    before = log.checkpoint
    refusing = [Asked(three[0], unreachable), *three[1:]]
    with pytest.raises(Refused, match="2 of 3 witnesses"):
        log.refresh(refusing)
    assert log.checkpoint == before
    log.refresh(refusing, quorum=2)
    assert cosigned(log, three) == ["w1.example", "w2.example"]


def test_a_refresh_finds_an_older_copy_and_a_fork(tmp_path, log, three):
    shutil.copytree(log.folder, tmp_path / "older")
    shutil.copytree(log.folder, tmp_path / "fork")
    fork = Log.open(tmp_path / "fork", KEY)
    fork.append([b"a", b"b", b"c"])
    log.append(make_entries(3), three)
    for folder, fault in (("older", Fault.ROLLED_BACK), ("fork", Fault.FORKED)):
        copy = Log.open(tmp_path / folder)
        before = copy.checkpoint
        with pytest.raises(LedgerDamaged) as found:
            copy.refresh(three, quorum=1)
        assert found.value.fault == fault
        assert copy.checkpoint == before


@pytest.mark.usefixtures("no_grace")
def test_a_refresh_waits_for_what_a_slow_witness_has_seen(log, three):
    older = Log.open(shutil.copytree(log.folder, log.folder.with_name("older")), KEY)
    log.append(make_entries(3), [three[1]])
    slow = Asked(three[1], lambda: time.sleep(0.5))
    with pytest.raises(LedgerDamaged, match=r"w1\.example has seen 3 entries") as found:
        older.refresh([three[0], slow, three[2]], quorum=2)
    assert found.value.fault == Fault.ROLLED_BACK


def test_a_refresh_leaves_what_is_staged(log, three):
    with pytest.raises(Refused):
        log.append(make_entries(2), [Asked(three[0], unreachable)])
    assert log.decided_size == 2
    log.refresh(three[1:])  # they have cosigned nothing of it: the first to be asked refused
    assert log.size == 0
    assert log.append([], three) == range(2, 2)
    assert list(log.entries()) == make_entries(2)


def test_a_witness_of_what_is_staged_has_not_seen_too_much(log, three):
    cosigned_it = threading.Barrier(2, timeout=60)

    def then_unreachable():
        cosigned_it.wait()
        unreachable()

    class Signing(Asked):
        def add_checkpoint(self, old, proof, note):
            line = super().add_checkpoint(old, proof, note)
            cosigned_it.wait()
            return line

    with pytest.raises(Refused):
        log.append(make_entries(2), [Signing(three[0]), Asked(three[1], then_unreachable)])
    with pytest.raises(Refused, match=r"w0\.example: The witness has seen 2"):
        log.refresh(three)
    log.refresh(three, quorum=2)
    log.append([], three)
    assert log.refresh(three) == log.checkpoint


def test_a_refresh_catches_up_a_witness_that_was_behind(log, three):
    log.append(make_entries(300), three[:1])
    log.refresh(three)
    assert cosigned(log, three) == ["w0.example", "w1.example", "w2.example"]
