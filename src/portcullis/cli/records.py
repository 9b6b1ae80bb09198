"""``portcullis records``: the finder index over the holder's records."""

from dataclasses import asdict
from typing import Literal

from cyclopts import App

from portcullis.cli.options import (
    DEFAULT_HOME,
    AsOption,
    HomeOption,
    JsonOption,
    KeyOption,
    actor,
    office,
)
from portcullis.cli.output import show
from portcullis.cli.progressing import progress


def register(app: App) -> None:
    """Add this noun's verbs."""
    records = App(name="records", help="The holder's records: index them.")
    records.command(index)
    records.command(append)
    records.command(model)
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

    with progress() as shown:
        info = index_records(opened, source, engine=engine, show=shown)
    show(asdict(info), as_json=json, title="The index of the records")


def append(source: str, *, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """Append the new filings of SOURCE to the index, without building it again.

    SOURCE holds the same two tables as for ``index``, with what is new: taxpayers who are new or
    whose row has changed (the newer row then holds), and addresses of record of anybody known.
    """
    opened = office(home)
    from portcullis.office.indexing import append_records

    with progress() as shown:
        info = append_records(opened, source, show=shown)
    show(asdict(info), as_json=json, title="The index of the records")


def model(
    *,
    as_: AsOption,
    key: KeyOption,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Train the model behind a reviewer's picture, once for each index; it decides nothing.

    A reviewer's act: it reads the records of up to 5,000 taxpayers.
    """
    opened = office(home)
    from portcullis.office.likelihood import ACT
    from portcullis.office.likelihood import model as run

    trained, index = run(opened, actor(opened, as_, key, ACT))
    show({"model": trained.digest, "index": index}, as_json=json, title="The model")
