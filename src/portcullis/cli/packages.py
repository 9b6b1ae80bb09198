"""Packages on the officer's side: ``open``; on the holder's: ``token``; and ``recall``."""

import json as json_text
import socket
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import polars as pl
from cyclopts import App, Parameter

from portcullis import intake, keys
from portcullis.cli.options import (
    DEFAULT_HOME,
    AsOption,
    HomeOption,
    JsonOption,
    KeyOption,
    actor,
    office,
)
from portcullis.cli.output import show
from portcullis.custody import Case, Place, RecipientHome
from portcullis.errors import Misuse, Refused

PurposeOption = Annotated[
    str, Parameter(help="proceeding-preparation, investigation or grand-jury.")
]
RecipientOption = Annotated[Path, Parameter(help="The recipient's home: packages and FTI log.")]


def register(app: App) -> None:
    """Add these verbs."""
    app.command(open_, name="open")
    app.command(ask)
    app.command(token)
    app.command(recall)


def ask(
    package: Path,
    *,
    requests: Annotated[Path, Parameter(help="The batch file the request was sent in.")],
    public: Annotated[Path, Parameter(help="The holder's public.json.")],
    purpose: PurposeOption,
    as_: AsOption,
    key: KeyOption,
    recipient: RecipientOption = Path("portcullis-recipient"),
    out: Path = Path("opening.jws"),
    at: Annotated[str, Parameter(help="The time of asking, ISO 8601; else now.")] = "",
    json: JsonOption = False,
) -> None:
    """Take PACKAGE in, log its receipt, and write a signed opening request for the holder."""
    from portcullis.office.public import read_public

    moment = _moment(at)
    home = RecipientHome(recipient)
    data = _read(package)
    package_id = home.receive(
        data,
        _case(data, requests),
        user=as_,
        at=moment,
        place=_place(recipient),
        check_proof=read_public(public).check_proof,
    )
    request = home.ask(package_id, purpose, at=moment, key=keys.load_private(key))
    out.write_text(request)
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
    opening: Annotated[Path, Parameter(help="The opening request that was sent.")],
    token: Annotated[Path, Parameter(help="The holder's token for it.")],
    public: Annotated[Path, Parameter(help="The holder's public.json.")],
    recipient: RecipientOption = Path("portcullis-recipient"),
    at: Annotated[str, Parameter(help="The time of opening, ISO 8601; else now.")] = "",
    json: JsonOption = False,
) -> None:
    """Open PACKAGE with the officer's key and the holder's token; log the access, keep nothing."""
    from portcullis.office.public import read_public
    from portcullis.release import read_package

    holder = read_public(public)
    content = RecipientHome(recipient).open(
        read_package(_read(package)).parcel.package_id,
        keys.load_private(key),
        _read(token).decode(),
        request=_read(opening).decode(),
        user=as_,
        at=_moment(at),
        place=_place(recipient),
        holder_jwk=holder.holder,
        check_proof=holder.check_proof,
    )
    show(content, as_json=json, title="Disclosed under 26 U.S.C. § 6103(i)(2); sole use only")


def recall(
    packages: list[str],
    *,
    cause: Annotated[str, Parameter(help="unlawful-disclosure, reading-changed, order, incident.")],
    as_: AsOption,
    key: KeyOption,
    home: HomeOption = DEFAULT_HOME,
    json: JsonOption = False,
) -> None:
    """Recall delivered packages: no token is given any more, and disposal is due by a date."""
    opened = office(home)
    from portcullis.office.recalls import recall as run

    person = actor(opened, as_, key, "safeguards", "recall")
    recalled = run(opened, person, packages, cause)
    show({"recalled": len(recalled), "due_on": recalled[0].due_on}, as_json=json)


def _case(data: bytes, requests: Path) -> Case:
    """Return what the recipient's own batch file says of the package's request."""
    from portcullis.release import read_package

    request_id = read_package(data).parcel.request_id
    found = _find_request(requests, request_id)
    return Case(
        request_id=request_id,
        taxable_periods=tuple(str(found["taxable_periods"]).split(";")),
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
