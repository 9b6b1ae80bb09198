"""``portcullis init``, ``keygen`` and ``safeguards``: a home, its people, its recipient."""

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
    PackOption,
    actor,
    day_of,
    office,
    pack_folder,
)
from portcullis.cli.output import show


def register(app: App) -> None:
    """Add this noun's verbs."""
    app.command(init)
    app.command(demo_day)
    app.command(upgrade)
    app.command(safeguards)
    app.command(accept_finding)
    app.command(keygen)


def init(
    *,
    people: Annotated[Path, Parameter(help="The roster of people and their public keys.")],
    pack: PackOption = None,
    demo_day: Annotated[
        str, Parameter(help="Make a demonstration's home, marked for ever, on this day.")
    ] = "",
    ledger_name: Annotated[
        str,
        Parameter(help="The ledger's name for ever: where it will be served, without https://."),
    ] = "",
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Make a holder's home: database, ledger, keys, agreement pack and roster.

    The ledger gets the roster's digest and the thumbprints of its people's keys: have each compare
    their own, by `portcullis people list`, before anything is done.
    """
    from portcullis.office import begin, make

    day = day_of(demo_day) if demo_day else None
    made = begin(make(home, pack_folder(pack), people, demo=day is not None, day=day), ledger_name)
    from portcullis.office import rosters
    from portcullis.office.signers import now_in_force

    said = now_in_force()
    facts = {
        "home": str(made.path),
        "agreement": made.pack.id,
        "version": made.pack.version,
        "pack_digest": made.pack.digest,
        "people": len(made.roster.people),
        "roster_digest": rosters.on_record(),
        "ledger_keys": list(said.signed_by),
        "witnesses": list(said.witnesses),
    }
    show(facts, as_json=json, title="A new home")


def demo_day(day: str, *, home: HomeOption = DEFAULT_HOME) -> None:
    """Set a demonstration home's date to DAY, YYYY-MM-DD; a real home's cannot be set."""
    from portcullis.office import Home

    Home.find(home).set_date(day_of(day))


def upgrade(*, home: HomeOption = DEFAULT_HOME) -> None:
    """Bring an older home's database up to this version."""
    from portcullis.office import Home, start

    start(Home.find(home))


def keygen(path: Path, *, json: JsonOption = False) -> None:
    """Make a person's key: the private half to PATH, the public half to PATH.pub.json."""
    import json as json_text

    from portcullis import keys
    from portcullis.errors import Misuse
    from portcullis.tables import publish

    if path.exists():
        raise Misuse(
            f"{path.name} is there already.", "Name another file; keys are not overwritten."
        )
    key = keys.generate()
    keys.save_private(key, path)
    public = path.with_name(path.name + ".pub.json")
    publish(public, json_text.dumps(keys.public_jwk(key)).encode())
    show(
        {"private": str(path), "public": str(public), "thumbprint": key.thumbprint()}, as_json=json
    )


def safeguards(
    record: Path,
    *,
    as_: AsOption,
    key: KeyOption,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> int:
    """Put the recipient's safeguard record in force; say whether it may receive today."""
    from portcullis.errors import Misuse
    from portcullis.standing import read_safeguards

    opened = office(home)
    from portcullis.office.safeguards import record_safeguards

    try:
        text = record.read_bytes()
    except OSError:
        raise Misuse(f"{record.name} cannot be read.", "Name a safeguard record in JSON.") from None
    person = actor(opened, as_, key, "safeguards")
    standing = record_safeguards(opened, person, read_safeguards(text))
    show({"may_receive": standing.met, "reasons": list(standing.reasons)}, as_json=json)
    return 0 if standing.met else 1


def accept_finding(
    finding: str,
    *,
    reason: Annotated[str, Parameter(help="Why it may be accepted for a time, in words.")],
    expires: Annotated[str, Parameter(help="The last day of the acceptance, YYYY-MM-DD.")],
    as_: AsOption,
    key: KeyOption,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> int:
    """Accept, as safeguards staff, the FINDING of the recipient's record; say if it may receive.

    Its corrective plan must be dated. A critical finding cannot be accepted.
    """
    opened = office(home)
    from portcullis.office import safeguards as kept

    person = actor(opened, as_, key, kept.ACCEPT)
    standing = kept.accept_finding(opened, person, finding, reason, _given_day(expires))
    show({"may_receive": standing.met, "reasons": list(standing.reasons)}, as_json=json)
    return 0 if standing.met else 1


def _given_day(text: str) -> date:
    from portcullis.errors import Misuse

    if not text:
        raise Misuse("An acceptance has a last day.", "Write it as YYYY-MM-DD with --expires.")
    return day_of(text)
