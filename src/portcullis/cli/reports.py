"""``portcullis report``: the reports, each counted anew from the ledger and the accounting."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Parameter

from portcullis.cli.options import (
    DEFAULT_HOME,
    HomeOption,
    JsonOption,
    actor,
    day_of,
    file_digest,
    office,
)
from portcullis.cli.output import say, show
from portcullis.cli.progressing import progress
from portcullis.errors import Misuse
from portcullis.progress import Show

if TYPE_CHECKING:
    from portcullis.office import Home
    from portcullis.office.reporting import Made

AsOfOption = Annotated[
    str, Parameter(name="--as-of", help="The last day counted, YYYY-MM-DD (UTC); else today.")
]
OutOption = Annotated[
    Path | None, Parameter(name="--out", help="A folder for PDF, JSON, text, CSV and statements.")
]


def register(app: App) -> None:
    """Add this verb."""
    noun = App(name="report", help="Reports, each counted anew from ledger and accounting.")
    noun.default(report)
    noun.command(due)
    app.command(noun)


def report(
    name: Annotated[
        str,
        Parameter(help="joint-committee, court, register, oversight, safeguards or workload."),
    ],
    *,
    as_of: AsOfOption = "",
    out: OutOption = None,
    body: Annotated[
        str, Parameter(help="For oversight: tigta, gao, tax-committee, committee or court.")
    ] = "",
    request: Annotated[
        Path | None, Parameter(help="For oversight: its written request; its digest is kept.")
    ] = None,
    return_information: Annotated[
        bool, Parameter(negative="", help="For oversight: with the persons disclosed.")
    ] = False,
    as_: Annotated[str, Parameter(name="--as", help="For oversight: the inspector.")] = "",
    key: Annotated[Path | None, Parameter(name="--key", help="The inspector's key file.")] = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Make a report as of the end of a day; refuse where ledger and accounting do not agree.

    joint-committee and register are as of yesterday at the latest: of today more may come.
    Without --out it is printed. That it was made, and its figures' digest, go on the ledger.
    """
    opened = office(home)
    from portcullis.office import reporting

    by = day_of(as_of) if as_of else opened.today()
    asked = Asked(name, by, body, request, return_information, as_, key)
    with progress() as shown:
        made = _make(opened, asked, shown)
        written = reporting.write(made, out, shown) if out is not None else []
    tell(made, written, as_json=json)


def due(*, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> int:
    """Say which reports are due soon or overdue and were not made; exit 1 where any is."""
    opened = office(home)
    from portcullis.office import reporting

    alerts = reporting.alerts(opened)
    if json:
        show({"alerts": alerts}, as_json=True)
    else:
        for alert in alerts or ["No report is due."]:
            say(alert)
    return 1 if alerts else 0


@dataclass(frozen=True)
class Asked:
    """What was asked for; all but ``name`` and ``by`` is for an oversight export."""

    name: str
    by: date
    body: str
    request: Path | None
    return_information: bool
    person: str
    key: Path | None


def _make(home: "Home", asked: Asked, shown: Show) -> "Made":
    from portcullis.office import exporting, reporting

    if asked.name != "oversight":
        return reporting.make(home, asked.name, asked.by, shown)
    if not (asked.body and asked.request and asked.person and asked.key):
        raise Misuse(
            "An oversight export is made for a body, on its written request, by an inspector.",
            "Say --body, --request, --as and --key.",
        )
    person = actor(home, asked.person, asked.key, exporting.KIND)
    return exporting.export(
        home,
        person,
        asked.body,
        file_digest(asked.request),
        asked.by,
        persons=asked.return_information,
        show=shown,
    )


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
