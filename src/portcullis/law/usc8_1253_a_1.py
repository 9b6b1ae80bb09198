"""8 U.S.C. § 1253(a)(1): the offence of wilful failure to depart within ninety days."""

from datetime import timedelta

import polars as pl

from portcullis.law.basis import Basis
from portcullis.law.element import Element, Layer, Phase, met_if, met_or_for_a_person
from portcullis.law.fields import Field, Kind, answer
from portcullis.law.provision import Provision
from portcullis.law.status import PERIOD_DAYS, answered_with_date, must_be_no
from portcullis.law.words import identifies, placeholder, words_at_least

TEXT = """\
(1) Any alien against whom a final order of removal is outstanding by reason of being a member of
any of the classes described in section 1227(a) of this title, who
    (A) willfully fails or refuses to depart from the United States within a period of 90 days from
    the date of the final order of removal under administrative processes, or if judicial review is
    had, then from the date of the final order of the court, ...
shall be fined under title 18, or imprisoned not more than four years (or 10 years
if the alien is a member of any of the classes described in paragraph (1)(E), (2), (3), or (4) of
section 1227(a) of this title), or both."""

LEAST_WORDS_OF_A_BASIS = 3

# Paragraph (7) of § 1227(a) is a waiver, and describes no class.
_CLASS = r"^8USC1227\(a\)\([1-6]\)"
_CITATION = r"(?i)^(?:8(?:USC|CFR)|INA|SECTION|SEC)[0-9]"


def _charge(basis: Basis) -> pl.Expr:
    charge = pl.col("c_charge")
    cited = charge.str.contains(_CITATION)
    if basis.holds("any-ground-of-removal"):
        return met_if(cited)
    return met_or_for_a_person(charge.str.contains(_CLASS), cited)


def _dates_in_order(basis: Basis) -> pl.Expr:
    """Compare the dates that are there; those that should be are other elements' matter."""
    order, final = pl.col("d_order_date"), pl.col("d_finality_date")
    court, released = pl.col("d_judicial_review_final_on"), pl.col("d_custody_released_on")
    rules = (
        order <= final,
        final <= basis.as_of,
        order <= basis.as_of,
        order <= court,
        court <= basis.as_of,
        released <= basis.as_of,
    )
    return met_if(pl.all_horizontal(*[rule.fill_null(value=True) for rule in rules]))


def _clock_start() -> pl.Expr:
    """Return the later day the ninety days can run from; null where a fact for it is missing."""
    court = pl.when(pl.col("judicial_review_had") == "yes").then("d_judicial_review_final_on")
    reviewed = (pl.col("judicial_review_had") == "yes") & court.is_not_null()
    known = pl.col("d_finality_date").is_not_null() & (
        (pl.col("judicial_review_had") == "no") | reviewed
    )
    return pl.when(known).then(pl.max_horizontal("d_finality_date", court))


ORDER_NUMBER = Element(
    id="order-number",
    citation="8 U.S.C. § 1253(a)(1)",
    statement="The order of removal is identified by its case number.",
    layer=Layer.PREDICATE,
    phase=Phase.FACE,
    field="order_number",
    test=lambda _basis: met_if(identifies(pl.col("order_number"))),
    message=(
        "The order of removal is not identified. Write the case number of the order in "
        "order_number."
    ),
    requirements=(14,),
)

ORDER_DATE = Element(
    id="order-date",
    citation="8 U.S.C. § 1253(a)(1)",
    statement="The order of removal has a date.",
    layer=Layer.PREDICATE,
    phase=Phase.FACE,
    field="order_date",
    test=lambda _basis: met_if(pl.col("d_order_date").is_not_null()),
    message=(
        "The date of the order of removal is missing or is no date. Write it in order_date "
        "as YYYY-MM-DD."
    ),
    requirements=(14,),
)

DATES_IN_ORDER = Element(
    id="dates-in-order",
    citation="8 U.S.C. § 1253(a)(1)(A); 8 CFR 1241.1",
    statement=(
        "The dates can all be true: the order is not after its finality or the court's final "
        "order, and nothing lies in the future."
    ),
    layer=Layer.PREDICATE,
    phase=Phase.FACE,
    field="finality_date",
    time_dependent=True,
    test=_dates_in_order,
    message=(
        "The dates of the order, its finality, the court's final order and release from custody "
        "cannot all be true: one lies in the future, or the order after what followed it. "
        "Correct the dates."
    ),
    requirements=(14, 16),
)

CHARGE_CLASS = Element(
    id="charge-class",
    citation="8 U.S.C. § 1253(a)(1); § 1227(a)",
    statement="The order rests on membership in a class described in § 1227(a).",
    layer=Layer.PREDICATE,
    phase=Phase.FACE,
    field="charge",
    test=_charge,
    message=(
        "The charge of removability is missing or cannot be read. Write in charge the ground the "
        "order rests on, for instance 8 USC 1227(a)(1)(B)."
    ),
    for_a_person=(
        "The charge is no class described in 8 U.S.C. § 1227(a), for instance a ground of "
        "inadmissibility under § 1182. Whether the offence reaches it is for counsel."
    ),
    requirements=(15,),
)

