"""Requests beside their candidates: how far name and address agree, pair by pair."""

from collections.abc import Iterator
from datetime import date

import polars as pl

from portcullis import addresses, names
from portcullis.matching import codes
from portcullis.progress import Advance
from portcullis.records import TIN_DIGITS, Index

_SLICE_PAIRS = 262_144
_PAIR = ["row", "person"]

COMPARED: dict[str, pl.DataType] = {
    "row": pl.UInt32(),
    "person": pl.UInt32(),
    "tin_equal": pl.Boolean(),
    "tin_contradicts": pl.Boolean(),
    "name": pl.UInt8(),
    "of_that_name": pl.Boolean(),
    "whole_name": pl.Boolean(),
    "address": pl.UInt8(),
    "latest": pl.Boolean(),
    "unique_point": pl.Boolean(),
}


def compare(
    requests: pl.DataFrame,
    pairs: pl.DataFrame,
    index: Index,
    as_of: date,
    advance: Advance,
) -> pl.DataFrame:
    """Return one row a pair of ``pairs`` (``row, person``, in order of person): ``COMPARED``.

    ``row`` is the place in ``requests``, which has ``tin`` (digits) and the ``n_*`` and ``a_*``
    normal forms. ``name`` and ``address`` are places in ``codes.NAME`` and ``codes.ADDRESS``: the
    best over all names, present and prior, and over all addresses of all periods; null where there
    is none.
    ``of_that_name``: a name that agrees has the request's finder key; ``whole_name``: and the very
    same middle names. ``latest``: the last known address agrees. ``unique_point``: both sides of an
    agreeing address are unique delivery points. ``advance``: called with the number of pairs as
    they are done.
    """
    parts = []
    for part in _slices(pairs):
        parts.append(_compare_slice(requests, part, index, as_of))
        advance(part.height)
    return pl.concat([pl.DataFrame(schema=COMPARED), *parts])


def _slices(pairs: pl.DataFrame) -> Iterator[pl.DataFrame]:
    # Pairs come in the order in which the index keeps persons: a slice reads a stretch of it.
    return pairs.iter_slices(_SLICE_PAIRS)


def _compare_slice(
    requests: pl.DataFrame, pairs: pl.DataFrame, index: Index, as_of: date
) -> pl.DataFrame:
    named = _compare_names(requests, index.names(pairs))
    placed = _compare_addresses(requests, index.addresses(pairs, as_of))
    return named.join(placed, on=_PAIR, how="left").select(
        *[pl.col(name).cast(kind) for name, kind in COMPARED.items()]
    )


def _compare_names(requests: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    agrees = pl.col("name") < len(codes.AGREEING_NAME)
    return (
        _beside(requests, found, "n_", "tin")
        .select(
            *_PAIR,
            _rank(names.agreement("n_", "r_n_"), codes.NAME).alias("name"),
            pl.col("n_key").eq(pl.col("r_n_key")).alias("key_equal"),
            pl.col("n_middle").eq(pl.col("r_n_middle")).alias("middle_equal"),
            (pl.col("tin").eq(pl.col("r_tin")) & (pl.col("tin").str.len_bytes() == TIN_DIGITS))
            .fill_null(value=False)
            .alias("tin_equal"),
            pl.col("tin").ne(pl.col("r_tin")).fill_null(value=False).alias("tin_contradicts"),
        )
        .with_columns((agrees & pl.col("key_equal").fill_null(value=False)).alias("of_that_name"))
        .with_columns(whole_name=pl.col("of_that_name") & pl.col("middle_equal"))
        .group_by(_PAIR)
        .agg(
            pl.col("name").min(),
            pl.col("of_that_name", "whole_name", "tin_equal", "tin_contradicts").max(),
        )
    )


def _compare_addresses(requests: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    same = pl.col("code") == codes.ADDRESS.index(codes.SAME_ADDRESS)
    unique = pl.col("a_unique_point") & pl.col("r_a_unique_point")
    return (
        _beside(requests, found, "a_")
        .select(
            *_PAIR,
            _rank(addresses.agreement("a_", "r_a_"), codes.ADDRESS).alias("code"),
            pl.when("may_be_last").then("address").alias("last"),
            unique.fill_null(value=False).alias("unique"),
        )
        .with_columns(
            pl.when(same).then("last").alias("last_there"),
            (same & pl.col("unique")).alias("unique_point"),
        )
        .group_by(_PAIR)
        .agg(
            pl.col("code").min().alias("address"),
            pl.col("unique_point", "last", "last_there").max(),
        )
        .with_columns(pl.col("last").eq(pl.col("last_there")).alias("latest"))
    )


def _beside(requests: pl.DataFrame, found: pl.DataFrame, prefix: str, *others: str) -> pl.DataFrame:
    """Return ``found`` with the request's columns of ``prefix``, and ``others``, at its side."""
    wanted = [name for name in requests.columns if name.startswith(prefix)]
    return pl.concat([found, requests.select(*wanted, *others)[found["row"]]], how="horizontal")


def _rank(code: pl.Expr, order: tuple[str, ...]) -> pl.Expr:
    places = {name: place for place, name in enumerate(order)}
    return code.replace_strict(places, return_dtype=pl.UInt8)
