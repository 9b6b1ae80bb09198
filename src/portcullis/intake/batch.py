"""A batch file, whatever its format, as a run of chunks: rows taken, rows quarantined."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from portcullis import progress
from portcullis.agreements import Pack
from portcullis.canonical import sha256_column
from portcullis.intake import defects
from portcullis.intake.csv_reader import CsvReader
from portcullis.intake.jsonl_reader import JsonLinesReader
from portcullis.intake.parquet_reader import ParquetReader
from portcullis.intake.raw import Raw, Reader
from portcullis.intake.refusals import TransmittalRefused
from portcullis.intake.xlsx_reader import XlsxReader
from portcullis.streams import ahead

FORMATS: dict[str, Callable[[Path, Pack], Reader]] = {
    "csv": CsvReader,
    "jsonl": JsonLinesReader,
    "parquet": ParquetReader,
    "xlsx": XlsxReader,
}


@dataclass(frozen=True)
class Chunk:
    """A run of rows: those ``taken`` (``chunk_schema``) and those ``quarantined``.

    ``taken`` is in the file's order; ``quarantined`` may name rows of the next chunk.
    """

    taken: pl.DataFrame
    quarantined: pl.DataFrame


class Batch:
    """One file under one agreement. Read it once, by ``chunks``.

    ``rows`` counts the rows read so far, taken and quarantined; ``dropped_columns`` are the
    names of columns the agreement does not know. Both are complete once the chunks are.
    """

    def __init__(self, path: Path, pack: Pack) -> None:
        self.format = format_of(path)
        self.rows = 0
        self._pack = pack
        self._fields = pack.fields
        self._reader = FORMATS[self.format](path, pack)
        self._size = path.stat().st_size

    @property
    def dropped_columns(self) -> tuple[str, ...]:
        """Names of the columns dropped before storage, sorted."""
        return tuple(sorted(self._reader.dropped))

    def chunks(self) -> Iterator[Chunk]:
        """Yield the rows, at least one chunk. Raises TransmittalRefused for too many rows."""
        known: set[str] = set()
        taken = 0
        sorted_out = map(self._sort_out, ahead(self._reader.raws()))
        for clean, quarantined in ahead(sorted_out):
            self.rows += clean.height + quarantined.height
            if self.rows > self._pack.request.max_rows:
                raise TransmittalRefused("too-many-rows")
            chunk = _number(clean, quarantined, known, taken, self._fields)
            taken += chunk.taken.height
            yield chunk

    def shown_chunks(self, show: progress.Show, name: str) -> Iterator[Chunk]:
        """Yield the ``chunks``, as a step ``name``: by bytes, since nobody knows how many rows."""
        told = 0
        with progress.step(show, name, self._size, "bytes") as advance:
            for chunk in self.chunks():
                yield chunk
                read = round(self._size * self._reader.share)
                advance(read - told)
                told = read

    def _sort_out(self, raw: Raw) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Part the rows of ``raw``: good ones with their canonical text, and quarantine entries."""
        broken = defects.broken_rows(list(raw.broken))
        rows = raw.frame.with_columns(text=defects.canonical_text(self._fields))
        suspect = rows.select(defects.is_suspect(self._pack, pl.col("text"))).to_series()
        clean = rows.with_columns(defects.absent_if_empty(self._fields))
        if not suspect.any():
            return clean, broken
        apart = raw.frame.filter(suspect)
        found = defects.examine(apart, self._pack)
        mended = (
            apart.join(found, on="source_row", how="anti", maintain_order="left")
            .with_columns(defects.trimmed(self._fields))
            .with_columns(text=defects.canonical_text(self._fields))
        )
        good = pl.concat([clean.filter(~suspect), mended]).sort("source_row")
        return good, pl.concat([broken, found]).sort("source_row")


def open_batch(path: Path, pack: Pack) -> Batch:
    """Open the batch at ``path``: CSV, JSON Lines, Parquet or XLSX, by its suffix.

    Raises TransmittalRefused where it cannot be read or lacks a required column.
    """
    return Batch(path, pack)


def read_batch(path: Path, pack: Pack) -> Iterator[Chunk]:
    """Yield the chunks of the batch at ``path`` (errors as ``open_batch``)."""
    return open_batch(path, pack).chunks()


def open_received(path: Path, pack: Pack) -> Reader:
    """Open the file at ``path`` to read its rows as they stand there, and what is no row at all.

    Nothing is judged or counted: a value stays as it was written. Errors as ``open_batch``.
    """
    return FORMATS[format_of(path)](path, pack)


def chunk_schema(pack: Pack) -> pl.Schema:
    """Return the columns of the rows taken of a batch under ``pack``."""
    numbers = {"row": pl.UInt32, "source_row": pl.UInt32}
    return pl.Schema(numbers | dict.fromkeys(pack.fields, pl.String) | {"request_hash": pl.Binary})


def format_of(path: Path) -> str:
    """Return the format's name by the suffix; refuse what is none of the four or not a file."""
    name = path.suffix.lower().removeprefix(".")
    if name not in FORMATS or not path.is_file():
        raise TransmittalRefused("format", f"{path.name} is no batch file.")
    return name


def _number(
    clean: pl.DataFrame,
    quarantined: pl.DataFrame,
    known: set[str],
    taken: int,
    fields: tuple[str, ...],
) -> Chunk:
    """Take out repeated request_ids, hash the rest and number it from ``taken``."""
    repeated = _repeated(clean, quarantined, known)
    if repeated is not None:
        doubles = defects.duplicates(clean.filter(repeated), fields)
        quarantined = pl.concat([quarantined, doubles]).sort("source_row")
        clean = clean.filter(~repeated)
    numbers = pl.int_range(taken, taken + pl.len(), dtype=pl.UInt32)
    rows = clean.with_columns(
        numbers.alias("row"), sha256_column(clean["text"]).alias("request_hash")
    )
    return Chunk(rows.select("row", "source_row", *fields, "request_hash"), quarantined)


def _repeated(clean: pl.DataFrame, quarantined: pl.DataFrame, known: set[str]) -> pl.Series | None:
    """Say which rows of ``clean`` bear the request_id of an earlier row; None if none does.

    The identifiers of quarantined rows count too. All are added to ``known``.
    """
    ids = pl.concat([clean["request_id"], quarantined["request_id"].drop_nulls()]).to_list()
    fresh = set(ids)
    if len(fresh) == len(ids) and known.isdisjoint(fresh):
        known |= fresh
        return None
    used = pl.Series(list(known & fresh), dtype=pl.String)
    both = pl.concat([rows.select("source_row", "request_id") for rows in (clean, quarantined)])
    first = both.sort("source_row").filter(
        pl.col("request_id").is_first_distinct() & ~pl.col("request_id").is_in(used.implode())
    )
    known |= fresh
    return ~clean["source_row"].is_in(first["source_row"].implode())
