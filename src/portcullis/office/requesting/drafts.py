"""Drafts: batches being made, their requests put in and taken out, until they are checked."""

import re
import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import polars as pl
from django.db import transaction

from portcullis import intake, progress
from portcullis.agreements import Pack, Person
from portcullis.canonical import json_bytes, sha256_hex
from portcullis.errors import Misuse, Refused
from portcullis.office import locks
from portcullis.office.requesting import acts
from portcullis.office.requesting.models import Draft
from portcullis.office.requesting.sheets import Sheets, key_of

if TYPE_CHECKING:
    from portcullis.office.requesting.home import RequesterHome

ROWS, FINDINGS, NAMED, IDS = "rows", "findings", "named", "ids"
UNREADABLE = "unreadable"
FILE_ROW, LINE = "_row", "_line"
"""Beside a request's fields: which row of the file it was, and the line on which that began.

Both from 1; null for what was written in the form, the line also where it cannot be told.
"""
PLACES = {FILE_ROW: pl.UInt32, LINE: pl.UInt32}
OPEN = ("draft", "checked")
"""The states in which its requests may still be changed."""

_BATCH_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_WORDS = ("form", "holder", "new", "notices", "signed")
"""Words that stand where a batch's identifier does in the addresses of the desks."""
_MOMENT = 5.0  # seconds
_UNCHECKED: dict[str, object] = {
    "manifest": None,
    "signatory": "",
    "officers": {},
    "checked_on": None,
    "found": {},
    "elements": [],
    "findings": [],
}


def find(draft_id: str) -> Draft:
    """Return the draft. Raises Misuse where there is none."""
    known = _BATCH_ID.fullmatch(draft_id) is not None
    found = Draft.objects.filter(id=draft_id).first() if known else None
    if found is None:
        raise Misuse("There is no such batch here.", "Look for it on your desk.")
    return found


@contextmanager
def held(home: "RequesterHome", draft: Draft) -> Iterator[None]:
    """Hold the draft alone while it is changed or signed for, as its row says now.

    Raises Refused where somebody else holds it for more than a moment.
    """
    folder = home.path / "drafts"
    folder.mkdir(mode=0o700, exist_ok=True)
    with ExitStack() as stack:
        try:
            stack.enter_context(locks.alone(home, folder / f"{draft.folder}.lock", _MOMENT))
        except Refused:
            raise Refused(
                "Somebody else changes this batch now, or work on it is under way.",
                "Wait a moment, look at it again, and do it then.",
            ) from None
        draft.refresh_from_db()
        yield


def create(home: "RequesterHome", person: Person, batch_id: str) -> Draft:
    """Begin an empty draft. Raises Misuse for an identifier that is none, or is taken."""
    acts.check_may(home, person, "prepare")
    reserved = batch_id in _WORDS or batch_id.startswith(intake.GATHERED)
    if reserved or not _BATCH_ID.fullmatch(batch_id):
        raise Misuse(
            "That cannot be a batch's identifier.",
            "Use up to 64 letters, digits, points, hyphens and underscores; begin with a letter or "
            f"digit, and not with {intake.GATHERED}. The words {', '.join(_WORDS)} are taken.",
        )
    at = home.now()
    with transaction.atomic():
        draft, made = Draft.objects.get_or_create(
            id=batch_id,
            defaults={"state": "draft", "since": at, "made_by": person.id, "made_at": at},
        )
        if not made:
            raise Misuse("A batch of that identifier is here already.", "Give this one its own.")
        acts.note(home, draft, person, "prepare", "begun")
    return draft


def write_row(  # noqa: PLR0917 - what stands where, and what stood there
    home: "RequesterHome",
    draft: Draft,
    person: Person,
    at: int | None,
    values: Mapping[str, str],
    was: str = "",
) -> int:
    """Put a request in the place of row ``at`` (from 0), or after the last; return its place.

    ``was``: the digest of the row that it takes the place of (``row_digest``). Raises Refused where
    another stands there now.
    """
    acts.check_may(home, person, "prepare")
    fields = home.pack.fields
    row = {name: (values.get(name) or "").strip() or None for name in fields}
    frame = pl.DataFrame([row], schema=dict.fromkeys(fields, pl.String))
    with held(home, draft):
        check_open(draft)
        before = {} if at is None else check_row(home, draft, at, was)
        place = draft.rows if at is None else at
        frame = frame.with_columns(_place(before, name) for name in PLACES)
        # Before the row is written: whatever stops this, nobody takes it for checked.
        with transaction.atomic():
            _reopen(home, draft)
        with transaction.atomic():
            files = draft.files or str(uuid.uuid4())
            keep(draft, rows=max(draft.rows, place + 1), files=files)
            acts.note(home, draft, person, "prepare", f"row {place + 1}")
            sheets(home, draft, ROWS).replace(place, frame)
    return place


