"""The floor under every pack: what no agreement can loosen, only tighten.

Limits are the widest the engine accepts at all; a pack's own figures are usually far inside.
"""

from dataclasses import dataclass
from decimal import Decimal

DISCLOSABLE_ITEMS = ("last_known_address",)

SAFEGUARD_CONDITIONS = (
    "ssr-approved",
    "findings-closed-or-accepted",
    "corrective-plan-dated",
    "attested",
)


@dataclass(frozen=True)
class Limit:
    """A bound on one key: ``at_least`` or ``at_most`` the ``value``, and the reason for it."""

    key: str
    sense: str
    value: str
    why: str

    def allows(self, given: int | str) -> bool:
        """Say whether ``given`` keeps to the floor."""
        number, bound = Decimal(given), Decimal(self.value)
        return number >= bound if self.sense == "at least" else number <= bound


THRESHOLDS = (
    Limit("window_days", "at least", "90", "a shorter window forgets what it should add up"),
    Limit("batch_volume", "at most", "2000000", "a request for a whole population is no request"),
    Limit("officer_load", "at most", "1000", "nobody is personally engaged in more"),
    Limit("identical_reasons", "at most", "100", "a reason must be specific to the person"),
    Limit("shared_address", "at most", "50", "more persons at one address go to a person"),
    Limit("batch_halt_officer_share", "at most", "0.50", "one officer cannot carry a batch"),
    Limit("batch_halt_reason_share", "at most", "0.50", "one reason cannot carry a batch"),
    Limit("halt_minimum_rows", "at most", "1000", "larger batches must be stoppable whole"),
    Limit("status_age_days", "at most", "60", "older status facts prove nothing today"),
    Limit("max_periods", "at most", "10", "the taxable periods must be bounded"),
    Limit("approval_days", "at most", "30", "an older approval rests on older facts"),
    Limit("sample_bound_unlawful", "at most", "0.01", "a looser bound assures nobody"),
    Limit("sample_confidence", "at least", "0.95", "less confidence assures nobody"),
    Limit("checkpoint_age_minutes", "at most", "1440", "an older checkpoint may hide a fork"),
)

SAFEGUARDS = (
    Limit("report_valid_days", "at most", "366", "the safeguard report is renewed every year"),
    Limit("attestation_age_days", "at most", "1", "standing is attested on the day of release"),
    Limit("incident_report_hours", "at most", "24", "Publication 1075 gives 24 hours"),
    Limit("recipient_audit_years", "at least", "5", "5 USC 552a(c)(2) sets five years"),
    Limit("disposal_days", "at most", "90", "information no longer needed is not kept"),
    Limit("status_days", "at most", "366", "use is accounted for once a year at least"),
    Limit("continued_days", "at most", "366", "safeguarding is certified every year"),
)

RETENTION = (
    Limit(
        "working_data_days",
        "at least",
        "1827",
        "for five years an accounting may be asked for (5 USC 552a(c)(2)), and what explains it",
    ),
)

REQUEST = (
    Limit("max_rows", "at most", "2000000", "a request for a whole population is no request"),
    Limit("taxable_years_back", "at most", "20", "the taxable periods must be bounded"),
)
