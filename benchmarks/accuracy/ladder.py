"""What each rule of the gate prevents: the same requests with the rules put in one after another.

By TIN: the one holder of the number whose name agrees; then only if also at an address of record;
then only with a margin over everybody else, which is the gate. By name and address: the one person
of that name at that address, a unique delivery point; then with the margin, which is the gate.
"""

import polars as pl

from benchmarks.accuracy import layout
from benchmarks.accuracy.gate import Found
from portcullis.matching import codes

BY_TIN = ("TIN and name", "TIN, name and address", "TIN, name, address, margin")
BY_NAME = ("name and address", "name, address, margin")

_AGREES = pl.col("name") < len(codes.AGREEING_NAME)
_THERE = (pl.col("address") == codes.ADDRESS.index(codes.SAME_ADDRESS)).fill_null(value=False)


def rungs(found: Found) -> dict[str, pl.DataFrame]:
    """Return the answers at each rung."""
    numbered = found.pairs.filter("tin_equal")
    named = numbered.filter(_AGREES)
    others = found.pairs.join(numbered, on="request_id", how="anti")
    alone = others.filter(pl.col("of_that_name") & _THERE)
    usable = pl.col("unique_point").fill_null(value=False) & ~pl.col("tin_contradicts")
    ours = found.answers()
    return {
        BY_TIN[0]: _answers(_single(named)),
        BY_TIN[1]: _answers(_single(named).filter(_THERE)),
        BY_TIN[2]: ours.filter(pl.col("route") == "tin"),
        BY_NAME[0]: _answers(_single(alone).filter(usable)),
        BY_NAME[1]: ours.filter(pl.col("route") == "name-address"),
    }


def _single(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.filter(pl.col("request_id").is_unique())


def _answers(pairs: pl.DataFrame) -> pl.DataFrame:
    return layout.answers(pairs, route=pl.lit(None, pl.String), referred=pl.lit(value=False))
