"""Indexing the holder's records, on the record."""

from pathlib import Path

from django.db import transaction

from portcullis import progress, records
from portcullis.office import entries
from portcullis.office.home import Home


def index_records(
    home: Home, source: Path, *, show: progress.Show = progress.unseen
) -> records.IndexInfo:
    """Build the finder index over ``source``; its content's digest goes on the ledger."""
    with progress.step(show, "Index the records"):
        key = home.derived_key("index")
        info = records.build_index(source, home.index, key, announce=entries.silent)
    with transaction.atomic():
        facts = {"digest": info.digest, "version": info.version}
        entries.record("records-indexed", facts, at=home.now().isoformat())
    entries.integrate(home)
    return info
