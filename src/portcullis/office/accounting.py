"""The permanent accounting: every request received, every disclosure made [law.md 39-42].

One folder a source below ``accounting/``: a batch by its id, ``history/ID``, ``refused/ID``. Files
are encrypted under a key of the home itself and never erased (26 U.S.C. 6103(p)(3)(A)). Each is
committed to the ledger by an entry ``accounted``: how many rows, and a keyed digest (HMAC-SHA-256,
FIPS 198-1) of what they say. Without the home's key it tells nothing; with it, one row changed, put
in or left out shows. The newest entry of a file counts.

``requests.tbl``     every request taken in (of a refused transmittal: as far as it could be read)
``quarantined.tbl``  every row that was not, with its reason
``outcomes.tbl``     what became of every request of an answered batch, and by which elements
``disclosures.tbl``  every package authorised: which request, which officer, which taxpayer; that
                     one was made available is the ledger's ``delivered``. Of a history: its rows
``resolved.tbl``     whose the disclosures of a history were, once they were compared
"""

import hmac
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import polars as pl

from portcullis import intake, progress, tables
from portcullis.canonical import SEPARATOR
from portcullis.errors import PortcullisError
from portcullis.office import entries, files
from portcullis.office.home import Home
from portcullis.office.models import Batch

KIND = "accounted"
REQUESTS, QUARANTINED, OUTCOMES = "requests.tbl", "quarantined.tbl", "outcomes.tbl"
DISCLOSURES, RESOLVED = "disclosures.tbl", "resolved.tbl"
REFUSED, HISTORY, BATCH = "refused", "history", "batch"

_NOTHING = "\x00"  # what no field may hold: an absent value is not an empty one
_ROW = "\x1e"


@dataclass(frozen=True)
class Source:
    """What an accounting is of: ``kind`` is BATCH, HISTORY or REFUSED."""

    kind: str
    id: str

    @property
    def folder(self) -> str:
        """Its folder below ``accounting/``."""
        return self.id if self.kind == BATCH else f"{self.kind}/{self.id}"


def read(home: Home, source: Source, name: str, columns: list[str] | None = None) -> pl.DataFrame:
    """Return one file of the accounting. Raises Misuse where it is missing or damaged."""
    return tables.read_table(where(home, source, name), _key(home), columns)


def is_there(home: Home, source: Source, name: str) -> bool:
    """Whether the accounting has that file."""
    return where(home, source, name).is_file()


def where(home: Home, source: Source, name: str) -> Path:
    """Return the path of one file of the accounting."""
    return files.accounting(home, source.folder, name)


def write(
    home: Home, source: Source, name: str, frames: pl.DataFrame | Iterator[pl.DataFrame]
) -> None:
    """Write one file of the accounting; it counts once ``commit`` has put it on the ledger."""
    tables.write_table(where(home, source, name), frames, _key(home))


def commit(home: Home, source: Source, *names: str, at: str, **more: object) -> None:
    """Put the files on the ledger. Run inside the transaction of the act they account for."""
    batch = source.id if source.kind == BATCH else ""
    for name in names:
        rows, digest = commitment(home, source, name)
        facts = {
            "of": {"kind": source.kind, "id": source.id},
            "file": name,
            "rows": rows,
            "commitment": digest,
            **more,
        }
        entries.record(KIND, facts, batch=batch, at=at)


def commitment(home: Home, source: Source, name: str) -> tuple[int, str]:
    """Return how many rows a file has, and the keyed digest (hex) of what they say, in order.

    It is over the values, not the file: encrypted anew, or put back from a backup, they commit to
    the same.
    """
    mac = hmac.new(home.derived_key("accounting-commitment"), name.encode(), "sha256")
    rows = 0
    for part in tables.scan_table(where(home, source, name), _key(home)):
        if not rows:
            mac.update(SEPARATOR.join(part.columns).encode())
        rows += part.height
        values = [_text(part, each) for each in part.columns]
        row = pl.concat_str([pl.lit(_ROW), *values], separator=SEPARATOR)
        mac.update((part.select(row.str.join("")).item() or "").encode())
    return rows, mac.hexdigest()


