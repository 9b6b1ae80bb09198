"""The agreement's own layer: what the parties agreed beyond the statute."""

import polars as pl

from portcullis.law.element import Element, Layer, Phase, met_if
from portcullis.law.provision import Provision

TEXT = """\
The agreement discloses the items its pack names, from the day it is in force to the day it ends."""


def items_of_agreement(citation: str) -> Element:
    """Return the element that a request asks for the agreement's items and nothing more."""
    return Element(
        id="items-of-agreement",
        citation=citation,
        statement="The request asks for the items the agreement discloses, and for nothing more.",
        layer=Layer.AGREEMENT,
        phase=Phase.FACE,
        field="items",
        test=lambda basis: met_if(pl.col("items") == ";".join(basis.items)),
        message=(
            "The items asked for are not those of the agreement. Write exactly last_known_address "
            "in items; nothing else is disclosed."
        ),
        requirements=(13, 27),
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

PROVISION = Provision(
    id="agreement",
    citation="The agreement",
    title="In force",
    text=TEXT,
    source="Design of this gateway; the agreement pack",
    elements=(AGREEMENT_IN_FORCE,),
)
