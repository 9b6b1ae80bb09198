"""Whether two names in normal form are one person's name, and why (requirements 22 to 24)."""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from rapidfuzz.distance import OSA
from rapidfuzz.process import cpdist

from portcullis.folding import put_where
from portcullis.names.vocabulary import NICKNAMES

AGREES = ("same", "reordered")
REFERS = ("suffix-missing", "initial", "partial", "nickname", "misplaced", "near")
REASONS: dict[str, str] = {
    "same": "Given and family names are equal, and no middle name or suffix contradicts.",
    "reordered": "The same given name and the same surnames, in another order.",
    "suffix-missing": "The names are equal, but only one of the two gives a suffix.",
    "suffix-differs": "The names are equal, but the suffixes name different people.",
    "middle-differs": "Given and family names agree, but the middle names contradict each other.",
    "initial": "The family names agree, but one given name is an initial only.",
    "partial": "The given names agree, but one gives only part of the other's compound surname.",
    "nickname": "The family names agree, but one given name is a nickname of the other.",
    "misplaced": "Given and family name, or two forenames, stand in each other's place.",
    "near": "The two differ as a slip of the pen.",
    "different": "The two are different names.",
    "absent": "One of the two is no name.",
}
"""Code of `agreement` -> the sentence that says it."""

_PARTS = ("given", "middle", "family", "family_set")
# A name of 4 letters may differ by one keystroke and be near, one of 8 by two.
_SHORT_NAME, _LONG_NAME = 4, 8


def agreement(left: str, right: str) -> pl.Expr:
    """Return the code (see `REASONS`) for the names under prefixes ``left`` and ``right``.

    Symmetric and row-local, over the columns `normalise` adds. A null column counts as absent.
    """

    def both(part: str) -> tuple[pl.Expr, pl.Expr]:
        return pl.col(left + part), pl.col(right + part)

    left_absent, right_absent = both("absent")
    absent = left_absent.fill_null(value=True) | right_absent.fill_null(value=True)
    given_left, given_right = both("given")
    family_left, family_right = both("family")
    set_left, set_right = both("family_set")
    suffix_left, suffix_right = both("suffix")
    given, family, surnames = (
        given_left == given_right,
        family_left == family_right,
        set_left == set_right,
    )
    agrees = given & surnames
    suffix_missing = (suffix_left == "") | (suffix_right == "")
    kin = _kinship(left, right)
    return (
        pl.when(absent)
        .then(pl.lit("absent"))
        .when(~agrees & (kin == ""))
        .then(pl.lit("different"))
        .when(middle_differs(*both("middle")) & (kin != "swapped"))
        .then(pl.lit("middle-differs"))
        .when((suffix_left != suffix_right) & ~suffix_missing)
        .then(pl.lit("suffix-differs"))
        .when(~agrees)
        .then(pl.when(kin == "swapped").then(pl.lit("misplaced")).otherwise(kin))
        .when(suffix_left != suffix_right)
        .then(pl.lit("suffix-missing"))
        .when(~family)
        .then(pl.lit("reordered"))
        .otherwise(pl.lit("same"))
    )


def middle_differs(left: pl.Expr, right: pl.Expr) -> pl.Expr:
    """Say whether two middle names contradict: neither the start of the other, nor its initials."""
    start = left.str.starts_with(right) | right.str.starts_with(left)
    return pl.struct(left.alias("left"), right.alias("right"), start.alias("start")).map_batches(
        _middle_contradicts, return_dtype=pl.Boolean, is_elementwise=True
    )


def _middle_contradicts(pairs: pl.Series) -> pl.Series:
    rows = pairs.struct.unnest()
    differs = ~rows["start"].fill_null(value=True)
    if not differs.any():
        return differs.alias(pairs.name)
    left, right = pl.col("left"), pl.col("right")
    left_initials, right_initials = (
        side.str.replace_all("([^ ])[^ ]*", "${1}") for side in (left, right)
    )
    initials = ((left == left_initials) | (right == right_initials)) & (
        left_initials.str.starts_with(right_initials)
        | right_initials.str.starts_with(left_initials)
    )
    contradicts = rows.filter(differs).select(~initials).to_series()
    return put_where(differs, differs, contradicts).alias(pairs.name)


