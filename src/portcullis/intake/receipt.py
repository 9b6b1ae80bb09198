"""The receipt: what the holder signs back to the requester about a transmittal taken in."""

from datetime import date
from typing import Any

from portcullis.intake.transmittal import Intake

RECEIPT_FORMAT = "portcullis-receipt/1"


def receipt_statement(intake: Intake, received_on: date, ledger_position: int) -> dict[str, Any]:
    """Return the receipt's statement, for the office to sign with ``keys.sign``.

    ``ledger_position`` is the index of the entry that records the transmittal. Nothing in the
    receipt depends on the holder's records.
    """
    return {
        "format": RECEIPT_FORMAT,
        "batch_id": intake.batch_id,
        "manifest_digest": intake.manifest_digest,
        "received_on": received_on.isoformat(),
        "rows": intake.rows,
        "taken": intake.taken,
        "quarantined": intake.quarantined.height,
        "quarantine_digest": intake.quarantine_digest,
        "dropped_columns": list(intake.dropped_columns),
        "requests_root": intake.requests_root,
        "unattested_officers": list(intake.unattested),
        "ledger_position": ledger_position,
    }
