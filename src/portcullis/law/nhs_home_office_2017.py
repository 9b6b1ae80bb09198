"""The withdrawn tracing memorandum of NHS Digital and the Home Office, from public facts.

In force 1 January 2017, withdrawn 9 November 2018. Its text, its request form and the grade of the
countersigning officer were not found: what stands here rests on committee reports, the published
register of releases and the press, and each gap has its closed default. Nor was the text of section
261(5) of the Act found, the power it is taken to rest on; so nothing here refuses in a statute's
name: every element of the request's face is the memorandum's.
"""

from datetime import timedelta

import polars as pl

from portcullis.law import reasons
from portcullis.law.agreement import items_of_agreement
from portcullis.law.authorities import COUNTERSIGNATORY
from portcullis.law.basis import Basis
from portcullis.law.element import Element, Layer, Phase, met_if
from portcullis.law.fields import ADDRESS, ITEMS, NAME, OFFICERS, REASON, STATUTE, Field, Kind
from portcullis.law.identity import of_one_person
from portcullis.law.provision import Provision
from portcullis.law.words import fold_citation, identifies

TEXT = """\
[As reported.] NHS Digital traces a person for the Home Office from narrow demographics, no clinical
information among them, where the person is out of contact and suspected of an offence under the
Immigration Act 1971, other means are exhausted, a senior officer has countersigned the request, and
disclosure is in the public interest. Each request is registered as Rejected, Approved - Trace or
Approved - No Trace."""

_MEMORANDUM = "Memorandum NHS Digital-Home Office, 2017"
GROUNDS = (
    "failed-reporting-restrictions",
    "absconded",
    "escaped-detention",
    "exceeded-time-limit",
    "leave-by-deception",
)


def _asked(id: str, field: str, statement: str, condition: pl.Expr, message: str) -> Element:
    return Element(
        id=id,
        citation=_MEMORANDUM,
        statement=statement,
        layer=Layer.AGREEMENT,
        phase=Phase.FACE,
        field=field,
        test=lambda _basis: met_if(condition),
        message=message,
        requirements=(20,),
    )


def _offence(basis: Basis) -> pl.Expr:
    return met_if(pl.col("c_statute").is_in([fold_citation(each) for each in basis.statutes]))


def _out_of_contact(basis: Basis) -> pl.Expr:
    return met_if(
        pl.col("d_last_contact_on") < basis.as_of - timedelta(days=basis.thresholds.status_age_days)
    )


COUNTERSIGNED = _asked(
    "senior-countersignature",
    "",
    "A senior officer of the requesting authority has countersigned the request.",
    pl.col("signed_by") == COUNTERSIGNATORY,
    "No officer of sufficient seniority has countersigned. Have one sign the batch.",
)
CASE_IDENTIFIED = _asked(
    "case-identified",
    "case_reference",
    "The case of this person is identified.",
    identifies(pl.col("case_reference")),
    "No case of this person is identified. Write its reference in case_reference.",
)
OFFENCE_SUSPECTED = Element(
    id="offence-suspected",
    citation=_MEMORANDUM,
    statement="The offence suspected is one the memorandum covers.",
    layer=Layer.AGREEMENT,
    phase=Phase.FACE,
    field="statute",
    test=_offence,
    message=(
        "The offence is missing or is none the memorandum covers. Write the section of the "
        "Immigration Act 1971 in statute."
    ),
    requirements=(8,),
)
GROUND = _asked(
    "ground-of-tracing",
    "ground",
    "The ground on which the person is sought is one of those the memorandum knows.",
    pl.col("ground").is_in(GROUNDS),
    f"The ground is missing or unknown. Write in ground one of {', '.join(GROUNDS)}.",
)
OUT_OF_CONTACT = Element(
    id="out-of-contact",
    citation=_MEMORANDUM,
    statement="The person was in contact with immigration enforcement, and is so no longer.",
    layer=Layer.AGREEMENT,
    phase=Phase.FACE,
    field="last_contact_on",
    time_dependent=True,
    test=_out_of_contact,
    message=(
        "The day of the last contact is missing, is no date, or is less than {status_age_days} "
        "days back. Write it in last_contact_on as YYYY-MM-DD; whoever is in contact is not traced."
    ),
    requirements=(17,),
)
OTHER_MEANS = _asked(
    "other-means-exhausted",
    "other_means_exhausted",
    "Other means of finding the person are exhausted.",
    pl.col("other_means_exhausted") == "yes",
    "It is not said that other means are exhausted. Try them first; then write yes in "
    "other_means_exhausted.",
)
PUBLIC_INTEREST = _asked(
    "public-interest",
    "reason",
    "It is said why disclosure in this case is in the public interest.",
    reasons.specific(pl.col("reason")),
    "The reason is blank, a placeholder, or too short to be specific. Say in reason, in "
    f"{reasons.LEAST_WORDS} words or more, why disclosure about this person is in the public "
    "interest.",
)
OFFICERS_NAMED = _asked(
    "officers-named",
    "officers",
    "The officers to receive the answer are named, and are the requesting authority's.",
    pl.col("officers").is_not_null() & pl.col("officers_employed"),
    "No officer is named, or one is not on the roster of the authority. Name in officers each by "
    "roster id, with a semicolon between.",
)
SOLE_USE = _asked(
    "sole-use",
    "officers",
    "Every named officer has attested to use in tracing this person alone.",
    pl.col("sole_use"),
    "A named officer has not attested to the use. Have each sign the attestation in the manifest.",
)
LAST_KNOWN_ADDRESS = Element(
    id="last-known-address",
    citation=_MEMORANDUM,
    statement="There is a last known address in the records.",
    layer=Layer.AGREEMENT,
    phase=Phase.MATCH,
    field="items",
    test=lambda _basis: met_if(pl.col("lka_found")),
    message="The records hold no last known address.",
    requirements=(27,),
)

_REASON = (
    "The person absconded from reporting after a conviction, every other means of finding them has "
    "failed, and the last known address is the one lead left in this case."
)

PROVISION = Provision(
    id="Memorandum NHS Digital-Home Office 2017",
    citation=_MEMORANDUM,
    title="Tracing a person out of contact (withdrawn)",
    text=TEXT,
    source=(
        "House of Commons Health Committee, HC 677 of 2017-19; NHS Digital's register of releases; "
        "press. The memorandum's own text was not found."
    ),
    fields=(
        *NAME,
        *ADDRESS,
        STATUTE,
        Field(REASON.name, REASON.kind, "why it is in the public interest here", _REASON),
        Field("case_reference", Kind.NUMBER, "the reference of this person's case", "CASE-0001"),
        Field("ground", Kind.CODE, f"why sought: {', '.join(GROUNDS)}", "absconded"),
        Field("last_contact_on", Kind.DATE, "the day of the last contact", 200),
        Field("other_means_exhausted", Kind.ANSWER, "whether other means are exhausted", "yes"),
        OFFICERS,
        ITEMS,
    ),
    elements=(
        COUNTERSIGNED,
        CASE_IDENTIFIED,
        OFFENCE_SUSPECTED,
        GROUND,
        OUT_OF_CONTACT,
        OTHER_MEANS,
        PUBLIC_INTEREST,
        OFFICERS_NAMED,
        SOLE_USE,
        items_of_agreement(_MEMORANDUM),
        *of_one_person(_MEMORANDUM, Layer.AGREEMENT),
        LAST_KNOWN_ADDRESS,
    ),
)
