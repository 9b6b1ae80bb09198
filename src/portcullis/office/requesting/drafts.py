"""Drafts: batches being made, by a file or one request after another, until they are checked."""

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import polars as pl
from django.db import transaction

from portcullis import intake, progress
from portcullis.agreements import Person
from portcullis.canonical import json_bytes, sha256_hex
from portcullis.errors import Misuse, Refused
from portcullis.office import locks
from portcullis.office.requesting import acts
from portcullis.office.requesting.models import Draft
from portcullis.office.requesting.sheets import Sheets, key_of

if TYPE_CHECKING:
    from portcullis.office.requesting.home import RequesterHome

ROWS, FINDINGS, NAMED, IDS = "rows", "findings", "named", "ids"
OPEN = ("draft", "checked")
"""The states in which its requests may still be changed."""

_BATCH_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_WORDS = ("form", "holder", "new", "notices", "signed")
"""Words that stand where a batch's identifier does in the addresses of the desks."""
_MOMENT = 5.0  # seconds
_SHOWN = 100  # rows that could not be read, kept by number


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


def fill(
    home: "RequesterHome",
    draft: Draft,
    person: Person,
    path: Path,
    *,
    show: progress.Show = progress.unseen,
) -> None:
    """Put the requests of the file at ``path`` in the place of the draft's.

    Rows that cannot be read are counted, and named by their number in the file; all others are
    kept without blanks at either end of a value, as intake takes them. Raises TransmittalRefused
    where the file would be refused whole.
    """
    acts.check_may(home, person, "prepare")
    unreadable: list[tuple[int, str]] = []

    def frames() -> Iterator[pl.DataFrame]:
        rows = 0
        with progress.step(show, "Read the file", None, "requests") as advance:
            for raw in intake.read_received(path, home.pack):
                rows += raw.frame.height
                if rows > home.pack.request.max_rows:
                    raise intake.TransmittalRefused("too-many-rows")
                unreadable.extend((each.source_row, each.code) for each in raw.broken)
                yield raw.frame.select(intake.trimmed(home.pack.fields))
                advance(raw.frame.height)

    def told() -> list[object]:
        listed = [[row, intake.DEFECTS[code]] for row, code in unreadable[:_SHOWN]]
        return [len(unreadable), listed]

    with held(home, draft):
        check_open(draft)
        _put(home, draft, frames(), person, "uploaded", told)


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
        if at is not None:
            check_row(home, draft, at, was)
        check_open(draft)
        if draft.generation == 0:
            draft.generation = 1
        place = draft.rows if at is None else at
        with transaction.atomic():
            _reopen(home, draft)
            draft.rows = max(draft.rows, place + 1)
            draft.save(update_fields=["rows", "generation"])
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
        rows_left = _without(sheets(home, draft, ROWS), draft.rows, gone, show)
        _put(home, draft, rows_left, person, f"{len(gone)} taken out")
    return len(gone)


def take_back(home: "RequesterHome", draft: Draft, person: Person) -> None:
    """Have a preparer take back what was made ready: it can be changed again, and nobody signed it.

    What was signed of it is kept on record, and counts for nothing.
    """
    acts.check_may(home, person, "prepare")
    with held(home, draft), transaction.atomic():
        if draft.state in OPEN:
            raise Refused("That batch can be changed already.", "Look at it again.")
        acts.move(home, draft, "draft")
        acts.note(home, draft, person, "prepare", "taken back")
        draft.manifest, draft.signatory, draft.officers = None, "", {}
        draft.save(update_fields=["manifest", "signatory", "officers"])


def withdraw(home: "RequesterHome", draft: Draft, person: Person) -> None:
    """Take the draft back before it is sent; its requests are removed from this home."""
    acts.check_may(home, person, "prepare")
    with held(home, draft):
        with transaction.atomic():
            acts.move(home, draft, "withdrawn")
            acts.note(home, draft, person, "prepare", "withdrawn")
        shutil.rmtree(_folder(home, draft).parent, ignore_errors=True)


def check_open(draft: Draft) -> None:
    """Raise Refused where the draft's requests are past changing."""
    if draft.state not in OPEN:
        raise Refused(
            f"A batch that is {draft.state} is not changed any more.",
            "Take it back first, before it is sent; or make another.",
        )


