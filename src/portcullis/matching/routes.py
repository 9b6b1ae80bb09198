"""Which taxpayer, if exactly one: the two routes, from pairs compared to one row a request."""

import polars as pl

from portcullis.matching import codes
from portcullis.matching.margin import NO_MARGIN


def _there_or_nearby(column: str) -> tuple[pl.Expr, pl.Expr]:
    """Return the masks of an address that agrees, and of one that nearly does."""
    place = pl.col(column)
    nearby = place.is_between(1, len(codes.NEAR_ADDRESS))
    return place.eq(0).fill_null(value=False), nearby.fill_null(value=False)


_AGREES = pl.col("name") < len(codes.AGREEING_NAME)
_NEARLY = pl.col("name").is_between(
    len(codes.AGREEING_NAME), len(codes.AGREEING_NAME) + len(codes.NEAR_NAME) - 1
)
_THERE, _NEARBY = _there_or_nearby("address")
_THERE_BY_TIN, _NEARBY_BY_TIN = _there_or_nearby("tin_address")
_BY_TIN = pl.col("tin_equal")
_NAMED_THERE = pl.col("of_that_name") & _THERE
_NEAR_MISS = (_AGREES & _NEARBY) | (_NEARLY & _THERE)

COUNTED = {
    "tin_candidates": pl.UInt32(),
    "tin_agreeing": pl.UInt32(),
    "name_address_candidates": pl.UInt32(),
}
FLAGS = [
    "tin_address_latest", "name_address_whole", "name_address_unique_point",
    "name_address_contradicted", "near_miss_found",
]  # fmt: skip


def summarise(requests: pl.DataFrame, compared: pl.DataFrame) -> pl.DataFrame:
    """Return one row a request of ``requests`` (``row``), in their order: what its candidates show.

    ``compared``: see ``compare.COMPARED``. Requests without a candidate have zeros.
    """
    candidates = (
        compared.lazy()
        .with_columns(
            pl.col("latest", "unique_point").fill_null(value=False),
            (_BY_TIN & _AGREES).alias("agreeing"),
            (_BY_TIN & _NEARLY).alias("nearly"),
            _NAMED_THERE.alias("named_there"),
        )
        .select(
            "row",
            _BY_TIN.alias("tin_candidates"),
            pl.col("agreeing").alias("tin_agreeing"),
            pl.when("agreeing").then("person").alias("tin_person"),
            pl.when(_BY_TIN).then("name").alias("tin_name"),
            pl.when("agreeing").then("address").alias("agreeing_address"),
            pl.when("nearly").then("address").alias("nearly_address"),
            (pl.col("agreeing") & pl.col("latest")).alias("tin_address_latest"),
            pl.col("named_there").alias("name_address_candidates"),
            pl.when("named_there").then("person").alias("name_address_person"),
            (pl.col("named_there") & pl.col("whole_name")).alias("name_address_whole"),
            (pl.col("named_there") & pl.col("unique_point")).alias("name_address_unique_point"),
            (pl.col("named_there") & pl.col("tin_contradicts")).alias("name_address_contradicted"),
            (~pl.col("tin_contradicts") & _NEAR_MISS).alias("near_miss_found"),
        )
        .group_by("row")
        .agg(
            pl.col("tin_candidates", "tin_agreeing", "name_address_candidates").sum(),
            pl.col("tin_person", "name_address_person").max(),
            pl.col("tin_name", "agreeing_address", "nearly_address").min(),
            pl.col(
                "tin_address_latest",
                "name_address_whole",
                "name_address_unique_point",
                "name_address_contradicted",
                "near_miss_found",
            ).max(),
        )
        .collect()
    )
    return (
        requests.select("row")
        .join(candidates, on="row", how="left", maintain_order="left")
        .with_columns(
            *[pl.col(name).fill_null(0).cast(kind) for name, kind in COUNTED.items()],
            *[pl.col(name).fill_null(value=False) for name in FLAGS],
            pl.when(pl.col("tin_agreeing") > 0)
            .then("agreeing_address")
            .otherwise("nearly_address")
            .alias("tin_address"),
        )
    )


def unresolved(summary: pl.DataFrame) -> pl.Series:
    """Return the mask of requests for which no candidate stands: only a near miss is possible."""
    return (summary["tin_candidates"] == 0) & (summary["name_address_candidates"] == 0)


