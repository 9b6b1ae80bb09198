"""8 U.S.C. § 1231: detention and removal of aliens ordered removed.

(a)(1)(B) The removal period begins on the latest of the following: (i) the date the order of
removal becomes administratively final; (ii) if ... judicially reviewed and if a court orders
a stay ..., the date of the court's final order; (iii) if the alien is detained or confined
(except under an immigration process), the date the alien is released ...
(C) The removal period shall be extended beyond a period of 90 days ... if the alien fails ...
(a)(3) ... the alien, pending removal, shall be subject to supervision ...
(b)(3) ... the Attorney General may not remove an alien to a country if ... life or freedom
would be threatened ...
"""

import polars as pl

from portcullis.law.element import Element, Layer, Phase, met_if, met_or_for_a_person
from portcullis.law.status import answered_with_date, must_be_no

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

ELEMENTS: tuple[Element, ...] = (
    NONIMMIGRATION_CUSTODY,
    REMOVAL_PERIOD,
    NOT_SUPERVISED,
    NO_PROTECTION,
    REMOVAL_PRACTICABLE,
)
