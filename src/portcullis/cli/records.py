"""``portcullis records``: the finder index over the holder's records."""

from pathlib import Path

from cyclopts import App

from portcullis.cli.options import DEFAULT_HOME, HomeOption, JsonOption, office
from portcullis.cli.output import show
from portcullis.cli.progressing import progress


def register(app: App) -> None:
    """Add this noun's verbs."""
    records = App(name="records", help="The holder's records: index them.")
    records.command(index)
    app.command(records)


def index(source: Path, *, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """Build the finder index over SOURCE: a folder of Parquet files, or a DuckDB file."""
    opened = office(home)
    from portcullis.office.indexing import index_records

    with progress() as shown:
        info = index_records(opened, source, show=shown)
    facts = {
        "version": info.version,
        "digest": info.digest,
        "taxpayers": info.taxpayers,
        "addresses": info.addresses,
    }
    show(facts, as_json=json, title="The index of the records")
