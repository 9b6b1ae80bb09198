"""26 U.S.C. § 6103(i)(2)(B)(iv): the specific reason or reasons."""

import polars as pl

from portcullis.law import reasons
from portcullis.law.element import Element, Layer, Phase, met_if
from portcullis.law.fields import REASON
from portcullis.law.provision import Provision

TEXT = """\
    (iv) the specific reason or reasons why such disclosure is, or may be, relevant to such
    proceeding or investigation."""

SPECIFIC_REASON = Element(
    id="specific-reason",
    citation="26 U.S.C. § 6103(i)(2)(B)(iv)",
    statement="The request sets forth why disclosure is, or may be, relevant in this very case.",
    layer=Layer.STATUTE,
    phase=Phase.FACE,
    field="reason",
    test=lambda _basis: met_if(reasons.specific(pl.col("reason"))),
    message=(
        "The reason is blank, a placeholder, or too short to be specific. Say in reason, in "
        f"{reasons.LEAST_WORDS} words or more, what in this person's case makes the "
        f"information relevant "
        "to the investigation."
    ),
    requirements=(9,),
)

CRIMINAL_PURPOSE = Element(
    id="criminal-purpose",
    citation="26 U.S.C. § 6103(i)(2)(B)(iv); (i)(2)(A)",
    statement=(
        "The reason given is not civil enforcement alone: locating a person for removal is no use "
        "the paragraph permits."
    ),
    layer=Layer.STATUTE,
    phase=Phase.FACE,
    field="reason",
    test=lambda _basis: met_if(~reasons.civil_alone(pl.col("reason"))),
    message=(
        "The reason speaks of removal or other civil enforcement alone. If there is a criminal "
        "investigation, say how the information bears on it; for locating a person for removal no "
        "request can be made under this paragraph."
    ),
    requirements=(9,),
)

PROVISION = Provision(
    id="26 USC 6103(i)(2)(B)(iv)",
    citation="26 U.S.C. § 6103(i)(2)(B)(iv)",
    title="Specific reasons",
    text=TEXT,
    source="U.S. Code, snapshot of April 2023",
    fields=(REASON,),
    elements=(SPECIFIC_REASON, CRIMINAL_PURPOSE),
)
