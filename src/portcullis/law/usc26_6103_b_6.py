"""26 U.S.C. § 6103(b)(6): taxpayer identity.

    The term "taxpayer identity" means the name of a person with respect to whom a return is
    filed, his mailing address, his taxpayer identifying number (as described in section 6109),
    or a combination thereof.

By § 6103(i)(2)(C) a taxpayer's identity is not treated as taxpayer return information there.
"""

import polars as pl

from portcullis.law.element import Element, Layer, Phase, met_if

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

IDENTITY_ONLY = Element(
    id="items-of-agreement",
    citation="26 U.S.C. § 6103(i)(2)(C); (b)(6)",
    statement="The request asks for the items the agreement discloses, and for nothing more.",
    layer=Layer.AGREEMENT,
    phase=Phase.FACE,
    field="items",
    test=lambda basis: met_if(pl.col("items") == ";".join(basis.items)),
    message=(
        "The items asked for are not those of the agreement. Write exactly last_known_address in "
        "items; nothing else is disclosed."
    ),
    requirements=(13, 27),
)

ELEMENTS: tuple[Element, ...] = (TIN_LEGIBLE, IDENTITY_ONLY)