def take_out(
    home: "RequesterHome",
    draft: Draft,
    person: Person,
    rows: Callable[[], Iterable[int]],
    *,
    show: progress.Show = progress.unseen,
) -> int:
    """Take ``rows`` (from 0) out of the draft, asked for once nobody else changes it.

    Those after them move up. Returns how many there were.
    """
    acts.check_may(home, person, "prepare")
    with held(home, draft):
        check_open(draft)
        gone = sorted(set(rows()))
        if not gone or gone[0] < 0 or gone[-1] >= draft.rows:
            raise Misuse("The batch has no such row.", "Look at its rows again.")
        put(home, draft, _without(home, draft, gone, show), person, f"{len(gone)} taken out")
    return len(gone)


def put(  # noqa: PLR0917 - what is put where, by whom
    home: "RequesterHome",
    draft: Draft,
    frames: Iterable[pl.DataFrame],
    person: Person,
    what: str,
    left: Callable[[Sheets, int], pl.DataFrame] | None = None,
) -> None:
    """Write all rows anew, in files of their own; the draft's row names them once they are whole.

    ``left``: returns what could not be read, once they are written; without, that stays as it was.
    """
    files, key = str(uuid.uuid4()), key_of(home.path)
    folder = _folders(home, draft) / files
    try:
        rows = Sheets(folder, ROWS, key)
        count = rows.write(frames)
        gone = Sheets(folder, UNREADABLE, key)
        changed: dict[str, object] = {"files": files, "rows": count}
        if left is None:
            gone.write(sheets(home, draft, UNREADABLE).frames())
        else:
            changed["unreadable"] = [gone.write([left(rows, count)])]
        with transaction.atomic():
            _reopen(home, draft)
            keep(draft, **changed)
            acts.note(home, draft, person, "prepare", what)
    except BaseException:
        # Stopped just after it was committed, it is in force.
        if not Draft.objects.filter(id=draft.id, files=files).exists():
            shutil.rmtree(folder, ignore_errors=True)
        raise
    for other in _folders(home, draft).glob("*"):
        if other.name != files:
            shutil.rmtree(other, ignore_errors=True)


def take_back(home: "RequesterHome", draft: Draft, person: Person) -> None:
    """Have a preparer take back what was made ready: it can be changed again, and nobody signed it.

    What was signed of it is kept on record, and counts for nothing.
    """
    acts.check_may(home, person, "prepare")
    with held(home, draft), transaction.atomic():
        if draft.state in OPEN:
            raise Refused("That batch can be changed already.", "Look at it again.")
        unsign(home, draft)
        acts.note(home, draft, person, "prepare", "taken back")


def unsign(home: "RequesterHome", draft: Draft) -> None:
    """Make a draft that was prepared one to be checked again, in the caller's transaction."""
    acts.move(home, draft, "draft")
    keep(draft, **_UNCHECKED)


def withdraw(home: "RequesterHome", draft: Draft, person: Person) -> None:
    """Take the draft back before it is sent; its requests are removed from this home."""
    acts.check_may(home, person, "prepare")
    with held(home, draft):
        with transaction.atomic():
            acts.move(home, draft, "withdrawn")
            acts.note(home, draft, person, "prepare", "withdrawn")
        shutil.rmtree(_folders(home, draft), ignore_errors=True)


def check_open(draft: Draft) -> None:
    """Raise Refused where the draft's requests are past changing."""
    if draft.state not in OPEN:
        raise Refused(
            f"A batch that is {draft.state} is not changed any more.",
            "Take it back first, before it is sent; or make another.",
        )


def check_row(home: "RequesterHome", draft: Draft, at: int, was: str) -> dict[str, Any]:
    """Return row ``at`` (from 0). Raises Refused where its digest is not ``was``."""
    row = row_of(home, draft, at)
    if row_digest(row) != was:
        raise Refused(
            f"Another request stands in row {at + 1} now: the batch was changed since you looked.",
            "Look at its rows again.",
        )
    return row


def row_digest(row: Mapping[str, Any]) -> str:
    """Return the SHA-256 (hex) by which a request is told from what else may stand in its row."""
    return sha256_hex([json_bytes(dict(row))])


def keep(draft: Draft, **changed: object) -> None:
    """Write what ``changed`` of an open draft, in the caller's transaction.

    Each time its generation is the next one. Raises Refused where its row is not as it was read,
    or past changing: whatever was held, and lost.
    """
    here = Draft.objects.filter(id=draft.id, state__in=OPEN, generation=draft.generation)
    if not here.update(generation=draft.generation + 1, **changed):
        raise Refused("The batch was changed in the meantime.", "Look at it again.")
    for name, value in {**changed, "generation": draft.generation + 1}.items():
        setattr(draft, name, value)


def sheets(home: "RequesterHome", draft: Draft, name: str) -> Sheets:
    """Return the draft's sheets of that name, of the generation in force."""
    return Sheets(_folder(home, draft), name, key_of(home.path))


def rows_of(home: "RequesterHome", draft: Draft) -> Iterator[pl.DataFrame]:
    """Yield the draft's requests, a sheet at a time: the agreement's fields, and their places."""
    left = draft.rows
    for sheet in sheets(home, draft, ROWS).frames():
        if left <= 0:
            return
        yield _in_form(home.pack, sheet.head(left))
        left -= sheet.height


