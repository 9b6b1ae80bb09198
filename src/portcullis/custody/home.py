"""The recipient's home: a folder with the sealed packages and the FTI log. No content is kept.

Beside them lie the roster of both sides and the agreement's pack, which say who may come in, and by
when what is due. What a person may do there is in ``visiting``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

from joserfc.jwk import ECKey

from portcullis.agreements import Pack, Person, Roster, load_pack, load_roster
from portcullis.custody.asking import Opening, opening_statement, read_opening
from portcullis.custody.deadlines import day_of
from portcullis.custody.ftilog import Entry, Event, FtiLog
from portcullis.custody.notices import Notices
from portcullis.custody.opening import (
    RESEALED,
    CheckEntry,
    CheckProof,
    Opened,
    check_answer,
    check_token,
    open_package,
)
from portcullis.custody.warning import BANNER_DIGEST, SESSION, label_of_a_package
from portcullis.errors import Misuse, PortcullisError, Refused
from portcullis.keys import Signer, Verify, is_passkey, public_jwk, sign, verify
from portcullis.release import package_digest, read_package
from portcullis.tables import fsync_folder, publish

_ROSTER, _PACK, _DEMO = "people.json", "pack", "demonstration"
_BANNER_READ = f"warning {BANNER_DIGEST}"
_TO_SAY_SO = timedelta(minutes=2)
_Got = TypeVar("_Got")


@dataclass(frozen=True)
class Case:
    """What the recipient knows of its own request.

    ``statute`` is the authority it cited, ``items`` what it asked for, ``access`` the roster ids of
    the officers engaged in it.
    """

    request_id: str
    taxable_periods: tuple[str, ...]
    items: tuple[str, ...]
    statute: str
    requested_on: date
    access: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Where an event happens: ``location`` of the package, ``origin`` (workstation) of the act."""

    location: str
    origin: str


