"""26 U.S.C. § 6103(i)(5): locating fugitives from justice, by ex parte order and felony warrant."""

import polars as pl

from portcullis.law import reasons
from portcullis.law.agreement import items_of_agreement
from portcullis.law.authorities import PROSECUTORS
from portcullis.law.basis import Basis
from portcullis.law.element import Element, Layer, Phase, met_if
from portcullis.law.fields import (
    ADDRESS,
    ITEMS,
    NAME,
    OFFICERS,
    REASON,
    STATUTE,
    Field,
    Kind,
)
from portcullis.law.identity import of_one_person
from portcullis.law.provision import Provision
from portcullis.law.words import fold_citation, identifies

TEXT = """\
(A) Except as provided in paragraph (6), the return of an individual or return information with
respect to such individual shall, pursuant to and upon the grant of an ex parte order by a Federal
district court judge or magistrate judge under subparagraph (B), be open (but only to the extent
necessary as provided in such order) to inspection by, or disclosure to, officers and employees of
any Federal agency exclusively for use in locating such individual.
(B) Any person described in paragraph (1)(B) may authorize an application ... for an order ....
such judge may grant such order if he determines ... that
    (i) a Federal arrest warrant relating to the commission of a Federal felony offense has been
    issued for an individual who is a fugitive from justice,
    (ii) the return of such individual or return information with respect to such individual is
    sought exclusively for use in locating such individual, and
    (iii) there is reasonable cause to believe that such return or return information may be
    relevant in determining the location of such individual."""

_CITATION = "26 U.S.C. § 6103(i)(5)"
JUDGES = ("district-judge", "magistrate-judge")


def _statute(  # noqa: PLR0917 - what every element says
    id: str,
    paragraph: str,
    field: str,
    statement: str,
    condition: pl.Expr,
    message: str,
    layer: Layer = Layer.STATUTE,
) -> Element:
    return Element(
        id=id,
        citation=f"{_CITATION}{paragraph}",
        statement=statement,
        layer=layer,
        phase=Phase.FACE,
        field=field,
        test=lambda _basis: met_if(condition),
        message=message,
        requirements=(20,),
    )


def _felony(basis: Basis) -> pl.Expr:
    return met_if(pl.col("c_statute").is_in([fold_citation(each) for each in basis.statutes]))


