"""``portcullis records``: the finder index over the holder's records."""

from pathlib import Path

from cyclopts import App

from portcullis.cli.options import DEFAULT_HOME, HomeOption, JsonOption, office
from portcullis.cli.output import say, show


def register(app: App) -> None:
    """Add this noun's verbs."""
    records = App(name="records", help="The holder's records: index them.")
    records.command(index)
    records.command(model)
    app.command(records)


def index(source: Path, *, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """Build the finder index over SOURCE: a folder of Parquet files, or a DuckDB file."""
    opened = office(home)
    from portcullis.office.indexing import index_records

    info = index_records(opened, source, (lambda _step: None) if json else say)
    facts = {
        "version": info.version,
        "digest": info.digest,
        "taxpayers": info.taxpayers,
        "addresses": info.addresses,
    }
    show(facts, as_json=json, title="The index of the records")


def model(*, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """Train the model behind a reviewer's picture, once for each index; it decides nothing."""
    opened = office(home)
    from portcullis.office.likelihood import of_current_index

    trained, index = of_current_index(opened)
    show({"model": trained.digest, "index": index}, as_json=json, title="The model")