def _kinship(left: str, right: str) -> pl.Expr:
    columns = [
        pl.col(side + part).alias(f"{name}_{part}")
        for side, name in ((left, "l"), (right, "r"))
        for part in _PARTS
    ]
    return pl.struct(columns).map_batches(
        _kinship_rows, return_dtype=pl.String, is_elementwise=True
    )


def _kinship_rows(pairs: pl.Series) -> pl.Series:
    """Return how names that do not agree are akin: a referring code, "swapped", or ""."""
    rows = pairs.struct.unnest().fill_null("")
    given = rows["l_given"] == rows["r_given"]
    surnames = rows["l_family_set"] == rows["r_family_set"]
    kin = pl.repeat("", rows.height, dtype=pl.String, eager=True)
    for where, judge in (
        (surnames & ~given, given_kinship),
        (given & ~surnames, family_kinship),
        (~given & ~surnames, swapped),
    ):
        if where.any():
            kin = put_where(kin, where, judge(rows.filter(where)))
    return kin.alias(pairs.name)


def given_kinship(rows: pl.DataFrame) -> pl.Series:
    """Return how given names that differ are akin: a referring code, or ""."""
    left, right = pl.col("l_given"), pl.col("r_given")
    initial = (pl.min_horizontal(left.str.len_chars(), right.str.len_chars()) == 1) & (
        left.str.starts_with(right) | right.str.starts_with(left)
    )
    nickname = pl.concat_str(left, right, separator="|").is_in(list(NICKNAMES))
    second = (_first(pl.col("r_middle")) == left) | (_first(pl.col("l_middle")) == right)
    return rows.select(
        pl.when(initial)
        .then(pl.lit("initial"))
        .when(nickname)
        .then(pl.lit("nickname"))
        .when(second)
        .then(pl.lit("misplaced"))
        .when(_slip(rows["l_given"], rows["r_given"]))
        .then(pl.lit("near"))
        .otherwise(pl.lit(""))
    ).to_series()


def _first(words: pl.Expr) -> pl.Expr:
    return words.str.extract("^([^ ]+)")


def family_kinship(rows: pl.DataFrame) -> pl.Series:
    """Return how surnames that differ are akin: a referring code, or ""."""
    left, right = (pl.lit(" ") + pl.col(side) + pl.lit(" ") for side in ("l_family", "r_family"))
    part = left.str.contains(right, literal=True) | right.str.contains(left, literal=True)
    solid = rows.select(
        left=pl.col("l_family").str.replace_all(" ", "", literal=True),
        right=pl.col("r_family").str.replace_all(" ", "", literal=True),
    )
    return rows.select(
        pl.when(part)
        .then(pl.lit("partial"))
        .when(_slip(solid["left"], solid["right"]))
        .then(pl.lit("near"))
        .otherwise(pl.lit(""))
    ).to_series()


def swapped(rows: pl.DataFrame) -> pl.Series:
    """Return "swapped" for given and family names written in each other's column, else ""."""
    left_given, right_given = (
        pl.concat_str(f"{side}_given", f"{side}_middle", separator=" ").str.strip_chars()
        for side in ("l", "r")
    )
    swapped = ((left_given == pl.col("r_family")) | (pl.col("l_given") == pl.col("r_family"))) & (
        (right_given == pl.col("l_family")) | (pl.col("r_given") == pl.col("l_family"))
    )
    return rows.select(pl.when(swapped).then(pl.lit("swapped")).otherwise(pl.lit(""))).to_series()


def _slip(left: pl.Series, right: pl.Series) -> pl.Series:
    """Say which pairs are a keystroke apart, two in a long name (a swap of letters is one)."""
    shorter = pl.DataFrame({"left": left, "right": right}).select(
        pl.min_horizontal(pl.all().str.len_chars())
    )
    allowed = (shorter.to_series() >= _SHORT_NAME).cast(pl.Int32)
    allowed = allowed + (shorter.to_series() >= _LONG_NAME).cast(pl.Int32)
    distance: Callable[..., Any] = OSA.distance
    found = cpdist(left.to_list(), right.to_list(), scorer=distance, dtype=np.int32)
    return pl.Series(found) <= allowed
