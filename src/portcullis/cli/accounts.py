"""``portcullis account``: the accounting of what was disclosed about one person."""

from pathlib import Path
from typing import Annotated, Any

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
from portcullis.cli.progressing import progress
from portcullis.errors import Misuse

TaxpayerOption = Annotated[str, Parameter(help="The taxpayer, as the holder's records name it.")]


def register(app: App) -> None:
    """Add this noun's verbs."""
    noun = App(name="account", help="The accounting of disclosures, for the person concerned.")
    noun.default(account)
    noun.command(prove)
    noun.command(determine)
    noun.command(attest)
    app.command(noun)


def account(
    taxpayer: TaxpayerOption,
    *,
    as_: AsOption,
    key: KeyOption,
    language: Annotated[str, Parameter(help="en or es.")] = "en",
    out: Annotated[Path | None, Parameter(help="A folder for the letter, PDF and text.")] = None,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Write the letter to a person whose identity was proven: what may be told of, or nothing.

    Needs a proof of identity (account prove) and a fresh count by an inspector (account attest).
    What (b)(7) of the Privacy Act reaches, or nobody has determined on, reads as if it were not.
    """
    opened = office(home)
    from portcullis.office import individuals, reporting

    person = actor(opened, as_, key, individuals.GIVEN)
    letter = individuals.account(opened, person, taxpayer, language)
    written = reporting.write(reporting.Made((letter,), {}), out) if out is not None else []
    if json:
        show({**letter.facts, "files": list(map(str, written))}, as_json=True)
    elif written:
        for path in written:
            say(str(path))
    else:
        say(letter.text)


def prove(
    taxpayer: TaxpayerOption,
    *,
    how: Annotated[str, Parameter(help="in-person, notarised, declared or online.")],
    as_: AsOption,
    key: KeyOption,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Record that an official has proven a person's identity. The ledger gets no name."""
    opened = office(home)
    from portcullis.office import individuals

    person = actor(opened, as_, key, individuals.PROVEN)
    act = individuals.prove_identity(opened, person, taxpayer, how)
    show({"proven": individuals.HOW[how], "entry": act.entry_id}, as_json=json)


def determine(
    of: Annotated[str, Parameter(help="The batch or history whose disclosures it is about.")],
    *,
    document: Annotated[Path, Parameter(help="The written determination; its digest is kept.")],
    as_: AsOption,
    key: KeyOption,
    reached: Annotated[bool, Parameter(negative="", help="(b)(7) reaches them.")] = False,
    not_reached: Annotated[bool, Parameter(negative="", help="It does not.")] = False,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Record counsel's determination whether 5 U.S.C. 552a(b)(7) reaches disclosures."""
    if reached == not_reached:
        raise Misuse("Does (b)(7) reach them?", "Say --reached or --not-reached.")
    opened = office(home)
    from portcullis.office import individuals

    person = actor(opened, as_, key, individuals.DETERMINED)
    digest = file_digest(document)
    act = individuals.determine(opened, person, of, reached=reached, document=digest)
    show({"of": of, "reached": reached, "entry": act.entry_id}, as_json=json)


def attest(
    *, as_: AsOption, key: KeyOption, home: HomeOption = DEFAULT_HOME, json: JsonOption = False
) -> None:
    """Count the accounting again from the ledger, as an inspector; refuse where it is not whole."""
    opened = office(home)
    from portcullis.office import individuals

    person = actor(opened, as_, key, individuals.ATTESTED)
    with progress() as shown:
        found = individuals.attest(opened, person, shown)
    facts: dict[str, Any] = {
        "entries_counted": found.size,
        "disclosures": found.delivered,
        "commitments_opened": found.bound,
        "taxpayers_compared": found.resolved,
        "imported": found.imported,
        "lost": found.lost,
    }
    show(facts, as_json=json)
