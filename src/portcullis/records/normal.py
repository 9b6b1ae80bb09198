"""From the holder's rows to the index's rows: normal forms, prepared once.

The normal forms themselves are the rooms ``names`` and ``addresses``; here they meet the
columns of the records.
"""

import polars as pl

from portcullis import addresses, names

TIN_DIGITS = 9
NAME = ["given_name", "middle_name", "family_name", "suffix"]
ADDRESS = ["line1", "line2", "city", "state", "zip"]
KINDS = ("information-return", "usps", "return", "notice")
"""Sources of an address in the order in which they prevail on one day (26 CFR 301.6212-2)."""

NAME_FORM = ("absent", "given", "middle", "family", "family_set", "suffix", "key")
ADDRESS_FORM = (
    "absent", "number", "street", "unit", "box", "city", "state", "zip5", "unique_point",
)  # fmt: skip
"""The parts of the normal forms that finders and comparisons read; no more is kept."""


def tin_digits(column: str) -> pl.Expr:
    """Return the digits of a TIN as text, or null where there are none."""
    return pl.col(column).str.replace_all(r"[^0-9]", "").replace("", None)


def all_names(frame: pl.DataFrame) -> pl.DataFrame:
    """Return ``person, n_*`` for each name, present or prior, of a frame of taxpayers.

    A prior name written without a suffix keeps the present one: marriage does not turn the
    son into the father.
    """
    present = names.normalise(frame.select("person", *NAME))
    parts = pl.col("prior_names").str.split_exact("|", len(NAME) - 1).struct
    written = (
        frame.select("person", pl.col("prior_names").str.split(";"))
        .with_columns(present["n_suffix"].alias("present_suffix"))
        .explode("prior_names", empty_as_null=True, keep_nulls=False)
        .select(
            "person",
            "present_suffix",
            *[
                parts.field(f"field_{place}").str.strip_chars().replace("", None).alias(name)
                for place, name in enumerate(NAME)
            ],
        )
        .filter(pl.any_horizontal(pl.col(NAME).is_not_null()))
    )
    suffix = pl.col("n_suffix")
    prior = names.normalise(written).with_columns(
        pl.when(suffix == "").then("present_suffix").otherwise(suffix).alias("n_suffix")
    )
    columns = ["person", *[f"n_{part}" for part in NAME_FORM]]
    return pl.concat([present.select(columns), prior.select(columns)])


def addresses_of_record(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a frame of addresses (``ADDRESS``) with their normal forms."""
    kept = [f"a_{part}" for part in ADDRESS_FORM]
    return addresses.normalise(frame, line1="line1", line2="line2").select(*frame.columns, *kept)