class RecipientHome:
    """The home in ``folder``; packages and log are made when first used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.packages = folder / "packages"
        self.log = FtiLog(folder / "fti-log.jsonl")
        self.notices = Notices(folder / "notices")

    @property
    def made(self) -> bool:
        """Whether roster and agreement are here, without which nobody comes in."""
        return (self.folder / _ROSTER).is_file() and (self.folder / _PACK).is_dir()

    @property
    def demo(self) -> bool:
        """Whether this home was made for a demonstration, in which acts may have any time."""
        return (self.folder / _DEMO).is_file()

    def make(self, people: Path, pack: Path, *, demo: bool = False) -> None:
        """Put the roster and the agreement's pack in place, or newer ones in their place.

        ``demo``: make a demonstration's home, which it stays. Raises RosterErrors or PackErrors
        where either is not whole, Refused where ``demo`` is asked of a home that is none.
        """
        load_roster(people)
        load_pack(pack)
        if demo and not self.demo and (self.made or self.log.path.exists()):
            raise Refused(
                "This home is not a demonstration's, and does not become one.",
                "Make a demonstration's home in a new folder.",
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        if demo:
            publish(self.folder / _DEMO, b"")
        for source in sorted(pack.iterdir()):
            if source.is_file():
                publish(self.folder / _PACK / source.name, source.read_bytes())
        publish(self.folder / _ROSTER, people.read_bytes())

    def roster(self) -> Roster:
        """Return the people enrolled. Raises Misuse where the home was not made."""
        self._check_made()
        path = self.folder / _ROSTER
        return _roster(path, _as_written(path))

    def pack(self) -> Pack:
        """Return the agreement's pack. Raises Misuse where the home was not made."""
        self._check_made()
        folder = self.folder / _PACK
        return _pack(folder, tuple(_as_written(path) for path in sorted(folder.iterdir())))

    def _check_made(self) -> None:
        if not self.made:
            raise Misuse(
                "The recipient's home has no roster and no agreement yet.",
                "Make it with `portcullis custody init`.",
            )

    def acknowledge(self, user: str, *, at: datetime, place: Place) -> None:
        """Log that ``user`` read the warning; for a while they may go on at this workstation."""
        self.log.append(_without_package(user, at, place, "acknowledgement", _BANNER_READ))

    def acknowledged(self, user: str, *, at: datetime, place: Place) -> bool:
        """Say whether ``user`` read the warning here a short while ago. The log is the proof."""
        return any(
            entry.event == "acknowledgement"
            and (entry.user, entry.origin, entry.reason) == (user, place.origin, _BANNER_READ)
            and timedelta(0) <= at - datetime.fromisoformat(entry.at) <= SESSION
            for entry in self.log.entries()
        )

    def check_acknowledged(self, user: str, *, at: datetime, place: Place) -> None:
        """Raise Refused where ``user`` has not read the warning for this session.

        Likewise where ``at`` is before the last entry of the log.
        """
        self.log.check_follows(at)
        if not self.acknowledged(user, at=at, place=place):
            raise Refused(
                "The warning has not been acknowledged in this session.",
                "Read it and acknowledge it; nothing is shown before.",
            )

    def viewed(
        self,
        user: str,
        what: str,
        *,
        at: datetime,
        place: Place,
        request_id: str = "",
        success: bool = True,
    ) -> None:
        """Log that ``user`` looked, or tried to look, at ``what`` of this home's lists."""
        entry = _without_package(user, at, place, "view", what)
        self.log.append(replace(entry, request_id=request_id, success=success))

    def denied(self, user: str, act: str, *, at: datetime, place: Place) -> None:
        """Log that ``user`` tried an act that is not theirs."""
        self.log.append(replace(_without_package(user, at, place, "denied", act), success=False))

    def mend_log(self, user: str, *, at: datetime, place: Place) -> str:
        """Enter what ``user`` mends of the log. Raises Refused as ``FtiLog.mend``."""
        return self.log.mend(_without_package(user, at, place, "correction", ""))

    def receive(
        self,
        data: bytes,
        case: Case,
        *,
        user: str,
        at: datetime,
        place: Place,
        check_proof: CheckProof,
    ) -> str:
        """Take in a package, unopened, and return its id. Taking it in again changes nothing.

        The receipt is logged before the package is stored. Raises Refused where the bytes are no
        package, or of another request, or the ledger does not bear them out.
        """
        parcel = read_package(data).parcel
        if parcel.request_id != case.request_id or parcel.officer not in case.access:
            raise Refused(
                "The package is of another request or another officer.",
                "Nothing was stored. Send it to the officer it names.",
            )
        check_answer(parcel, check_proof)
        path = self._path(parcel.package_id)
        if path.exists() and path.read_bytes() == data:
            return parcel.package_id
        if path.exists():
            raise Refused("There is another package of this id.", "Report it to the holder.")
        if self._disposed(parcel.package_id):
            raise Refused(
                "The package was certified as returned or destroyed, and is not taken in again.",
                "Delete this copy, and report where it came from.",
            )
        self.log.append(
            Entry(
                event="receipt",
                success=True,
                at=at.isoformat(),
                user=user,
                origin=place.origin,
                package_id=parcel.package_id,
                request_id=parcel.request_id,
                taxable_periods=case.taxable_periods,
                type=case.items,
                reason=case.statute,
                requested_on=case.requested_on.isoformat(),
                received_on=day_of(at).isoformat(),
                location=place.location,
                access=case.access,
            )
        )
        received_on = day_of(at).isoformat()
        publish(self._label(parcel.package_id), label_of_a_package(parcel.request_id, received_on))
        publish(path, data)
        return parcel.package_id

    def replace_resealed(
        self,
        data: bytes,
        proof: str,
        *,
        user: str,
        at: datetime,
        place: Place,
        check_entry: CheckEntry,
    ) -> bool:
        """Put a package that the holder sealed again in the former one's place, and say so.

        Where no other package of its id is here, nothing is done. The replacement is logged before
        the package is stored; statuses and deadlines go on. Raises Refused unless ``proof`` shows
        that the holder's ledger has these bytes as the package sealed again.
        """
        package = read_package(data)
        path = self._path(package.parcel.package_id)
        if not path.is_file() or path.read_bytes() == data:
            return False
        said = check_entry(proof)
        here = read_package(path.read_bytes())
        wanted = {"kind": RESEALED, "package": here.parcel.package_id, "new": package.digest}
        same = replace(package.parcel, proof=here.parcel.proof) == here.parcel
        if not same or {name: said.get(name) for name in wanted} != wanted:
            raise Refused(
                "The ledger does not say that this package takes the former one's place.",
                "Nothing was changed. Fetch the package and its proof again from the holder.",
            )
        receipt = self._receipt(package.parcel.package_id)
        told = replace(receipt, event="replacement", at=at.isoformat(), user=user)
        self.log.append(replace(told, origin=place.origin, location=place.location))
        publish(path, data)
        return True

    def opening_statement(self, package_id: str, purpose: str, *, at: datetime) -> dict[str, str]:
        """Return what the officer signs to ask for the opening of a package of this home.

        Raises Refused where ``at`` is before the last entry of the log.
        """
        self.log.check_follows(at)
        data = self._package(package_id)
        officer = read_package(data).parcel.officer
        return opening_statement(package_id, package_digest(data), officer, purpose=purpose, at=at)

    def ask(self, package_id: str, purpose: str, *, at: datetime, key: ECKey | Signer) -> str:
        """Return the signed opening request for a package. Raises as ``opening_statement``."""
        return sign(self.opening_statement(package_id, purpose, at=at), key)

    def open(
        self,
        package_id: str,
        key: ECKey,
        token: str,
        *,
        request: str,
        user: str,
        at: datetime,
        place: Place,
        holder_jwk: Mapping[str, str],
        check_proof: CheckProof,
    ) -> dict[str, Any]:
        """Return the content for the officer to see; it is stored nowhere.

        The opening, or the failed attempt, is in the log before anything is returned or raised.
        ``user`` is the roster id of who opens. Raises Refused as ``open_package`` does, for anyone
        but the officer the package names, without the warning acknowledged, and for a token used
        before. For whoever is not on the case's access list there is no such package.
        """
        return self._logged(
            package_id,
            lambda: read_opening(request, self._by(user, key, request)),
            lambda data: open_package(
                data,
                key,
                token,
                request=request,
                at=at,
                holder_jwk=holder_jwk,
                check_proof=check_proof,
            ),
            user=user,
            at=at,
            place=place,
        )

    def hand_out(
        self,
        package_id: str,
        officer: Person,
        token: str,
        *,
        request: str,
        at: datetime,
        place: Place,
        holder_jwk: Mapping[str, str],
        check_proof: CheckProof,
    ) -> Opened:
        """Return the sealed package and the wrapped half, for the officer's own browser to unseal.

        Everything is checked and logged as in ``open``, and before it is handed out: from then on
        it counts as opened, unless the browser reports that it could not (``not_shown``).
        """
        return self._logged(
            package_id,
            lambda: read_opening(request, partial(officer.verify, on=day_of(at))),
            lambda data: check_token(
                data, token, request=request, at=at, holder_jwk=holder_jwk, check_proof=check_proof
            ),
            user=officer.id,
            at=at,
            place=place,
        )

    def not_shown(
        self, package_id: str, nonce: str, *, user: str, at: datetime, place: Place
    ) -> None:
        """Log that what was handed out to ``user`` for the opening ``nonce`` was not shown.

        The token stays used. It is the browser's word, and counts at once only. Raises Misuse where
        nothing was handed out for it, Refused later.
        """
        of_this = (package_id, nonce, user)
        handed_out = next(
            (
                each
                for each in self.log.entries()
                if each.event == "opening"
                and each.success
                and (each.package_id, each.opening, each.user) == of_this
            ),
            None,
        )
        if handed_out is None:
            raise Misuse("No such opening was handed out.", "Open the package again.")
        if at - datetime.fromisoformat(handed_out.at) > _TO_SAY_SO:
            raise Refused(
                "It can no more be said that this opening was not shown.",
                "Tell the custodian what happened.",
            )
        failed = replace(handed_out, success=False, at=at.isoformat(), origin=place.origin)
        self.log.append(replace(failed, location=place.location))

    def _logged(
        self,
        package_id: str,
        read: Callable[[], Opening],
        act: Callable[[bytes], _Got],
        *,
        user: str,
        at: datetime,
        place: Place,
    ) -> _Got:
        """Do ``act`` on a package for whoever may open it now; log it, done or refused, first."""
        data = self._package(package_id)
        attempt = replace(
            self._receipt(package_id),
            event="opening",
            success=False,
            at=at.isoformat(),
            user=user,
            origin=place.origin,
            location=place.location,
            reason="",
        )
        try:
            opening = read()
            attempt = replace(attempt, reason=opening.purpose, opening=opening.nonce)
            if user not in attempt.access:
                raise nothing_here()
            _check_user(data, user)
            self.check_acknowledged(user, at=at, place=place)
            self.notices.check_open([package_id])
            got = act(data)
            self.log.append(replace(attempt, success=True), once=opening.nonce)
        except PortcullisError:
            self.log.append(attempt)
            raise
        return got

    def _by(self, user: str, key: ECKey, request: str) -> Verify:
        """Return what verifies the officer's request: the key in hand, or their passkey."""
        if is_passkey(request):
            return self.roster().person(user).verify
        return partial(verify, jwk=public_jwk(key))

    def _disposed(self, package_id: str) -> bool:
        return any(
            entry.event == "disposal" and entry.package_id == package_id
            for entry in self.log.entries()
        )

    def _receipt(self, package_id: str) -> Entry:
        for entry in self.log.entries():
            if entry.event == "receipt" and entry.package_id == package_id:
                return entry
        raise Refused("The package's receipt is not in the FTI log.", "Take the package in first.")

    def officer_of(self, package_id: str) -> str:
        """Return the officer that a package names, or "" where it is not here any more."""
        path = self._path(package_id)
        return read_package(path.read_bytes()).parcel.officer if path.is_file() else ""

    def sweep(self) -> None:
        """Remove the packages that are still here and whose disposal is in the log.

        So it is where a process was killed between the two.
        """
        for entry in self.log.entries():
            if entry.event == "disposal" and self._path(entry.package_id).is_file():
                self.remove(entry.package_id)

    def remove(self, package_id: str) -> None:
        """Remove a stored package and its label, if they are here."""
        self._path(package_id).unlink(missing_ok=True)
        self._label(package_id).unlink(missing_ok=True)
        fsync_folder(self.packages)

    def _path(self, package_id: str) -> Path:
        return self.packages / f"{package_id}.json"

    def _label(self, package_id: str) -> Path:
        return self.packages / f"{package_id}.label.txt"

    def _package(self, package_id: str) -> bytes:
        path = self._path(package_id)
        if not package_id.isalnum() or not path.is_file():
            raise nothing_here()
        return path.read_bytes()


def _as_written(path: Path) -> tuple[str, int, int]:
    """Return by what a file is known not to have changed since it was read."""
    stat = path.stat()
    return path.name, stat.st_mtime_ns, stat.st_size


@lru_cache(4)
def _roster(path: Path, _as_read: tuple[str, int, int]) -> Roster:
    return load_roster(path)


@lru_cache(4)
def _pack(folder: Path, _as_read: tuple[tuple[str, int, int], ...]) -> Pack:
    return load_pack(folder)


def nothing_here() -> Misuse:
    """Return what is said of a package that is not here, or not for whoever asks: the same."""
    return Misuse("There is no such package in this home.", "Take it in first.")


def _without_package(user: str, at: datetime, place: Place, event: Event, reason: str) -> Entry:
    return Entry(
        event=event,
        success=True,
        at=at.isoformat(),
        user=user,
        origin=place.origin,
        package_id="",
        request_id="",
        taxable_periods=(),
        type=(),
        reason=reason,
        requested_on="",
        received_on="",
        location=place.location,
        access=(),
    )


def _check_user(data: bytes, user: str) -> None:
    if read_package(data).parcel.officer != user:
        raise Refused("The package is another officer's.", "The officer it names opens it.")
