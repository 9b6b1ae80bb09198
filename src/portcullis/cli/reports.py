"""``portcullis report``: the reports, each counted anew from the ledger and the accounting."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from portcullis.cli.options import DEFAULT_HOME, HomeOption, JsonOption, day_of, office
from portcullis.cli.output import say, show

if TYPE_CHECKING:
    from portcullis.office.reporting import Made

AsOfOption = Annotated[
    str, Parameter(name="--as-of", help="The last day counted, YYYY-MM-DD (UTC); else today.")
]
OutOption = Annotated[
    Path | None, Parameter(name="--out", help="A folder for PDF, JSON, text, CSV and statements.")
]


def register(app: App) -> None:
    """Add this verb."""
    app.command(report)


def report(
    name: Annotated[str, Parameter(help="joint-committee, court, register, safeguards, workload.")],
    *,
    as_of: AsOfOption = "",
    out: OutOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Make a report as of the end of a day; refuse where ledger and accounting do not agree.

    Without --out it is printed. That it was made, and its figures' digest, go on the ledger.
    """
    opened = office(home)
    from portcullis.office import reporting

    made = reporting.make(opened, name, day_of(as_of) if as_of else opened.today())
    written = reporting.write(made, out) if out is not None else []
    tell(made, written, as_json=json)


def tell(made: "Made", written: list[Path], *, as_json: bool) -> None:
    """Print what was made: the facts as JSON, or the documents, or the files they were put in."""
    if as_json:
        facts: dict[str, Any] = {document.name: document.facts for document in made.documents}
        show({**facts, "alert": made.alert, "files": list(map(str, written))}, as_json=True)
        return
    if written:
        for path in written:
            say(str(path))
    else:
        for document in made.documents:
            say(document.text)
    if made.alert:
        say(made.alert)
