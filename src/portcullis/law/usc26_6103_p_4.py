"""26 U.S.C. § 6103(p)(4): safeguards, a condition for receiving return information.

Any Federal agency described in subsection ... (i)(1), (2), ... shall, as a condition for
receiving returns or return information (A) establish and maintain ... a permanent system of
standardized records ..., (B) ... a secure area ..., (C) restrict ... access ..., (D) provide
such other safeguards ..., (E) furnish a report ..., and (F) upon completion of use ...
"""

import polars as pl

from portcullis.law.element import Element, Layer, Phase, met_if

SAFEGUARDS_MET = Element(
    id="safeguards-met",
    citation="26 U.S.C. § 6103(p)(4)",
    statement="The recipient's safeguards stand, on the day, as the agreement's conditions ask.",
    layer=Layer.STATUTE,
    phase=Phase.STANDING,
    field="",
    time_dependent=True,
    test=lambda _basis: met_if(pl.col("standing_met")),
    message="The recipient's safeguards are not on record as met today.",
    requirements=(31,),
)

ELEMENTS: tuple[Element, ...] = (SAFEGUARDS_MET,)
