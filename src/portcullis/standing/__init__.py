"""Is the gate open: court orders, preservation holds, the recipient's safeguards, the gate lock.

Everything here computes over values; the office keeps the records, reads them inside the gate
lock, and puts each order and lift on the ledger. What is doubtful counts against opening: an
unclear scope means everything, an unknown subject is in every scope, a record without a date is
no record.
"""

from portcullis.standing.gate import Standing, gate
from portcullis.standing.lock import GateLock
from portcullis.standing.orders import (
    APPROVALS_TO_LIFT,
    Approval,
    Hold,
    Lift,
    Order,
    check_approvals,
    check_digest,
    check_docket,
    holds_standing,
    in_scope,
    lift_statement,
    lifted_entry,
    orders_standing,
    placed_entry,
    read_placed,
)
from portcullis.standing.safeguards import (
    Acceptance,
    Contractor,
    Duty,
    SafeguardFinding,
    SafeguardStanding,
    may_receive,
    read_safeguards,
)
from portcullis.standing.scope import EVERYTHING, Scope, Subject

__all__ = [
    "APPROVALS_TO_LIFT",
    "EVERYTHING",
    "Acceptance",
    "Approval",
    "Contractor",
    "Duty",
    "GateLock",
    "Hold",
    "Lift",
    "Order",
    "SafeguardFinding",
    "SafeguardStanding",
    "Scope",
    "Standing",
    "Subject",
    "check_approvals",
    "check_digest",
    "check_docket",
    "gate",
    "holds_standing",
    "in_scope",
    "lift_statement",
    "lifted_entry",
    "may_receive",
    "orders_standing",
    "placed_entry",
    "read_placed",
    "read_safeguards",
]
