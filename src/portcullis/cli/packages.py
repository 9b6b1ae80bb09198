"""Packages on the officer's side: ``open``; on the holder's: ``token``."""

import json as json_text
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import polars as pl
from cyclopts import App, Parameter

from portcullis import intake
from portcullis.cli.options import (
    DEFAULT_HOME,
    AsOption,
    HomeOption,
    JsonOption,
    KeyOption,
    office,
)
from portcullis.cli.output import say, show
from portcullis.cli.visits import (
    DEFAULT_RECIPIENT,
    AcknowledgeOption,
    AtOption,
    RecipientOption,
    moment,
    visit,
)
from portcullis.custody import LABEL, RESEALED_PROOF, Case, RecipientHome
from portcullis.errors import Misuse, Refused
from portcullis.release import read_package

if TYPE_CHECKING:
    from portcullis.custody import Visit
    from portcullis.office.public import PublicKeys

PurposeOption = Annotated[
    str, Parameter(help="For instance investigation: a purpose of the agreement's authority.")
]
RequestsOption = Annotated[
    Path, Parameter(help="The batch file the request was sent in, its manifest beside it.")
]
PublicOption = Annotated[Path, Parameter(help="The holder's public.json.")]


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
    acknowledge: AcknowledgeOption = False,
    recipient: RecipientOption = DEFAULT_RECIPIENT,
    out: Path = Path("opening.jws"),
    at: AtOption = "",
    json: JsonOption = False,
) -> None:
    """Take PACKAGE in, log its receipt, and write a signed opening request for the holder.

    A package that the holder sealed again takes the former one's place, by the proof beside it.
    """
    from portcullis.office.public import read_public

    data = _read(package)
    visited = visit(recipient, as_, key, at=moment(at, recipient), acknowledge=acknowledge)
    package_id = _take_in(visited, package, data, _case(data, requests), read_public(public))
    out.write_text(visited.ask(package_id, purpose))
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
    acknowledge: AcknowledgeOption = False,
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
) -> None:
    """Show PACKAGE on this terminal, with the officer's key and the holder's token; keep nothing.

    One package at a time, and to a terminal only: there is no export. The access is logged. With
    --holder (both homes on one machine, as in the demonstration) request, token and opening are
    one step; else give the --opening that was sent, the --token that came back, and --public.
    """
    from portcullis.office.public import FILE, read_public

    _check_terminal()
    data = _read(package)
    if holder is not None and requests is not None:
        opened = office(holder)
        from portcullis.office.tokens import grant_token

        _make(RecipientHome(recipient), holder, demo=opened.demo)
        holder_keys = read_public(holder / FILE)
        visited = visit(recipient, as_, key, at=opened.now(), acknowledge=acknowledge)
        case = _case(data, requests)
        package_id = _take_in(visited, package, data, case, holder_keys)
        asked = visited.ask(package_id, purpose)
        granted = grant_token(opened, package_id, asked)
    elif opening is not None and token is not None and public is not None:
        holder_keys = read_public(public)
        visited = visit(recipient, as_, key, at=moment(at, recipient), acknowledge=acknowledge)
        package_id = read_package(data).parcel.package_id
        asked, granted = _read(opening).decode(), _read(token).decode()
    else:
        raise Misuse(
            "An opening needs the holder's token.",
            "Give --opening, --token and --public, or --holder and --requests on one machine.",
        )
    content = visited.open(
        package_id,
        asked,
        granted,
        holder_jwk=holder_keys.holder,
        check_proof=holder_keys.check_proof,
    )
    title = f"{LABEL}: use solely for the purpose named"
    show(_line_by_line(content), as_json=False, title=title)
    say(f"{LABEL}. Close this window when you have read it; do not copy or print it.")


def _take_in(visited: "Visit", package: Path, data: bytes, case: Case, holder: "PublicKeys") -> str:
    beside = package.with_name(f"{read_package(data).parcel.package_id}{RESEALED_PROOF}")
    if beside.is_file():
        visited.replace_resealed(data, _read(beside).decode("utf-8", "replace"), holder.check_entry)
    return visited.receive(data, case, holder.check_proof)


def _line_by_line(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content with each line of an item on its own."""
    lines: dict[str, Any] = {}
    for name, value in content.items():
        if isinstance(value, dict):
            lines.update({f"{name}: {part}": line for part, line in value.items()})
        else:
            lines[name] = value
    return lines


def _check_terminal() -> None:
    if not sys.stdout.isatty():
        raise Misuse(
            "What is disclosed is shown on a terminal only, one package at a time.",
            "Open it in a terminal, without a pipe or a file: there is no export.",
        )


def _make(home: RecipientHome, holder: Path, *, demo: bool) -> None:
    """Make the recipient's home of the holder's on the same machine, where there is none yet.

    Raises Refused for a demonstration's holder beside a home that is none: its date may be set.
    """
    if not home.made:
        home.make(holder / "people.json", holder / "pack", demo=demo)
    if demo and not home.demo:
        raise Refused(
            "The holder's home is a demonstration's and the recipient's is not.",
            "Name a recipient's home of the demonstration with --recipient.",
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
        access=tuple(each.strip() for each in str(found["officers"]).split(";")),
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


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise Misuse(f"{path.name} cannot be read.", "Name the file.") from None
