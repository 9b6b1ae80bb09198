"""The fields of a request, in their canonical order (``portcullis/request/1``).

The order is part of the request's hash: a field may only ever be added under a new schema name.
"""

FIELDS: tuple[str, ...] = (
    "request_id",
    "supersedes",
    "change",
    "given_name",
    "middle_name",
    "family_name",
    "suffix",
    "tin",
    "address_line1",
    "address_line2",
    "city",
    "state",
    "zip",
    "taxable_periods",
    "statute",
    "reason",
    "investigation_id",
    "investigation_stage",
    "investigation_opened_on",
    "order_number",
    "order_date",
    "finality_event",
    "finality_date",
    "charge",
    "judicial_review_had",
    "judicial_review_final_on",
    "nonimmigration_custody_had",
    "custody_released_on",
    "status_checked_on",
    "stay_applied_for",
    "stay_in_force",
    "review_pending",
    "supervision_compliant",
    "protection_granted",
    "deferred_action",
    "removal_impracticable",
    "removal_period_extended",
    "reopened",
    "departed",
    "deceased",
    "citizen",
    "wilfulness_basis",
    "officers",
    "items",
)

DATE_FIELDS: tuple[str, ...] = (
    "investigation_opened_on",
    "order_date",
    "finality_date",
    "judicial_review_final_on",
    "custody_released_on",
    "status_checked_on",
)

FREE_TEXT_FIELDS: tuple[str, ...] = ("change", "reason", "wilfulness_basis")
