"""The recipient's home: a folder with the sealed packages and the FTI log. No content is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from joserfc.jwk import ECKey

from portcullis.custody.asking import ask, read_opening
from portcullis.custody.ftilog import Entry, FtiLog
from portcullis.custody.opening import CheckProof, check_answer, open_package
from portcullis.errors import Misuse, Refused
from portcullis.keys import public_jwk
from portcullis.release import package_digest, read_package
from portcullis.tables import publish


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
    """The home in ``folder``; made when first used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.packages = folder / "packages"
        self.log = FtiLog(folder / "fti-log.jsonl")

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
                received_on=at.date().isoformat(),
                location=place.location,
                access=case.access,
            )
        )
        publish(path, data)
        return parcel.package_id

    def ask(self, package_id: str, purpose: str, *, at: datetime, key: ECKey) -> str:
        """Return the signed opening request for a package of this home."""
        data = self._package(package_id)
        officer = read_package(data).parcel.officer
        digest = package_digest(data)
        return ask(package_id, digest, officer, purpose=purpose, at=at, key=key)

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
        but the officer the package names, and for a token used before.
        """
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
            opening = read_opening(request, public_jwk(key))
            attempt = replace(attempt, reason=opening.purpose, opening=opening.nonce)
            _check_user(data, user)
            self._check_unused(opening.nonce)
            content = open_package(
                data,
                key,
                token,
                request=request,
                at=at,
                holder_jwk=holder_jwk,
                check_proof=check_proof,
            )
        except Refused:
            self.log.append(attempt)
            raise
        self.log.append(replace(attempt, success=True))
        return content

    def _check_unused(self, nonce: str) -> None:
        if any(entry.success and entry.opening == nonce for entry in self.log.entries()):
            raise Refused("This token was used before.", "Ask for a new one for each opening.")

    def _receipt(self, package_id: str) -> Entry:
        for entry in self.log.entries():
            if entry.event == "receipt" and entry.package_id == package_id:
                return entry
        raise Refused("The package's receipt is not in the FTI log.", "Take the package in first.")

    def _path(self, package_id: str) -> Path:
        return self.packages / f"{package_id}.json"

    def _package(self, package_id: str) -> bytes:
        path = self._path(package_id)
        if not package_id.isalnum() or not path.is_file():
            raise Misuse("There is no such package in this home.", "Take it in first.")
        return path.read_bytes()


def _check_user(data: bytes, user: str) -> None:
    if read_package(data).parcel.officer != user:
        raise Refused("The package is another officer's.", "The officer it names opens it.")