def _text(part: pl.DataFrame, column: str) -> pl.Expr:
    value = pl.col(column)
    if part.schema[column] == pl.Binary:
        value = value.bin.encode("hex")
    return value.cast(pl.String).fill_null(_NOTHING)


def commit_refused(home: Home, rows: "Readable", refused: int, at: str) -> None:
    """Put the accounting of a refused transmittal on the ledger, whose entry is at ``refused``."""
    source = Source(REFUSED, rows.id)
    if rows.files:
        commit(home, source, *rows.files, at=at, refused=refused, whole=rows.whole)
        return
    facts = {"of": {"kind": REFUSED, "id": rows.id}, "file": "", "rows": 0, "commitment": ""}
    entries.record(KIND, {**facts, "refused": refused, "whole": rows.whole}, at=at)


@dataclass(frozen=True)
class Readable:
    """What could be read of a refused transmittal; ``whole``: to its end."""

    id: str
    files: tuple[str, ...]
    whole: bool


SAME = Readable("", (), whole=True)
"""What is kept of a transmittal sent again, unchanged, that was taken in before: nothing more."""


def keep_refused(home: Home, path: Path) -> Readable:
    """Keep the requests of a transmittal that is refused whole, as far as they can be read.

    They were received: (p)(3)(A) asks for a record of all requests. Only the fields that the
    accounting keeps of any request are kept; columns nobody asked for never are.
    """
    source = Source(REFUSED, secrets.token_hex(16))
    reading = _Reading(home, path)
    chunks = iter(reading)
    first = next(chunks, None)
    if first is None:
        # Not one row could be read: the ledger has the file's digest, and that it came.
        return Readable(source.id, (), whole=False)
    apart = []
    with tables.TableWriter(where(home, source, REQUESTS), _key(home)) as out:
        for chunk in chain([first], chunks):
            out.write(chunk.taken.select(*files.accounted(chunk.taken.columns), "source_row"))
            apart.append(chunk.quarantined)
    write(home, source, QUARANTINED, pl.concat(apart).sort("source_row"))
    return Readable(source.id, (REQUESTS, QUARANTINED), reading.whole)


class _Reading:
    """The chunks of a file as far as they can be read; ``whole`` once its end was reached."""

    def __init__(self, home: Home, path: Path) -> None:
        self.whole = False
        self._home = home
        self._path = path

    def __iter__(self) -> Iterator[intake.Chunk]:
        with suppress(PortcullisError, OSError):
            yield from intake.open_batch(self._path, self._home.pack).chunks()
            self.whole = True


def write_outcomes(home: Home, batch: Batch, outcomes: pl.DataFrame) -> None:
    """Write what became of every request of a batch: it outlives the batch's own files.

    ``outcomes``: row and final outcome.
    """
    listed = files.read_step(
        home,
        batch,
        files.in_force(batch, files.DETERMINATIONS),
        ["row", "request_id", "route", "cause", "reasons"],
    )
    table = listed.join(outcomes.select("row", "outcome"), on="row", maintain_order="left")
    write(home, Source(BATCH, batch.id), OUTCOMES, table)


def write_history(  # noqa: PLR0917 - whose, whence, under which key, and who is told
    home: Home,
    history_id: str,
    folder: Path,
    key: bytes,
    more: tuple[str, ...],
    show: progress.Show = progress.unseen,
) -> None:
    """Write the disclosures of a history, made elsewhere: they are disclosures like all others.

    ``folder`` and ``key`` are of its own files; ``more`` are columns beside a request's.
    """
    source = Source(HISTORY, history_id)
    with (
        progress.step(show, "Write the accounting") as advance,
        tables.TableWriter(where(home, source, DISCLOSURES), _key(home)) as out,
    ):
        for part in tables.scan_table(folder / files.REQUESTS, key):
            out.write(part.select(*files.accounted(part.columns), "source_row", *more))
            advance(part.height)
    write(home, source, QUARANTINED, tables.scan_table(folder / files.QUARANTINE, key))


def _key(home: Home) -> bytes:
    return home.derived_key("accounting")
