"""A draft's requests taken in from a file: rows read and kept, with their places in it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from portcullis import intake, progress
from portcullis.agreements import Pack, Person
from portcullis.office.requesting import acts, drafts
from portcullis.office.requesting.drafts import FILE_ROW, LINE, PLACES
from portcullis.office.requesting.models import Draft
from portcullis.office.requesting.sheets import Sheets

if TYPE_CHECKING:
    from portcullis.office.requesting.home import RequesterHome


def fill(
    home: "RequesterHome",
    draft: Draft,
    person: Person,
    path: Path,
    *,
    show: progress.Show = progress.unseen,
) -> None:
    """Put the requests of the file at ``path`` in the place of the draft's.

    Rows that cannot be read are kept by their place in the file, and why; all others without
    blanks at either end of a value, as intake takes them. Raises TransmittalRefused where the file
    would be refused whole; then the draft stays as it was.
    """
    acts.check_may(home, person, "prepare")
    with drafts.held(home, draft):
        drafts.check_open(draft)
        reader = intake.open_received(path, home.pack)
        lines = reader.lines()
        broken: list[intake.Broken] = []

        def left(rows: Sheets, count: int) -> pl.DataFrame:
            return _left(lines, broken, rows, count)

        frames = _received(reader, lines, home.pack, broken, show)
        drafts.put(home, draft, frames, person, "uploaded", left)


def _received(
    reader: intake.Reader,
    lines: pl.Series | None,
    pack: Pack,
    broken: list[intake.Broken],
    show: progress.Show,
) -> Iterator[pl.DataFrame]:
    """Yield a file's rows with their places in it; what is no row is added to ``broken``.

    Raises TransmittalRefused where it holds more than the agreement allows, however it is packed.
    """
    rows = size = 0
    most = pack.request.max_rows * sum(rule.max_length for rule in pack.request.fields)
    with progress.step(show, "Read the file", None, "requests") as advance:
        for raw in reader.raws():
            rows += raw.frame.height + len(raw.broken)
            size += int(raw.frame.estimated_size())
            if rows > pack.request.max_rows or size > most:
                raise intake.TransmittalRefused("too-many-rows")
            broken.extend(raw.broken)
            number = raw.frame["source_row"]
            yield raw.frame.select(
                *intake.trimmed(pack.fields),
                number.alias(FILE_ROW),
                _lines_of(lines, number).alias(LINE),
            )
            advance(raw.frame.height)


def _left(
    lines: pl.Series | None, broken: Sequence[intake.Broken], rows: Sheets, count: int
) -> pl.DataFrame:
    """Return the file's rows that could not be read, beside the ``count`` that stand in ``rows``.

    Where not every row's line is known, none is: a wrong one would have another request mended.
    """
    if lines is not None and lines.len() != count + len(broken):
        none = pl.lit(None, PLACES[LINE]).alias(LINE)
        rows.write(sheet.with_columns(none) for sheet in rows.frames())
        lines = None
    number = pl.Series("row", [each.source_row for each in broken], dtype=pl.UInt32)
    why = [intake.DEFECTS[each.code] for each in broken]
    return pl.DataFrame([number, _lines_of(lines, number).alias("line"), pl.Series("why", why)])


def _lines_of(lines: pl.Series | None, numbers: pl.Series) -> pl.Series:
    """Return the lines of the file's rows of these numbers (from 1); null where they are unknown.

    Where a file has more rows than lines are known, what is said of the last ones is not yet true.
    """
    if lines is None or lines.is_empty():
        return pl.Series([None] * numbers.len(), dtype=PLACES[LINE])
    return lines.gather((numbers - 1).clip(upper_bound=lines.len() - 1)).cast(PLACES[LINE])