def presume(summary: pl.DataFrame) -> pl.DataFrame:
    """Add ``cause``: why there is no match, or null where one taxpayer would be the match.

    A TIN that is in the records governs: name and address then must agree with its one holder.
    Name and address alone answer only where the request has no TIN, or one that is in no record,
    and the one taxpayer found has no other TIN; a middle name left out or shortened is then a near
    miss, for no number stands in for it.
    What would be a match, or a near miss, stands only with a margin: see ``route``.
    """
    by_tin = pl.col("tin_candidates") > 0
    cause = (
        pl.when(by_tin)
        .then(
            pl.when(pl.col("tin_agreeing") > 1)
            .then(pl.lit("ambiguous"))
            .when(pl.col("tin_agreeing") == 1)
            .then(
                pl.when(_THERE_BY_TIN)
                .then(None)
                .when(_NEARBY_BY_TIN)
                .then(pl.lit("near-miss"))
                .otherwise(pl.lit("address-not-of-record"))
            )
            .when(_THERE_BY_TIN)
            .then(pl.lit("near-miss"))
            .otherwise(pl.lit("name-disagrees"))
        )
        .otherwise(
            pl.when(pl.col("name_address_candidates") > 1)
            .then(pl.lit("ambiguous"))
            .when(pl.col("name_address_candidates") == 1, ~pl.col("name_address_unique_point"))
            .then(pl.lit("not-unique-point"))
            .when(pl.col("name_address_candidates") == 1, "name_address_contradicted")
            .then(pl.lit("tin-contradicts"))
            .when(pl.col("name_address_candidates") == 1, ~pl.col("name_address_whole"))
            .then(pl.lit("near-miss"))
            .when(pl.col("name_address_candidates") == 1)
            .then(None)
            .when("near_miss_found")
            .then(pl.lit("near-miss"))
            .otherwise(pl.lit("no-record"))
        )
    )
    return summary.with_columns(cause.alias("cause"))


def route(presumed: pl.DataFrame, margins: pl.DataFrame) -> pl.DataFrame:
    """Add ``route, result, person, near_miss, margin`` and ``runner_up`` to what is presumed.

    ``margins``: ``margin.margins`` of the requests that would have a match or a near miss. Without
    a margin there is neither, and the cause says so.
    """
    by_tin = pl.col("tin_candidates") > 0
    found = pl.col("cause").is_null()
    close = _stands() & pl.col("margin").eq(NO_MARGIN).fill_null(value=True)
    beside = presumed.join(margins, on="row", how="left", maintain_order="left").with_columns(
        pl.when(close)
        .then(pl.when("several_answer").then(pl.lit("ambiguous")).otherwise(pl.lit("no-margin")))
        .otherwise("cause")
        .alias("cause")
    )
    return beside.with_columns(
        pl.when(found & by_tin)
        .then(pl.lit("tin"))
        .when(found)
        .then(pl.lit("name-address"))
        .alias("route"),
        pl.when(found)
        .then(pl.lit("one"))
        .when(pl.col("cause").is_in(["ambiguous", "no-margin"]))
        .then(pl.lit("ambiguous"))
        .otherwise(pl.lit("none"))
        .alias("result"),
        pl.when(found & by_tin)
        .then("tin_person")
        .when(found)
        .then("name_address_person")
        .alias("person"),
        pl.col("cause").eq_missing("near-miss").alias("near_miss"),
        _code("tin_name", codes.NAME),
        _code("tin_address", codes.ADDRESS),
    )


def standing(presumed: pl.DataFrame) -> pl.DataFrame:
    """Return ``row, person, matched, by_tin`` of what would be a match, or a near miss.

    ``person``: the match; null for a near miss.
    """
    by_tin = pl.col("tin_candidates") > 0
    person = pl.when(by_tin).then("tin_person").otherwise("name_address_person")
    return presumed.filter(_stands()).select(
        "row",
        pl.when(pl.col("cause").is_null()).then(person).cast(pl.UInt32).alias("person"),
        pl.col("cause").is_null().alias("matched"),
        by_tin.alias("by_tin"),
    )


def stands(presumed: pl.DataFrame) -> pl.Series:
    """Return the mask of requests that would have a match or a near miss, if with a margin."""
    return presumed.select(_stands()).to_series()


def _stands() -> pl.Expr:
    return pl.col("cause").is_null() | (pl.col("cause") == "near-miss")


def _code(column: str, order: tuple[str, ...]) -> pl.Expr:
    return pl.col(column).replace_strict(dict(enumerate(order)), return_dtype=pl.String)
