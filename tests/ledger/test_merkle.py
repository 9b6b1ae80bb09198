"""Trees and proofs against the words of RFC 6962 and the vectors of transparency-dev/merkle."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portcullis.ledger import (
    EMPTY_ROOT,
    consistency_proof,
    in_memory,
    inclusion_proof,
    is_consistent,
    is_included,
    leaf_hash,
    leaf_hashes,
    merkle_root,
)

VECTORS = Path(__file__).parents[3] / "shared/data/merkle-vectors/testdata"


# The oracle: RFC 6962 section 2.1, word for word.


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def mth(d: list[bytes]) -> bytes:
    if not d:
        return sha(b"")
    if len(d) == 1:
        return sha(b"\x00" + d[0])
    k = split(len(d))
    return sha(b"\x01" + mth(d[:k]) + mth(d[k:]))


def path(m: int, d: list[bytes]) -> list[bytes]:
    if len(d) == 1:
        return []
    k = split(len(d))
    if m < k:
        return [*path(m, d[:k]), mth(d[k:])]
    return [*path(m - k, d[k:]), mth(d[:k])]


def subproof(m: int, d: list[bytes], whole: bool) -> list[bytes]:
    if m == len(d):
        return [] if whole else [mth(d)]
    k = split(len(d))
    if m <= k:
        return [*subproof(m, d[:k], whole), mth(d[k:])]
    return [*subproof(m - k, d[k:], False), mth(d[:k])]


leaves_lists = st.lists(st.binary(max_size=5), min_size=1, max_size=70)


def test_the_empty_tree():
    assert merkle_root([]) == EMPTY_ROOT == mth([])


@given(leaves_lists, st.data())
def test_inclusion_is_as_the_rfc_says(leaves, data):
    index = data.draw(st.integers(0, len(leaves) - 1))
    root = merkle_root(leaves)
    proof = inclusion_proof(in_memory(leaf_hashes(leaves)), index, len(leaves))
    assert root == mth(leaves)
    assert proof == path(index, leaves)
    assert is_included(leaf_hash(leaves[index]), index, len(leaves), proof, root)


@given(leaves_lists, st.data())
def test_consistency_is_as_the_rfc_says(leaves, data):
    old = data.draw(st.integers(1, len(leaves)))
    proof = consistency_proof(in_memory(leaf_hashes(leaves)), old, len(leaves))
    assert proof == subproof(old, leaves, True)
    assert is_consistent(old, len(leaves), proof, mth(leaves[:old]), mth(leaves))


def corruptions(proof: list[bytes]):
    yield [*proof, bytes(32)]
    yield [bytes(32), *proof]
    if proof:
        yield proof[1:]
        yield proof[:-1]
        yield [proof[0][:-1], *proof[1:]]
        yield [*proof[:-1], bytes([proof[-1][0] ^ 1]) + proof[-1][1:]]
    if len(proof) > 1 and proof[0] != proof[1]:
        yield [proof[1], proof[0], *proof[2:]]


@given(st.integers(2, 40), st.data())
def test_nothing_else_is_accepted(size, data):
    leaves = [bytes([n]) for n in range(size)]
    node = in_memory(leaf_hashes(leaves))
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proof(node, index, size)
    digest, root = leaf_hash(leaves[index]), mth(leaves)
    assert not any(is_included(digest, index, size, bad, root) for bad in corruptions(proof))
    for other in range(-1, size + 2):
        assert is_included(digest, other, size, proof, root) == (other == index)
    old = data.draw(st.integers(1, size))
    proof = consistency_proof(node, old, size)
    before = mth(leaves[:old])
    assert not any(is_consistent(old, size, bad, before, root) for bad in corruptions(proof))
    assert not is_consistent(old, size, proof, bytes(32), root)
    assert not is_consistent(old, size, proof, before, bytes(32))
    assert not is_consistent(old + size, size, proof, before, root)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_no_proof_of_what_is_not_there(index, size):
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_proof(in_memory(leaf_hashes([b"a", b"b", b"c"])), index, size)


@pytest.mark.parametrize(("old", "new"), [(0, 3), (4, 3), (-1, 3)])
def test_no_consistency_with_nothing_or_the_future(old, new):
    with pytest.raises(ValueError, match="cannot be shown"):
        consistency_proof(in_memory(leaf_hashes([b"a", b"b", b"c"])), old, new)
    assert not is_consistent(old, new, [], EMPTY_ROOT, EMPTY_ROOT)


def vectors(kind: str) -> list[Path]:
    return sorted((VECTORS / kind).rglob("*.json"))


def decoded(texts: list[str] | None) -> list[bytes]:
    return [base64.b64decode(text) for text in texts or []]


needs_vectors = pytest.mark.skipif(
    not VECTORS.is_dir(), reason="the public Merkle vectors are not beside this clone"
)


@needs_vectors
def test_public_inclusion_vectors():
    assert len(vectors("inclusion")) > 50
    for file in vectors("inclusion"):
        case = json.loads(file.read_text())
        digest, root = decoded([case["leafHash"] or "", case["root"] or ""])
        accepted = is_included(
            digest, case["leafIdx"], case["treeSize"], decoded(case["proof"]), root
        )
        if {len(digest), len(root)} != {32}:  # not hashes at all: we never accept them
            assert not accepted
        else:
            assert accepted != case["wantErr"], file


@needs_vectors
def test_public_consistency_vectors():
    assert len(vectors("consistency")) > 50
    for file in vectors("consistency"):
        case = json.loads(file.read_text())
        before, after = decoded([case["root1"], case["root2"]])
        proof = decoded(case["proof"])
        accepted = is_consistent(case["size1"], case["size2"], proof, before, after)
        if {len(before), len(after)} != {32}:
            assert not accepted
        else:
            assert accepted != case["wantErr"], file


@given(st.integers(1, 2**62), st.data())
def test_no_proof_has_more_than_63_lines(new, data):
    """What tlog-witness and tlog-proof allow, for any log of up to 2^62 entries."""
    old = data.draw(st.integers(1, new))
    assert len(consistency_proof(lambda _height, _index: bytes(32), old, new)) <= 63
    assert len(inclusion_proof(lambda _height, _index: bytes(32), old - 1, new)) <= 63
