"""pymerkle as an oracle: its trees over our entries, its check of our inclusion proofs.

It is under the GPL and is used in tests and measurements only. Its consistency proofs have a form
of their own, so of those only what they say about our roots is compared.
"""

from collections.abc import Iterable

from pymerkle import InclusionProof, InmemoryTree, InvalidProof, verify_consistency

from tests.outside.shown import Bare, sides


def tree(entries: Iterable[bytes]) -> InmemoryTree:
    """Return its tree over ``entries``."""
    made = InmemoryTree()
    made.append_entries(entries)
    return made


def proof(bare: Bare) -> InclusionProof:
    """Return our proof in its form: places count from one, the leaf stands first in the path."""
    rule = [*sides(bare.index, bare.size), 0]
    path = [bare.digest, *bare.path]
    return InclusionProof("sha256", True, bare.size, bare.index + 1, rule, path)


def accepts_bare(bare: Bare) -> bool:
    """Say whether pymerkle accepts our inclusion proof."""
    try:
        proof(bare).verify(bare.digest, bare.root, algorithm="sha256")
    except InvalidProof:
        return False
    return True


def finds_grown(over: InmemoryTree, old: int, new: int, old_root: bytes, new_root: bytes) -> bool:
    """Say whether pymerkle's own consistency proof joins these two roots."""
    try:
        verify_consistency(old_root, new_root, over.prove_consistency(old, new), old, new)
    except InvalidProof:
        return False
    return True
