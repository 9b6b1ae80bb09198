"""The typed columns that tests read, made from a request's text: dates, years, lists, citations.

Strict: what is not written as the schema says is null, and null is not met.
"""

from collections.abc import Collection

import polars as pl

from portcullis import addresses, names
from portcullis.agreements import Pack
from portcullis.law.words import folded_citation

_NAMED_BY = ("given_name", "middle_name", "family_name", "suffix")
_ADDRESSED_BY = ("address_line1", "address_line2", "city", "state", "zip")
_DATE = r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$"
_YEARS = r"^[0-9]{4}(?: *; *[0-9]{4})*$"
_TIN = r"^[0-9]{9}$"


def prepare(
    requests: pl.DataFrame, pack: Pack, wanted: Collection[str] | None = None
) -> pl.DataFrame:
    """Return ``requests`` with the helper columns that are not there yet.

    Added, of the fields that ``pack`` has: ``d_<date field>`` Date; ``c_<citation field>``,
    citations without spaces, points and section signs; ``periods`` List(Int16) of
    ``taxable_periods``; ``officer_list`` List(String); ``tin_digits``, nine digits or null. Always
    added: the normal forms ``a_`` and ``n_`` of address and name, absent where nothing is stated.
    ``wanted``: only those of them, and only their fields need be there; None: all.
    """
    forms = wanted is None or any(name.startswith(("a_", "n_")) for name in wanted)
    frame = _normal_forms(requests) if forms else requests
    missing = [
        each
        for each in _typed(pack)
        if (name := each.meta.output_name()) not in frame.columns
        and (wanted is None or name in wanted)
    ]
    return frame.lazy().with_columns(missing).collect()


def _typed(pack: Pack) -> list[pl.Expr]:
    """Return the expressions of the typed columns over the request's text."""
    others = {
        "taxable_periods": _years().alias("periods"),
        "officers": _list("officers").alias("officer_list"),
        "tin": _tin().alias("tin_digits"),
    }
    return [
        *[_date(name) for name in pack.fields_of("date")],
        *[folded_citation(pl.col(name)).alias(f"c_{name}") for name in pack.fields_of("citation")],
        *[typed for name, typed in others.items() if name in pack.fields],
    ]


def _normal_forms(requests: pl.DataFrame) -> pl.DataFrame:
    """Add the normal forms; what an agreement does not ask for counts as not stated."""
    read = (*_NAMED_BY, *_ADDRESSED_BY)
    absent = [name for name in read if name not in requests.columns]
    frame = requests.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
    if "a_absent" not in frame.columns:
        frame = addresses.normalise(frame)
    if "n_absent" not in frame.columns:
        frame = names.normalise(frame)
    return frame.drop(absent)


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
