"""Packages on the officer's side: ``open``; on the holder's: ``token``."""

import json as json_text
import socket
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import polars as pl
from cyclopts import App, Parameter

from portcullis import intake, keys
from portcullis.cli.options import (
    DEFAULT_HOME,
    AsOption,
    HomeOption,
    JsonOption,
    KeyOption,
    office,
)
from portcullis.cli.output import show
from portcullis.custody import Case, Place, RecipientHome
from portcullis.errors import Misuse, Refused
from portcullis.release import read_package

if TYPE_CHECKING:
    from portcullis.office.public import PublicKeys

PurposeOption = Annotated[
    str, Parameter(help="For instance investigation: a purpose of the agreement's authority.")
]
RequestsOption = Annotated[
    Path, Parameter(help="The batch file the request was sent in, its manifest beside it.")
]
PublicOption = Annotated[Path, Parameter(help="The holder's public.json.")]
AtOption = Annotated[str, Parameter(help="The time, ISO 8601; else now.")]
DEFAULT_RECIPIENT = Path("portcullis-recipient")
RecipientOption = Annotated[Path, Parameter(help="The recipient's home: packages and FTI log.")]


def register(app: App) -> None:
    """Add these verbs."""
    app.command(open_, name="open")
    app.command(ask)
    app.command(token)


def ask(
    package: Path,
    *,
    requests: RequestsOption,
    public: PublicOption,
    purpose: PurposeOption,
    as_: AsOption,
    key: KeyOption,
    recipient: RecipientOption = DEFAULT_RECIPIENT,
    out: Path = Path("opening.jws"),
    at: AtOption = "",
    json: JsonOption = False,
) -> None:
    """Take PACKAGE in, log its receipt, and write a signed opening request for the holder."""
    from portcullis.office.public import read_public

    data = _read(package)
    visit = _Visit(RecipientHome(recipient), as_, _moment(at), _place(recipient))
    package_id = visit.receive(data, requests, read_public(public))
    out.write_text(visit.ask(package_id, purpose, keys.load_private(key)))
    show({"package": package_id, "opening_request": str(out)}, as_json=json)


def token(
    package_id: str,
    opening: Path,
    *,
    out: Path = Path("token.jws"),
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Answer an opening request, as the holder, with a token; refused while the gate is closed."""
    opened = office(home)
    from portcullis.office.tokens import grant_token

    granted = grant_token(opened, package_id, _read(opening).decode())
    out.write_text(granted)
    show({"package": package_id, "token": str(out)}, as_json=json)


def open_(
    package: Path,
    *,
    as_: AsOption,
    key: KeyOption,
    opening: Annotated[Path | None, Parameter(help="The opening request that was sent.")] = None,
    token: Annotated[Path | None, Parameter(help="The holder's token for it.")] = None,
    public: Annotated[Path | None, Parameter(help="The holder's public.json.")] = None,
    holder: Annotated[
        Path | None, Parameter(help="A holder's home on this machine: asks it at once.")
    ] = None,
    requests: Annotated[Path | None, Parameter(help="With --holder: the batch file.")] = None,
    purpose: PurposeOption = "investigation",
    recipient: RecipientOption = DEFAULT_RECIPIENT,
    at: AtOption = "",
    json: JsonOption = False,
) -> None:
    """Open PACKAGE with the officer's key and the holder's token; log the access, keep nothing.

    With --holder (both homes on one machine, as in the demonstration) request, token and opening
    are one step; else give the --opening that was sent, the --token that came back, and --public.
    """
    from portcullis.office.public import FILE, read_public

    data, officer_key = _read(package), keys.load_private(key)
    if holder is not None and requests is not None:
        opened = office(holder)
        from portcullis.office.tokens import grant_token

        holder_keys = read_public(holder / FILE)
        visit = _Visit(RecipientHome(recipient), as_, opened.now(), _place(recipient))
        package_id = visit.receive(data, requests, holder_keys)
        asked = visit.ask(package_id, purpose, officer_key)
        granted = grant_token(opened, package_id, asked)
    elif opening is not None and token is not None and public is not None:
        holder_keys = read_public(public)
        visit = _Visit(RecipientHome(recipient), as_, _moment(at), _place(recipient))
        asked, granted = _read(opening).decode(), _read(token).decode()
    else:
        raise Misuse(
            "An opening needs the holder's token.",
            "Give --opening, --token and --public, or --holder and --requests on one machine.",
        )
    content = visit.open(data, officer_key, asked, granted, holder_keys)
    show(content, as_json=json, title="Disclosed; use solely for the purpose named")


@dataclass(frozen=True)
class _Visit:
    """One officer at the recipient's home, at one time and place."""

    home: RecipientHome
    user: str
    at: datetime
    place: Place

    def receive(self, data: bytes, requests: Path, holder: "PublicKeys") -> str:
        return self.home.receive(
            data,
            _case(data, requests),
            user=self.user,
            at=self.at,
            place=self.place,
            check_proof=holder.check_proof,
        )

    def ask(self, package_id: str, purpose: str, key: keys.ECKey) -> str:
        return self.home.ask(package_id, purpose, at=self.at, key=key)

    def open(
        self, data: bytes, key: keys.ECKey, asked: str, granted: str, holder: "PublicKeys"
    ) -> dict[str, object]:
        return self.home.open(
            read_package(data).parcel.package_id,
            key,
            granted,
            request=asked,
            user=self.user,
            at=self.at,
            place=self.place,
            holder_jwk=holder.holder,
            check_proof=holder.check_proof,
        )


def _case(data: bytes, requests: Path) -> Case:
    """Return what the recipient's own batch file says of the package's request."""
    request_id = read_package(data).parcel.request_id
    found = _find_request(requests, request_id)
    return Case(
        request_id=request_id,
        taxable_periods=tuple(str(found.get("taxable_periods") or "").split(";")),
        items=tuple(str(found["items"]).split(";")),
        statute=str(found["statute"]),
        requested_on=_created_on(requests),
        access=tuple(str(found["officers"]).split(";")),
    )


def _created_on(requests: Path) -> date:
    """Return the day the batch was signed, from the manifest beside it."""
    path = intake.manifest_path(requests)
    try:
        return date.fromisoformat(json_text.loads(path.read_bytes())["manifest"]["created_on"])
    except (OSError, ValueError, KeyError, TypeError):
        raise Misuse(f"{path.name} is no manifest.", "Keep it beside the batch file.") from None


def _find_request(path: Path, request_id: str) -> dict[str, object]:
    match path.suffix:
        case ".csv":
            scanned = pl.scan_csv(
                path, infer_schema=False, encoding="utf8-lossy", truncate_ragged_lines=True
            )
        case ".parquet":
            scanned = pl.scan_parquet(path)
        case ".jsonl":
            scanned = pl.scan_ndjson(path)
        case _:
            raise Misuse(f"{path.name} cannot be searched.", "Give CSV, JSON Lines or Parquet.")
    rows = scanned.filter(pl.col("request_id") == request_id).head(1).collect()
    if rows.is_empty():
        raise Refused("The package answers a request that is not in this file.")
    return dict(rows.row(0, named=True))


def _place(recipient: Path) -> Place:
    return Place(location=str(recipient), origin=socket.gethostname())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise Misuse(f"{path.name} cannot be read.", "Name the file.") from None


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text) if text else datetime.now(UTC).replace(microsecond=0)
    except ValueError:
        raise Misuse("A time is written like 2025-07-07T12:00:00+00:00.") from None
