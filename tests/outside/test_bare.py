"""Merkle proofs by themselves: every outsider says of any proof what we say, true or false.

No signature fixes a size here, and a proof may hold under several: an inclusion proof of the first
leaf of eight is also one of seven. So nothing is said to be wrong beforehand: all must agree.
"""

import pytest
from hypothesis import given, settings
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
    root_of_hashes,
)
from tests.outside import corruptions, pymerkle_side, sigstore_side
from tests.outside.shown import Bare, BareGrowth, sides
from tests.outside.single_file import load

pytestmark = pytest.mark.xdist_group("outside")

MOST = 300
LEAVES = [b"leaf %d" % number for number in range(MOST)]
DIGESTS = leaf_hashes(LEAVES)
NODE = in_memory(DIGESTS)
HUGE = 2**40  # leaves of a tree that nobody holds: its proofs are made of made-up hashes
verify = load()


@pytest.fixture(scope="module")
def oracle():
    return pymerkle_side.tree(LEAVES)


@st.composite
def proofs(draw) -> Bare:
    size = draw(st.integers(1, MOST))
    index = draw(st.integers(0, size - 1))
    path = tuple(inclusion_proof(in_memory(DIGESTS[:size]), index, size))
    root = root_of_hashes(DIGESTS[:size])
    return Bare(LEAVES[index], DIGESTS[index], index, size, root, path)


@st.composite
def huge_proofs(draw) -> Bare:
    """A proof in a tree too large to be made: any path of the right length leads to some root."""
    size = draw(st.integers(1, HUGE))
    index = draw(st.integers(0, size - 1))
    path = tuple(draw(st.binary(min_size=32, max_size=32)) for _ in sides(index, size))
    leaf = draw(st.binary(max_size=8))
    bare = Bare(leaf, leaf_hash(leaf), index, size, bytes(32), path)
    root = pymerkle_side.proof(bare).compute_root()
    return Bare(leaf, bare.digest, index, size, root, path)


@st.composite
def growths(draw) -> BareGrowth:
    old, size = sorted(draw(st.tuples(*[st.integers(1, MOST)] * 2)))
    path = tuple(consistency_proof(in_memory(DIGESTS[:size]), old, size))
    roots = (root_of_hashes(DIGESTS[:number]) for number in (old, size))
    return BareGrowth(old, size, *roots, path)


def ours(bare: Bare) -> bool:
    return is_included(bare.digest, bare.index, bare.size, bare.path, bare.root)


def ours_growth(bare: BareGrowth) -> bool:
    return is_consistent(bare.old_size, bare.size, bare.path, bare.old_root, bare.root)


@settings(deadline=None)
@given(bare=proofs() | huge_proofs(), data=st.data())
def test_all_agree_on_inclusion(go, bare, data):
    bad = [corruptions.of_bare(data.draw, bare) for _ in range(10)]
    for each, refusal in zip([bare, *bad], go.refusals([bare, *bad]), strict=True):
        said = ours(each)
        assert said or each is not bare
        assert (refusal is None) == said, "Go"
        assert pymerkle_side.accepts_bare(each) == said, "pymerkle"
        assert verify.includes(each) == said, "tools/verify.py"
        if each.digest == leaf_hash(each.leaf):  # sigstore is given the leaf, and hashes it
            assert sigstore_side.accepts_bare(each) == said, "sigstore"


@settings(deadline=None)
@given(bare=growths(), data=st.data())
def test_all_agree_on_growth(go, bare, data):
    bad = [corruptions.of_bare_growth(data.draw, bare) for _ in range(10)]
    for each, refusal in zip([bare, *bad], go.refusals([bare, *bad]), strict=True):
        said = ours_growth(each)
        assert said or each is not bare
        assert (refusal is None) == said, "Go"
        assert verify.extends(each) == said, "tools/verify.py"


@settings(deadline=None)
@given(size=st.integers(1, MOST), data=st.data())
def test_pymerkle_makes_the_same_trees_and_proofs(oracle, size, data):
    index = data.draw(st.integers(0, size - 1))
    assert oracle.get_root(size) == merkle_root(LEAVES[:size])
    proof = inclusion_proof(in_memory(DIGESTS[:size]), index, size)
    assert oracle.prove_inclusion(index + 1, size).path == [DIGESTS[index], *proof]


@settings(deadline=None)
@given(sizes=st.tuples(st.integers(1, MOST), st.integers(1, MOST)).map(sorted), data=st.data())
def test_pymerkle_joins_no_other_roots(oracle, sizes, data):
    old, new = sizes
    roots = [oracle.get_root(old), oracle.get_root(new)]
    assert pymerkle_side.finds_grown(oracle, old, new, *roots)
    spot = data.draw(st.integers(0, 1))
    roots[spot] = corruptions.flipped(data.draw, roots[spot])
    assert not pymerkle_side.finds_grown(oracle, old, new, *roots)


def test_pymerkle_makes_the_same_large_tree(ledger):
    assert pymerkle_side.tree(ledger.entries).get_root() == ledger.log.root


def test_nothing_but_the_empty_root_is_an_empty_ledger():
    """Two checkpoints of no entries with two roots are a fork, though nothing has to be walked."""
    assert not verify.extends(BareGrowth(0, 0, EMPTY_ROOT, DIGESTS[0], ()))
    assert not verify.extends(BareGrowth(0, 3, DIGESTS[0], root_of_hashes(DIGESTS[:3]), ()))
