"""Oversight: what those who watch over the gate can read.

The face of the room. ``demo_report``, ``order_report`` and ``year_report`` write
the report of a scenario from its facts; ``Explanation`` is one request explained, as text, JSON or
HTML, and ``explain_before_sending`` makes it of a requester's own file.
``witnesses`` and ``compare`` try the law itself: what each element asks, what a change opens.
"""

from portcullis.oversight.analysis import (
    Change,
    Comparison,
    Terms,
    Value,
    Witness,
    compare,
    witnesses,
)
from portcullis.oversight.before_sending import explain_before_sending
from portcullis.oversight.demands import Demand, demand_text
from portcullis.oversight.demo import demo_report
from portcullis.oversight.explanation import Explanation, Returned
from portcullis.oversight.facts import (
    AfterRuling,
    Basis,
    DemoFacts,
    Ground,
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
from portcullis.oversight.order_facts import OrderFacts
from portcullis.oversight.order_report import order_report
from portcullis.oversight.reexamination import (
    CLOSES,
    NEEDS_LOOK_UP,
    OPENS,
    SAME,
    VERDICTS,
    WAS,
    Question,
    Rejudged,
    by_element,
    reexamine,
)
from portcullis.oversight.year_facts import YearFacts
from portcullis.oversight.year_report import year_report

__all__ = [
    "CLOSES",
    "NEEDS_LOOK_UP",
    "OPENS",
    "SAME",
    "VERDICTS",
    "WAS",
    "AfterRuling",
    "Basis",
    "Change",
    "Comparison",
    "Demand",
    "DemoFacts",
    "Explanation",
    "Ground",
    "LedgerFacts",
    "Naive",
    "NaiveReason",
    "OrderFacts",
    "Provision",
    "Question",
    "ReadingInForce",
    "Reason",
    "Rejudged",
    "Returned",
    "Stage",
    "Terms",
    "TruthCell",
    "Value",
    "Variant",
    "Witness",
    "YearFacts",
    "by_element",
    "compare",
    "demand_text",
    "demo_report",
    "explain_before_sending",
    "order_report",
    "reexamine",
    "witnesses",
    "year_report",
]
