"""A person at the recipient's home: what they may see of it, and what they may state.

Who is on a case's access list sees that its packages exist, and nobody else does; the custodian,
who answers for the home, sees identifiers and dates of all, and no content. Every look is logged.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NoReturn

from portcullis import keys
from portcullis.agreements import Person, may
from portcullis.custody import statements
from portcullis.custody.deadlines import Disclosure, Duty, Terms, day_of, duties
from portcullis.custody.ftilog import Entry, Event
from portcullis.custody.home import Case, Place, RecipientHome, nothing_here
from portcullis.custody.opening import CheckEntry, CheckProof, Opened
from portcullis.errors import Misuse, Refused


@dataclass(frozen=True)
class Kept:
    """One package of the home: its identifiers, its clock, and what is owed of it."""

    disclosure: Disclosure
    request_id: str
    received_on: date
    access: tuple[str, ...]
    here: bool
    duties: tuple[Duty, ...]


class Visit:
    """``user``, proven to be that person, at the home at one time and place."""

    def __init__(
        self, home: RecipientHome, user: str, key: keys.ECKey, *, at: datetime, place: Place
    ) -> None:
        """Let ``user`` in. Raises Refused unless the roster has that key and a role on the day."""
        self.home = home
        self.at, self.place = at, place
        self._signer: keys.ECKey | keys.Signer | None = key
        self._signed_at = at
        person = home.roster().get(user)
        if person is None or not person.signs_with(key, day_of(at)):
            raise self._unproven(person)
        self._person = self._let_in(person)

    @classmethod
    def signed_in(
        cls,
        home: RecipientHome,
        user: str,
        *,
        at: datetime,
        place: Place,
        signer: keys.Signer | None = None,
        signed_at: datetime | None = None,
    ) -> "Visit":
        """Let in ``user``, whom a deployment's own sign-in has proven; their keys stay with them.

        ``signer`` has what they signed elsewhere, at ``signed_at``. Raises Refused unless the
        roster has them in a role on the day.
        """
        made = cls.__new__(cls)
        made.home = home
        made.at, made.place = at, place
        made._signer, made._signed_at = signer, signed_at or at
        made._person = made._let_in(home.roster().get(user))
        return made

    def _let_in(self, person: Person | None) -> Person:
        if person is None or not may(person, "visit", day_of(self.at)):
            raise self._unproven(person)
        return person

    def _unproven(self, person: Person | None) -> Refused:
        # An id that is nobody's is not logged: it may be anything.
        name = person.id if person else "unknown"
        self.home.denied(name, "visit", at=self.at, place=self.place)
        return Refused(
            "That key is not the one enrolled for an officer or custodian of that id on this day.",
            "Use your own key; or put the newer roster in place with `portcullis custody init`.",
        )

    @property
    def user(self) -> str:
        """The person's roster id."""
        return self._person.id

    @property
    def acknowledged(self) -> bool:
        """Whether the warning was read in this session."""
        return self.home.acknowledged(self.user, at=self.at, place=self.place)

    def acknowledge(self) -> None:
        """Log that the warning was read."""
        self.home.acknowledge(self.user, at=self.at, place=self.place)

    def receive(self, data: bytes, case: Case, check_proof: CheckProof) -> str:
        """Take a package in, unopened. Raises as ``RecipientHome.receive``."""
        self._check_may("receive", "Only an officer or the custodian takes a package in.")
        return self.home.receive(
            data, case, user=self.user, at=self.at, place=self.place, check_proof=check_proof
        )

    def replace_resealed(self, data: bytes, proof: str, check_entry: CheckEntry) -> bool:
        """Put a package sealed again in place. Raises as ``RecipientHome.replace_resealed``."""
        self._check_may("receive", "Only an officer or the custodian takes a package in.")
        return self.home.replace_resealed(
            data, proof, user=self.user, at=self.at, place=self.place, check_entry=check_entry
        )

    def opening_statement(self, package_id: str, purpose: str) -> dict[str, str]:
        """Return what this person signs to ask for the opening of a package of their own.

        Raises Refused where it is another's, or for no purpose of the agreement's authority.
        """
        self._check_may("ask", "Only an officer asks to open a package.")
        self._own("ask", [package_id])
        if purpose not in self.home.pack().authority.purposes:
            raise Refused(
                "That is no purpose of the agreement's authority.",
                f"Name one of {', '.join(self.home.pack().authority.purposes)}.",
            )
        self.home.notices.check_open([package_id])
        return self.home.opening_statement(package_id, purpose, at=self.at)

    def ask(self, package_id: str, purpose: str) -> str:
        """Return the signed request to open a package. Raises as ``opening_statement``."""
        return keys.sign(self.opening_statement(package_id, purpose), self._own_signer())

    def open(
        self,
        package_id: str,
        request: str,
        token: str,
        *,
        holder_jwk: Mapping[str, str],
        check_proof: CheckProof,
    ) -> dict[str, Any]:
        """Return the content for this person's eyes. Raises as ``RecipientHome.open``."""
        self._check_may("open", "Only an officer opens a package.")
        return self.home.open(
            package_id,
            self._own_key(),
            token,
            request=request,
            user=self.user,
            at=self.at,
            place=self.place,
            holder_jwk=holder_jwk,
            check_proof=check_proof,
        )

    def hand_out(
        self,
        package_id: str,
        request: str,
        token: str,
        *,
        holder_jwk: Mapping[str, str],
        check_proof: CheckProof,
    ) -> Opened:
        """Return what this person's own browser unseals. Raises as ``RecipientHome.hand_out``."""
        self._check_may("open", "Only an officer opens a package.")
        return self.home.hand_out(
            package_id,
            self._person,
            token,
            request=request,
            at=self.at,
            place=self.place,
            holder_jwk=holder_jwk,
            check_proof=check_proof,
        )

    def not_shown(self, package_id: str, nonce: str) -> None:
        """Log that the browser could not show it. Raises as ``RecipientHome.not_shown``."""
        self.home.not_shown(package_id, nonce, user=self.user, at=self.at, place=self.place)

    def kept(self) -> list[Kept]:
        """Return what this person may know to be here, in the order of receipt."""
        self._check_session()
        self.home.viewed(self.user, "list", at=self.at, place=self.place)
        return self._kept()

    def due(self) -> list[tuple[Kept, Duty]]:
        """Return what is owed of it, the first due first."""
        self._check_session()
        self.home.viewed(self.user, "due", at=self.at, place=self.place)
        owed = [(one, duty) for one in self._kept() for duty in one.duties]
        return sorted(owed, key=lambda each: each[1])

    def log_of(self, request_id: str) -> list[Entry]:
        """Return the log of one request. For whoever may not know of it there is none."""
        self._check_session()
        entries = self.home.log.of_request(request_id)
        receipts = [entry for entry in entries if entry.event == "receipt"]
        if not any(self._may_know(entry) for entry in receipts):
            # What was typed is not logged: it may be anything.
            self.home.viewed(self.user, "log", at=self.at, place=self.place, success=False)
            raise Misuse("There is no such request in this home.", "See `portcullis custody list`.")
        self.home.viewed(self.user, "log", at=self.at, place=self.place, request_id=request_id)
        return entries

    def state(self, package_ids: Iterable[str], status: str) -> str:
        """Return this officer's signed status on packages of their own, and log it.

        Raises Refused where one is another's, and where one was returned or destroyed.
        """
        self._check_session()
        self._check_may("state", "Only an officer states what became of a case.")
        named = tuple(sorted(set(package_ids)))
        said = statements.Status(named, self.user, status, self._signed_at)
        receipts = self._own("state", named)
        signed = statements.sign(said, self._own_signer())
        self.home.log.append(*(self._entry(receipt, "status", status) for receipt in receipts))
        return signed

    def certify(
        self,
        package_ids: Iterable[str],
        kind: str,
        method: str = "",
        keep: Callable[[str], None] = lambda _signed: None,
    ) -> str:
        """Return the custodian's signed certificate on packages, and log it.

        ``keep`` keeps it, before it is logged; what is certified as returned or destroyed is
        removed from this home at last. Raises Refused for anyone but the custodian, and where a
        kept notice says that a package is preserved or frozen.
        """
        self._check_session()
        self._check_may("certify", "Only the recipient's custodian certifies.")
        named = tuple(sorted(set(package_ids)))
        stays = kind == statements.CONTINUED
        if not stays:
            self.home.notices.check_disposable(named)
        said = statements.Certificate(named, self.user, kind, method, self._signed_at)
        receipts = self._receipts(named)
        signed = statements.sign(said, self._own_signer())
        keep(signed)
        subdivision = statements.CERTIFIED[kind][0]
        if not stays:
            on = day_of(self.at).isoformat()
            by = method or kind
            receipts = [replace(each, disposal_on=on, disposal_method=by) for each in receipts]
        event: Event = "continued-safeguard" if stays else "disposal"
        self.home.log.append(*(self._entry(each, event, subdivision) for each in receipts))
        if not stays:
            for each in named:
                self.home.remove(each)
        return signed

    def keep_notice(self, notice: str, holder_jwk: Mapping[str, str]) -> str:
        """Keep a holder's notice, as the custodian, and return what it says. It is logged.

        Raises Refused for anyone else, and as ``Notices.keep``.
        """
        self._check_session()
        self._check_may("notice-keep", "Only the recipient's custodian keeps notices.")
        kept = self.home.notices.keep(notice, holder_jwk)
        self.home.viewed(self.user, "notice", at=self.at, place=self.place)
        return kept.says

    def mend_log(self) -> str:
        """Set a torn end of the log apart, or say that a clock was wrong, as the custodian.

        Nobody can come in before that, so the warning is not asked for. Raises Refused for anyone
        else, and where there is nothing to mend.
        """
        if not self._may("log-mend"):
            raise Refused("Only the recipient's custodian mends the FTI log.")
        return self.home.mend_log(self.user, at=self.at, place=self.place)

    def _check_session(self) -> None:
        self.home.check_acknowledged(self.user, at=self.at, place=self.place)

    def _own_key(self) -> keys.ECKey:
        if not isinstance(self._signer, keys.ECKey):
            raise Misuse("The person's key is not here.", "Open it in the browser that has it.")
        return self._signer

    def _own_signer(self) -> keys.ECKey | keys.Signer:
        if self._signer is None:
            raise Misuse("The person's key is not here.", "Sign in the browser that has it.")
        return self._signer

    def _may(self, act: str) -> bool:
        return may(self._person, act, day_of(self.at))

    def _check_may(self, act: str, message: str) -> None:
        """Log the denied attempt and raise Refused unless the table lets this person do it."""
        if not self._may(act):
            self._deny(act, message, "Whoever the roster names for it does this.")

    def _deny(self, act: str, message: str, remedy: str) -> NoReturn:
        self.home.denied(self.user, act, at=self.at, place=self.place)
        raise Refused(message, remedy)

    def _may_know(self, receipt: Entry) -> bool:
        return self.user in receipt.access or self._may("see-all-packages")

    def _receipts(self, package_ids: Sequence[str], act: str = "certify") -> list[Entry]:
        """Return the receipts of packages this person may know of.

        Raises Misuse for any other, the attempt at ``act`` on record.
        """
        found = {
            entry.package_id: entry
            for entry in self.home.log.entries()
            if entry.event == "receipt" and self._may_know(entry)
        }
        if any(each not in found for each in package_ids):
            self.home.denied(self.user, act, at=self.at, place=self.place)
            raise nothing_here()
        return [found[each] for each in package_ids]

    def _own(self, act: str, package_ids: Sequence[str]) -> list[Entry]:
        """Return the receipts of packages that name this person, and are here."""
        receipts = self._receipts(package_ids, act)
        officers = {self.home.officer_of(each) for each in package_ids}
        if officers - {self.user, ""}:
            self._deny(act, "The package is another officer's.", "The officer it names does this.")
        if "" in officers:
            raise Refused("The package is not here any more.", "Look at your packages again.")
        return receipts

    def _entry(self, of: Entry, event: Event, reason: str) -> Entry:
        return replace(
            of,
            event=event,
            success=True,
            at=self.at.isoformat(),
            user=self.user,
            origin=self.place.origin,
            location=self.place.location,
            reason=reason,
        )

    def _kept(self) -> list[Kept]:
        pack = self.home.pack()
        terms, on = Terms.of(pack), day_of(self.at)
        answer = timedelta(days=pack.answers.answer_days)
        kept: dict[str, Kept] = {}
        for entry in self.home.log.entries():
            if entry.event == "receipt" and self._may_know(entry):
                kept[entry.package_id] = _first(entry, self.home, answer)
            elif entry.package_id in kept:
                one = kept[entry.package_id]
                kept[entry.package_id] = replace(one, disclosure=_then(one.disclosure, entry))
        return [replace(one, duties=duties(one.disclosure, terms, on)) for one in kept.values()]


def _first(receipt: Entry, home: RecipientHome, answer: timedelta) -> Kept:
    """Return a package as it came.

    The clock starts on the earliest day on which it can have left the holder, so that it is never
    behind the holder's own.
    """
    received_on = date.fromisoformat(receipt.received_on)
    since = min(received_on, date.fromisoformat(receipt.requested_on) + answer)
    officer = home.officer_of(receipt.package_id)
    one = Disclosure(receipt.package_id, officer, since)
    return Kept(one, receipt.request_id, received_on, receipt.access, bool(officer), ())


def _then(one: Disclosure, entry: Entry) -> Disclosure:
    """Return a disclosure after one more entry of the log."""
    on = day_of(datetime.fromisoformat(entry.at))
    match entry.event:
        case "status":
            return one.stated(entry.reason, on)
        case "disposal":
            returned = entry.disposal_method == statements.RETURNED
            return one.certified(statements.RETURNED if returned else statements.DESTROYED, on)
        case "continued-safeguard":
            return one.certified(statements.CONTINUED, on)
        case _:
            return one
