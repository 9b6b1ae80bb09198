"""Oversight: what those who watch over the gate can read.

The face of the room. ``demo_report`` writes the report of a demonstration from ``DemoFacts``.
"""

from portcullis.oversight.demo import demo_report
from portcullis.oversight.facts import (
    Basis,
    DemoFacts,
    LedgerFacts,
    Naive,
    NaiveReason,
    Provision,
    ReadingInForce,
    Reason,
    Stage,
    TruthCell,
    Variant,
)

__all__ = [
    "Basis",
    "DemoFacts",
    "LedgerFacts",
    "Naive",
    "NaiveReason",
    "Provision",
    "ReadingInForce",
    "Reason",
    "Stage",
    "TruthCell",
    "Variant",
    "demo_report",
]
