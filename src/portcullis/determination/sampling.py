"""The sample a list is approved on: how many, which, and what it proves.

The size is the least for which a list holding the share of unlawful items that must be ruled
out would show at least one of them in the sample, with the confidence asked for
(hypergeometric: sampling without replacement). The rows are drawn by ranking SHA-256 of a seed
made of the list's root and the checkpoint that first covered it, so nobody can choose the seed
or draw again until clean, and anybody can repeat the draw.
"""

import hashlib
from collections.abc import Sequence
from fractions import Fraction
from math import ceil


def sample_size(population: int, bound: Fraction, confidence: Fraction) -> int:
    """Return how many of ``population`` eligible items to examine.

    ``bound`` is the share of unlawful items to rule out, ``confidence`` the probability with
    which one of them would be found, both between 0 and 1. An empty population needs none.
    """
    if not 0 < bound < 1 or not 0 < confidence < 1:
        raise ValueError("bound and confidence lie between 0 and 1")
    if population == 0:
        return 0
    unlawful = max(1, ceil(bound * population))
    missed = 1.0
    allowed = float(1 - confidence)
    for size in range(population + 1):
        # missed: the probability that a sample of this size shows none of the unlawful items.
        if missed <= allowed:
            return size
        missed *= max(0, population - unlawful - size) / (population - size)
    return population


def seed(root: bytes, checkpoint: bytes) -> bytes:
    """Return the 32-byte seed from the list's root and the checkpoint that first covered it."""
    return hashlib.sha256(b"portcullis/sample/1\n" + root + checkpoint).digest()


def draw(drawn_with: bytes, rows: Sequence[int], size: int) -> list[int]:
    """Return the ``size`` rows of ``rows`` whose digests under the seed are least, in order."""
    ranked = sorted(rows, key=lambda row: hashlib.sha256(drawn_with + b"%d" % row).digest())
    return sorted(ranked[:size])
