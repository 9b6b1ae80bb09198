"""26 CFR 301.6212-2: last known address.

(a) ... a taxpayer's last known address is the address that appears on the taxpayer's most
recently filed and properly processed Federal tax return, unless the Internal Revenue Service
is given clear and concise notification of a different address. (b)(1) ... Change of address
information that a taxpayer provides to a third party, such as a payor ..., is not clear and
concise notification.
"""

import polars as pl

from portcullis.law.element import Element, Layer, Phase, met_if

LAST_KNOWN_ADDRESS = Element(
    id="last-known-address",
    citation="26 CFR 301.6212-2(a), (b)",
    statement="There is a last known address: of a processed return or a clear notification.",
    layer=Layer.STATUTE,
    phase=Phase.MATCH,
    field="items",
    test=lambda _basis: met_if(
        pl.col("lka_line1").is_not_null() & pl.col("lka_period").is_not_null()
    ),
    message="The records hold no last known address; an information return's never is one.",
    requirements=(27,),
)

ELEMENTS: tuple[Element, ...] = (LAST_KNOWN_ADDRESS,)
