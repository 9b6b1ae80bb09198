"""The local witness answers as c2sp.org/tlog-witness says."""

import pytest

from portcullis.errors import Misuse
from portcullis.ledger import (
    EMPTY_ROOT,
    WitnessRefused,
    consistency_proof,
    generate_key,
    in_memory,
    leaf_hashes,
    merkle_root,
    open_checkpoint,
)
from portcullis.ledger.notes import Checkpoint, sign_checkpoint
from tests.ledger.conftest import KEY, ORIGIN, VKEY, WITNESS, WITNESS_VKEY, make_witness

LEAVES = [bytes([n]) for n in range(9)]


def note(size: int, leaves=LEAVES, origin=ORIGIN, key=KEY) -> str:
    return sign_checkpoint(Checkpoint(origin, size, merkle_root(leaves[:size])), key)


def proof(old: int, new: int) -> list[bytes]:
    return consistency_proof(in_memory(leaf_hashes(LEAVES)), old, new)


@pytest.fixture
def witness(tmp_path):
    return make_witness(tmp_path / "witness")


def test_it_cosigns_what_only_grew(witness, tmp_path):
    assert witness.seen(ORIGIN) is None
    for old, new in ((0, 0), (0, 4), (4, 4), (4, 9)):
        growth = proof(old, new) if old else []
        line = witness.add_checkpoint(old, growth, note(new))
        signed = open_checkpoint(note(new) + line, [VKEY], [WITNESS_VKEY], 1)
        assert signed.cosigned == {WITNESS: 1_750_000_000}
        assert witness.seen(ORIGIN).size == new
        assert make_witness(tmp_path / "witness").seen(ORIGIN).size == new


@pytest.mark.parametrize(
    ("status", "old", "growth", "text"),
    [
        (400, 5, [], note(4)),
        (400, 4, [], "no note"),
        (404, 4, [], note(9, origin="other.example/log")),
        (403, 4, [], note(9, key=generate_key())),
        (409, 0, [], note(9)),
        (409, 5, proof(5, 9), note(9)),
        (409, 4, [], note(4, leaves=[b"x", *LEAVES[1:]])),
        (422, 4, [], note(9)),
        (422, 4, proof(5, 9), note(9)),
        (422, 4, proof(4, 9), note(9, leaves=[b"x", *LEAVES[1:]])),
        (422, 4, [EMPTY_ROOT], note(4)),
    ],
)
def test_it_refuses_with_the_protocols_status(witness, status, old, growth, text):
    witness.add_checkpoint(0, [], note(4))
    with pytest.raises(WitnessRefused) as refusal:
        witness.add_checkpoint(old, growth, text)
    assert refusal.value.status == status
    assert refusal.value.size == (4 if status == 409 else None)
    assert witness.seen(ORIGIN).size == 4


def test_the_first_proof_is_empty(witness):
    with pytest.raises(WitnessRefused) as refusal:
        witness.add_checkpoint(0, [EMPTY_ROOT], note(4))
    assert refusal.value.status == 422


def test_an_empty_log_has_the_empty_root(witness):
    text = sign_checkpoint(Checkpoint(ORIGIN, 0, bytes(32)), KEY)
    with pytest.raises(WitnessRefused) as refusal:
        witness.add_checkpoint(0, [], text)
    assert refusal.value.status == 409


def test_it_does_not_sign_what_it_could_not_store(witness, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("portcullis.ledger.durable.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        witness.add_checkpoint(0, [], note(4))
    monkeypatch.undo()
    assert witness.seen(ORIGIN) is None


def test_a_damaged_store_is_no_fresh_start(witness, tmp_path):
    witness.add_checkpoint(0, [], note(4))
    (store,) = [f for f in (tmp_path / "witness").iterdir() if f.name not in ("lock", "part")]
    store.write_bytes(store.read_bytes()[:-5])
    with pytest.raises(Misuse, match="damaged"):
        witness.add_checkpoint(4, proof(4, 9), note(9))
