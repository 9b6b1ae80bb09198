"""26 U.S.C. § 6103(i)(6): confidential informants; impairment of investigations.

The Secretary shall not disclose any return or return information under paragraph (1), (2),
(3)(A) or (C), (5), (7), or (8) if the Secretary determines ... that such disclosure would
identify a confidential informant or seriously impair a civil or criminal tax investigation.
"""

import polars as pl

from portcullis.law.element import Element, Layer, Phase, met_if

IMPAIRMENT_RECORDED = Element(
    id="impairment-recorded",
    citation="26 U.S.C. § 6103(i)(6)",
    statement="The official for impairment has recorded whether disclosure would do either harm.",
    layer=Layer.STATUTE,
    phase=Phase.OFFICIAL,
    field="",
    test=lambda _basis: met_if(pl.col("impairment_recorded")),
    message="The official for impairment has made no record for this request.",
    requirements=(25,),
)

NO_IMPAIRMENT = Element(
    id="no-impairment",
    citation="26 U.S.C. § 6103(i)(6)",
    statement="Disclosure would identify no informant and seriously impair no tax investigation.",
    layer=Layer.STATUTE,
    phase=Phase.OFFICIAL,
    field="",
    test=lambda _basis: met_if(~pl.col("impairment_adverse")),
    message="Disclosure is barred.",
    requirements=(25,),
)

ELEMENTS: tuple[Element, ...] = (IMPAIRMENT_RECORDED, NO_IMPAIRMENT)
