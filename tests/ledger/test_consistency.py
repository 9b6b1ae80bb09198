"""A consistency proof as a file: between any two checkpoints, and no byte of it can change."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis.errors import Misuse
from portcullis.ledger import Checkpoint, ConsistencyProof, Log, NoteInvalid, ProofInvalid
from portcullis.ledger.notes import sign_checkpoint
from tests.ledger.conftest import (
    KEY,
    ORIGIN,
    VKEY,
    WITNESS_VKEY,
    make_entries,
    make_witness,
)
from tests.ledger.outsiders import tool

KEYS = ([VKEY], [WITNESS_VKEY], 1)


@pytest.fixture(scope="module")
def log(built) -> Log:
    return Log.open(built.log)


@pytest.fixture(scope="module")
def text(log) -> str:
    return ConsistencyProof.between(log, log.checkpoint_at(3), log.checkpoint).text


def test_between_any_two_checkpoints(log):
    sizes = log.checkpoint_sizes()
    assert sizes[0] == 0
    assert len(sizes) > 4
    for old in sizes:
        for new in sizes:
            if old > new:
                continue
            proof = ConsistencyProof.between(log, log.checkpoint_at(old), log.checkpoint_at(new))
            again = ConsistencyProof.parse(proof.text)
            assert again == proof
            first, last = again.check(*KEYS)
            assert (first.checkpoint.size, last.checkpoint.size) == (old, new)
            assert first.cosigned


def test_the_file(text, log):
    lines = text.split("\n")
    assert lines[0] == "portcullis-consistency/1"
    assert text.endswith(f"\n\n{log.checkpoint_at(3)}\n{log.checkpoint}")


def test_the_wrong_way_round_or_beyond_the_ledger(log, tmp_path):
    with pytest.raises(Misuse, match="no growth"):
        ConsistencyProof.between(log, log.checkpoint, log.checkpoint_at(3))
    small = Log.create(tmp_path / "log", ORIGIN, KEY)
    with pytest.raises(Misuse, match="ledger of 0"):
        ConsistencyProof.between(small, log.checkpoint_at(3), log.checkpoint)
    with pytest.raises(Misuse):
        ConsistencyProof.between(log, "no checkpoint", log.checkpoint)


def test_a_rewritten_ledger_is_not_consistent(log, tmp_path):
    witness = make_witness(tmp_path / "w")
    other = Log.create(tmp_path / "log", ORIGIN, KEY, [witness])
    other.append([b"rewritten", *make_entries(2)], [witness])
    with pytest.raises(ProofInvalid, match="does not begin with"):
        ConsistencyProof.between(log, other.checkpoint, log.checkpoint)
    forged = ConsistencyProof(other.checkpoint, log.checkpoint, tuple(log.consistency_proof(3)))
    with pytest.raises(ProofInvalid, match="does not begin with"):
        ConsistencyProof.parse(forged.text).check(*KEYS)


@pytest.mark.parametrize(("old", "new"), [(0, 0), (3, 3), (0, 3)])
def test_two_roots_of_one_size_are_no_growth(log, old, new):
    other = Checkpoint(ORIGIN, old, bytes(32))
    newest = log.checkpoint_at(new)
    for pair in ((sign_checkpoint(other, KEY), newest), (newest, sign_checkpoint(other, KEY))):
        with pytest.raises(ProofInvalid, match="does not begin with"):
            ConsistencyProof(*pair, ()).check([VKEY])
        with pytest.raises(tool.Wrong):
            tool.verify_consistency(ConsistencyProof(*pair, ()).text, tool.trust_of([VKEY], [], 0))


def test_checkpoints_of_two_logs(log, tmp_path):
    other = Log.create(tmp_path / "log", "other.example/log", KEY)
    proof = ConsistencyProof(other.checkpoint, log.checkpoint, ())
    with pytest.raises(ProofInvalid, match="two logs"):
        proof.check([VKEY, other.vkey if other.vkey else VKEY])


@settings(max_examples=200)
@given(at=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_no_byte_can_change(text, at, flip):
    data = bytearray(text.encode())
    data[at % len(data)] ^= flip
    with pytest.raises((NoteInvalid, UnicodeDecodeError)):
        ConsistencyProof.parse(data.decode()).check(*KEYS)


@pytest.mark.parametrize(
    "change",
    [
        lambda _: "",
        lambda text: text[:80],
        lambda text: text.replace("/1\n", "/2\n", 1),
        lambda text: text.replace("/1\n", "/1\n\n", 1),
        lambda text: text.replace("/1\n", "/1\nAAAA\n", 1),
        lambda text: text.replace("/1\n", "/1\n" + "A" * 43 + "=\n", 1),
        lambda text: text + "\n",
        lambda text: text + "\n\nmore",
    ],
)
def test_malformed_proofs(text, change):
    with pytest.raises(NoteInvalid):
        ConsistencyProof.parse(change(text)).check(*KEYS)
