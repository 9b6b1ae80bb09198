"""A visit to the recipient's home, as every verb of the recipient's side begins one.

The person is proven by their key against the home's roster, and reads the warning once a session.
"""

import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from portcullis import keys
from portcullis.cli.output import complain, say
from portcullis.errors import Misuse, Refused

if TYPE_CHECKING:
    from portcullis.custody import Visit

DEFAULT_RECIPIENT = Path("portcullis-recipient")
RecipientOption = Annotated[Path, Parameter(help="The recipient's home: packages and FTI log.")]
AtOption = Annotated[str, Parameter(help="In a demonstration: the time, ISO 8601; else now.")]
AcknowledgeOption = Annotated[
    bool, Parameter(negative="", help="You have read the warning, and acknowledge it.")
]
_WORD = "acknowledge"


def visit(
    recipient: Path, person: str, key: Path, *, at: datetime, acknowledge: bool = False
) -> "Visit":
    """Return the visit of ``person``, the warning acknowledged in this session.

    Shows it where it was not yet read, and asks. Raises Refused where it is not acknowledged.
    """
    from portcullis.custody import BANNER

    made = enter(recipient, person, key, at=at)
    if not made.acknowledged:
        complain(BANNER)
        if not acknowledge and not _asked():
            raise Refused(
                "The warning was not acknowledged; nothing is shown.",
                f"Type `{_WORD}` when asked, or give --acknowledge once you have read it.",
            )
        made.acknowledge()
    return made


def enter(recipient: Path, person: str, key: Path, *, at: datetime) -> "Visit":
    """Return the visit of ``person``, whose key proves them; the warning is not read yet."""
    from portcullis.custody import Place, RecipientHome, Visit

    place = Place(location=str(recipient.resolve()), origin=socket.gethostname())
    return Visit(RecipientHome(recipient), person, keys.load_private(key), at=at, place=place)


def moment(text: str, recipient: Path) -> datetime:
    """Return the time written in ``text``, with its zone, or now.

    Raises Refused for a time given in a home that is not a demonstration's.
    """
    from portcullis.custody import RecipientHome

    if text and not RecipientHome(recipient).demo:
        raise Refused(
            "A time is given only in a demonstration; elsewhere it is now.",
            "Leave out --at. A demonstration's home is made with `portcullis custody init --demo`.",
        )
    try:
        at = datetime.fromisoformat(text) if text else datetime.now(UTC).replace(microsecond=0)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise Misuse("A time is written like 2025-07-07T12:00:00+00:00.")
    return at


def _asked() -> bool:
    if not sys.stdin.isatty():
        return False
    say(f"Type `{_WORD}` to go on:")
    return sys.stdin.readline().strip() == _WORD
