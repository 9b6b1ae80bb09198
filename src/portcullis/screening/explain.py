"""Findings in words: one row for each request and element that is not met or is for a person."""

import polars as pl

from portcullis.law import FOR_A_PERSON, NOT_MET, Element, applicable
from portcullis.screening.screen import Findings

COLUMNS = ("request_id", "outcome", "element", "citation", "field", "message")


def explain(findings: Findings, requests: pl.DataFrame) -> pl.DataFrame:
    """Return ``request_id, outcome, element, citation, field, message`` (all String).

    One row for each element not met (or for a person) of each request of ``findings``, in the
    law's order within a request; a request that passed has one row whose ``element`` and what
    follows are empty. ``requests`` is the table that was screened, as ``prepare`` returns it; it
    gives the ids and the causes behind the messages. No value of a request is repeated in a
    message.
    """
    frame = requests.select(pl.all().exclude("outcome"))
    found = findings.table
    passed = found.filter(pl.col("face_outcome") == "passed").select("row", _order(0), *_empty())
    parts = [passed]
    for number, each in enumerate(applicable(findings.basis), start=1):
        if each.id in found.columns:
            parts += [
                _lines(each, number, result, findings, frame) for result in (NOT_MET, FOR_A_PERSON)
            ]
    lines = pl.concat(parts)
    ids = frame.select("row", "request_id")
    return (
        found.select("row", pl.col("face_outcome").alias("outcome"))
        .join(ids, on="row", how="inner")
        .join(lines, on="row", how="inner")
        .sort("row", "order")
        .select(COLUMNS)
    )


def _lines(
    each: Element, number: int, result: int, findings: Findings, frame: pl.DataFrame
) -> pl.DataFrame:
    rows = findings.table.filter(pl.col(each.id) == result).select("row")
    message = pl.lit(each.message_for(findings.basis, result))
    if result == NOT_MET and each.cause is not None and rows.height:
        rows = rows.join(
            frame.select("row", each.cause(findings.basis).alias("cause")), on="row", how="left"
        )
        words = {
            code: each.message_for(findings.basis, result, code) for code in each.cause_messages
        }
        message = pl.col("cause").replace_strict(words, default=message, return_dtype=pl.String)
    return rows.select(
        "row",
        _order(number),
        pl.lit(each.id).alias("element"),
        pl.lit(each.citation).alias("citation"),
        pl.lit(each.field).alias("field"),
        message.alias("message"),
    )


def _order(number: int) -> pl.Expr:
    return pl.lit(number, dtype=pl.UInt16).alias("order")


def _empty() -> list[pl.Expr]:
    return [pl.lit("").alias(name) for name in COLUMNS[2:]]
