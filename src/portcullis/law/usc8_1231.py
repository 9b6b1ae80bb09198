"""8 U.S.C. § 1231: the removal period and its clock, supervision, protection."""

from datetime import timedelta

import polars as pl

from portcullis.law.basis import Basis
from portcullis.law.element import Element, Layer, Phase, met_if, met_or_for_a_person
from portcullis.law.fields import Field, Kind, answer
from portcullis.law.provision import Provision
from portcullis.law.status import PERIOD_DAYS, answered_with_date, must_be_no

TEXT = """\
(a)(1)(A) Except as otherwise provided in this section, when an alien is ordered removed, the
Attorney General shall remove the alien from the United States within a period of 90 days ... (B)
The removal period begins on the latest of the following: (i) The date the order of removal becomes
administratively final. (ii) If the removal order is judicially reviewed and if a court orders a
stay of the removal of the alien, the date of the court's final order. (iii) If the alien is
detained or confined (except under an immigration process), the date the alien is released from
detention or confinement. (C) The removal period shall be extended beyond a period of 90 days ... if
the alien fails or refuses to make timely application in good faith for travel or other documents
....
(a)(3) If the alien does not leave or is not removed within the removal period, the alien, pending
removal, shall be subject to supervision ....
(b)(3)(A) ... the Attorney General may not remove an alien to a country if the Attorney General
decides that the alien's life or freedom would be threatened in that country ...."""

_HELD = pl.col("nonimmigration_custody_had").fill_null("")


def _released() -> pl.Expr:
    return pl.when(_HELD == "yes").then("d_custody_released_on")


def _period_run(basis: Basis) -> pl.Expr:
    last = basis.as_of - timedelta(days=PERIOD_DAYS)
    return met_if((_HELD == "no") | (_released() < last))


NONIMMIGRATION_CUSTODY = Element(
    id="nonimmigration-custody",
    citation="8 U.S.C. § 1231(a)(1)(B)(iii)",
    statement=(
        "It is stated whether the person was held other than under an immigration process, and if "
        "so when released."
    ),
    layer=Layer.PREDICATE,
    phase=Phase.FACE,
    field="nonimmigration_custody_had",
    test=lambda _basis: met_if(
        answered_with_date("nonimmigration_custody_had", "custody_released_on")
    ),
    message=(
        "Write yes or no in nonimmigration_custody_had; with yes, the date of release in "
        "custody_released_on as YYYY-MM-DD; with no, leave that date empty. While the person is "
        "held no request can be made."
    ),
    requirements=(16, 17),
)

REMOVAL_PERIOD = Element(
    id="removal-period-extension",
    citation="8 U.S.C. § 1231(a)(1)(C)",
    statement="It is stated whether the removal period was extended.",
    layer=Layer.PREDICATE,
    phase=Phase.FACE,
    field="removal_period_extended",
    test=lambda _basis: met_or_for_a_person(
        pl.col("removal_period_extended") == "no", pl.col("removal_period_extended") == "yes"
    ),
    message="The question removal_period_extended has no answer. Write yes or no.",
    for_a_person=(
        "The removal period was extended, so that the clocks of §§ 1231 and 1253 differ. Counsel "
        "looks at the case."
    ),
    requirements=(16, 17),
)

REMOVAL_PERIOD_RUN = Element(
    id="removal-period-run",
    citation="8 U.S.C. § 1231(a)(1)(A), (B)(iii)",
    statement=(
        "More than 90 days have passed since release, if the person was held other than under an "
        "immigration process."
    ),
    layer=Layer.PREDICATE,
    phase=Phase.FACE,
    field="custody_released_on",
    time_dependent=True,
    test=_period_run,
    message=(
        "The 90 days of the removal period have not passed since release from custody: day 91 is "
        "the first on which a request can be made. Send it then."
    ),
    cause=lambda _basis: pl.when(_released().is_null() & (_HELD != "no")).then(pl.lit("no-clock")),
    cause_messages={
        "no-clock": (
            "The 90 days of the removal period cannot be counted: the answer on custody, or the "
            "day of release, is missing. Complete them; write dates as YYYY-MM-DD."
        ),
    },
    requirements=(16,),
)

NOT_SUPERVISED = must_be_no(
    "not-under-supervision",
    "8 U.S.C. § 1231(a)(3)",
    "supervision_compliant",
    "The person is not under supervision and complying with it.",
    "The person is under supervision and complying: staying is permitted. No request can be made.",
)
NO_PROTECTION = must_be_no(
    "no-protection",
    "8 U.S.C. § 1231(b)(3); 8 CFR 1208.16–1208.18",
    "protection_granted",
    (
        "Neither withholding of removal nor protection under the Convention against Torture is "
        "granted."
    ),
    "Withholding of removal or protection is granted. No request can be made.",
)
REMOVAL_PRACTICABLE = must_be_no(
    "removal-practicable",
    "8 U.S.C. § 1231(a)(3), (a)(7)",
    "removal_impracticable",
    "Removal is not impracticable.",
    (
        "Removal is impracticable, so that staying is no wilful failure to depart. No request "
        "can be made."
    ),
)

PROVISION = Provision(
    id="8 USC 1231",
    citation="8 U.S.C. § 1231",
    title="The removal period, supervision, protection",
    text=TEXT,
    source="U.S. Code, snapshot of April 2023",
    fields=(
        answer("nonimmigration_custody_had", "whether held other than by immigration"),
        Field("custody_released_on", Kind.DATE, "the day of release from that custody"),
        answer("supervision_compliant", "whether supervised and complying"),
        answer("protection_granted", "whether withholding or protection is granted"),
        answer("removal_impracticable", "whether removal is impracticable"),
        answer("removal_period_extended", "whether the removal period was extended"),
    ),
    elements=(
        NONIMMIGRATION_CUSTODY,
        REMOVAL_PERIOD_RUN,
        REMOVAL_PERIOD,
        NOT_SUPERVISED,
        NO_PROTECTION,
        REMOVAL_PRACTICABLE,
    ),
)
