"""The statement of a recall: every entry of it, each with its proof, for an outsider to verify."""

from portcullis import ledger
from portcullis.office import entries, recalls
from portcullis.office.home import Home
from portcullis.office.models import Entry
from portcullis.oversight import recall as rules
from portcullis.oversight.recall_statement import RecallStatement


def statement(home: Home, recall_id: str, *, listed: bool) -> RecallStatement:
    """Return the statement of a recall; ``listed``: with the list of what it covers.

    The list goes to the recipient, counsel and the inspectors; without it the statement can be
    shown to anybody.
    """
    found = recalls.find(recall_id)
    entries.integrate(home)
    rows = Entry.objects.filter(kind__in=rules.KINDS).order_by("position")
    positions = [row.position for row in rows if entries.body(row).get("recall") == recall_id]
    log = ledger.Log.open(home.ledger)
    if not listed:
        return RecallStatement.of(log, recall_id, positions)
    salt, covered = recalls.covered_by(home, found)
    return RecallStatement.of(log, recall_id, positions, salt, covered)
