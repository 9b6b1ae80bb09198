"""The requester's home as a deployment: the recipient's folder, with a database beside it.

The folder is that of ``custody.RecipientHome`` (roster, agreement, packages, FTI log), marked as
the requester's; drafts and accounts are rows of its own database.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from portcullis.agreements import Pack, Roster
from portcullis.canonical import sha256_hex
from portcullis.custody import Place, RecipientHome
from portcullis.errors import Misuse, Refused
from portcullis.office.home import FORMAT, MARK
from portcullis.tables import publish

if TYPE_CHECKING:
    from portcullis.office.people import Actor

ROLE = "requester"
_NAME = "name"
PLACE = Place("office", "office")
"""Where the FTI log says that what is done in the browser happens."""


@dataclass(frozen=True)
class RequesterHome:
    """The requester's home at ``path``."""

    path: Path

    @classmethod
    def find(cls, path: Path) -> "RequesterHome":
        """Return the requester's home at ``path``; raise Misuse where there is none."""
        home = cls(path.resolve())
        if not home.recipient.made or home._mark().get("role") != ROLE:
            raise Misuse(
                "There is no requester's home in that folder.",
                "Make it with `portcullis custody init`, then serve it with --role requester.",
            )
        return home

    @classmethod
    def mark(cls, path: Path) -> "RequesterHome":
        """Mark the recipient's home at ``path`` as a deployment's, if it is not yet, and return it.

        Raises Misuse where no recipient's home was made there, or the folder is a holder's home.
        """
        home = cls(path.resolve())
        if (home.path / MARK).exists():
            found = cls.find(path)
            if not found.name:  # an earlier release gave it none
                found._publish_mark({**found._mark(), _NAME: secrets.token_hex(16)})
            return found
        if not home.recipient.made:
            raise Misuse(
                "The recipient's home has no roster and no agreement yet.",
                "Make it with `portcullis custody init`.",
            )
        demo = home.recipient.demo
        home._publish_mark(
            {"format": FORMAT, "role": ROLE, "demo": demo, _NAME: secrets.token_hex(16)}
        )
        return home

    @cached_property
    def recipient(self) -> RecipientHome:
        """The packages and the log of what was received."""
        return RecipientHome(self.path)

    @property
    def name(self) -> str:
        """The home's own name, which stands in what is signed here: random, and no other home's."""
        return str(self._mark().get(_NAME, ""))

    @property
    def demo(self) -> bool:
        """Whether this home belongs to a demonstration and can never become real."""
        return bool(self._mark().get("demo"))

    @property
    def pack(self) -> Pack:
        """The agreement."""
        return self.recipient.pack()

    @property
    def roster(self) -> Roster:
        """The people of both sides, with their public keys."""
        return self.recipient.roster()

    def now(self) -> datetime:
        """Return the time acts are done at, in UTC; in a demonstration, on the set date."""
        clock = datetime.now(UTC).replace(microsecond=0)
        set_date = self._mark().get("date") if self.demo else None
        if set_date is None:
            return clock
        return datetime.combine(date.fromisoformat(str(set_date)), clock.timetz())

    def record(self, actor: "Actor", act: str, facts: Mapping[str, str]) -> str:
        """Have ``actor`` sign an act that concerns no package; log it, and return what was signed.

        Raises Refused where what was signed is not this, or not with what is in force today.
        """
        at = actor.moment or self.now()
        statement = {
            "act": act,
            "person": actor.id,
            "at": at.isoformat(),
            "batch": "",
            "home": self.name,
            **facts,
        }
        signed = actor.sign(statement)
        if self.roster.person(actor.id).verify(signed, on=self.now().date()) != statement:
            raise Refused("What was signed is something else.", "Sign it as it stands.")
        self.recipient.viewed(
            actor.id, f"{act} {sha256_hex([signed.encode()])}", at=self.now(), place=PLACE
        )
        return signed

    def denied(self, person_id: str, act: str) -> None:
        """Log that a person tried what is not theirs to do."""
        self.recipient.denied(person_id, act, at=self.now(), place=PLACE)

    def identity(self) -> str:
        """Return what tells this home from another: drawn when it is first asked."""
        known = self._mark().get("id")
        if known is None:
            known = secrets.token_hex(16)
            publish(self.path / MARK, json.dumps({**self._mark(), "id": known}).encode())
        return str(known)

    def set_date(self, day: date) -> None:
        """Set a demonstration's date. Raises Misuse in a real home."""
        if not self.demo:
            raise Misuse("Only a demonstration's date can be set.")
        self._publish_mark({**self._mark(), "date": day.isoformat()})

    def _publish_mark(self, mark: Mapping[str, object]) -> None:
        publish(self.path / MARK, json.dumps(mark).encode())

    def _mark(self) -> dict[str, object]:
        try:
            return dict(json.loads((self.path / MARK).read_bytes()))
        except (OSError, ValueError, TypeError):
            return {}
