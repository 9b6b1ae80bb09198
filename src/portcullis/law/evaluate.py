"""The one evaluator: elements over a table. The same for one request and for a million."""

from collections.abc import Sequence

import polars as pl

from portcullis.law.basis import Basis
from portcullis.law.element import FOR_A_PERSON, NOT_MET, Element


def judge(
    frame: pl.DataFrame, elements: Sequence[Element], basis: Basis, keep: Sequence[str] = ("row",)
) -> pl.DataFrame:
    """Return the columns ``keep`` of ``frame`` and one UInt8 column for each of ``elements``.

    0 not met, 1 met, 2 for a person. Closed unless opened: a null, a value beyond these, and
    a test whose column the frame does not have are all not met. Row-local: the result for a row
    does not depend on the others.
    """
    present = frozenset(frame.columns)
    results = [_result(element, basis, present) for element in elements]
    return frame.lazy().select(*keep, *results).collect()


def _result(element: Element, basis: Basis, present: frozenset[str]) -> pl.Expr:
    if not present.issuperset(element.reads(basis)):
        return pl.lit(NOT_MET, dtype=pl.UInt8).alias(element.id)
    result = element.test(basis).cast(pl.UInt8)
    known = (result <= FOR_A_PERSON).fill_null(value=False)
    return pl.when(known).then(result).otherwise(NOT_MET).cast(pl.UInt8).alias(element.id)
