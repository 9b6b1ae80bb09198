"""The options that many verbs share."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from portcullis import keys
from portcullis.errors import Misuse

if TYPE_CHECKING:
    from portcullis.agreements import Pack
    from portcullis.office import Home
    from portcullis.office.people import Actor

HomeOption = Annotated[
    Path, Parameter(name="--home", env_var="PORTCULLIS_HOME", help="The home to act in.")
]
AsOption = Annotated[str, Parameter(name="--as", help="The id of the person who acts.")]
KeyOption = Annotated[Path, Parameter(name="--key", help="That person's own key file.")]
JsonOption = Annotated[bool, Parameter(name="--json", negative="", help="Print facts as JSON.")]

DEFAULT_HOME = Path("portcullis-home")


def pack_of(home: Path) -> "Pack":
    """Return the agreement pack of the home at ``home``; the built-in one where there is none."""
    from portcullis.agreements import builtin_pack, load_pack

    own = home / "pack"
    return load_pack(own if own.is_dir() else builtin_pack())


def office(home: Path) -> "Home":
    """Open the office of the home at ``home``."""
    from portcullis.office import Home, open_office

    return open_office(Home.find(home))


def actor(home: "Home", person: str, key: Path, role: str, act: str) -> "Actor":
    """Return the person acting, proven by the key file and holding ``role``."""
    from portcullis.office.people import identify

    return identify(home, person, keys.load_private(key), role, act)


def file_digest(path: Path) -> str:
    """Return the SHA-256 (hex) of the document at ``path``."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        raise Misuse(f"{path.name} cannot be read.", "Name the source document's file.") from None
