"""26 U.S.C. § 6103(b)(6): taxpayer identity."""

import polars as pl

from portcullis.law.element import Element, Layer, Phase, met_if
from portcullis.law.fields import TIN
from portcullis.law.provision import Provision

TEXT = """\
The term "taxpayer identity" means the name of a person with respect to whom a return is filed, his
mailing address, his taxpayer identifying number (as described in section 6109), or a combination
thereof."""

_SAME_DIGIT = tuple(str(digit) * 9 for digit in range(10))

TIN_LEGIBLE = Element(
    id="tin-legible",
    citation="26 U.S.C. § 6103(b)(6); § 6109",
    statement="A taxpayer identifying number, where one is given, is one: nine digits.",
    layer=Layer.POLICY,
    phase=Phase.FACE,
    field="tin",
    test=lambda _basis: met_if(
        pl.col("tin").is_null()
        | pl.col("tin_digits").is_not_null() & ~pl.col("tin_digits").is_in(_SAME_DIGIT)
    ),
    message=(
        "The taxpayer identifying number is not nine digits, or repeats one digit. Write the "
        "person's own number in tin, or leave the field empty."
    ),
    requirements=(13,),
)

PROVISION = Provision(
    id="26 USC 6103(b)(6)",
    citation="26 U.S.C. § 6103(b)(6)",
    title="Taxpayer identity",
    text=TEXT,
    source="U.S. Code, snapshot of April 2023",
    fields=(TIN,),
    elements=(TIN_LEGIBLE,),
)
