"""``portcullis reading``: which readings of the law hold, and putting one in force or out of it."""

from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from portcullis.cli.options import (
    DEFAULT_HOME,
    AsOption,
    HomeOption,
    JsonOption,
    KeyOption,
    actor,
    file_digest,
    office,
)
from portcullis.cli.output import say, show

SourceOption = Annotated[str, Parameter(help="Docket or file reference, e.g. 1:25-cv-00457.")]
DocumentOption = Annotated[Path, Parameter(help="The source document; only its digest is kept.")]
FromOption = Annotated[date | None, Parameter(name="--from", help="First day; today if not given.")]

_WORDS = {"floor": "the floor", "agreement": "the agreement", "act": "an act of two people"}


def register(app: App) -> None:
    """Add this noun's verbs."""
    noun = App(name="reading", help="Readings of the law: which hold, putting one in or out.")
    noun.command(list_, name="list")
    noun.command(put_in_force, name="put-in-force")
    noun.command(put_out_of_force, name="put-out-of-force")
    app.command(noun)


def list_(
    *,
    on: Annotated[date | None, Parameter(help="The day asked about; today if not given.")] = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """List the readings that hold, since when and on whose word, and those waiting for a second."""
    opened = office(home)
    from portcullis.office.reading_changes import waiting
    from portcullis.office.readings import held_on

    day = on or opened.today()
    held = held_on(opened.pack, day)
    rows = [
        {
            "reading": each.reading.id,
            "holding": each.reading.holding,
            "source": each.reading.source,
            "docket": each.reading.docket,
            "in_force_by": each.source,
            "since": each.since.isoformat() if each.since else None,
        }
        for each in held
    ]
    proposed = waiting(opened.today())
    pending = [
        {"reading": each.reading, "in_force": each.in_force, "from": each.effective_on.isoformat()}
        for each in proposed
    ]
    if json:
        show({"on": day, "readings": rows, "waiting": pending}, as_json=True)
        return
    for row in rows:
        since = f"since {row['since']}" if row["since"] else "always"
        say(f"{row['reading']}  ({since}, by {_WORDS[str(row['in_force_by'])]})")
        say(f"    {row['holding']} {row['source']}{_docket(str(row['docket']))}.")
    for each in proposed:
        way = "in force" if each.in_force else "out of force"
        say(f"Waits for a second approval: {each.reading}, {way} from {each.effective_on}.")


def _docket(docket: str) -> str:
    return f", No. {docket}" if docket else ""


def put_in_force(
    reading: str,
    *,
    source: SourceOption,
    document: DocumentOption,
    as_: AsOption,
    key: KeyOption,
    from_: FromOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> int:
    """Approve putting a reading in force; it is, once a second person has approved the same."""
    return _change(reading, True, source, document, as_, key, from_, home, json)


def put_out_of_force(
    reading: str,
    *,
    source: SourceOption,
    document: DocumentOption,
    as_: AsOption,
    key: KeyOption,
    from_: FromOption = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> int:
    """Approve putting a reading out of force; one on the floor never goes."""
    return _change(reading, False, source, document, as_, key, from_, home, json)


def _change(  # noqa: PLR0917 - what both verbs are given
    reading: str,
    in_force: bool,
    source: str,
    document: Path,
    person_id: str,
    key: Path,
    first_day: date | None,
    home: Path,
    json: bool,
) -> int:
    from portcullis.law import Change

    opened = office(home)
    from portcullis.office.reading_changes import change

    person = actor(opened, person_id, key, "reading")
    asked = Change(reading, in_force, first_day or opened.today())
    state = change(opened, person, asked, source, file_digest(document))
    facts = {
        "reading": state.reading,
        "in_force": state.in_force,
        "from": state.effective_on.isoformat(),
        "approvals": state.approvals,
        "decided": state.decided,
    }
    show(facts, as_json=json)
    return 0 if state.decided else 1
