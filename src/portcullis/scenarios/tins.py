"""Taxpayer identification numbers that were never issued.

Those of the records lie in areas 000 and 666 (social security numbers of those areas do not
exist) and in 900-999 with the middle digits 00-49 (no ITIN has them). Requests about nobody
take theirs from 900-999 with 66-69, 89 and 93, which no ITIN has either: the two never meet.
"""

import numpy as np
import polars as pl

from portcullis.errors import Misuse
from portcullis.scenarios.draws import digits, scattered
from portcullis.scenarios.vocabulary import Ints

_SERIALS = 9_999
_PER_AREA = 99 * _SERIALS
_SSN_LIKE = 2 * _PER_AREA
_ITIN_LIKE = 100 * 50 * 10_000
_NOBODYS_GROUPS = np.array([66, 67, 68, 69, 89, 93], dtype=np.int64)
_NOBODYS = 100 * len(_NOBODYS_GROUPS) * 10_000
# Primes, and so without a factor in common with the sizes above.
_STEPS = (1_299_709, 32_452_843, 2_750_159)
MOST_TAXPAYERS = _ITIN_LIKE


def of_taxpayers(positions: Ints) -> pl.Series:
    """Return nine digits for each taxpayer position (0-based): distinct for distinct positions.

    Even positions bear numbers like social security numbers while those last, all others numbers
    like ITINs. Raises Misuse beyond ``MOST_TAXPAYERS``.
    """
    if positions.size and int(positions.max()) >= MOST_TAXPAYERS:
        raise Misuse(f"There are no more than {MOST_TAXPAYERS:,} synthetic TINs.", "Ask for fewer.")
    half = positions // 2
    ssn_like = (positions % 2 == 0) & (half < _SSN_LIKE)
    number = scattered(half, _SSN_LIKE, _STEPS[0])
    rest = number % _PER_AREA
    area = np.where(number < _PER_AREA, 0, 666)
    ssn = area * 1_000_000 + (1 + rest // _SERIALS) * 10_000 + 1 + rest % _SERIALS
    taken = np.minimum((positions + 1) // 2, _SSN_LIKE)
    number = scattered(positions - taken, _ITIN_LIKE, _STEPS[1])
    itin = (900 + number // 500_000) * 1_000_000 + number % 500_000
    return digits(np.where(ssn_like, ssn, itin), 9)


def of_nobody(positions: Ints) -> pl.Series:
    """Return nine digits that are on no record, distinct for positions below six million."""
    number = scattered(positions, _NOBODYS, _STEPS[2])
    area, rest = 900 + number // 60_000, number % 60_000
    group = _NOBODYS_GROUPS[rest // 10_000]
    return digits(area * 1_000_000 + group * 10_000 + rest % 10_000, 9)


def kind() -> pl.Expr:
    """Return the expression that names the type of the column ``tin``: ITIN or SSN."""
    return pl.when(pl.col("tin").str.starts_with("9")).then(pl.lit("ITIN")).otherwise(pl.lit("SSN"))
