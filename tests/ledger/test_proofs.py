"""Proofs that travel as text: one entry in the log, one leaf in a list in the log."""

import base64
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis.errors import Misuse
from portcullis.ledger import (
    Log,
    LogProof,
    NoteInvalid,
    ProofInvalid,
    Tree,
    TwoLevelProof,
    generate_key,
    log_verifier,
    open_checkpoint,
    two_level_proofs,
    write_tree,
)
from tests.ledger.conftest import (
    ORIGIN,
    VKEY,
    WITNESS,
    WITNESS_VKEY,
    make_entries,
    make_leaves,
)

LIST = "batch-1/1"
LIST_ENTRY = 303  # the position of its entry in the ledger that conftest builds
KEYS = ([VKEY], [WITNESS_VKEY], 1)


@pytest.fixture(scope="module")
def leaf() -> bytes:
    return make_leaves(700, LIST)[311]


@pytest.fixture(scope="module")
def text(built) -> str:
    proofs = two_level_proofs(Log.open(built.log), LIST_ENTRY, Tree(built.trees / LIST), [311])
    return next(proofs).text


def test_a_proof_of_an_entry_is_a_tlog_proof(built):
    log = Log.open(built.log)
    text = LogProof.of(log, 7).text
    lines = text.split("\n")
    assert lines[:2] == ["c2sp.org/tlog-proof@v1", "index 7"]
    assert [base64.b64decode(line) for line in lines[2 : lines.index("")]] == log.inclusion_proof(7)
    assert text.endswith("\n\n" + log.checkpoint)
    signed = LogProof.parse(text).check(make_entries(8)[7], *KEYS)
    assert signed.checkpoint.size == log.size
    with pytest.raises(ProofInvalid, match="not at position 7"):
        LogProof.parse(text).check(b"another", *KEYS)


def test_two_levels(text, leaf):
    proven = TwoLevelProof.parse(text).check(leaf, *KEYS)
    assert (proven.leaf_index, proven.entry_index) == (311, LIST_ENTRY)
    assert proven.entry["tree"] == LIST
    assert proven.signed.cosigned.keys() == {WITNESS}
    assert TwoLevelProof.parse(text).text == text


def test_one_opened_checkpoint_serves_many_proofs(built):
    log, tree = Log.open(built.log), Tree(built.trees / LIST)
    checkpoint = open_checkpoint(log.checkpoint, *KEYS).checkpoint
    leaves = make_leaves(700, LIST)
    for proof in two_level_proofs(log, LIST_ENTRY, tree, range(700)):
        proof.shows(leaves[proof.leaf_index], checkpoint)
        with pytest.raises(ProofInvalid, match="of the list"):
            proof.shows(leaves[proof.leaf_index - 1], checkpoint)
    other = replace(checkpoint, root=bytes(32))
    with pytest.raises(ProofInvalid, match="of the log"):
        proof.shows(leaves[699], other)


def test_an_outsider_can_check_the_upper_level_alone(text):
    upper = LogProof.parse(text)
    entry = base64.b64decode(upper.extra.decode().split("\n")[1].removeprefix("entry "))
    assert upper.check(entry, *KEYS).checkpoint.origin == ORIGIN


def test_another_leaf_key_or_quorum_is_not_proven(text, leaf):
    proof = TwoLevelProof.parse(text)
    with pytest.raises(ProofInvalid, match="not at position 311 of the list"):
        proof.check(leaf + b"x", *KEYS)
    stranger = log_verifier(ORIGIN, generate_key()).vkey
    with pytest.raises(NoteInvalid, match="not signed by the log's key"):
        proof.check(leaf, [stranger])
    with pytest.raises(NoteInvalid, match="0 of the 1"):
        proof.check(leaf, [VKEY], [], 1)


@settings(max_examples=300)
@given(at=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_no_byte_of_a_proof_can_change(text, leaf, at, flip):
    data = bytearray(text.encode())
    data[at % len(data)] ^= flip
    with pytest.raises((NoteInvalid, UnicodeDecodeError)):
        TwoLevelProof.parse(data.decode()).check(leaf, *KEYS)


@pytest.mark.parametrize(
    "change",
    [
        lambda _: "",
        lambda text: text[:100],
        lambda text: text.replace("proof@v1", "proof@v2"),
        lambda text: text.replace("index ", "index 0", 1),
        lambda text: text.replace("index ", "", 1),
        lambda text: text.replace("index ", "index " + "9" * 5000, 1),
        lambda text: "\n".join(line for line in text.split("\n") if not line.startswith("extra")),
        lambda text: text.replace("\n\n", "\n" + "A" * 43 + "=\n\n", 1),
        lambda text: text.replace("\n\n", "\nAAAA\n\n", 1),
    ],
)
def test_malformed_proofs(text, leaf, change):
    with pytest.raises(NoteInvalid):
        TwoLevelProof.parse(change(text)).check(leaf, *KEYS)


def test_the_lower_level_is_read_strictly(text):
    proof = TwoLevelProof.parse(text)
    upper = proof.log_proof
    for extra in (b"\xff", b"x", b"portcullis-list-proof/1\nentry \nindex 0\n", upper.extra + b"x"):
        with pytest.raises(ProofInvalid):
            TwoLevelProof.parse(LogProof(upper.index, upper.path, upper.note, extra).text)


def test_an_entry_that_names_no_tree_proves_no_leaf(built):
    log, tree = Log.open(built.log), Tree(built.trees / LIST)
    for other in (0, LIST_ENTRY + 1):
        with pytest.raises(Misuse, match="does not name this tree"):
            next(two_level_proofs(log, other, tree, [0]))


def test_a_tree_that_was_changed_is_not_proven_from(place, tmp_path):
    write_tree(tmp_path / "forged", [b"forged", *make_leaves(700, LIST)[1:]])
    with pytest.raises(Misuse, match="does not name this tree"):
        next(two_level_proofs(place.open(), LIST_ENTRY, Tree(tmp_path / "forged"), [0]))
