"""Whether two addresses in normal form are one delivery point, and why (requirement 21).

"Place" is the ZIP5 where both have one, else city and state.
Only `same` is agreement; `near` refers to a person; nothing here guesses.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl
from rapidfuzz.distance import OSA, Levenshtein
from rapidfuzz.process import cpdist

from portcullis.addresses.vocabulary import SUFFIXES, any_of, unit_standard
from portcullis.folding import put_where

AGREES = ("same",)
REFERS = ("near",)
REASONS: dict[str, str] = {
    "same": "Both are the same delivery point: number, street, unit, box and place are equal.",
    "unit-differs": "The building is the same, but the units differ.",
    "unit-missing": "The building is the same, but only one of the two names a unit.",
    "number-differs": "The street and place are the same, but the house or box numbers differ.",
    "near": "The two differ in one part, by no more than a slip of the pen, or in what a unit is"
    " called; only a person may say more.",
    "different": "The two are different addresses.",
    "absent": "One of the two is no address.",
}
"""Code of `agreement` -> the sentence that says it."""

_PARTS = ("number", "street", "unit", "box", "zip5", "city", "state")
# A street name of 4 characters may differ by one keystroke and be near, one of 10 by two.
_SHORT_NAME, _LONG_NAME = 4, 10
_SEVERAL_DIGITS = 3
_SUFFIXES = [term.standard for term in SUFFIXES]
# A road by its number alone may be the one that says whose road it is.
_ROAD = r"^(?:(US|STATE|COUNTY) )?(?:HIGHWAY|ROUTE) ([0-9]+[A-Z]?)$"
_DIRECTION = "NE|NW|SE|SW|N|S|E|W"
_ROOMS = any_of(unit_standard("named"))
_STREET_PARTS = (
    rf"^(?:(?P<pre>{_DIRECTION}) )?(?P<name>.+?)"
    rf"(?: (?P<suffix>{any_of(_SUFFIXES)}))?"
    rf"(?: (?P<post>{_DIRECTION}))?(?: URB (?P<urb>.+))?$"
)
DistanceScorer = Callable[..., Any]


def agreement(left: str, right: str) -> pl.Expr:
    """Return the code (see `REASONS`) for the addresses under prefixes ``left`` and ``right``.

    Symmetric and row-local, over the columns `normalise` adds. A null column counts as absent.
    """

    def equal(part: str) -> pl.Expr:
        return pl.col(left + part) == pl.col(right + part)

    def either_empty(part: str) -> pl.Expr:
        return (pl.col(left + part) == "") | (pl.col(right + part) == "")

    town = equal("city") & equal("state") & ~either_empty("city") & ~either_empty("state")
    place = pl.when(either_empty("zip5")).then(town).otherwise(equal("zip5"))
    street = equal("street")
    number = equal("number") & equal("box")
    absent = pl.col(left + "absent").fill_null(value=True) | pl.col(right + "absent").fill_null(
        value=True
    )
    return (
        pl.when(absent)
        .then(pl.lit("absent"))
        .when(place & street & number & equal("unit"))
        .then(pl.lit("same"))
        .when(place & street & number & either_empty("unit"))
        .then(pl.lit("unit-missing"))
        .when(_near(left, right))
        .then(pl.lit("near"))
        .when(place & street & number)
        .then(pl.lit("unit-differs"))
        .when(place & street)
        .then(pl.lit("number-differs"))
        .otherwise(pl.lit("different"))
    )


def _near(left: str, right: str) -> pl.Expr:
    columns = [
        pl.col(side + part).alias(f"{name}_{part}")
        for side, name in ((left, "l"), (right, "r"))
        for part in _PARTS
    ]
    return pl.struct(columns).map_batches(_near_rows, return_dtype=pl.Boolean, is_elementwise=True)


def _near_rows(pairs: pl.Series) -> pl.Series:
    """Say which pairs differ in one of place, street, number and unit only, there by a slip.

    Beside a slip in the street or number one side may lack the unit; two units must agree.
    """
    rows = pairs.struct.unnest()
    either_zip_missing = (pl.col("l_zip5") == "") | (pl.col("r_zip5") == "")
    town = (pl.col("l_city") == pl.col("r_city")) & (pl.col("l_state") == pl.col("r_state"))
    agree = rows.select(
        place=pl.when(either_zip_missing)
        .then(town)
        .otherwise(pl.col("l_zip5") == pl.col("r_zip5")),
        street=pl.col("l_street") == pl.col("r_street"),
        number=(pl.col("l_number") == pl.col("r_number")) & (pl.col("l_box") == pl.col("r_box")),
        unit=pl.col("l_unit") == pl.col("r_unit"),
    ).fill_null(value=False)
    place, street, number, unit = agree.get_columns()
    one_unit = unit | (rows["l_unit"] == "") | (rows["r_unit"] == "")
    near = pl.repeat(False, rows.height, dtype=pl.Boolean, eager=True)
    for where, slip in (
        (place & street & number & ~one_unit, _unit_slip),
        (place & street & ~number & one_unit, _number_slip),
        (place & ~street & number & one_unit, _street_slip),
        (~place & street & number & unit, _place_slip),
    ):
        near = near | _where(where, rows, slip)
    return near.alias(pairs.name)


def _where(
    where: pl.Series, rows: pl.DataFrame, slip: Callable[[pl.DataFrame], pl.Series]
) -> pl.Series:
    """Return ``slip`` of the rows ``where`` holds, False elsewhere."""
    if not where.any():
        return where
    return put_where(where, where, slip(rows.filter(where)))


def _distance(
    left: pl.Series, right: pl.Series, scorer: DistanceScorer = OSA.distance
) -> pl.Series:
    return pl.Series(cpdist(left.to_list(), right.to_list(), scorer=scorer, dtype=np.int32))


def _number_slip(rows: pl.DataFrame) -> pl.Series:
    """Say which numbers differ by a sign or letter, by digits changed round, or by one left out.

    One digit for another is no slip: it is the house next door.
    """
    written = rows.select(
        left=pl.col("l_number") + pl.col("l_box"), right=pl.col("r_number") + pl.col("r_box")
    )
    signs, letters = "[^A-Z0-9]", "[^0-9]"
    either = written.select(
        signs=pl.col("left").str.replace_all(signs, "")
        == pl.col("right").str.replace_all(signs, ""),
        letters=(pl.col("left").str.replace_all(letters, "") == pl.col("right"))
        | (pl.col("right").str.replace_all(letters, "") == pl.col("left")),
        several=pl.min_horizontal(pl.col("left", "right").str.len_chars()) >= _SEVERAL_DIGITS,
        lengths=pl.col("left").str.len_chars() != pl.col("right").str.len_chars(),
    )
    one = _distance(written["left"], written["right"]) == 1
    substituted = _distance(written["left"], written["right"], Levenshtein.distance) == 1
    digits = either["several"] & one & (either["lengths"] | ~substituted)
    return either["signs"] | either["letters"] | digits


def _unit_slip(rows: pl.DataFrame) -> pl.Series:
    """Say which units differ only by a sign one leaves out, or by "STE" here and "APT" there."""
    bare = rows.select(
        pl.col("l_unit", "r_unit").str.replace_all(
            rf"(^| ){_ROOMS}([A-Z]?[0-9]|[A-Z](?: |$))", "${1}${2}"
        )
    )
    signs = "[^A-Z0-9]"
    return bare.select(
        (pl.col("l_unit").str.replace_all(signs, "") == pl.col("r_unit").str.replace_all(signs, ""))
        & ~(pl.col("l_unit").str.contains(signs) & pl.col("r_unit").str.contains(signs))
        | (pl.col("l_unit") == pl.col("r_unit"))
    ).to_series()


def _street_slip(rows: pl.DataFrame) -> pl.Series:
    """Say which names differ by a keystroke or two, or by a directional or suffix left out.

    Never where numbers or lone letters in the names differ ("5TH ST", "AVENUE B"), nor where both
    give a directional or both a suffix and they differ: those are other streets.
    """
    parts = pl.concat(
        [
            street_parts(rows[side + "street"])
            .with_columns(
                direction=pl.col("pre") + pl.col("post"),
                digits=pl.col("name").str.replace_all("[A-Z]{2,}", "").str.strip_chars(),
                road=pl.col("name").str.extract(_ROAD, 2),
                whose=pl.col("name").str.extract(_ROAD, 1).fill_null(""),
            )
            .select(pl.all().name.prefix(side))
            for side in ("l_", "r_")
        ],
        how="horizontal",
    )
    compatible = parts.select(
        pl.all_horizontal(
            (pl.col(f"l_{part}") == pl.col(f"r_{part}"))
            | (pl.col(f"l_{part}") == "")
            | (pl.col(f"r_{part}") == "")
            for part in ("direction", "suffix", "urb")
        )
        & (pl.col("l_digits") == pl.col("r_digits"))
        & (pl.col("l_name") != "")
        & (pl.col("r_name") != "")
    ).to_series()
    shorter = parts.select(
        pl.min_horizontal(pl.col("l_name", "r_name").str.len_chars())
    ).to_series()
    allowed = (shorter >= _SHORT_NAME).cast(pl.Int32) + (shorter >= _LONG_NAME).cast(pl.Int32)
    one_road = parts.select(
        (pl.col("l_road") == pl.col("r_road")).fill_null(value=False)
        & ((pl.col("l_whose") == "") | (pl.col("r_whose") == ""))
    ).to_series()
    return compatible & (one_road | (_distance(parts["l_name"], parts["r_name"]) <= allowed))


def street_parts(street: pl.Series) -> pl.DataFrame:
    """Return pre, name, suffix, post and urb of normal street names, "" for a part not there."""
    groups = pl.DataFrame({"groups": street.str.extract_groups(_STREET_PARTS)})
    pre, name, suffix, post = (pl.col(part) for part in ("pre", "name", "suffix", "post"))
    # "E ST", "SW FWY" and "AVENUE N" are streets whose name is a direction.
    named_before = (pre != "") & (suffix == "") & name.is_in(_SUFFIXES)
    named_behind = (post != "") & (suffix == "") & name.is_in(["AVENUE", "STREET", "CALLE"])
    return groups.select(
        pl.col("groups").struct.field(part).fill_null("").alias(part)
        for part in ("pre", "name", "suffix", "post", "urb")
    ).with_columns(
        name=pl.when(named_before)
        .then(pre)
        .when(named_behind)
        .then(name + " " + post)
        .otherwise(name),
        suffix=pl.when(named_before).then(name).otherwise(suffix),
        pre=pl.when(named_before).then(pl.lit("")).otherwise(pre),
        post=pl.when(named_behind).then(pl.lit("")).otherwise(post),
    )


def _place_slip(rows: pl.DataFrame) -> pl.Series:
    """Say which are one town under two ZIP Codes, or two ZIP Codes of a state a keystroke apart."""
    same_state = rows["l_state"] == rows["r_state"]
    town = same_state & (rows["l_city"] == rows["r_city"]) & (rows["l_city"] != "")
    keystroke = _distance(rows["l_zip5"], rows["r_zip5"]) == 1
    both = (rows["l_zip5"] != "") & (rows["r_zip5"] != "")
    return both & (town | (same_state & keystroke))
