"""What lies sealed is read by a person in a role that may, and each reading is on the ledger.

An incident's report, the list of what a recall covers and by what the person of a notice is found
are the holder's own. Whoever reads one proves who they are; the entry, of the kind that the reading
of an explanation has, names the reader, what was read and of which incident, recall or notice.
"""

from collections.abc import Collection

from django.db import transaction

from portcullis import keys
from portcullis.office import entries
from portcullis.office.explanations import ENTRY
from portcullis.office.home import Home
from portcullis.office.people import Actor, check_role, identify, sign_act

INCIDENT_REPORT = "incident-show"
RECALL_DRAFTS = "recall-drafts"
RECALL_LIST = "recall-statement"
NOTICE_DRAFT = "notice-draft"

_HOLDERS = ("safeguards", "counsel", "inspector")
READERS: dict[str, tuple[str, ...]] = {
    INCIDENT_REPORT: _HOLDERS,
    RECALL_DRAFTS: _HOLDERS,
    RECALL_LIST: _HOLDERS,
    NOTICE_DRAFT: ("counsel", "inspector"),
}
"""Reading -> the roles that may; a notice is counsel's to settle."""


def identify_reader(home: Home, person_id: str, key: keys.ECKey, reading: str) -> Actor:
    """Return the person acting, in whichever role lets them read; deny and raise Refused else."""
    person = home.roster.get(person_id)
    return identify(home, person_id, key, _role(person.roles if person else (), reading), reading)


def record(home: Home, actor: Actor, reading: str, of: str) -> None:
    """Put on the ledger that ``actor`` reads what is sealed ``of`` an id. Call it before showing.

    Raises Refused, with the attempt on record, where no role of theirs lets them.
    """
    check_role(home, actor, _role(actor.person.roles, reading), reading)
    with transaction.atomic():
        sign_act(home, actor, ENTRY, {"act": reading, "of": of})
    entries.integrate(home)


def _role(held: Collection[str], reading: str) -> str:
    """Return the role in which the reading is made: one held that may, else one to be refused."""
    return next((role for role in READERS[reading] if role in held), READERS[reading][0])
