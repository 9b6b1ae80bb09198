"""Drawing by column: seeded generators, weighted and skewed choices, numbers that do not repeat."""

import numpy as np
import numpy.typing as npt
import polars as pl

from portcullis.scenarios.vocabulary import Ints, Pools, Words

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# Most people bear a common name: the exponent that draws the head of a list more often.
_SKEW = 1.5


def generator(*seed: int) -> np.random.Generator:
    """Return the generator of ``seed``: e.g. the scenario's seed, a purpose, a chunk's number."""
    return np.random.default_rng(seed)


def weighted(uniforms: Floats, weights: Floats) -> Ints:
    """Return, for each uniform number, the position in ``weights`` it falls on."""
    edges = np.cumsum(weights / weights.sum())
    return np.searchsorted(edges[:-1], uniforms, side="right").astype(np.int64)


def below(uniforms: Floats, size: int | Ints) -> Ints:
    """Return whole numbers from 0 to ``size`` - 1, one a uniform number."""
    return (uniforms * size).astype(np.int64)


def from_pool(pools: Pools, pool: Ints, random: np.random.Generator) -> Ints:
    """Return positions in ``pools.words``: one of each given pool, the common ones more often."""
    skewed = random.random(len(pool)) ** _SKEW
    return pools.starts[pool] + below(skewed, pools.sizes[pool])


def hashed_uniforms(keys: Ints, salt: int) -> Floats:
    """Return a fixed uniform number for each key (splitmix64), the same wherever it is asked."""
    mixed = keys.astype(np.uint64) + np.uint64(salt * 0x9E3779B97F4A7C15 % (1 << 64))
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)).astype(np.float64) / float(1 << 53)


def scattered(positions: Ints, size: int, step: int) -> Ints:
    """Return distinct numbers below ``size`` for distinct positions; ``step`` is prime to it."""
    return (positions % size * step + step // 3) % size


def words(vocabulary: Words, positions: Ints) -> pl.Series:
    """Return the words at ``positions`` as a String column."""
    return pl.Series(vocabulary.tolist(), dtype=pl.String).gather(positions)


def digits(numbers: Ints, width: int) -> pl.Series:
    """Return ``numbers`` as text with leading zeros to ``width`` places."""
    return pl.Series(numbers).cast(pl.String).str.zfill(width)
