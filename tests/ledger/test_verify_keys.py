"""Archived checkpoints and changes of keys: what an old key still vouches for."""

import shutil
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portcullis.canonical import json_bytes
from portcullis.ledger import (
    Checkpoint,
    Fault,
    Log,
    LogKeys,
    checkpoint_path,
    log_verifier,
    verify_log,
    witness_verifier,
)
from portcullis.ledger.notes import cosign, sign_checkpoint
from tests.ledger.conftest import (
    KEY,
    ORIGIN,
    VKEY,
    WITNESS,
    WITNESS_KEY,
    WITNESS_VKEY,
    Place,
    make_entries,
)
from tests.ledger.outsiders import tool

AT = "2025-04-07T12:00:00+00:00"
NEW_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(2, 34)))
NEW_VKEY = log_verifier(ORIGIN, NEW_KEY).vkey
STRANGER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(3, 35)))
STRANGER = log_verifier(ORIGIN, STRANGER_KEY).vkey


class AnyWitness:
    """Cosigns whatever it is shown, as the test's stand-in for a witness that knows both keys."""

    vkey = WITNESS_VKEY

    def add_checkpoint(self, _old, _proof, note):
        return cosign(WITNESS, WITNESS_KEY, note.rpartition("\n\n")[0] + "\n", 1_750_000_000)


def keys(*vkeys: str, k: int = 1) -> bytes:
    return LogKeys(vkeys, (WITNESS_VKEY,), k).body(AT)


@pytest.fixture
def rotated(tmp_path: Path) -> Path:
    """A log that changed its key in two acts: announced at 3, the old one retired at 6."""
    folder, witness = tmp_path / "log", AnyWitness()
    Log.create(folder, ORIGIN, KEY, [witness]).append([keys(VKEY), *make_entries(2)], [witness])
    both = Log.open(folder, [KEY, NEW_KEY])
    both.append([keys(VKEY, NEW_VKEY), *make_entries(2)], [witness])
    both.append([keys(NEW_VKEY)], [witness])
    Log.open(folder, [NEW_KEY]).append(make_entries(4), [witness])
    return folder


def found(folder: Path, vkey: str, witnesses=(WITNESS_VKEY,), k: int = 1):
    """What our verifier finds; the outsiders' must be of the same opinion."""
    ours = verify_log(folder, [vkey], witnesses, k)
    theirs = tool.Ledger(tool.Folder(folder), tool.trust_of([vkey], witnesses, k)).faults
    assert bool(ours.problems) == bool(theirs), (ours.problems, theirs)
    return ours


def faults(folder: Path, vkey: str = VKEY) -> set[Fault]:
    return {problem.fault for problem in found(folder, vkey).problems}


def test_the_old_key_and_the_new_one_both_lead_to_the_head(rotated):
    for vkey in (VKEY, NEW_VKEY):
        assert found(rotated, vkey).problems == ()
    assert [one.checkpoint.size for one in found(rotated, VKEY).checkpoints] == [0, 3, 6, 7, 11]


def test_a_strange_key_leads_nowhere(rotated):
    assert faults(rotated, STRANGER) == {Fault.UNSIGNED}


def test_the_old_key_leads_nowhere_without_the_checkpoints_in_between(rotated):
    shutil.rmtree(rotated / "checkpoints")
    assert faults(rotated, VKEY) == {Fault.UNSIGNED}
    assert found(rotated, NEW_VKEY).ok


@pytest.mark.parametrize("size", [6, 7])
def test_a_change_that_the_old_key_has_not_signed_leads_nowhere(rotated, size):
    path = rotated / checkpoint_path(size)
    text = path.read_text()
    lines = [line for line in text.splitlines(keepends=True) if not old_line(line)]
    path.write_text("".join(lines))
    assert faults(rotated, VKEY) == {Fault.UNSIGNED}
    assert faults(rotated, NEW_VKEY) == {Fault.UNSIGNED}


def old_line(line: str) -> bool:
    old = sign_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)), KEY).splitlines()[-1]
    return line.startswith("— ") and line.split(" ")[2][:5] == old.split(" ")[2][:5]


def test_a_thief_of_the_new_name_alone_takes_nothing_over(rotated, tmp_path):
    """A log forged from an old signed state: its change of keys bears only the forger's key."""
    forged, witness = tmp_path / "forged", AnyWitness()
    genuine = Log.open(rotated)
    log = Log.create(forged, ORIGIN, STRANGER_KEY, [witness])
    log.append(list(genuine.entries(0, 3)), [witness])
    log.append([keys(STRANGER), *make_entries(2)], [witness])
    for size in (0, 3):
        (forged / checkpoint_path(size)).write_text(genuine.checkpoint_at(size))
    assert Fault.UNSIGNED in faults(forged, VKEY)
    for size in (0, 3):
        (forged / checkpoint_path(size)).unlink()
    assert Fault.UNSIGNED in faults(forged, VKEY)


