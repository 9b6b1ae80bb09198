"""What lies sealed is read by a person in a role that may, and each reading is on the ledger.

An incident's report, the list of what a recall covers and by what the person of a notice is found
are the holder's own. Whoever reads one proves who they are; the entry, of the kind that the reading
of an explanation has, names the reader, what was read and of which incident, recall or notice.
"""

from django.db import transaction

from portcullis.office import entries
from portcullis.office.explanations import ENTRY
from portcullis.office.home import Home
from portcullis.office.people import Actor, check_role, sign_act

INCIDENT_REPORT = "incident-show"
RECALL_DRAFTS = "recall-drafts"
RECALL_LIST = "recall-statement"
NOTICE_DRAFT = "notice-draft"


def record(home: Home, actor: Actor, reading: str, of: str) -> None:
    """Put on the ledger that ``actor`` reads what is sealed ``of`` an id. Call it before showing.

    Raises Refused, with the attempt on record, where no role of theirs lets them.
    """
    check_role(home, actor, reading)
    with transaction.atomic():
        sign_act(home, actor, ENTRY, {"act": reading, "of": of})
    entries.integrate(home)
