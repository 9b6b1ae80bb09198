"""``portcullis duties``: what the recipient owes, on the holder's side, and what it states."""

from pathlib import Path
from typing import Any

from cyclopts import App

from portcullis.cli.options import DEFAULT_HOME, HomeOption, JsonOption, office
from portcullis.cli.output import say, show
from portcullis.errors import Misuse


def register(app: App) -> None:
    """Add this noun's verbs."""
    noun = App(name="duties", help="What the recipient owes of each disclosure.")
    noun.command(due)
    noun.command(enter)
    app.command(noun)


def due(*, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> int:
    """List what is owed of every disclosure; exit 1 where something is overdue."""
    opened = office(home)
    from portcullis.office.holding import raised
    from portcullis.office.owed import owing

    rows: list[dict[str, Any]] = [
        {
            "what": each.duty.what,
            "due_on": each.duty.due_on,
            "overdue": each.overdue,
            "package": each.duty.package_id,
            "batch": each.batch,
            "officer": each.duty.officer,
            "holds": list(each.holds),
        }
        for each in raised(opened)
    ]
    closed = owing(opened)
    overdue = sum(1 for row in rows if row["overdue"])
    if json:
        facts = {"overdue": overdue, "officers_closed": sorted(closed), "due": rows}
        show(facts, as_json=True)
        return 1 if overdue else 0
    say(f"{len(rows):,} duties, {overdue:,} overdue.")
    for officer, since in sorted(closed.items()):
        say(f"Officer {officer} owes a status since {since}: named in no new request meanwhile.")
    for row in rows:
        late = "  OVERDUE" if row["overdue"] else ""
        held = f"  stopped by hold {', '.join(row['holds'])}: sequester" if row["holds"] else ""
        say(f"{row['due_on']}  {row['what']}  package {row['package']}{late}{held}")
    return 1 if overdue else 0


def enter(statement: Path, *, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> int:
    """Enter a recipient's signed STATEMENT, a status or a certificate, on the ledger.

    Exit 1 where a certificate says that something was returned or destroyed under a preservation
    hold: it is entered, and is an incident.
    """
    opened = office(home)
    from portcullis.office.statements import enter as run

    try:
        token = statement.read_text(encoding="ascii")
    except (OSError, ValueError):
        raise Misuse(f"{statement.name} cannot be read.", "Name the statement's file.") from None
    entered = run(opened, token)
    facts = {
        "kind": entered.kind,
        "says": entered.says,
        "packages": entered.packages,
        "by": entered.by,
        "position": entered.position,
        "holds": list(entered.holds),
    }
    title = "Entered, against a preservation hold" if entered.holds else "Entered"
    show(facts, as_json=json, title=title)
    return 1 if entered.holds else 0
