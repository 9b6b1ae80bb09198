"""26 U.S.C. § 6103(i)(2): return information other than taxpayer return information, on request.

    (A) ... upon receipt ... of a request which meets the requirements of subparagraph (B) from the
    head of any Federal agency or the Inspector General thereof ..., the Secretary shall disclose
    ... to officers and employees of such agency who are personally and directly engaged in
        (i) preparation for any judicial or administrative proceeding described in (1)(A)(i),
        (ii) any investigation which may result in such a proceeding, or
        (iii) any grand jury proceeding pertaining to such a proceeding,
    solely for the use of such officers and employees in such preparation, investigation, or
    grand jury proceeding.
    (B) ... in writing and shall set forth
        (i) the name and address of the taxpayer ...,
        (ii) the taxable period or periods ...,
        (iii) the statutory authority ..., and
        (iv) the specific reason or reasons why such disclosure is, or may be, relevant ...

That the request comes from the head of the agency is settled for a whole batch at intake.
"""

import polars as pl

from portcullis.law import reasons, statutes
from portcullis.law.basis import Basis
from portcullis.law.element import Element, Layer, Phase, met_if, met_or_for_a_person
from portcullis.law.words import identifies

STAGES = ("proceeding-preparation", "investigation", "grand-jury")

# Taxable years of the federal income tax begin with the Revenue Act of 1913.
FIRST_TAXABLE_YEAR = 1913

# One or more roster ids with a semicolon between: no blank entry, no space within an id.
_OFFICERS = r"^[^;\s]+(?: *; *[^;\s]+)*$"

# names.AGREES, stated here again: the law says which agreements are the taxpayer's name.
NAME_AGREES = ("same", "reordered", "suffix-missing")


def _periods(basis: Basis) -> pl.Expr:
    years = pl.col("periods").list
    return met_if((years.min() >= FIRST_TAXABLE_YEAR) & (years.max() <= basis.as_of.year))


def _periods_cause(basis: Basis) -> pl.Expr:
    return (
        pl.when(pl.col("taxable_periods").is_null())
        .then(pl.lit("blank"))
        .when(pl.col("periods").list.max() > basis.as_of.year)
        .then(pl.lit("future"))
        .otherwise(pl.lit("not-years"))
    )


def _one_taxpayer(_basis: Basis) -> pl.Expr:
    by_tin = (pl.col("route") == "tin") & (pl.col("tin_candidates") >= 1)
    by_name = (
        (pl.col("route") == "name-address")
        & (pl.col("name_address_candidates") == 1)
        & pl.col("name_address_unique_point")
    )
    one = (pl.col("result") == "one") & pl.col("taxpayer_id").is_not_null()
    return met_if(one & (by_tin | by_name))


def _name_agrees(_basis: Basis) -> pl.Expr:
    by_tin = (pl.col("route") == "tin") & pl.col("tin_name").is_in(NAME_AGREES)
    by_name = (pl.col("route") == "name-address") & (pl.col("name_address_candidates") >= 1)
    return met_if(by_tin | by_name)


def _address_of_record(_basis: Basis) -> pl.Expr:
    by_tin = (pl.col("route") == "tin") & (pl.col("tin_address") == "same")
    by_name = (pl.col("route") == "name-address") & (pl.col("name_address_candidates") >= 1)
    return met_or_for_a_person(by_tin | by_name, pl.col("near_miss"))


OFFICERS_NAMED = Element(
    id="officers-named",
    citation="26 U.S.C. § 6103(i)(2)(A)",
    statement="The officers and employees to whom disclosure would be made are named.",
    layer=Layer.STATUTE,
    phase=Phase.FACE,
    field="officers",
    test=lambda _basis: met_if(pl.col("officers").str.contains(_OFFICERS)),
    message=(
        "No officer is named to receive the information, or the list cannot be read. Name in "
        "officers each officer by roster id, with a semicolon between."
    ),
    requirements=(11,),
)

