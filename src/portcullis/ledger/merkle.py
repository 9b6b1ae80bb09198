"""Merkle trees as RFC 6962 section 2.1 (and RFC 9162 section 2.1) define them, over SHA-256.

A tree is seen through a ``Node`` function: ``node(height, index)`` is the root of the perfect
subtree over leaves ``index * 2**height`` up to ``(index + 1) * 2**height``. Proofs are written from
such a function, wherever the hashes lie (memory, tiles), and are checked from the proof alone.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256().digest()

Node = Callable[[int, int], bytes]

# Copying a digest that has already taken its one-byte prefix costs less than making a new one.
_LEAF = hashlib.sha256(b"\x00")
_NODE = hashlib.sha256(b"\x01")


def leaf_hash(leaf: bytes) -> bytes:
    """Return the 32-byte hash of a leaf: SHA-256(0x00 || leaf)."""
    digest = _LEAF.copy()
    digest.update(leaf)
    return digest.digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of an inner node: SHA-256(0x01 || left || right)."""
    digest = _NODE.copy()
    digest.update(left + right)
    return digest.digest()


def leaf_hashes(leaves: Iterable[bytes]) -> list[bytes]:
    """Return the leaf hash of each of ``leaves``, in order."""
    hashes: list[bytes] = []
    copy, keep = _LEAF.copy, hashes.append
    for leaf in leaves:
        digest = copy()
        digest.update(leaf)
        keep(digest.digest())
    return hashes


def parents(hashes: Iterable[bytes]) -> list[bytes]:
    """Return the node hash of each pair of ``hashes``; an odd one at the end has no parent here."""
    above: list[bytes] = []
    copy, keep = _NODE.copy, above.append
    rest = iter(hashes)
    for left, right in zip(rest, rest, strict=False):
        digest = copy()
        digest.update(left + right)
        keep(digest.digest())
    return above


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """Return the 32-byte Merkle tree hash of ``leaves`` (of none: SHA-256 of nothing)."""
    return root_of_hashes(leaf_hashes(leaves))


def root_of_hashes(hashes: Sequence[bytes]) -> bytes:
    """Return the Merkle tree hash over leaves whose leaf hashes are ``hashes``."""
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        above = parents(level)
        if len(level) % 2:
            above.append(level[-1])
        level = above
    return level[0]


def fold(roots: Sequence[bytes]) -> bytes:
    """Return the root over perfect subtrees of falling size, given their roots left to right."""
    if not roots:
        return EMPTY_ROOT
    root = roots[-1]
    for left in reversed(roots[:-1]):
        root = node_hash(left, root)
    return root


def in_memory(hashes: Sequence[bytes]) -> Node:
    """Return the ``Node`` function of the tree over these leaf hashes, all kept in memory."""
    levels = [list(hashes)]
    while len(levels[-1]) > 1:
        levels.append(parents(levels[-1]))
    return lambda height, index: levels[height][index]


def range_root(node: Node, start: int, end: int) -> bytes:
    """Return the Merkle tree hash of leaves ``start`` up to ``end``.

    ``start`` must be a multiple of a power of two not less than ``end - start``, as is every
    subtree RFC 6962 speaks of.
    """
    roots = []
    while start < end:
        height = (end - start).bit_length() - 1
        roots.append(node(height, start >> height))
        start += 1 << height
    return fold(roots)


def inclusion_proof(node: Node, index: int, size: int) -> list[bytes]:
    """Return the proof that leaf ``index`` is in the tree of ``size`` leaves (RFC 6962, 2.1.1)."""
    return next(inclusion_proofs(node, [index], size))


def inclusion_proofs(node: Node, indices: Iterable[int], size: int) -> Iterator[list[bytes]]:
    """Yield the inclusion proof of each of ``indices``; what they share is computed once."""
    right_edge = cache(lambda start: range_root(node, start, size))
    for index in indices:
        if not 0 <= index < size:
            raise ValueError(f"there is no leaf {index} in a tree of {size}")
        yield _path(node, right_edge, index, size, 0)


def consistency_proof(node: Node, old: int, new: int) -> list[bytes]:
    """Return the proof that a tree of ``new`` leaves extends one of ``old`` (RFC 6962, 2.1.2)."""
    if not 0 < old <= new:
        raise ValueError(f"a tree of {new} cannot be shown to extend one of {old}")
    if old == new:
        return []
    height = _trailing_zeros(old)
    path = _path(node, lambda start: range_root(node, start, new), old - 1, new, height)
    return path if _is_power_of_two(old) else [node(height, (old - 1) >> height), *path]


def is_included(
    leaf_digest: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Say whether ``proof`` shows the leaf hash at ``index`` under ``root`` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes([leaf_digest, root, *proof]):
        return False
    inner, border = _path_shape(index, size)
    if len(proof) != inner + border:
        return False
    # Along the right edge every sibling stands on the left. Millions of proofs pass through here.
    on_the_left = index | -1 << inner
    found, copy = leaf_digest, _NODE.copy
    for sibling in proof:
        digest = copy()
        digest.update(sibling + found if on_the_left & 1 else found + sibling)
        found = digest.digest()
        on_the_left >>= 1
    return found == root


def is_consistent(
    old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Say whether ``proof`` shows that the new tree extends the old one (RFC 9162, 2.1.4.2).

    From the empty tree nothing can be shown, so ``old`` of 0 is never consistent.
    """
    if not 0 < old <= new or not _are_hashes([old_root, new_root, *proof]):
        return False
    if old == new:
        return not proof and old_root == new_root
    height = _trailing_zeros(old)
    inner, border = _path_shape(old - 1, new)
    inner -= height
    seed = [old_root] if _is_power_of_two(old) else []
    if len(seed) + len(proof) != 1 + inner + border:
        return False
    first, *path = [*seed, *proof]
    found_old = found_new = first
    for step, sibling in enumerate(path[:inner]):
        if (old - 1) >> (height + step) & 1:
            found_old = node_hash(sibling, found_old)
            found_new = node_hash(sibling, found_new)
        else:
            found_new = node_hash(found_new, sibling)
    for sibling in path[inner:]:
        found_old = node_hash(sibling, found_old)
        found_new = node_hash(sibling, found_new)
    return found_old == old_root and found_new == new_root


def _path(
    node: Node, right_edge: Callable[[int], bytes], index: int, size: int, height: int
) -> list[bytes]:
    """Return the siblings from the node over leaf ``index`` at ``height`` up to the root.

    ``right_edge(start)`` is the root over the leaves from ``start`` to the last.
    """
    inner, _ = _path_shape(index, size)
    path = [node(level, (index >> level) ^ 1) for level in range(height, inner - 1)]
    if inner > height:
        sibling = (index >> (inner - 1)) ^ 1
        path.append(right_edge(sibling << (inner - 1)))
    for level in range(max(inner, height), (size - 1).bit_length()):
        if index >> level & 1:
            path.append(node(level, (index >> level) - 1))
    return path


def _path_shape(index: int, size: int) -> tuple[int, int]:
    """Return how many steps lie below the right edge of the tree, and how many along it."""
    inner = (index ^ (size - 1)).bit_length()
    return inner, (index >> inner).bit_count()


def _trailing_zeros(number: int) -> int:
    return (number & -number).bit_length() - 1


def _is_power_of_two(number: int) -> bool:
    return number & (number - 1) == 0


def _are_hashes(values: Iterable[bytes]) -> bool:
    return {*map(len, values)} <= {HASH_BYTES}
