"""Is the gate open: court orders, preservation holds, the recipient's safeguards, the gate lock.

Everything here computes over values; the office keeps the records, reads them inside the gate
lock, and puts each order and lift on the ledger. What is doubtful counts against opening: an
unclear scope means everything, an unknown subject is in every scope, a record without a date is
no record.
"""

from portcullis.standing.gate import Standing, gate
from portcullis.standing.instants import read_instant
from portcullis.standing.lock import GateLock
from portcullis.standing.orders import (
    APPROVALS_TO_LIFT,
    LOOK_UP,
    RELEASE,
    STOPS,
    USE,
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
    stopping,
)
from portcullis.standing.safeguards import (
    Acceptance,
    Access,
    Contractor,
    Current,
    Duty,
    SafeguardFinding,
    SafeguardStanding,
    accepted,
    carried_over,
    check_record,
    may_have_access,
    may_receive,
    read_safeguards,
)
from portcullis.standing.scope import EVERYTHING, Scope, Subject

__all__ = [
    "APPROVALS_TO_LIFT",
    "EVERYTHING",
    "LOOK_UP",
    "RELEASE",
    "STOPS",
    "USE",
    "Acceptance",
    "Access",
    "Approval",
    "Contractor",
    "Current",
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
    "accepted",
    "carried_over",
    "check_approvals",
    "check_digest",
    "check_docket",
    "check_record",
    "gate",
    "holds_standing",
    "in_scope",
    "lift_statement",
    "lifted_entry",
    "may_have_access",
    "may_receive",
    "orders_standing",
    "placed_entry",
    "read_instant",
    "read_placed",
    "read_safeguards",
    "stopping",
]
