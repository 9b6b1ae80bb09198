"""Simulated numbers, moved to where no number was ever issued, with their slips kept.

A simulated social security number may by chance be a real person's. So before anything is written
its first digit becomes 9 and its fourth is taken modulo 5: areas 900 to 999 with the middle digits
00 to 49 were never given out, not as ITINs either. Digit by digit, so that a slip in one place
stays a slip in one place; lost are slips in the first digit, and in the fourth those by five.
Two numbers may become one: whoever bears such a number is left out (``shared``).
"""

import polars as pl

_FOLDED = {str(digit): str(digit % 5) for digit in range(5, 10)}


def never_issued(number: pl.Expr) -> pl.Expr:
    """Return ``number`` (text, hyphens or not) moved into the ranges that were never issued.

    What is no digit, as where a scanner read a letter, stays; so does a wrong count of digits.
    """
    plain = number.str.replace_all("-", "", literal=True)
    return pl.concat_str(
        plain.str.slice(0, 1).str.replace("[0-9]", "9"),
        plain.str.slice(1, 2),
        plain.str.slice(3, 1).replace(_FOLDED),
        plain.str.slice(4),
    )


def shared(numbers: pl.Series) -> pl.Series:
    """Return those of ``numbers`` that become the same number as another of them."""
    distinct = pl.DataFrame({"number": numbers.drop_nulls().unique()}).with_columns(
        never_issued(pl.col("number")).alias("moved")
    )
    return distinct.filter(pl.col("moved").is_duplicated())["number"].sort()
