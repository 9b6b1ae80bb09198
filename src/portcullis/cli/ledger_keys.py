"""``portcullis ledger``: its keys, its witnesses, its view as a table."""

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from portcullis.cli.ledger_noun import ledger_app
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


def register(app: App) -> None:
    """Add these verbs to the noun, and the noun to ``app``."""
    noun = ledger_app()
    noun.command(keys)
    noun.command(announce_key)
    noun.command(retire_key)
    noun.command(witnesses)
    noun.command(recosign)
    noun.command(view)
    app.command(noun)


def keys(*, home: HomeOption = DEFAULT_HOME, json: JsonOption = False) -> None:
    """Show by which keys the ledger is signed and who cosigns it, as the ledger itself says."""
    office(home)
    from portcullis.office.signers import now_in_force

    said = now_in_force()
    facts = {"signed_by": list(said.signed_by), "witnesses": list(said.witnesses), "k": said.k}
    show(facts, as_json=json)


def announce_key(
    *, as_: AsOption, key: KeyOption, home: HomeOption = DEFAULT_HOME, json: JsonOption = False
) -> None:
    """Put another signing key in force beside the one there is; give it to the witnesses then."""
    opened = office(home)
    from portcullis.office import ledger_keys

    person = actor(opened, as_, key, "ledger-key-announce")
    show({"announced": ledger_keys.announce_key(opened, person)}, as_json=json)


def retire_key(
    key_id: str,
    *,
    as_: AsOption,
    key: KeyOption,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Take the key of the id KEY_ID out of force and destroy its private half."""
    opened = office(home)
    from portcullis.office import ledger_keys

    person = actor(opened, as_, key, "ledger-key-retire")
    show({"retired": ledger_keys.retire_key(opened, person, key_id)}, as_json=json)


def witnesses(
    file: Annotated[Path, Parameter(help="The new witnesses.toml.")],
    *,
    as_: AsOption,
    key: KeyOption,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Have the witnesses in FILE cosign from here on; the change stands in the ledger."""
    opened = office(home)
    from portcullis.office import ledger_keys

    person = actor(opened, as_, key, "ledger-witnesses")
    said = ledger_keys.adopt_witnesses(opened, person, file)
    if json:
        show({"witnesses": list(said.witnesses), "k": said.k}, as_json=True)
    else:
        say(f"{said.k} of these must cosign from here on: {', '.join(said.witnesses)}.")


def recosign(*, as_: AsOption, key: KeyOption, home: HomeOption = DEFAULT_HOME) -> None:
    """Have the checkpoint cosigned anew, after this machine's clock was wrong and was put right."""
    opened = office(home)
    from portcullis.office import ledger_keys

    person = actor(opened, as_, key, "ledger-recosign")
    ledger_keys.recosign(opened, person)
    say("The checkpoint is cosigned anew.")


def view(
    out: Annotated[Path, Parameter(help="The Parquet file to write.")],
    *,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Write the ledger's entries to OUT as a Parquet table: a view; the entries are the record."""
    opened = office(home)
    from portcullis.office.ledger_view import publish_view

    show(publish_view(opened, out), as_json=json)
