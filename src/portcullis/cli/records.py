"""``portcullis records``: the finder index over the holder's records."""

from typing import Literal

from cyclopts import App

from portcullis.cli.options import DEFAULT_HOME, HomeOption, JsonOption, office
from portcullis.cli.output import say, show


def register(app: App) -> None:
    """Add this noun's verbs."""
    records = App(name="records", help="The holder's records: index them.")
    records.command(index)
    app.command(records)


def index(
    source: str,
    *,
    engine: Literal["duckdb", "postgresql", "spark"] = "duckdb",
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Build the finder index over SOURCE.

    SOURCE: a folder of Parquet files, a DuckDB file, or a postgresql:// address; with
    ``--engine spark`` also an address that Spark reads, or spark://catalog.schema.

    ENGINE: what keeps the index. ``duckdb``: files in the home, encrypted. ``postgresql``: a schema
    of the records' own database, where the records stay. ``spark``: a cluster, or Spark on this
    machine.
    """
    opened = office(home)
    from portcullis.office.indexing import index_records

    info = index_records(opened, source, (lambda _step: None) if json else say, engine)
    facts = {
        "version": info.version,
        "digest": info.digest,
        "taxpayers": info.taxpayers,
        "addresses": info.addresses,
    }
    show(facts, as_json=json, title="The index of the records")
