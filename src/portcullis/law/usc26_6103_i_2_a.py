"""26 U.S.C. § 6103(i)(2)(A): who may ask, who may receive, and for what use alone."""

import polars as pl

from portcullis.law.authorities import DELEGATED, HEADS, pointed_to, told
from portcullis.law.basis import Basis
from portcullis.law.element import Element, Layer, Phase, met_if, met_or_for_a_person
from portcullis.law.fields import OFFICERS, Field, Kind
from portcullis.law.provision import Provision
from portcullis.law.words import identifies

TEXT = """\
(A) Except as provided in paragraph (6), upon receipt by the Secretary of a request which meets the
requirements of subparagraph (B) from the head of any Federal agency or the Inspector General
thereof, or, in the case of the Department of Justice, [listed officials], the Secretary shall
disclose return information (other than taxpayer return information) to officers and employees of
such agency who are personally and directly engaged in
    (i) preparation for any judicial or administrative proceeding described in paragraph (1)(A)(i),
    (ii) any investigation which may result in such a proceeding, or
    (iii) any grand jury proceeding pertaining to such a proceeding,
solely for the use of such officers and employees in such preparation, investigation, or grand
jury proceeding."""

STAGES = ("proceeding-preparation", "investigation", "grand-jury")

# One or more roster ids with a semicolon between: no blank entry, no space within an id.
_OFFICERS = r"^[^;\s]+(?: *; *[^;\s]+)*$"


def _head(basis: Basis) -> pl.Expr:
    delegate = basis.accept_delegation and not basis.holds("agency-head-only")
    accepted = [*HEADS, DELEGATED] if delegate or basis.holds("delegate-may-sign") else HEADS
    return met_if(pl.col("signed_by").is_in(accepted))


def _officers(basis: Basis) -> pl.Expr:
    named = pl.col("officers").str.contains(_OFFICERS) & pl.col("officers_employed")
    if basis.holds("agency-is-the-component"):
        named &= pl.col("officers_same_agency")
    return met_if(named)


def _officers_cause(_basis: Basis) -> pl.Expr:
    return (
        pl.when(pl.col("officers").is_null())
        .then(pl.lit("blank"))
        .when(pl.col("officers").str.contains(_OFFICERS))
        .then(pl.lit("not-of-the-agency"))
    )


def _engaged(basis: Basis) -> pl.Expr:
    engaged = pl.col("engaged")
    if basis.holds("one-officer-cannot-be-engaged-in-all"):
        engaged &= ~pl.col("m_officer_in_all")
    return met_if(engaged)


def _engaged_cause(basis: Basis) -> pl.Expr:
    if not basis.holds("one-officer-cannot-be-engaged-in-all"):
        return pl.lit(None, pl.String)
    return pl.when(pl.col("engaged") & pl.col("m_officer_in_all")).then(pl.lit("in-all"))


def _investigation_unique(_basis: Basis) -> pl.Expr:
    shared = pl.col("m_duplicate_investigation")
    return met_or_for_a_person(shared == 0, pl.col("m_repeat_cited") & (shared > 0))


RIGHT_PARAGRAPH = Element(
    id="right-paragraph",
    citation="26 U.S.C. § 6103(i)(2)(A), beside (i)(1), (3)(B), (5) and (7)(C)",
    statement="What is asked for is not what another paragraph alone opens.",
    layer=Layer.AGREEMENT,
    phase=Phase.FACE,
    field="reason",
    test=lambda _basis: met_if(pointed_to().is_null()),
    message="Another paragraph of § 6103(i) governs what is asked for.",
    cause=lambda _basis: pointed_to(),
    cause_messages=told(),
    requirements=(8,),
)

REQUESTED_BY_HEAD = Element(
    id="requested-by-head",
    citation="26 U.S.C. § 6103(i)(2)(A)",
    statement="The request is from the head of the agency or its Inspector General.",
    layer=Layer.STATUTE,
    phase=Phase.FACE,
    field="",
    test=_head,
    message=(
        "The request is not signed by the head of the agency or its Inspector General. Have one of "
        "them sign the batch; a delegate's signature does only where the agreement cites a legal "
        "determination for it."
    ),
    requirements=(1, 2),
)

OFFICERS_NAMED = Element(
    id="officers-named",
    citation="26 U.S.C. § 6103(i)(2)(A); (b)(9)",
    statement="Those to receive it are named, and are officers and employees of the agency.",
    layer=Layer.STATUTE,
    phase=Phase.FACE,
    field="officers",
    test=_officers,
    message=(
        "The list of officers cannot be read. Name in officers each officer by roster id, with a "
        "semicolon between."
    ),
    cause=_officers_cause,
    cause_messages={
        "blank": (
            "No officer is named to receive the information. Name in officers each officer by "
            "roster id, with a semicolon between."
        ),
        "not-of-the-agency": (
            "A named officer is not on the roster as an officer or employee of the requesting "
            "agency. Name only its own, or enrol the officer first."
        ),
    },
    requirements=(2, 11),
)

