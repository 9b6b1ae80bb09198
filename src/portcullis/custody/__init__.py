"""The recipient's side: asking to open, opening, the FTI log; and the holder's grant of a token.

An opening is one officer, one package, one purpose, one time, on the record of both sides. What it
cannot prevent is said in docs/what-opening-cannot-stop.md.
"""

from portcullis.custody.asking import PURPOSES, Opening, ask, read_opening
from portcullis.custody.ftilog import Entry, FtiLog
from portcullis.custody.granting import PackageFacts, grant
from portcullis.custody.home import Case, Place, RecipientHome
from portcullis.custody.opening import CheckProof, check_answer, open_package

__all__ = [
    "PURPOSES",
    "Case",
    "CheckProof",
    "Entry",
    "FtiLog",
    "Opening",
    "PackageFacts",
    "Place",
    "RecipientHome",
    "ask",
    "check_answer",
    "grant",
    "open_package",
    "read_opening",
]
