"""8 U.S.C. § 1253(a)(2): proper steps against the order are no violation."""

from datetime import timedelta

import polars as pl

from portcullis.law.element import Element, Layer, Phase, met_if
from portcullis.law.fields import Field, Kind, answer
from portcullis.law.provision import Provision
from portcullis.law.status import answered, must_be_no

TEXT = """\
(2) It is not a violation of paragraph (1) to take any proper steps for the purpose of securing
cancellation of or exemption from such order of removal or for the purpose of securing the alien's
release from incarceration or custody."""

STAY_APPLICATION = Element(
    id="stay-application",
    citation="8 CFR 241.6",
    statement="It is stated whether a stay was applied for; an application alone excuses nothing.",
    layer=Layer.PREDICATE,
    phase=Phase.FACE,
    field="stay_applied_for",
    test=lambda _basis: met_if(answered("stay_applied_for")),
    message="The question stay_applied_for has no answer. Write yes or no.",
    requirements=(17, 18),
)

NO_STAY = must_be_no(
    "no-stay-in-force",
    "8 U.S.C. § 1253(a)(1)(A); § 1231(a)(1)(B)(ii)",
    "stay_in_force",
    "No stay of removal is in force.",
    "A stay of removal is in force: the person is not bound to depart. No request can be made.",
)
NO_REVIEW = must_be_no(
    "no-review-pending",
    "8 U.S.C. § 1253(a)(1)(A), (a)(2)",
    "review_pending",
    "No judicial review of the order is pending.",
    "Judicial review is pending: the 90 days have not begun. No request can be made.",
)
NOT_REOPENED = must_be_no(
    "not-reopened",
    "8 U.S.C. § 1253(a)(1), (a)(2)",
    "reopened",
    "The case has not been reopened: the order is outstanding.",
    "The case was reopened: no final order is outstanding. No request can be made.",
)

STATUS_FRESH = Element(
    id="status-fresh",
    citation="8 U.S.C. § 1253(a)(1), (a)(2)",
    statement="The answers on status were checked within the days the agreement allows.",
    layer=Layer.PREDICATE,
    phase=Phase.FACE,
    field="status_checked_on",
    time_dependent=True,
    test=lambda basis: met_if(
        pl.col("d_status_checked_on").is_between(
            basis.as_of - timedelta(days=basis.thresholds.status_age_days), basis.as_of
        )
    ),
    message=(
        "The day the status was checked is missing, is no date, lies in the future or is more than "
        "{status_age_days} days back. Check the status again and write the day in "
        "status_checked_on."
    ),
    requirements=(17,),
)

PROVISION = Provision(
    id="8 USC 1253(a)(2)",
    citation="8 U.S.C. § 1253(a)(2)",
    title="Proper steps against the order",
    text=TEXT,
    source="U.S. Code, snapshot of April 2023",
    fields=(
        Field("status_checked_on", Kind.DATE, "the day the status was checked", 1),
        answer("stay_applied_for", "whether a stay was applied for"),
        answer("stay_in_force", "whether a stay is in force"),
        answer("review_pending", "whether judicial review is pending"),
        answer("reopened", "whether the case was reopened"),
    ),
    elements=(STAY_APPLICATION, NO_STAY, NO_REVIEW, NOT_REOPENED, STATUS_FRESH),
)
