"""Scenarios: synthetic records and batches with known truth, and the script of 2025 beside them.

No other room reads a scenario's truth (the ``scenario/`` folder beside its batches). The officer
of (i)(6) is played with the requests whose truth class is ``IMPAIRMENT_ADVERSE``.
"""

from portcullis.scenarios.adversarial import Adversarial, make_adversarial
from portcullis.scenarios.batch_file import Batch
from portcullis.scenarios.case_facts import AS_OF
from portcullis.scenarios.clean import make_clean_batch
from portcullis.scenarios.comparison import (
    Comparison,
    NaiveComparison,
    compare,
    compare_naive,
)
from portcullis.scenarios.court_order import make_order_batch
from portcullis.scenarios.june_2025 import make_batch
from portcullis.scenarios.people import (
    ASSISTANT_DIRECTOR,
    CUSTODIAN,
    PREPARER,
    SIGNATORY,
    People,
    make_people,
    officers_for,
)
from portcullis.scenarios.population import Records, make_records
from portcullis.scenarios.r_cases import NOT_ROWS, RCases, r_cases
from portcullis.scenarios.script_2025 import run_script_2025, write_disclosures
from portcullis.scenarios.transmittal import sign_batch
from portcullis.scenarios.truth import (
    CLASSES,
    IMPAIRMENT_ADVERSE,
    NAIVE_RELEASES,
    NAIVE_WITHOUT_ADDRESS,
    WHOLE,
    TruthClass,
    plan,
)
from portcullis.scenarios.variants import AS_FILED, PER_PERSON, VARIANTS, Variant
from portcullis.scenarios.year import make_year

__all__ = [
    "ASSISTANT_DIRECTOR",
    "AS_FILED",
    "AS_OF",
    "CLASSES",
    "CUSTODIAN",
    "IMPAIRMENT_ADVERSE",
    "NAIVE_RELEASES",
    "NAIVE_WITHOUT_ADDRESS",
    "NOT_ROWS",
    "PER_PERSON",
    "PREPARER",
    "SIGNATORY",
    "VARIANTS",
    "WHOLE",
    "Adversarial",
    "Batch",
    "Comparison",
    "NaiveComparison",
    "People",
    "RCases",
    "Records",
    "TruthClass",
    "Variant",
    "compare",
    "compare_naive",
    "make_adversarial",
    "make_batch",
    "make_clean_batch",
    "make_order_batch",
    "make_people",
    "make_records",
    "make_year",
    "officers_for",
    "plan",
    "r_cases",
    "run_script_2025",
    "sign_batch",
    "write_disclosures",
]