def test_every_key_in_force_must_sign(tmp_path):
    folder, witness = tmp_path / "log", AnyWitness()
    log = Log.create(folder, ORIGIN, [KEY, NEW_KEY], [witness])
    log.append([keys(VKEY, NEW_VKEY)], [witness])
    assert found(folder, VKEY).ok
    Log.open(folder, [KEY]).append(make_entries(1), [witness])
    assert faults(folder, VKEY) == {Fault.UNSIGNED}


def test_the_recorded_quorum_holds_for_the_archive(tmp_path):
    folder, witness = tmp_path / "log", AnyWitness()
    log = Log.create(folder, ORIGIN, KEY, [witness])
    log.append([keys(VKEY)], [witness])
    log.append(make_entries(1), [])
    log.append(make_entries(2, 1), [witness])
    (problem,) = found(folder, VKEY).problems
    assert (problem.fault, str(problem)[:16]) == (Fault.UNSIGNED, "checkpoints/002:")


def test_malformed_keys_are_named_and_change_nothing(place: Place):
    place.open().append([b'{"kind":"ledger-keys"}'], [place.witness])
    (problem,) = found(place.log, VKEY).problems
    assert problem.fault is Fault.MALFORMED_KEYS
    assert str(problem).startswith("entry 307: ")


# The archive of a log that records no keys.


def test_an_archived_checkpoint_of_another_root_is_a_fork(place: Place):
    forged = sign_checkpoint(Checkpoint(ORIGIN, 303, bytes(range(32))), KEY)
    (place.log / "checkpoints/303").write_text(forged)
    (problem,) = found(place.log, VKEY).problems
    assert problem.fault is Fault.FORKED
    assert "checkpoints/303: the root 000102" in str(problem)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:40],
        lambda data: data.replace(b"303", b"304"),
        lambda data: data[:-9] + b"AAAAAAA=\n",
        lambda data: b"\xff" + data,
        lambda _: b"",
    ],
)
def test_a_damaged_archived_checkpoint_is_named(place: Place, damage):
    path = place.log / "checkpoints/303"
    path.write_bytes(damage(path.read_bytes()))
    (problem,) = found(place.log, VKEY).problems
    assert problem.fault is Fault.CORRUPT_CHECKPOINT
    assert "checkpoints/303" in str(problem)


def test_one_archived_under_anothers_size_is_named(place: Place):
    shutil.copy(place.log / "checkpoints/303", place.log / "checkpoints/304")
    assert faults(place.log) == {Fault.CORRUPT_CHECKPOINT}


def test_the_newest_must_be_in_the_archive_and_nothing_else(place: Place):
    (place.log / "checkpoints/307").unlink()
    (place.log / "checkpoints/x").write_text("")
    assert faults(place.log) == {Fault.MISSING_CHECKPOINT, Fault.UNEXPECTED_FILE}


def test_a_checkpoint_set_back_is_a_rollback(place: Place):
    shutil.copy(place.log / "checkpoints/305", place.log / "checkpoint")
    assert Fault.ROLLED_BACK in faults(place.log)


def test_an_append_cut_off_is_no_rollback(place: Place):
    def stop(step: str) -> None:
        if step == "publish":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        place.open().append(make_entries(5), [place.witness], announce=stop)
    assert faults(place.log) == {Fault.CUT_OFF}


def test_a_damaged_entry_does_not_make_every_archived_checkpoint_a_fork(place: Place):
    path = place.log / "tile/entries/000"
    path.write_bytes(path.read_bytes().replace(b'"n":9}', b'"n":8}', 1))
    assert faults(place.log) == {Fault.CORRUPT_BUNDLE}


def test_a_promise_of_any_size_is_soon_found_empty(place: Place):
    huge = Checkpoint(ORIGIN, 2**60, bytes(32))
    (place.log / "checkpoint").write_text(sign_checkpoint(huge, KEY))
    found = verify_log(place.log, [VKEY])
    assert Fault.MISSING_BUNDLE in {problem.fault for problem in found.problems}
    with pytest.raises(tool.Wrong, match="Most of what was promised"):
        tool.Ledger(tool.Folder(place.log), tool.trust_of([VKEY], [], 0))


def test_a_list_of_any_size_is_soon_found_empty(place: Place):
    entry = json_bytes({"leaves": 2**60, "leaves_root": "00" * 32, "tree": "batch-3/1"})
    place.open().append([entry], [place.witness])
    (place.trees / "batch-3/1").mkdir(parents=True)
    found = verify_log(place.log, [VKEY], trees=place.trees)
    assert Fault.MISSING_BUNDLE in {problem.fault for problem in found.problems}


def test_a_replaced_witness(place: Place):
    """The given witnesses decide at the head; the archive answers to those of its time."""
    other = witness_verifier("other.example/w", STRANGER_KEY).vkey
    assert not found(place.log, VKEY, [other]).ok
    assert found(place.log, VKEY, [other, WITNESS_VKEY]).ok
