"""The reports: each counted from the ledger and the accounting, reconciled, and set in one way.

``Counted`` is what they are made of; each builder makes a ``Document`` of it; a document is written
as PDF, JSON, CSV and plain text.
"""

from portcullis.oversight.reports.court import KINDS as COURT_KINDS
from portcullis.oversight.reports.court import court
from portcullis.oversight.reports.document import (
    Check,
    Document,
    Section,
    Source,
    Table,
    refuse_unless_agreed,
)
from portcullis.oversight.reports.export import (
    OVERSEERS,
    Overseer,
    export,
)
from portcullis.oversight.reports.facts import (
    ELEMENTS,
    IMPORTED,
    INSTANCES,
    LOST,
    PENDING,
    QUARANTINED,
    REFUSED_WHOLE,
    REQUESTS,
    ROUTES,
    Counted,
    Heading,
    answer_of,
)
from portcullis.oversight.reports.joint_committee import (
    Due,
    due_day,
    public_figures,
    report_b,
    report_c,
    year_of,
)
from portcullis.oversight.reports.letter import LANGUAGES, Told, letter
from portcullis.oversight.reports.pdf import pages, pdf
from portcullis.oversight.reports.register import register
from portcullis.oversight.reports.safeguards import safeguards
from portcullis.oversight.reports.small_numbers import (
    SMALL,
    Answers,
    Period,
    Published,
    Quarter,
    publishable,
)
from portcullis.oversight.reports.workload import workload

__all__ = [
    "COURT_KINDS",
    "ELEMENTS",
    "IMPORTED",
    "INSTANCES",
    "LANGUAGES",
    "LOST",
    "OVERSEERS",
    "PENDING",
    "QUARANTINED",
    "REFUSED_WHOLE",
    "REQUESTS",
    "ROUTES",
    "SMALL",
    "Answers",
    "Check",
    "Counted",
    "Document",
    "Due",
    "Heading",
    "Overseer",
    "Period",
    "Published",
    "Quarter",
    "Section",
    "Source",
    "Table",
    "Told",
    "answer_of",
    "court",
    "due_day",
    "export",
    "letter",
    "pages",
    "pdf",
    "public_figures",
    "publishable",
    "refuse_unless_agreed",
    "register",
    "report_b",
    "report_c",
    "safeguards",
    "workload",
    "year_of",
]