WILFULNESS = Element(
    id="wilfulness-basis",
    citation="8 U.S.C. § 1253(a)(1)(A)",
    statement="A basis is stated for believing that the failure to depart was wilful.",
    layer=Layer.PREDICATE,
    phase=Phase.FACE,
    field="wilfulness_basis",
    test=lambda _basis: met_if(
        words_at_least(pl.col("wilfulness_basis"), LEAST_WORDS_OF_A_BASIS)
        & ~placeholder(pl.col("wilfulness_basis"))
    ),
    message=(
        "No basis for wilfulness is stated. Say in wilfulness_basis what shows that the person "
        "knew of the order and chose not to depart."
    ),
    requirements=(19,),
)

JUDICIAL_REVIEW = Element(
    id="judicial-review",
    citation="8 U.S.C. § 1253(a)(1)(A); § 1231(a)(1)(B)(ii)",
    statement=(
        "It is stated whether judicial review was had, and if so when the court's order "
        "became final."
    ),
    layer=Layer.PREDICATE,
    phase=Phase.FACE,
    field="judicial_review_had",
    test=lambda _basis: met_if(
        answered_with_date("judicial_review_had", "judicial_review_final_on")
    ),
    message=(
        "Write yes or no in judicial_review_had; with yes, the date of the court's final order in "
        "judicial_review_final_on as YYYY-MM-DD; with no, leave that date empty."
    ),
    requirements=(16, 17),
)

NINETY_DAYS = Element(
    id="ninety-days",
    citation="8 U.S.C. § 1253(a)(1)(A)",
    statement=(
        "More than 90 days have passed since the order became final or, if judicial review was "
        "had, since the final order of the court, whichever is later."
    ),
    layer=Layer.PREDICATE,
    phase=Phase.FACE,
    field="finality_date",
    time_dependent=True,
    test=lambda basis: met_if(_clock_start() < basis.as_of - timedelta(days=PERIOD_DAYS)),
    message=(
        "The 90 days have not passed: day 91 after the later of finality and the court's final "
        "order is the first on which a request can be made. Send it then."
    ),
    cause=lambda _basis: pl.when(_clock_start().is_null()).then(pl.lit("no-clock")),
    cause_messages={
        "no-clock": (
            "The 90 days cannot be counted: finality_date is missing or is no date, or the answer "
            "or date on judicial review is missing. Complete them; write dates as YYYY-MM-DD."
        ),
    },
    requirements=(16,),
)

NO_DEFERRED_ACTION = must_be_no(
    "no-deferred-action",
    "8 U.S.C. § 1253(a)(1)(A)",
    "deferred_action",
    "The person has no deferred action.",
    (
        "The person has deferred action: staying is no wilful failure to depart. No request can "
        "be made."
    ),
)
NOT_DEPARTED = must_be_no(
    "not-departed",
    "8 U.S.C. § 1253(a)(1)(A)",
    "departed",
    "The person has not departed.",
    "The person has departed. No request can be made.",
)
NOT_DECEASED = must_be_no(
    "not-deceased",
    "8 U.S.C. § 1253(a)(1)",
    "deceased",
    "The person is alive.",
    "The person has died. No request can be made.",
)
NOT_CITIZEN = must_be_no(
    "not-citizen",
    "8 U.S.C. § 1253(a)(1)",
    "citizen",
    "The person is an alien, not a citizen of the United States.",
    "The person is a citizen: there is no offence. No request can be made.",
)


PROVISION = Provision(
    id="8 USC 1253(a)(1)",
    citation="8 U.S.C. § 1253(a)(1)",
    title="Wilful failure to depart",
    text=TEXT,
    source="U.S. Code, snapshot of April 2023",
    fields=(
        Field("order_number", Kind.NUMBER, "the case number of the order", "A000-000-001"),
        Field("order_date", Kind.DATE, "the day of the order of removal", 400),
        Field("charge", Kind.CITATION, "the ground of removal", "8 USC 1227(a)(1)(B)"),
        answer("judicial_review_had", "whether judicial review was had"),
        Field("judicial_review_final_on", Kind.DATE, "the day of the court's final order"),
        answer("deferred_action", "whether the person has deferred action"),
        answer("departed", "whether the person has departed"),
        answer("deceased", "whether the person has died"),
        answer("citizen", "whether the person is a citizen"),
        Field(
            "wilfulness_basis",
            Kind.FREE_TEXT,
            "what shows that staying is wilful",
            "Served in person on the day of the order; acknowledged the duty to depart in "
            "writing; travel document issued and not used.",
        ),
    ),
    elements=(
        ORDER_NUMBER,
        ORDER_DATE,
        DATES_IN_ORDER,
        CHARGE_CLASS,
        WILFULNESS,
        JUDICIAL_REVIEW,
        NINETY_DAYS,
        NO_DEFERRED_ACTION,
        NOT_DEPARTED,
        NOT_DECEASED,
        NOT_CITIZEN,
    ),
)