OFFICERS_ATTESTED = Element(
    id="officers-attested",
    citation="26 U.S.C. § 6103(i)(2)(A)",
    statement=(
        "Every named officer has attested, over this very request, to being personally and "
        "directly engaged in it and to its sole use therein."
    ),
    layer=Layer.STATUTE,
    phase=Phase.FACE,
    field="officers",
    test=lambda _basis: met_if(pl.col("attested")),
    message=(
        "A named officer has not attested to personal and direct engagement and sole use for "
        "this request. Have each named officer sign the attestation in the manifest, or name "
        "only those who are engaged."
    ),
    requirements=(11, 12),
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

NAME_OF_TAXPAYER = Element(
    id="name-of-taxpayer",
    citation="26 U.S.C. § 6103(i)(2)(B)(i)",
    statement="The request sets forth the name of the taxpayer.",
    layer=Layer.STATUTE,
    phase=Phase.FACE,
    field="family_name",
    test=lambda _basis: met_if(~pl.col("n_absent")),
    message=(
        "The name is blank, incomplete or a placeholder. Write the person's own names in "
        "given_name and family_name."
    ),
    requirements=(4,),
)

ADDRESS_OF_TAXPAYER = Element(
    id="address-of-taxpayer",
    citation="26 U.S.C. § 6103(i)(2)(B)(i)",
    statement="The request sets forth an address: a place mail can be delivered, in a locality.",
    layer=Layer.STATUTE,
    phase=Phase.FACE,
    field="address_line1",
    test=lambda _basis: met_if(~pl.col("a_absent")),
    message=(
        "There is no address. Write the address of the taxpayer as you know it: a delivery "
        "line, and a city and state or a ZIP code."
    ),
    cause=lambda _basis: pl.col("a_absent_reason"),
    cause_messages={
        "blank": (
            "The address is blank. Write the address of the taxpayer as you know it: a delivery "
            "line, and a city and state or a ZIP code."
        ),
        "placeholder": (
            "Words such as “unknown” or “failed to provide” stand where the address should be. "
            "Write the address of the taxpayer; if none is known, no request can be made."
        ),
        "digits-only": (
            "Only digits stand where the address should be. Write the delivery line: number and "
            "street, box, or route."
        ),
        "zip-only": (
            "There is a ZIP code and no address. Write the delivery line: number and street, box, "
            "or route."
        ),
        "no-delivery-line": (
            "The address has a locality and no delivery line. Write number and street, box, "
            "or route."
        ),
        "no-locality": (
            "The address has a delivery line and no locality. Write the city and state, or "
            "the ZIP code."
        ),
        "custody": (
            "The address is a place of custody or a custody note, not an address of the taxpayer. "
            "Write the person's own address."
        ),
        "agency": (
            "The address is an agency's own, not the taxpayer's. Write the person's own address."
        ),
        "spreadsheet-error": (
            "A spreadsheet's error stands where the address should be. Export the address as text "
            "and send it again."
        ),
    },
    requirements=(5, 6),
)

ONE_TAXPAYER = Element(
    id="one-taxpayer",
    citation="26 U.S.C. § 6103(i)(2)(B)(i)",
    statement="The request names one taxpayer: a single candidate in the records, or nobody.",
    layer=Layer.STATUTE,
    phase=Phase.MATCH,
    field="family_name",
    test=_one_taxpayer,
    message="The request does not single out one taxpayer in the records.",
    requirements=(3, 24),
)

NAME_AGREES_WITH_RECORD = Element(
    id="name-agrees",
    citation="26 U.S.C. § 6103(i)(2)(B)(i); (b)(6)",
    statement="The name in the request is the taxpayer's name under the written rules.",
    layer=Layer.STATUTE,
    phase=Phase.MATCH,
    field="family_name",
    test=_name_agrees,
    message="The name in the request is not the taxpayer's name of record.",
    requirements=(22, 23),
)

ADDRESS_OF_RECORD = Element(
    id="address-of-record",
    citation="26 U.S.C. § 6103(i)(2)(B)(i)",
    statement=(
        "The address in the request is an address of record of that one taxpayer, on every route. "
        "(Reading address-of-record, on the floor.)"
    ),
    layer=Layer.STATUTE,
    phase=Phase.MATCH,
    field="address_line1",
    test=_address_of_record,
    message="The address in the request is none of the taxpayer's addresses of record.",
    for_a_person=(
        "The address nearly agrees with an address of record. A reviewer may find only that it is "
        "that address under the written rules; a second reviewer confirms."
    ),
    requirements=(21, 22, 23),
)

TAXABLE_PERIODS = Element(
    id="taxable-periods",
    citation="26 U.S.C. § 6103(i)(2)(B)(ii)",
    statement="The request sets forth the taxable period or periods: years, none in the future.",
    layer=Layer.STATUTE,
    phase=Phase.FACE,
    field="taxable_periods",
    time_dependent=True,
    test=_periods,
    message=(
        "The taxable periods are missing or are not years. Write each as four digits in "
        "taxable_periods, with a semicolon between, for instance 2021;2022."
    ),
    cause=_periods_cause,
    cause_messages={
        "blank": (
            "No taxable period is given. Write in taxable_periods the years asked about, with a "
            "semicolon between, for instance 2021;2022."
        ),
        "future": (
            "A taxable period lies in the future. Write only years that have begun in "
            "taxable_periods."
        ),
        "not-years": (
            "The taxable periods are not years. Write each as four digits, with a semicolon "
            "between, for instance 2021;2022; words such as “all” name no period."
        ),
    },
    requirements=(7,),
)

PERIOD_REQUESTED = Element(
    id="period-requested",
    citation="26 U.S.C. § 6103(i)(2)(B)(ii)",
    statement="The period of the address to be disclosed is among the periods requested.",
    layer=Layer.STATUTE,
    phase=Phase.MATCH,
    field="taxable_periods",
    test=lambda _basis: met_if(pl.col("periods").list.contains(pl.col("lka_period"))),
    message="The last known address belongs to a taxable period that was not requested.",
    requirements=(7,),
)

STATUTORY_AUTHORITY = Element(
    id="statutory-authority",
    citation="26 U.S.C. § 6103(i)(2)(B)(iii); (i)(1)(A)(i)",
    statement=(
        "The request sets forth the statutory authority: a specifically designated Federal "
        "criminal statute not involving tax administration."
    ),
    layer=Layer.STATUTE,
    phase=Phase.FACE,
    field="statute",
    test=lambda _basis: met_if(statutes.criminal(pl.col("c_statute"))),
    message=(
        "No specifically designated Federal criminal statute is named. Write it in statute with "
        "its subparagraph, for instance 8 USC 1253(a)(1)(A)."
    ),
    cause=lambda _basis: statutes.cause(pl.col("c_statute")),
    cause_messages={
        "blank": (
            "No statutory authority is given. Write in statute the criminal statute enforced, with "
            "its subparagraph, for instance 8 USC 1253(a)(1)(A)."
        ),
        "civil": (
            "The statute named gives civil immigration authority. Return information may be "
            "disclosed here only for the enforcement of a designated criminal statute; for civil "
            "removal no request can be made under this paragraph."
        ),
        "tax": (
            "The statute named concerns tax administration, which this paragraph does not serve. "
            "Write the nontax criminal statute enforced."
        ),
        "unknown": (
            "The statute named is not known here as a specifically designated Federal criminal "
            "statute. Write title, USC and section with its subparagraph, for instance "
            "8 USC 1253(a)(1)(A)."
        ),
    },
    requirements=(8,),
)

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

ELEMENTS: tuple[Element, ...] = (
    OFFICERS_NAMED,
    OFFICERS_ATTESTED,
    INVESTIGATION_STAGE,
    INVESTIGATION_IDENTIFIED,
    INVESTIGATION_OPENED,
    NAME_OF_TAXPAYER,
    ADDRESS_OF_TAXPAYER,
    ONE_TAXPAYER,
    NAME_AGREES_WITH_RECORD,
    ADDRESS_OF_RECORD,
    TAXABLE_PERIODS,
    PERIOD_REQUESTED,
    STATUTORY_AUTHORITY,
    SPECIFIC_REASON,
    CRIMINAL_PURPOSE,
)
