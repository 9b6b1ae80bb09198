"""Screening: the elements a request shows on its face, judged over a batch. Touches no records."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from portcullis.errors import Refused
from portcullis.law import FOR_A_PERSON, NOT_MET, Basis, Element, Layer, Phase, applicable, judge

PASSED, REFUSED, RETURNED, REFERRED = "passed", "refused", "returned", "referred"


@dataclass(frozen=True)
class Findings:
    """What was found of each request.

    ``table``: ``row``, one UInt8 column for each element (0 not met, 1 met, 2 for a person) in
    the law's order, and ``face_outcome``. ``basis``: what it was found under.
    """

    table: pl.DataFrame
    basis: Basis

    def passed(self) -> pl.Series:
        """Return the rows that passed: the only ones that may be looked up."""
        return self.table.filter(pl.col("face_outcome") == PASSED)["row"]


def screen(requests: pl.DataFrame, basis: Basis, measures: pl.DataFrame | None) -> Findings:
    """Return the findings on ``requests`` (as ``prepare`` returns them) under ``basis``.

    ``measures`` is the table of ``measure``, joined by ``row``. Without it, or for a row it lacks,
    the elements that read measures are not met. ``face_outcome`` is ``refused`` (an element of the
    statute's layer is not met), else ``returned`` (another layer's is not), else ``referred``
    (one is for a person), else ``passed``. Row-local: results do not depend on chunking. Raises
    Refused for a basis that no release may rest on.
    """
    if not basis.for_release:
        raise Refused(
            "A reading that loosens the law holds in this basis.",
            "Use it for re-examination only: `portcullis reexamine`.",
        )
    frame = requests
    if measures is not None:
        span = pl.col("row").is_between(frame["row"].min(), frame["row"].max())
        frame = frame.join(measures.filter(span), on="row", how="left", maintain_order="left")
    face = applicable(basis, Phase.FACE)
    table = judge(frame, face, basis)
    return Findings(table.with_columns(outcome(face).alias("face_outcome")), basis)


def outcome(face: Sequence[Element]) -> pl.Expr:
    """Return the expression of ``face_outcome`` over the elements' columns."""
    ids = [each.id for each in face]
    statute = [each.id for each in face if each.layer is Layer.STATUTE]
    return (
        pl.when(_any(statute, NOT_MET))
        .then(pl.lit(REFUSED))
        .when(_any(ids, NOT_MET))
        .then(pl.lit(RETURNED))
        .when(_any(ids, FOR_A_PERSON))
        .then(pl.lit(REFERRED))
        .otherwise(pl.lit(PASSED))
    )


def _any(ids: Sequence[str], result: int) -> pl.Expr:
    return pl.any_horizontal(pl.lit(value=False), *[pl.col(each) == result for each in ids])
