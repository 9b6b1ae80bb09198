"""The ledger's entries as a table, its digest on record."""

from pathlib import Path
from typing import Any

from django.db import transaction

from portcullis import ledger
from portcullis.errors import Misuse
from portcullis.office import entries
from portcullis.office.home import Home


def publish_view(home: Home, path: Path) -> dict[str, Any]:
    """Write the published entries to ``path`` (Parquet); put the file's digest on the ledger.

    Returns ``size`` and ``root`` of the checkpoint it is a view of, and ``sha256``. Raises Misuse
    where a file is there already.
    """
    if path.exists():
        raise Misuse(f"{path.name} is there already.", "Name another file.")
    log = ledger.Log.open(home.ledger)
    facts = {"size": log.size, "root": log.root.hex(), "sha256": ledger.write_view(log, path)}
    with transaction.atomic():
        entries.record("ledger-view", facts, at=home.now().isoformat())
    entries.integrate(home)
    return facts
