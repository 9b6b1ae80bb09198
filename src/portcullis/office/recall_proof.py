"""The statement of a recall: every entry of it, each with its proof, for an outsider to verify."""

from portcullis import ledger
from portcullis.office import entries, recalls, unsealing
from portcullis.office.home import Home
from portcullis.office.models import Entry
from portcullis.office.people import Actor, check_role
from portcullis.oversight import recall as rules
from portcullis.oversight.recall_statement import RecallStatement


def statement(home: Home, recall_id: str, *, reader: Actor | None) -> RecallStatement:
    """Return the statement of a recall; with a ``reader``: with the list of what it covers.

    The list goes to the recipient, counsel and the inspectors, and that it was read goes on the
    ledger; without it the statement can be shown to anybody. Raises Refused where there is no such
    recall, or no role of the reader's lets them read its list.
    """
    if reader is not None:
        check_role(home, reader, unsealing.RECALL_LIST)
    found = recalls.find(recall_id)
    if reader is not None:
        unsealing.record(home, reader, unsealing.RECALL_LIST, recall_id)
    entries.integrate(home)
    rows = Entry.objects.filter(kind__in=rules.KINDS).order_by("position")
    positions = [row.position for row in rows if entries.body(row).get("recall") == recall_id]
    log = ledger.Log.open(home.ledger)
    if reader is None:
        return RecallStatement.of(log, recall_id, positions)
    salt, covered = recalls.covered_by(home, found)
    return RecallStatement.of(log, recall_id, positions, salt, covered)