ORDER_GRANTED = _statute(
    "ex-parte-order",
    "(A)",
    "order_docket",
    "An ex parte order of a Federal district court judge or magistrate judge is identified.",
    identifies(pl.col("order_docket")),
    "No ex parte order is identified. Write its docket number in order_docket.",
)
ORDER_DATED = Element(
    id="ex-parte-order-granted",
    citation=f"{_CITATION}(A)",
    statement="The order was granted, on a day that is not in the future.",
    layer=Layer.STATUTE,
    phase=Phase.FACE,
    field="order_granted_on",
    time_dependent=True,
    test=lambda basis: met_if(pl.col("d_order_granted_on") <= basis.as_of),
    message=(
        "The day the order was granted is missing, is no date, or lies in the future. Write it in "
        "order_granted_on as YYYY-MM-DD."
    ),
    requirements=(20,),
)
ORDER_OF_COURT = _statute(
    "ex-parte-order-court",
    "(A)",
    "order_granted_by",
    "The order is of a Federal district court judge or magistrate judge.",
    pl.col("order_granted_by").is_in(JUDGES),
    "It is not said which judge granted the order, or it was no judge of a Federal district court. "
    f"Write in order_granted_by one of {', '.join(JUDGES)}.",
)
EXTENT = _statute(
    "extent-of-order",
    "(A)",
    "order_opens_items",
    "The order provides for the disclosure of what is asked for.",
    pl.col("order_opens_items") == "yes",
    "It is not said that the order opens the items asked for, and nothing is open beyond what the "
    "order provides. If it does, write yes in order_opens_items; if not, no request can be made.",
)
AUTHORIZED = _statute(
    "application-authorized",
    "(B); (i)(1)(B)",
    "application_authorized_by",
    "The application was authorized by an official whom paragraph (1)(B) lists.",
    pl.col("application_authorized_by").is_in(PROSECUTORS),
    "It is not said who authorized the application, or it was nobody listed in (i)(1)(B). Write in "
    f"application_authorized_by one of {', '.join(PROSECUTORS)}.",
)
# The paragraph says who may authorize the application and is silent on who then sends the request.
# Closed default: one of the same officials, asked for in the agreement's name.
SIGNED = _statute(
    "requested-by-prosecutor",
    "(B); (i)(1)(B)",
    "",
    "The request is signed by an official whom paragraph (1)(B) lists.",
    pl.col("signed_by").is_in(PROSECUTORS),
    "The batch is not signed by an official listed in (i)(1)(B). Have one of them sign it.",
    Layer.AGREEMENT,
)
WARRANT = _statute(
    "felony-warrant",
    "(B)(i)",
    "warrant_number",
    "A Federal arrest warrant is identified.",
    identifies(pl.col("warrant_number")),
    "No Federal arrest warrant is identified. Write its number in warrant_number.",
)
ISSUED = _statute(
    "warrant-issued",
    "(B)(i)",
    "warrant_issued_on",
    "The warrant had been issued when the order was granted.",
    pl.col("d_warrant_issued_on") <= pl.col("d_order_granted_on"),
    "The day the warrant was issued is missing, is no date, or is later than the order. Write it "
    "in warrant_issued_on as YYYY-MM-DD; an order granted before there is a warrant opens nothing.",
)
# The text says that a warrant "has been issued". That it still stands is the closed default.
OUTSTANDING = _statute(
    "warrant-outstanding",
    "(B)(i)",
    "warrant_outstanding",
    "The warrant is outstanding.",
    pl.col("warrant_outstanding") == "yes",
    "It is not said that the warrant is outstanding. If it is, write yes in warrant_outstanding; "
    "if not, no request can be made.",
    Layer.AGREEMENT,
)
FUGITIVE = _statute(
    "fugitive-from-justice",
    "(B)(i)",
    "fugitive",
    "The individual is a fugitive from justice.",
    pl.col("fugitive") == "yes",
    "It is not said that the individual is a fugitive from justice. If so, write yes in fugitive; "
    "if not, no request can be made under this paragraph.",
)
FELONY = Element(
    id="felony-offense",
    citation=f"{_CITATION}(B)(i)",
    statement="The warrant relates to a Federal felony offense the agreement covers.",
    layer=Layer.STATUTE,
    phase=Phase.FACE,
    field="statute",
    test=_felony,
    message=(
        "The offense is missing or is none of the felonies the agreement covers. Write the statute "
        "the warrant was issued for in statute, with its subdivision."
    ),
    requirements=(8,),
)
OFFICERS_NAMED = _statute(
    "officers-named",
    "(A)",
    "officers",
    "Those to whom disclosure would be made are named, officers and employees of the agency.",
    pl.col("officers").is_not_null() & pl.col("officers_employed"),
    "No officer is named, or one is not on the roster of the agency. Name in officers each by "
    "roster id, with a semicolon between.",
)
EXCLUSIVE_USE = _statute(
    "exclusive-use",
    "(A), (B)(ii)",
    "officers",
    "Every named officer has attested that the use is exclusively to locate the individual.",
    pl.col("sole_use"),
    "A named officer has not attested to exclusive use in locating the individual. Have each named "
    "officer sign the attestation in the manifest.",
)
RELEVANCE = _statute(
    "relevance-to-location",
    "(B)(iii)",
    "reason",
    "It is said why the information may be relevant in determining the location.",
    reasons.specific(pl.col("reason")),
    "The reason is blank, a placeholder, or too short to be specific. Say in reason, in "
    f"{reasons.LEAST_WORDS} words or more, why the information may help to locate the individual.",
)

_REASON = (
    "The subject is charged with the felony named and left the district after the warrant was "
    "issued; the last known address may show with whom the subject stays now."
)

PROVISION = Provision(
    id="26 USC 6103(i)(5)",
    citation=_CITATION,
    title="Locating fugitives from justice",
    text=TEXT,
    source="U.S. Code, snapshot of April 2023",
    fields=(
        *NAME,
        *ADDRESS,
        STATUTE,
        Field(REASON.name, REASON.kind, "why it may help to locate the individual", _REASON),
        Field("order_docket", Kind.NUMBER, "the docket of the ex parte order", "1-25-mj-00001"),
        Field("order_granted_on", Kind.DATE, "the day the order was granted", 10),
        Field(
            "order_granted_by", Kind.CODE, f"which judge: {', '.join(JUDGES)}", "magistrate-judge"
        ),
        Field("order_opens_items", Kind.ANSWER, "whether the order opens the items asked", "yes"),
        Field(
            "application_authorized_by",
            Kind.CODE,
            "who authorized the application for the order",
            "united-states-attorney",
        ),
        Field("warrant_number", Kind.NUMBER, "the number of the arrest warrant", "WARRANT-0001"),
        Field("warrant_issued_on", Kind.DATE, "the day the warrant was issued", 40),
        Field("warrant_outstanding", Kind.ANSWER, "whether the warrant is outstanding", "yes"),
        Field("fugitive", Kind.ANSWER, "whether a fugitive from justice", "yes"),
        OFFICERS,
        ITEMS,
    ),
    elements=(
        ORDER_GRANTED,
        ORDER_DATED,
        ORDER_OF_COURT,
        EXTENT,
        SIGNED,
        AUTHORIZED,
        WARRANT,
        ISSUED,
        OUTSTANDING,
        FELONY,
        FUGITIVE,
        OFFICERS_NAMED,
        EXCLUSIVE_USE,
        RELEVANCE,
        items_of_agreement(f"{_CITATION}(A)"),
        *of_one_person("Policy on 26 U.S.C. § 6103(i)(5): the floor", Layer.POLICY),
    ),
)
