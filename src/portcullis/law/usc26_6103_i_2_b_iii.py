"""26 U.S.C. § 6103(i)(2)(B)(iii): the statutory authority."""

import polars as pl

from portcullis.law import statutes
from portcullis.law.basis import Basis
from portcullis.law.element import Element, Layer, Phase, met_if
from portcullis.law.fields import STATUTE
from portcullis.law.provision import Provision
from portcullis.law.words import fold_citation

TEXT = """\
    (iii) the statutory authority under which the proceeding or investigation described in
    subparagraph (A) is being conducted; and

(1)(A)(i) preparation for any judicial or administrative proceeding (or investigation which may
result in such a proceeding) pertaining to the enforcement of a specifically designated Federal
criminal statute (not involving tax administration) ..."""


def _supported(basis: Basis) -> pl.Expr:
    """Leave a statute that is not criminal at all to the statute's own element."""
    accepted = pl.col("c_statute").is_in([fold_citation(each) for each in basis.statutes])
    return met_if(accepted | ~statutes.criminal(pl.col("c_statute").fill_null("")))


STATUTORY_AUTHORITY = Element(
    id="statutory-authority",
    citation="26 U.S.C. § 6103(i)(2)(B)(iii); (i)(1)(A)(i)",
    statement=(
        "The request sets forth the statutory authority: a specifically designated Federal "
        "criminal statute not involving tax administration."
    ),
    layer=Layer.STATUTE,
    phase=Phase.FACE,
    field="statute",
    test=lambda _basis: met_if(statutes.criminal(pl.col("c_statute"))),
    message=(
        "No specifically designated Federal criminal statute is named. Write it in statute with "
        "its subparagraph, for instance 8 USC 1253(a)(1)(A)."
    ),
    cause=lambda _basis: statutes.cause(pl.col("c_statute")),
    cause_messages={
        "blank": (
            "No statutory authority is given. Write in statute the criminal statute enforced, with "
            "its subparagraph, for instance 8 USC 1253(a)(1)(A)."
        ),
        "civil": (
            "The statute named gives civil immigration authority. Return information may be "
            "disclosed here only for the enforcement of a designated criminal statute; for civil "
            "removal no request can be made under this paragraph."
        ),
        "tax": (
            "The statute named concerns tax administration, which this paragraph does not serve. "
            "Write the nontax criminal statute enforced."
        ),
        "unknown": (
            "The statute named is not known here as a specifically designated Federal criminal "
            "statute. Write title, USC and section with its subparagraph, for instance "
            "8 USC 1253(a)(1)(A)."
        ),
    },
    requirements=(8,),
)

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

PROVISION = Provision(
    id="26 USC 6103(i)(2)(B)(iii)",
    citation="26 U.S.C. § 6103(i)(2)(B)(iii)",
    title="Statutory authority",
    text=TEXT,
    source="U.S. Code, snapshot of April 2023",
    fields=(STATUTE,),
    elements=(STATUTORY_AUTHORITY, STATUTE_SUPPORTED),
)
