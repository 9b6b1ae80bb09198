"""26 U.S.C. § 6103(i)(6): confidential informants; impairment of investigations."""

import polars as pl

from portcullis.law.element import Element, Layer, Phase, met_if
from portcullis.law.provision import Provision

TEXT = """\
The Secretary shall not disclose any return or return information under paragraph (1), (2), (3)(A)
or (C), (5), (7), or (8) if the Secretary determines (and, in the case of a request for disclosure
pursuant to a court order described in paragraph (1)(B) or (5)(B), certifies to the court) that such
disclosure would identify a confidential informant or seriously impair a civil or criminal tax
investigation."""

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

PROVISION = Provision(
    id="26 USC 6103(i)(6)",
    citation="26 U.S.C. § 6103(i)(6)",
    title="Confidential informants; impairment of investigations",
    text=TEXT,
    source="U.S. Code, snapshot of April 2023",
    elements=(
        IMPAIRMENT_RECORDED,
        NO_IMPAIRMENT,
    ),
)
