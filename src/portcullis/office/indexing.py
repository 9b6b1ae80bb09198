"""Indexing the holder's records, on the record."""

from pathlib import Path

from django.db import transaction

from portcullis import records
from portcullis.office import entries
from portcullis.office.entries import Announce, silent
from portcullis.office.home import Home


def index_records(
    home: Home,
    source: str | Path,
    announce: Announce = silent,
    engine: records.EngineName = "duckdb",
) -> records.IndexInfo:
    """Build the finder index over ``source``; its content's digest goes on the ledger.

    ``engine``: what keeps the index.
    """
    key = home.derived_key("index")
    info = records.build_index(source, home.index, key, announce=announce, engine=engine)
    with transaction.atomic():
        facts = {"digest": info.digest, "version": info.version}
        entries.record("records-indexed", facts, at=home.now().isoformat())
    entries.integrate(home)
    return info