def check_row(home: "RequesterHome", draft: Draft, at: int, was: str) -> None:
    """Raise Refused where row ``at`` (from 0) is not the one whose digest ``was`` is."""
    if row_digest(row_of(home, draft, at)) != was:
        raise Refused(
            f"Another request stands in row {at + 1} now: the batch was changed since you looked.",
            "Look at its rows again.",
        )


def row_digest(row: Mapping[str, str | None]) -> str:
    """Return the SHA-256 (hex) by which a request is told from what else may stand in its row."""
    return sha256_hex([json_bytes(dict(row))])


def sheets(home: "RequesterHome", draft: Draft, name: str) -> Sheets:
    """Return the draft's sheets of that name, of the generation in force."""
    return Sheets(_folder(home, draft), name, key_of(home.path))


def row_of(home: "RequesterHome", draft: Draft, at: int) -> dict[str, str | None]:
    """Return the request in row ``at`` (from 0). Raises Misuse where there is none."""
    found = sheets(home, draft, ROWS).read(at, 1) if 0 <= at < draft.rows else None
    if found is None:
        raise Misuse("The batch has no such row.", "Look at its rows again.")
    return found.row(0, named=True)


def row_named(home: "RequesterHome", draft: Draft, request_id: str) -> dict[str, str | None] | None:
    """Return the request of that id; None where the draft has none.

    Once a manifest is drafted its ids are at hand in their order; before, every row is read.
    """
    ids = sheets(home, draft, IDS)
    if ids.read(0, 1) is None:
        found = (each.filter(request_id=request_id) for each in sheets(home, draft, ROWS).frames())
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
    record = pl.struct(home.pack.fields).struct.json_encode()
    with (
        path.open("xb") as out,
        progress.step(show, "Write the batch's file", draft.rows, "requests") as advance,
    ):
        path.chmod(0o600)
        left = draft.rows  # a row more may lie there, of a change that was not committed
        for each in sheets(home, draft, ROWS).frames():
            sheet = each.head(left)
            left -= sheet.height
            out.write(("\n".join(sheet.select(line=record)["line"]) + "\n").encode())
            advance(sheet.height)


def file_name(draft: Draft) -> str:
    """Return the name of the file that is sent."""
    return f"{draft.id}.jsonl"


def _without(
    source: Sheets, rows: int, gone: Iterable[int], show: progress.Show
) -> Iterator[pl.DataFrame]:
    """Yield the sheets of ``source`` (of so many ``rows``), without those in ``gone``."""
    named, first = pl.Series(gone, dtype=pl.Int64).implode(), 0
    with progress.step(show, "Leave requests out", rows, "requests") as advance:
        for sheet in source.frames():
            numbers = pl.int_range(first, first + pl.len(), dtype=pl.Int64)
            yield sheet.filter(~numbers.is_in(named))
            first += sheet.height
            advance(sheet.height)


def _put(  # noqa: PLR0917 - what is put where, by whom
    home: "RequesterHome",
    draft: Draft,
    frames: Iterable[pl.DataFrame],
    person: Person,
    what: str,
    unreadable: Callable[[], list[object]] | None = None,
) -> None:
    """Write a new generation of rows; the draft's row names it once it is whole.

    ``unreadable``: returns what could not be read of them, once they are written.
    """
    before = _folder(home, draft)
    draft.generation += 1
    shutil.rmtree(_folder(home, draft), ignore_errors=True)
    draft.rows = sheets(home, draft, ROWS).write(frames)
    if unreadable is not None:
        draft.unreadable = unreadable()
    with transaction.atomic():
        _reopen(home, draft)
        draft.save(update_fields=["generation", "rows", "unreadable"])
        acts.note(home, draft, person, "prepare", what)
    shutil.rmtree(before, ignore_errors=True)


def _reopen(home: "RequesterHome", draft: Draft) -> None:
    """Make a draft, one that may be changed, one that is to be checked."""
    if draft.state == "checked":
        acts.move(home, draft, "draft")
    draft.manifest, draft.checked_on = None, None
    draft.found, draft.elements, draft.findings = {}, [], []
    draft.save(update_fields=["manifest", "checked_on", "found", "elements", "findings"])


def _folder(home: "RequesterHome", draft: Draft) -> Path:
    return home.path / "drafts" / str(draft.folder) / str(draft.generation)
