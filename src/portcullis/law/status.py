"""Questions of status, each answered ``yes`` or ``no``: anything else is no answer."""

import polars as pl

from portcullis.law.basis import Basis
from portcullis.law.element import Element, Layer, Phase, met_if

PERIOD_DAYS = 90


def answered(name: str) -> pl.Expr:
    """Return whether the question ``name`` has an answer."""
    return (pl.col(name) == "yes") | (pl.col(name) == "no")


def answered_with_date(question: str, day: str) -> pl.Expr:
    """Return whether ``question`` is ``no`` without a date, or ``yes`` with one (``d_<day>``)."""
    no = (pl.col(question) == "no") & pl.col(day).is_null()
    yes = (pl.col(question) == "yes") & pl.col(f"d_{day}").is_not_null()
    return no | yes


def must_be_no(element_id: str, citation: str, name: str, statement: str, bar: str) -> Element:
    """Return the element that the question ``name`` is answered ``no``.

    ``bar`` is what the requester is told where it is answered ``yes``.
    """

    def test(_basis: Basis) -> pl.Expr:
        return met_if(pl.col(name) == "no")

    def cause(_basis: Basis) -> pl.Expr:
        return pl.when(answered(name)).then(pl.lit("bar")).otherwise(pl.lit("unanswered"))

    return Element(
        id=element_id,
        citation=citation,
        statement=statement,
        layer=Layer.PREDICATE,
        phase=Phase.FACE,
        field=name,
        test=test,
        message=bar,
        cause=cause,
        cause_messages={"unanswered": f"The question {name} has no answer. Write yes or no."},
        requirements=(17,),
    )
