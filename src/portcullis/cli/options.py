"""The options that many verbs share."""

import hashlib
import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from portcullis.errors import Misuse

if TYPE_CHECKING:
    from portcullis.agreements import Pack
    from portcullis.office import Home
    from portcullis.office.people import Actor
    from portcullis.office.requesting import RequesterHome

HomeOption = Annotated[
    Path, Parameter(name="--home", env_var="PORTCULLIS_HOME", help="The home to act in.")
]
AsOption = Annotated[str, Parameter(name="--as", help="The id of the person who acts.")]
KeyOption = Annotated[Path, Parameter(name="--key", help="That person's own key file.")]
ReaderOption = Annotated[str, Parameter(name="--as", help="The id of the person who reads.")]
ReaderKeyOption = Annotated[Path | None, Parameter(name="--key", help="Their own key file.")]
PackOption = Annotated[
    str | None,
    Parameter(name="--pack", help="A built-in agreement's name, or a pack's folder."),
]
DayOption = Annotated[
    str, Parameter(name="--on", help="The day to act for, YYYY-MM-DD; else today.")
]
JsonOption = Annotated[bool, Parameter(name="--json", negative="", help="Print facts as JSON.")]

DEFAULT_HOME = Path("portcullis-home")


def pack_of(home: Path, named: str | None = None) -> "Pack":
    """Return the pack that is ``named``, else that of the home at ``home``, else the built-in one.

    Raises as ``pack_folder``, and PackErrors where the pack is not whole.
    """
    from portcullis.agreements import load_pack

    own = home / "pack"
    return load_pack(own if named is None and own.is_dir() else pack_folder(named))


def pack_folder(named: str | None) -> Path:
    """Return the folder of a pack: a folder as it is, or a built-in agreement's, by its name.

    None: the built-in one. Raises Misuse where there is neither.
    """
    from portcullis.agreements import builtin_pack

    if named is None:
        return builtin_pack()
    folder = Path(named)
    return folder if folder.is_dir() or len(folder.parts) > 1 else builtin_pack(named)


def day_of(text: str) -> date:
    """Return the day written YYYY-MM-DD, or today (UTC) where nothing is written."""
    if not text:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Misuse(f"{text!r} is no day.", "Write it as YYYY-MM-DD.") from None


def office(home: Path) -> "Home":
    """Open the office of the home at ``home``."""
    from portcullis.office import Home, open_office

    return open_office(Home.find(home))


def requester(home: Path) -> "RequesterHome | None":
    """Return the requester's home at ``home``, its database at hand; None where it is a holder's.

    A recipient's home that was never served is marked as the requester's by this. Raises Misuse
    where it is no home at all.
    """
    from portcullis.custody import RecipientHome
    from portcullis.office.home import MARK
    from portcullis.office.requesting.home import ROLE, RequesterHome
    from portcullis.office.web.marks import role_of

    if not ((home / MARK).exists() or RecipientHome(home).made) or (
        (home / MARK).exists() and role_of(home) != ROLE
    ):
        return None
    from portcullis.office.setup import point_django_at

    found = RequesterHome.mark(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "portcullis.office.web.settings"
    point_django_at(found.path)
    return found


def actor(home: "Home", person: str, key: Path, act: str) -> "Actor":
    """Return the person acting, proven by the key file, whom the table lets do ``act``."""
    from portcullis import keys
    from portcullis.office.people import identify

    return identify(home, person, keys.load_private(key), act)


def reader(home: "Home", person: str, key: Path | None, reading: str) -> "Actor":
    """Return the person who reads what is sealed, proven by the key file, whom the table lets.

    ``reading``: an act of ``office.unsealing``. Raises Misuse where nobody is named.
    """
    if not person or key is None:
        raise Misuse(
            "What is sealed is shown to a person who says who they are.",
            "Add --as PERSON --key KEY; the reading goes on the ledger.",
        )
    return actor(home, person, key, reading)


def file_digest(path: Path) -> str:
    """Return the SHA-256 (hex) of the document at ``path``."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        raise Misuse(f"{path.name} cannot be read.", "Name the source document's file.") from None
