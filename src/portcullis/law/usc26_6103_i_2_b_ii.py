"""26 U.S.C. § 6103(i)(2)(B)(ii): the taxable period or periods."""

import polars as pl

from portcullis.law.basis import Basis
from portcullis.law.element import Element, Layer, Phase, met_if
from portcullis.law.fields import Field, Kind
from portcullis.law.provision import Provision

TEXT = """\
    (ii) the taxable period or periods to which such return information relates;"""

# Taxable years of the federal income tax begin with the Revenue Act of 1913.
FIRST_TAXABLE_YEAR = 1913


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


def _periods_bounded(basis: Basis) -> pl.Expr:
    """Bound the years that are there; that they are years is the statute's matter."""
    years = pl.col("periods").list
    first = basis.as_of.year - basis.taxable_years_back
    few = years.len() <= basis.thresholds.max_periods
    return met_if((few & (years.min() >= first)).fill_null(value=True))


def _requested(_basis: Basis) -> pl.Expr:
    """Ask for the period of the address there is; that there is one is another provision's."""
    asked_for = pl.col("periods").list.contains(pl.col("lka_period"))
    return met_if(asked_for | ~pl.col("lka_found"))


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

PERIODS_BOUNDED = Element(
    id="taxable-periods-bounded",
    citation="Agreement, thresholds.max_periods and request.taxable_years_back; "
    "26 U.S.C. § 6103(i)(2)(B)(ii)",
    statement="The taxable periods are bounded in number and in age.",
    layer=Layer.POLICY,
    phase=Phase.FACE,
    field="taxable_periods",
    time_dependent=True,
    test=_periods_bounded,
    message=(
        "Too many taxable periods are given, or one lies too far back. Give at most {max_periods}, "
        "none more than {taxable_years_back} years back."
    ),
    requirements=(7,),
)

PERIOD_REQUESTED = Element(
    id="period-requested",
    citation="26 U.S.C. § 6103(i)(2)(B)(ii)",
    statement="The period of the address to be disclosed is among the periods requested.",
    layer=Layer.STATUTE,
    phase=Phase.MATCH,
    field="taxable_periods",
    test=_requested,
    message="The last known address belongs to a taxable period that was not requested.",
    requirements=(7,),
)

PROVISION = Provision(
    id="26 USC 6103(i)(2)(B)(ii)",
    citation="26 U.S.C. § 6103(i)(2)(B)(ii)",
    title="Taxable periods",
    text=TEXT,
    source="U.S. Code, snapshot of April 2023",
    fields=(Field("taxable_periods", Kind.YEARS, "the taxable years asked about", ""),),
    elements=(TAXABLE_PERIODS, PERIODS_BOUNDED, PERIOD_REQUESTED),
)
