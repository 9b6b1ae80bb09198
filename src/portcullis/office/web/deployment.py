"""Which deployment this process serves: the holder's, or the requester's. Never both."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NoReturn

from django.conf import settings

from portcullis import keys
from portcullis.agreements import Pack, Person, Roster
from portcullis.errors import Misuse, Refused
from portcullis.keys import ECKey
from portcullis.office import misses
from portcullis.office.home import Home
from portcullis.office.permissions import may
from portcullis.office.requesting import RequesterHome
from portcullis.office.web.marks import role_of

if TYPE_CHECKING:
    from portcullis.office.people import Actor

Role = Literal["holder", "requester"]


@dataclass(frozen=True)
class Deployment:
    """One side's office: its role, and its home."""

    role: Role
    path: Path

    @cached_property
    def holder(self) -> Home:
        """The holder's home. Raises Misuse in a requester's deployment."""
        if self.role != "holder":
            raise Misuse("This is the requester's office; the holder's records are not here.")
        return Home.find(self.path)

    @cached_property
    def requester(self) -> RequesterHome:
        """The requester's home. Raises Misuse in a holder's deployment."""
        if self.role != "requester":
            raise Misuse("This is the holder's office; the requester's work is not here.")
        return RequesterHome.find(self.path)

    @property
    def home(self) -> Home | RequesterHome:
        """The home, whichever side it is of."""
        return self.holder if self.role == "holder" else self.requester

    @property
    def roster(self) -> Roster:
        """Everybody enrolled in this home."""
        return self.home.roster

    @property
    def pack(self) -> Pack:
        """The agreement."""
        return self.home.pack

    @property
    def ledger(self) -> str:
        """The name of the office's ledger; "" at the requester, which has none."""
        if self.role != "holder":
            return ""
        from portcullis.office import signers

        return signers.origin()

    @property
    def demo(self) -> bool:
        """Whether the home is a demonstration's."""
        return self.home.demo

    def now(self) -> datetime:
        """Return the time acts are done at."""
        return self.home.now()

    def today(self) -> date:
        """Return the day acts are done on."""
        return self.home.now().date()

    def deny(self, act: str, person: Person, message: str, reason: str = "role") -> NoReturn:
        """Put on the record that ``person`` tried what is not theirs to do, and raise Refused.

        At the holder it is on the ledger (``denials``), at the requester in the FTI log.
        """
        self.record_denied(act, person.id, reason)
        raise Refused(message, "The attempt is on the record.")

    def identify(self, person_id: str, key: ECKey, act: str) -> "Actor":
        """Return whoever acts with a key file in hand, or deny them on the record."""
        from portcullis.office.people import Actor

        person = self.member(person_id)
        if person is None:
            self.record_denied(act, "unknown", "not-enrolled")
            raise Refused("Nobody of that id is enrolled on this side and in force today.")
        if not person.signs_with(key, self.today()):
            self.record_denied(act, person.id, "key")
            raise Refused("The key is not the one enrolled and in force for that person.")
        return Actor(person, keys.KeySigner(key))

    def record_act(self, actor: "Actor", act: str, facts: Mapping[str, str]) -> None:
        """Have ``actor`` sign an act of this office that changes no batch, and put it on record."""
        if self.role == "holder":
            from django.db import transaction

            from portcullis.office import entries
            from portcullis.office.people import sign_act

            with transaction.atomic():
                sign_act(self.holder, actor, act, facts)
            entries.publish(self.holder)
        else:
            self.requester.record(actor, act, facts)

    def record_denied(self, act: str, person_id: str, reason: str) -> None:
        """Put a denied attempt on the record: one word for the act, one for the reason."""
        if self.role == "holder":
            from portcullis.office.people import record_denied

            record_denied(self.holder, act, person_id, reason)
        else:
            misses.count(person_id)
            self.requester.denied(person_id, act)

    def record_sign_in(self, person_id: str, what: str) -> None:
        """Put on the record that the means by which a person signs in were changed.

        At the holder its entry waits for the next act to be integrated: signing in waits for no
        witness.
        """
        if self.role == "holder":
            from django.db import transaction

            from portcullis.office import entries

            # A home that was put back and has not caught up can record nothing.
            with suppress(Refused), transaction.atomic():
                facts = {"person": person_id, "what": what}
                entries.record("sign-in-changed", facts, at=self.now().isoformat())
        else:
            from portcullis.office.requesting.home import PLACE

            self.requester.recipient.viewed(
                person_id, f"sign-in-changed {what}", at=self.now(), place=PLACE
            )

    def turn_away(self, person_id: str, act: str = "sign-in") -> None:
        """Put on the record that somebody came whom ``member`` does not know, as far as known."""
        if self.roster.get(person_id) is None:
            self.record_denied(act, "unknown", "not-enrolled")
        else:
            self.record_denied(act, person_id, "not-in-force")

    def member(self, person_id: str) -> Person | None:
        """Return the person if they are enrolled, in force today and of this side; else None."""
        person = self.roster.get(person_id)
        if person is None or not may(person, f"{self.role}-sign-in", self.today()):
            return None
        return person


@cache
def deployment() -> Deployment:
    """Return the deployment that this process serves.

    Raises Misuse where the folder is no home.
    """
    path = Path(settings.HOME)
    role = role_of(path)
    if role == "holder":
        return Deployment("holder", path)
    if role == "requester":
        return Deployment("requester", path)
    raise Misuse("The home's mark names a role that is unknown.", "Restore it from a backup.")
