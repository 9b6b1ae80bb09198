"""Findings and match to outcome: the one place where a request's fate is put together.

Closed unless opened: a request is ``eligible`` only if it passed its face, was looked up, and
every element of the match phase is met. Everything else has another name.
"""

import polars as pl

MET = 1
FOR_A_PERSON = 2

OUTCOMES = ("returned", "refused", "referred", "no_disclosure", "eligible", "held")

_LIST = ";"
_FOUND = ("route", "cause", "margin")


def decide(requests: pl.DataFrame, findings: pl.DataFrame, matches: pl.DataFrame) -> pl.DataFrame:
    """Return one row a request: ``row, request_id, outcome, route, cause, reasons``.

    ``requests``: row, request_id. ``findings``: row, face_outcome and a UInt8 column an element.
    ``matches``: row, route, cause, margin, and a UInt8 column for each element of the match phase;
    only rows that were looked up. ``reasons`` lists the ids of the elements that are not met or for
    a person, in the statute's order, joined by ``;``; of an eligible request, why it singles out
    one person: ``single-candidate`` and its margin over everybody else (``margin-1``,
    ``margin-2``), without which none is. A passed request that was not looked up (the recipient may
    not receive) is ``held``.
    """
    face = [name for name in findings.columns if name not in ("row", "face_outcome")]
    match = [name for name in matches.columns if name not in ("row", *_FOUND)]
    joined = (
        requests.select("row", "request_id")
        .join(
            findings.select("row", "face_outcome", _reasons(face).alias("face_reasons")),
            on="row",
            how="left",
            maintain_order="left",
        )
        .join(
            matches.select(
                "row",
                *_FOUND,
                _reasons(match).alias("match_reasons"),
                (
                    pl.all_horizontal(*[pl.col(name).eq_missing(MET) for name in match])
                    if match
                    else pl.lit(value=False)
                ).alias("every_match_met"),
                pl.lit(value=True).alias("looked_up"),
            ),
            on="row",
            how="left",
            maintain_order="left",
        )
    )
    passed = pl.col("face_outcome").eq_missing("passed")
    single = pl.col("route").is_not_null() & (pl.col("margin") >= 1)
    eligible = single & pl.col("every_match_met") & pl.col("cause").is_null()
    decided = joined.with_columns(
        pl.when(pl.col("face_outcome").is_in(["refused", "returned", "referred"]))
        .then("face_outcome")
        .when(~passed)
        .then(pl.lit("held"))
        .when(pl.col("looked_up").is_null())
        .then(pl.lit("held"))
        .when(pl.col("cause") == "near-miss")
        .then(pl.lit("referred"))
        .when(eligible)
        .then(pl.lit("eligible"))
        .otherwise(pl.lit("no_disclosure"))
        .alias("outcome")
    )
    return decided.select(
        "row",
        "request_id",
        "outcome",
        "route",
        "cause",
        pl.when(pl.col("outcome") == "eligible")
        .then(pl.format("single-candidate;margin-{}", "margin"))
        .when(passed)
        .then(pl.col("match_reasons"))
        .otherwise(pl.col("face_reasons"))
        .fill_null("")
        .alias("reasons"),
    )


def _reasons(elements: list[str]) -> pl.Expr:
    unmet = [
        pl.when(pl.col(name).eq_missing(MET)).then(None).otherwise(pl.lit(name))
        for name in elements
    ]
    return pl.concat_str(unmet, separator=_LIST, ignore_nulls=True) if unmet else pl.lit("")
