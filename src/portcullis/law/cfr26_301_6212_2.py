"""26 CFR 301.6212-2: last known address."""

import polars as pl

from portcullis.law.element import Element, Layer, Phase, met_if
from portcullis.law.provision import Provision

TEXT = """\
(a) ... a taxpayer's last known address is the address that appears on the taxpayer's most recently
filed and properly processed Federal tax return, unless the Internal Revenue Service (IRS) is given
clear and concise notification of a different address. (b)(1) ... Change of address information
that a taxpayer provides to a third party, such as a payor or another government agency, is not
clear and concise notification of a different address ...."""

LAST_KNOWN_ADDRESS = Element(
    id="last-known-address",
    citation="26 CFR 301.6212-2(a), (b)",
    statement="There is a last known address: of a processed return or a clear notification.",
    layer=Layer.STATUTE,
    phase=Phase.MATCH,
    field="items",
    test=lambda _basis: met_if(pl.col("lka_found")),
    message="The records hold no last known address; an information return's never is one.",
    requirements=(27,),
)

PROVISION = Provision(
    id="26 CFR 301.6212-2",
    citation="26 CFR 301.6212-2",
    title="Last known address",
    text=TEXT,
    source="26 CFR, as the specification summarises it; to be checked against the current text",
    elements=(LAST_KNOWN_ADDRESS,),
)
