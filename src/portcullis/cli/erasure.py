"""``portcullis retention`` and ``erase``: what is due for erasure, and its disposal."""

from typing import Annotated, Any, Literal

from cyclopts import App, Parameter

from portcullis.cli.options import (
    DEFAULT_HOME,
    AsOption,
    HomeOption,
    JsonOption,
    KeyOption,
    actor,
    office,
)
from portcullis.cli.output import say, show
from portcullis.cli.progressing import progress

KindOption = Annotated[
    Literal["batch", "history", "reexamination"],
    Parameter(help="What SUBJECT is the id of."),
]


def register(app: App) -> None:
    """Add these verbs."""
    noun = App(name="retention", help="The retention schedule: what working data is due.")
    noun.command(due)
    app.command(noun)
    app.command(erase)


def due(*, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """List the working data whose day has come, and the preservation holds that keep it."""
    opened = office(home)
    from portcullis.office.retention import due as run

    rows: list[dict[str, Any]] = [
        {
            "kind": each.what.kind,
            "id": each.what.id,
            "since": each.since,
            "due_on": each.due_on,
            "holds": [{"id": hold.id, "docket": hold.docket} for hold in each.holds],
            "begun": each.begun,
        }
        for each in run(opened)
    ]
    days = opened.pack.retention.working_data_days
    if json:
        show({"working_data_days": days, "due": rows}, as_json=True)
        return
    if not rows:
        say(f"Nothing is due: working data is kept {days:,} days.")
    for row in rows:
        held = ", ".join(f"{hold['id']} ({hold['docket']})" for hold in row["holds"])
        state = f"kept by hold {held}" if held else "to be erased"
        begun = ", begun and not finished" if row["begun"] else ""
        say(f"{row['kind']} {row['id']}  due on {row['due_on']}  {state}{begun}")


def erase(
    subject: str,
    *,
    as_: AsOption,
    key: KeyOption,
    kind: KindOption = "batch",
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Erase the working data of SUBJECT, a batch's id, once its day has come; for good.

    Refused while a preservation hold reaches it. The accounting and the ledger stay. Run again,
    it finishes what was cut off.
    """
    opened = office(home)
    from portcullis.office.erasure import ACT
    from portcullis.office.erasure import erase as run
    from portcullis.office.keystore import Erasable

    person = actor(opened, as_, key, ACT)
    with progress() as shown:
        erasure = run(opened, person, Erasable(kind, subject), show=shown)
    facts = {
        "kind": erasure.kind,
        "id": erasure.subject,
        "erased_on": erasure.on,
        "days": erasure.days,
        "position": erasure.entry_id,
    }
    show(facts, as_json=json, title="Erased")