OFFICERS_ENGAGED = Element(
    id="officers-engaged",
    citation="26 U.S.C. § 6103(i)(2)(A)",
    statement="Every named officer has attested to personal and direct engagement in this request.",
    layer=Layer.STATUTE,
    phase=Phase.FACE,
    field="officers",
    test=_engaged,
    message=(
        "A named officer has not attested to personal and direct engagement in this request. Have "
        "each named officer sign the attestation in the manifest, or name only those who are "
        "engaged."
    ),
    cause=_engaged_cause,
    cause_messages={
        "in-all": (
            "One officer is named in so much of the batch that the attestation of personal and "
            "direct engagement cannot be true of it. Name in each request the officers who are "
            "engaged in it."
        ),
    },
    requirements=(11,),
)

SOLE_USE = Element(
    id="sole-use",
    citation="26 U.S.C. § 6103(i)(2)(A)",
    statement="Every named officer has attested that the use is solely in this matter.",
    layer=Layer.STATUTE,
    phase=Phase.FACE,
    field="officers",
    test=lambda _basis: met_if(pl.col("sole_use")),
    message=(
        "A named officer has not attested that the information is solely for the use of such "
        "officers in this matter. Have each named officer sign the attestation in the manifest."
    ),
    requirements=(12,),
)

INVESTIGATION_STAGE = Element(
    id="investigation-stage",
    citation="26 U.S.C. § 6103(i)(2)(A)(i)–(iii)",
    statement="The matter is the preparation of a proceeding, an investigation or a grand jury.",
    layer=Layer.STATUTE,
    phase=Phase.FACE,
    field="investigation_stage",
    test=lambda _basis: met_if(pl.col("investigation_stage").is_in(STAGES)),
    message=(
        "The stage of the matter is missing or is none the statute knows. Write "
        "proceeding-preparation, investigation or grand-jury in investigation_stage."
    ),
    requirements=(10,),
)

INVESTIGATION_IDENTIFIED = Element(
    id="investigation-identified",
    citation="26 U.S.C. § 6103(i)(2)(A)(i)–(iii)",
    statement="The proceeding or investigation about this person is identified.",
    layer=Layer.STATUTE,
    phase=Phase.FACE,
    field="investigation_id",
    test=lambda _basis: met_if(identifies(pl.col("investigation_id"))),
    message=(
        "No investigation or proceeding about this person is identified. Write its number in "
        "investigation_id; a request cannot be made before there is one."
    ),
    requirements=(10,),
)

INVESTIGATION_OPENED = Element(
    id="investigation-opened",
    citation="26 U.S.C. § 6103(i)(2)(A)(i)–(iii)",
    statement="The proceeding or investigation was open on the day of the determination.",
    layer=Layer.STATUTE,
    phase=Phase.FACE,
    field="investigation_opened_on",
    time_dependent=True,
    test=lambda basis: met_if(pl.col("d_investigation_opened_on") <= basis.as_of),
    message=(
        "The day the investigation was opened is missing, is no date, or lies in the future. "
        "Write it in investigation_opened_on as YYYY-MM-DD."
    ),
    requirements=(10,),
)

INVESTIGATION_UNIQUE = Element(
    id="investigation-unique",
    citation="Policy on 26 U.S.C. § 6103(i)(2)(A)(i)–(iii)",
    statement="The investigation is of this one person: no other person's request names it.",
    layer=Layer.POLICY,
    phase=Phase.FACE,
    field="investigation_id",
    test=_investigation_unique,
    message=(
        "Another request about another person names the same investigation. Give each person's own "
        "investigation number."
    ),
    for_a_person=(
        "Another request names the same investigation, and this one cites an earlier request. A "
        "person looks whether it is the same person's."
    ),
    requirements=(10,),
)

PROVISION = Provision(
    id="26 USC 6103(i)(2)(A)",
    citation="26 U.S.C. § 6103(i)(2)(A)",
    title="Who may ask, who may receive, and for what use alone",
    text=TEXT,
    source="U.S. Code, snapshot of April 2023",
    fields=(
        Field(
            "investigation_id",
            Kind.NUMBER,
            "the number of the proceeding or investigation about this person",
            "INV-EXAMPLE-0001",
        ),
        Field(
            "investigation_stage",
            Kind.CODE,
            f"what the matter is: {', '.join(STAGES)}",
            "investigation",
        ),
        Field("investigation_opened_on", Kind.DATE, "the day the investigation was opened", 60),
        OFFICERS,
    ),
    elements=(
        RIGHT_PARAGRAPH,
        REQUESTED_BY_HEAD,
        OFFICERS_NAMED,
        OFFICERS_ENGAGED,
        SOLE_USE,
        INVESTIGATION_STAGE,
        INVESTIGATION_IDENTIFIED,
        INVESTIGATION_UNIQUE,
        INVESTIGATION_OPENED,
    ),
)
