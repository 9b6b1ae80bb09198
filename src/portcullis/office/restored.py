"""The mark of a home put back from a backup: a file in it, and how far the home has caught up."""

import contextlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from portcullis.tables import publish

MARK = "RESTORED"
_FORMAT = "portcullis-restored/1"


@dataclass(frozen=True)
class Restored:
    """The mark of a home that was put back.

    ``backup``: when the backup was made (none: a ledger mended in place). ``caught_up``: how many
    entries the home has caught up with, None before.
    """

    backup: str | None
    caught_up: int | None = None

    @classmethod
    def read(cls, home: Path) -> Self | None:
        """Return the mark of the home at ``home``, None where there is none.

        A mark that cannot be read is a mark all the same, of a home that has not caught up.
        """
        try:
            facts = json.loads((home / MARK).read_text())
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            return cls(None)
        with contextlib.suppress(KeyError, TypeError):
            if facts["format"] == _FORMAT and type(facts["caught_up"]) in (int, type(None)):
                return cls(facts["backup"], facts["caught_up"])
        return cls(None)

    def write(self, home: Path) -> None:
        """Mark the home at ``home``."""
        publish(home / MARK, json.dumps({"format": _FORMAT, **asdict(self)}).encode())

    def now_caught_up(self, size: int) -> Self:
        """Return the mark of a home that has caught up with ``size`` entries."""
        return replace(self, caught_up=size)
