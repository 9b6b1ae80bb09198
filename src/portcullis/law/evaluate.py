"""The one evaluator: elements over a table. The same for one request and for a million."""

from collections.abc import Sequence
from functools import lru_cache

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
    results, known = _expressions(tuple(elements), basis, frozenset(frame.columns))
    return frame.lazy().select(*keep, *results).with_columns(known).collect()


# Writing the expressions takes longer than judging a single request by them.
@lru_cache(maxsize=256)
def _expressions(
    elements: tuple[Element, ...], basis: Basis, present: frozenset[str]
) -> tuple[tuple[pl.Expr, ...], tuple[pl.Expr, ...]]:
    results = tuple(_result(element, basis, present) for element in elements)
    return results, tuple(_known(element.id) for element in elements)


def _result(element: Element, basis: Basis, present: frozenset[str]) -> pl.Expr:
    result = element.result(basis)
    if not present.issuperset(result.meta.root_names()):
        return pl.lit(NOT_MET, dtype=pl.UInt8).alias(element.id)
    return result.cast(pl.UInt8, strict=False).fill_null(NOT_MET).alias(element.id)


def _known(element_id: str) -> pl.Expr:
    """Return the result where it is one of the three; else not met."""
    result = pl.col(element_id)
    return pl.when(result <= FOR_A_PERSON).then(result).otherwise(NOT_MET).cast(pl.UInt8)
