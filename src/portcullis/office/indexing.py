"""Indexing the holder's records, on the record."""

from pathlib import Path

from django.db import transaction

from portcullis import records
from portcullis.office import entries
from portcullis.office.entries import Announce, silent
from portcullis.office.home import Home


def index_records(home: Home, source: Path, announce: Announce = silent) -> records.IndexInfo:
    """Build the finder index over ``source``; its content's digest goes on the ledger."""
    info = records.build_index(source, home.index, home.derived_key("index"), announce=announce)
    with transaction.atomic():
        facts = {"digest": info.digest, "version": info.version}
        entries.record("records-indexed", facts, at=home.now().isoformat())
    entries.integrate(home)
    return info
