"""The agreement's own layer: what the parties agreed beyond the statute."""

import polars as pl

from portcullis.law import statutes
from portcullis.law.basis import Basis
from portcullis.law.element import Element, Layer, Phase, met_if
from portcullis.law.words import fold_citation


def _supported(basis: Basis) -> pl.Expr:
    """Leave a statute that is not criminal at all to the statute's own element."""
    accepted = pl.col("c_statute").is_in([fold_citation(each) for each in basis.statutes])
    return met_if(accepted | ~statutes.criminal(pl.col("c_statute").fill_null("")))


STATUTE_SUPPORTED = Element(
    id="statute-supported",
    citation="Agreement, request.statutes; 26 U.S.C. § 6103(i)(2)(B)(iii)",
    statement="The criminal statute cited is one the agreement covers, with its subparagraph.",
    layer=Layer.AGREEMENT,
    phase=Phase.FACE,
    field="statute",
    test=_supported,
    message=(
        "The statute cited is not one this agreement supports, or lacks its subparagraph. Write "
        "the subparagraph, for instance 8 USC 1253(a)(1)(A); for another offence another agreement "
        "is needed."
    ),
    requirements=(8,),
)

AGREEMENT_IN_FORCE = Element(
    id="agreement-in-force",
    citation="Agreement, agreement.in_force_from and in_force_to",
    statement="The agreement is in force on the day.",
    layer=Layer.AGREEMENT,
    phase=Phase.STANDING,
    field="",
    time_dependent=True,
    test=lambda _basis: met_if(pl.col("agreement_in_force")),
    message="The agreement is not in force today.",
    requirements=(20,),
)

ELEMENTS: tuple[Element, ...] = (STATUTE_SUPPORTED, AGREEMENT_IN_FORCE)
