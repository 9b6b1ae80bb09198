"""8 CFR 1241.1: final order of removal."""

import polars as pl

from portcullis.law.element import Element, Layer, Phase, met_if
from portcullis.law.fields import Field, Kind
from portcullis.law.provision import Provision

TEXT = """\
An order of removal made by the immigration judge at the conclusion of proceedings ... shall become
final: (a) Upon dismissal of an appeal by the Board of Immigration Appeals; (b) Upon waiver of
appeal by the respondent; (c) Upon expiration of the time allotted for an appeal if the respondent
does not file an appeal within that time; (d) If certified to the Board or Attorney General, upon
the date of the subsequent decision ordering removal; (e) If an immigration judge orders an alien
removed in the alien's absence, immediately upon entry of such order; or (f) If an immigration judge
issues an alternate order of removal in connection with a grant of voluntary departure, upon
overstay of the voluntary departure period ...."""

EVENTS = (
    "appeal-dismissed",
    "appeal-waived",
    "appeal-time-expired",
    "certified-decision",
    "in-absentia",
    "voluntary-departure-overstay",
)

FINALITY_EVENT = Element(
    id="finality-event",
    citation="8 CFR 1241.1(a)–(f)",
    statement="The order became final by one of the six events the regulation knows.",
    layer=Layer.PREDICATE,
    phase=Phase.FACE,
    field="finality_event",
    test=lambda _basis: met_if(pl.col("finality_event").is_in(EVENTS)),
    message=(
        "How the order became final is missing or is none the regulation knows. Write in "
        f"finality_event one of {', '.join(EVENTS)}."
    ),
    requirements=(14,),
)

PROVISION = Provision(
    id="8 CFR 1241.1",
    citation="8 CFR 1241.1",
    title="When an order of removal is final",
    text=TEXT,
    source="8 CFR 241.1 of 2003, which 8 CFR 1241.1 repeats",
    fields=(
        Field(
            "finality_event",
            Kind.CODE,
            f"how the order became final: {', '.join(EVENTS)}",
            "appeal-time-expired",
        ),
        Field("finality_date", Kind.DATE, "the day it became administratively final", 370),
    ),
    elements=(FINALITY_EVENT,),
)
