"""The recipient's side: receipt, opening, the FTI log, status, certificates; the grant of a token.

An opening is one officer, one package, one purpose, one time, on the record of both sides. What it
cannot prevent is said in docs/what-opening-cannot-stop.md.
"""

from portcullis.custody.asking import PURPOSES, Opening, ask, opening_statement, read_opening
from portcullis.custody.deadlines import Disclosure, Duty, Terms, day_of, duties
from portcullis.custody.ftilog import Entry, FtiLog
from portcullis.custody.granting import CLOCKS_MAY_DIFFER, PackageFacts, grant
from portcullis.custody.home import Case, Place, RecipientHome
from portcullis.custody.notices import Listed, Notice
from portcullis.custody.opening import (
    RESEALED,
    RESEALED_PROOF,
    CheckEntry,
    CheckProof,
    Opened,
    check_answer,
    check_token,
    open_package,
)
from portcullis.custody.statements import (
    CERTIFIED,
    CONTINUED,
    DESTROYED,
    KINDS,
    METHODS,
    PROCEEDING,
    RETURNED,
    STATUSES,
    Certificate,
    Status,
    sign,
)
from portcullis.custody.statements import read as read_statement
from portcullis.custody.visiting import Kept, Visit
from portcullis.custody.warning import BANNER, LABEL

__all__ = [
    "BANNER",
    "CERTIFIED",
    "CLOCKS_MAY_DIFFER",
    "CONTINUED",
    "DESTROYED",
    "KINDS",
    "LABEL",
    "METHODS",
    "PROCEEDING",
    "PURPOSES",
    "RESEALED",
    "RESEALED_PROOF",
    "RETURNED",
    "STATUSES",
    "Case",
    "Certificate",
    "CheckEntry",
    "CheckProof",
    "Disclosure",
    "Duty",
    "Entry",
    "FtiLog",
    "Kept",
    "Listed",
    "Notice",
    "Opened",
    "Opening",
    "PackageFacts",
    "Place",
    "RecipientHome",
    "Status",
    "Terms",
    "Visit",
    "ask",
    "check_answer",
    "check_token",
    "day_of",
    "duties",
    "grant",
    "open_package",
    "opening_statement",
    "read_opening",
    "read_statement",
    "sign",
]