def rows_at(home: "RequesterHome", draft: Draft, first: int, count: int) -> list[dict[str, Any]]:
    """Return ``count`` of the draft's requests from row ``first`` (from 0) on, as ``rows_of``."""
    count = min(count, draft.rows - first)
    found = sheets(home, draft, ROWS).read(first, count) if first >= 0 and count > 0 else None
    return [] if found is None else _in_form(home.pack, found).to_dicts()


def row_of(home: "RequesterHome", draft: Draft, at: int) -> dict[str, Any]:
    """Return the request in row ``at`` (from 0). Raises Misuse where there is none."""
    found = rows_at(home, draft, at, 1)
    if not found:
        raise Misuse("The batch has no such row.", "Look at its rows again.")
    return found[0]


def unreadable(home: "RequesterHome", draft: Draft, first: int, count: int) -> list[dict[str, Any]]:
    """Return ``count`` of the file's rows that could not be read: ``row``, ``line``, ``why``."""
    found = sheets(home, draft, UNREADABLE).read(first, count)
    return [] if found is None else found.to_dicts()


def row_named(home: "RequesterHome", draft: Draft, request_id: str) -> dict[str, Any] | None:
    """Return the request of that id; None where the draft has none.

    Once a manifest is drafted its ids are at hand in their order; before, every row is read.
    """
    ids = sheets(home, draft, IDS)
    if ids.read(0, 1) is None:
        found = (each.filter(request_id=request_id) for each in rows_of(home, draft))
        return next((each.row(0, named=True) for each in found if each.height), None)
    at = ids.first_not_before("request_id", request_id, draft.rows)
    found_id = ids.read(at, 1)
    if found_id is None or found_id["request_id"].item() != request_id:
        return None
    return row_of(home, draft, found_id["row"].item())


@contextmanager
def as_file(home: "RequesterHome", draft: Draft) -> Iterator[Path]:
    """Give the draft's requests as the file that is sent; it is gone when the block ends.

    The same rows are always the same bytes. What a killed process left of it, a worker removes.
    """
    with TemporaryDirectory(dir=home.path, prefix="screening-") as place:
        path = Path(place) / file_name(draft)
        write_file(home, draft, path)
        yield path


def write_file(
    home: "RequesterHome", draft: Draft, path: Path, *, show: progress.Show = progress.unseen
) -> None:
    """Write the draft's requests to ``path``: JSON Lines, one request a line."""
    with (
        path.open("xb") as out,
        progress.step(show, "Write the batch's file", draft.rows, "requests") as advance,
    ):
        path.chmod(0o600)
        for sheet in rows_of(home, draft):
            out.write(_lines(home.pack, sheet))
            advance(sheet.height)


def file_digest(home: "RequesterHome", draft: Draft) -> str:
    """Return the SHA-256 (hex) of the file that ``write_file`` writes."""
    return sha256_hex(_lines(home.pack, sheet) for sheet in rows_of(home, draft))


def file_name(draft: Draft) -> str:
    """Return the name of the file that is sent."""
    return f"{draft.id}.jsonl"


def _without(
    home: "RequesterHome", draft: Draft, gone: Iterable[int], show: progress.Show
) -> Iterator[pl.DataFrame]:
    """Yield the sheets of the draft as it stands, without these rows."""
    named, first = pl.Series(gone, dtype=pl.Int64).implode(), 0
    with progress.step(show, "Leave requests out", draft.rows, "requests") as advance:
        for sheet in rows_of(home, draft):
            numbers = pl.int_range(first, first + pl.len(), dtype=pl.Int64)
            yield sheet.filter(~numbers.is_in(named))
            first += sheet.height
            advance(sheet.height)


def _reopen(home: "RequesterHome", draft: Draft) -> None:
    """Make a draft one that is to be checked, in the caller's transaction.

    Raises Refused where it is past changing.
    """
    check_open(draft)
    if draft.state == "checked":
        acts.move(home, draft, "draft")
    keep(draft, **_UNCHECKED)


def _in_form(pack: Pack, rows: pl.DataFrame) -> pl.DataFrame:
    """Return rows as the agreement has them now: a field that is new to them is empty."""
    whole = dict.fromkeys(pack.fields, pl.String) | PLACES
    absent = [pl.lit(None, kind).alias(name) for name, kind in whole.items() if name not in rows]
    return rows.with_columns(absent).select(list(whole))


def _place(before: Mapping[str, Any], name: str) -> pl.Expr:
    return pl.lit(before.get(name), PLACES[name]).alias(name)


def _lines(pack: Pack, rows: pl.DataFrame) -> bytes:
    record = pl.struct(pack.fields).struct.json_encode()
    return ("\n".join(rows.select(line=record)["line"]) + "\n").encode()


def _folder(home: "RequesterHome", draft: Draft) -> Path:
    return _folders(home, draft) / draft.files


def _folders(home: "RequesterHome", draft: Draft) -> Path:
    return home.path / "drafts" / str(draft.folder)
