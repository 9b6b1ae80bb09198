"""8 CFR 1241.1: final order of removal.

An order of removal made by the immigration judge ... shall become final: (a) upon dismissal
of an appeal ...; (b) upon waiver of appeal ...; (c) upon expiration of the time allotted for
an appeal ...; (d) if certified ..., upon the date of the subsequent decision ...; (e) if ...
in the alien's absence, immediately upon entry of such order; or (f) if ... an alternate order
of removal ..., upon overstay of the voluntary departure period ...
"""

import polars as pl

from portcullis.law.element import Element, Layer, Phase, met_if

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

FINALITY_DATE = Element(
    id="finality-date",
    citation="8 CFR 1241.1",
    statement="The day the order became administratively final is stated.",
    layer=Layer.PREDICATE,
    phase=Phase.FACE,
    field="finality_date",
    test=lambda _basis: met_if(pl.col("d_finality_date").is_not_null()),
    message=(
        "The day the order became final is missing or is no date. Write it in finality_date as "
        "YYYY-MM-DD."
    ),
    requirements=(14,),
)

ELEMENTS: tuple[Element, ...] = (FINALITY_EVENT, FINALITY_DATE)
