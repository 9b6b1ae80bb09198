"""26 U.S.C. § 6103(p)(4): safeguards, a condition for receiving return information."""

import polars as pl

from portcullis.law.element import Element, Layer, Phase, met_if
from portcullis.law.provision import Provision

TEXT = """\
Any Federal agency described in subsection ... (i)(1), (2), (3), (5), or (7) ... shall, as a
condition for receiving returns or return information (A) establish and maintain ... a permanent
system of standardized records ..., (B) establish and maintain ... a secure area or place ..., (C)
restrict ... access ..., (D) provide such other safeguards ..., (E) furnish a report ..., and (F)
upon completion of use ... (ii) ... return ... or make such returns or return information
undisclosable ...."""

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

PROVISION = Provision(
    id="26 USC 6103(p)(4)",
    citation="26 U.S.C. § 6103(p)(4)",
    title="Safeguards, a condition for receiving",
    text=TEXT,
    source="U.S. Code, snapshot of April 2023",
    elements=(SAFEGUARDS_MET,),
)
