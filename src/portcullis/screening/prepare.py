"""The typed columns that tests read, made from a request's text: dates, years, lists, citations.

Strict: what is not written as the schema says is null, and null is not met.
"""

import polars as pl

from portcullis import addresses, names
from portcullis.law.words import folded_citation

DATES = (
    "investigation_opened_on",
    "order_date",
    "finality_date",
    "judicial_review_final_on",
    "custody_released_on",
    "status_checked_on",
)
_DATE = r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$"
_YEARS = r"^[0-9]{4}(?: *; *[0-9]{4})*$"
_TIN = r"^[0-9]{9}$"


def prepare(requests: pl.DataFrame) -> pl.DataFrame:
    """Return ``requests`` with the helper columns that are not there yet.

    Added: ``d_<date field>`` Date; ``periods`` List(Int16); ``officer_list`` List(String);
    ``c_statute`` and ``c_charge``, citations without spaces, points and section signs;
    ``tin_digits``, nine digits or null; and the normal forms ``a_`` and ``n_`` of address and
    name.
    """
    frame = _normal_forms(requests)
    missing = [each for each in typed() if each.meta.output_name() not in frame.columns]
    return frame.lazy().with_columns(missing).collect()


def typed() -> list[pl.Expr]:
    """Return the expressions of the typed columns over the request's text."""
    return [
        *[_date(name) for name in DATES],
        _years().alias("periods"),
        _list("officers").alias("officer_list"),
        folded_citation(pl.col("statute")).alias("c_statute"),
        folded_citation(pl.col("charge")).alias("c_charge"),
        _tin().alias("tin_digits"),
    ]


def _normal_forms(requests: pl.DataFrame) -> pl.DataFrame:
    frame = requests
    if "a_absent" not in frame.columns:
        frame = addresses.normalise(frame)
    if "n_absent" not in frame.columns:
        frame = names.normalise(frame)
    return frame


def _date(name: str) -> pl.Expr:
    text = pl.col(name)
    day = text.str.to_date("%Y-%m-%d", strict=False)
    return pl.when(text.str.contains(_DATE)).then(day).alias(f"d_{name}")


def _years() -> pl.Expr:
    text = pl.col("taxable_periods")
    years = text.str.replace_all(" ", "", literal=True).str.split(";")
    return pl.when(text.str.contains(_YEARS)).then(years.cast(pl.List(pl.Int16), strict=False))


def _list(name: str) -> pl.Expr:
    return pl.col(name).str.replace_all(r" *; *", ";").str.split(";")


def _tin() -> pl.Expr:
    digits = pl.col("tin").str.replace_all("-", "", literal=True)
    return pl.when(digits.str.contains(_TIN)).then(digits)
