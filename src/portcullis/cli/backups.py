"""``portcullis backup`` and ``restore``; ``ledger catch-up`` and ``accept-loss``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    requester,
)
from portcullis.cli.output import say, show
from portcullis.cli.progressing import progress

if TYPE_CHECKING:
    from portcullis.office.catching_up import CaughtUp
    from portcullis.office.requesting import RequesterHome

_LOAD = 'pg_restore --clean --if-exists --dbname="$DATABASE_URL" DUMP'


_REQUESTERS_STEPS = (
    "portcullis doctor",
    "put the newest roster in place with `portcullis custody init`, and the holder's public.json",
    "take in what the holder delivered since, and compare the FTI log with the holder's record of "
    "deliveries and openings: what was logged here since the backup is gone",
)


def register(app: App) -> None:
    """Add these nouns' verbs."""
    app.command(backup)
    app.command(restore)
    ledger_app().command(catch_up)
    ledger_app().command(accept_loss)


def backup(
    to: Path,
    *,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> int:
    """Save the home in a new folder below TO, and mirror its erasable keys beside it.

    Use the same TO every time: what was erased at home is made unreadable in all backups there. Of
    the requester's home the packages are mirrored instead: what was disposed of goes there too.
    Keep it as you keep the home; it holds the home's keys.
    """
    recipient = requester(home)
    if recipient is not None:
        return _backup_requester(recipient, to, json)
    opened = office(home)
    from portcullis.office.backup import backup as run

    with progress() as shown:
        made = run(opened, to, show=shown)
    facts: dict[str, Any] = {
        "backup": str(made.folder),
        "files": made.files,
        "bytes": made.bytes,
        "entries": made.entries,
        "database": made.database,
        "keys_missing_at_home": list(made.kept_secrets),
        "batches_without_key": list(made.unsaved),
    }
    show(facts, as_json=json, title="A backup")
    if made.kept_secrets and not json:
        say(
            "Keys that nobody erased are missing in the home; the backup keeps the last copies. "
            "Put them back into keys/erasable."
        )
    if made.unsaved and not json:
        say(
            "Without its key a batch's answers and packages are not saved: "
            f"{', '.join(made.unsaved)}. Put the key back, and make another backup."
        )
    return 1 if made.kept_secrets or made.unsaved else 0


def _backup_requester(home: "RequesterHome", to: Path, json: bool) -> int:
    from portcullis.office.requesting.backup import backup as run

    with progress() as shown:
        made = run(home, to, show=shown)
    facts: dict[str, Any] = {
        "backup": str(made.folder),
        "files": made.files,
        "bytes": made.bytes,
        "entries": made.entries,
        "database": made.database,
        "packages_missing_at_home": list(made.missing),
    }
    show(facts, as_json=json, title="A backup")
    if made.missing and not json:
        say(
            "Packages that nobody disposed of are missing in the home; the folder packages beside "
            "the backups keeps the last copies. Put them back."
        )
    return 1 if made.missing else 0


def restore(
    source: Annotated[Path, Parameter(help="The folder of one backup, named by its time.")],
    *,
    home: Annotated[Path, Parameter(name="--home", help="A new folder for the home.")],
    json: JsonOption = False,
) -> None:
    """Put a backup back as a new home. The holder's is marked, and closed until it has caught up.

    The requester's says in its FTI log that it was put back, and has no package that was disposed
    of. Every file is checked by its digest first. State that was in PostgreSQL goes into the empty
    database that DATABASE_URL names.
    """
    from portcullis.office.putting_back import (
        POSTGRESQL,
        REQUESTER,
        database_of,
        has_database,
        role_of,
    )
    from portcullis.office.putting_back import restore as run

    with progress() as shown:
        mark = run(source, home, show=shown)
    if role_of(source) == REQUESTER:
        facts = {"home": str(home), "backup": mark.backup, "next": list(_REQUESTERS_STEPS)}
        show(facts, as_json=json, title="A home put back")
        return
    steps = [
        "portcullis ledger catch-up SOURCE --as PERSON --key KEY, with the newest copy of the "
        "ledger that there is"
    ]
    if database_of(source) == POSTGRESQL and not has_database(source):
        steps.insert(0, f"{_LOAD}, into an empty database, with the dump of that backup")
    facts = {"home": str(home), "backup": mark.backup, "gate": "closed", "next": steps}
    show(facts, as_json=json, title="A home put back")


def catch_up(
    source: Annotated[str, Parameter(help="The newest copy of the ledger: a folder or a URL.")],
    *,
    as_: AsOption,
    key: KeyOption,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> int:
    """Bring a home that was put back, or whose ledger is damaged, up to the newest copy.

    The copy is verified, the witnesses are asked, the state is put back from the entries and
    compared. The gate stays closed while anything is missing.
    """
    opened = office(home)
    from portcullis.office import catching_up

    person = actor(opened, as_, key, "ledger-catch-up")
    with progress() as shown:
        found = catching_up.catch_up(opened, person, source, show=shown)
    return _tell(found, as_json=json)


def accept_loss(
    *losses: Annotated[str, Parameter(help="What is lost, by the names that catch-up gives.")],
    as_: AsOption,
    key: KeyOption,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> int:
    """Accept that something is lost for good; it takes two people, one an administrator."""
    opened = office(home)
    from portcullis.office import catching_up
    from portcullis.office.losses import ACT, APPROVALS

    someone = actor(opened, as_, key, ACT)
    approvals, found = catching_up.accept_losses(opened, someone, losses)
    if approvals < APPROVALS and not json:
        say("One person has accepted it; a second accepts the same.")
    return _tell(found, as_json=json, approvals=approvals)


def _tell(found: "CaughtUp", *, as_json: bool, approvals: int | None = None) -> int:
    facts: dict[str, Any] = {
        "whole": found.whole,
        "entries": found.size,
        "added": found.added,
        "losses": [
            {"id": loss.id, "what": loss.words, "remedy": loss.remedy} for loss in found.losses
        ],
        "disagreements": list(found.disagreements),
        "do_again": list(found.again),
    }
    if approvals is not None:
        facts["approvals"] = approvals
    if as_json:
        show(facts, as_json=True)
    else:
        _say(found)
    return 0 if found.whole else 1


def _say(found: "CaughtUp") -> None:
    say(f"The home has caught up with {found.size:,} entries; it lacked {found.added:,} of them.")
    for loss in found.losses:
        say(f"Missing ({loss.id}): {loss.words} {loss.remedy}")
    for sentence in found.disagreements:
        say(f"Disagreement: {sentence}")
    for sentence in found.again:
        say(f"To be done again: {sentence}")
    if found.whole:
        say("Nothing is missing: the home is no longer closed on this account.")
    else:
        say("The gate stays closed.")
