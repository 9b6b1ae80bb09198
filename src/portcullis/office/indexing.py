"""Indexing the holder's records, on the record."""

from pathlib import Path

from django.db import transaction

from portcullis import progress, records
from portcullis.office import entries
from portcullis.office.home import Home


def index_records(
    home: Home,
    source: str | Path,
    *,
    engine: records.EngineName = "duckdb",
    show: progress.Show = progress.unseen,
) -> records.IndexInfo:
    """Build the finder index over ``source``; its content's digest goes on the ledger.

    ``engine``: what keeps the index.
    """
    key = home.derived_key("index")
    return _on_record(home, records.build_index(source, home.index, key, engine=engine, show=show))


def append_records(
    home: Home, source: str | Path, *, show: progress.Show = progress.unseen
) -> records.IndexInfo:
    """Append the new filings of ``source`` to the index; the new digest goes on the ledger."""
    key = home.derived_key("index")
    return _on_record(home, records.append_to_index(source, home.index, key, show=show))


def _on_record(home: Home, info: records.IndexInfo) -> records.IndexInfo:
    with transaction.atomic():
        facts = {"digest": info.digest, "version": info.version}
        entries.record("records-indexed", facts, at=home.now().isoformat())
    entries.integrate(home)
    return info
