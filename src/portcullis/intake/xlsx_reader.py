"""XLSX: the one sheet of a workbook, its first row the header, every cell as text.

A cell holding an error comes as ``#ERROR!``, a date as 2025-04-07. Rows wholly empty are no rows;
a value to the right of the header makes its row ragged.
"""

import hashlib
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import fastexcel
import polars as pl

from portcullis.agreements import Pack
from portcullis.intake.raw import CHUNK_ROWS, Broken, Columns, Raw, raw_schema
from portcullis.intake.refusals import TransmittalRefused

# What a workbook may unfold to: a small file can hold a very large one.
_UNFOLDED_BYTES = 512 << 20
_PIECE_BYTES = 1 << 20
_LOCAL_HEADER = struct.Struct("<4s22xHH")  # before each part; its lengths of name and extra field
_ERROR = "#ERROR!"
_MIDNIGHT = r" 00:00:00$"


class XlsxReader:
    """Reads one workbook; refuses it if its header is not the agreement's."""

    def __init__(self, path: Path, pack: Pack) -> None:
        cells = _cells(path).with_row_index("line", offset=1)
        # Rows before the header that hold no cell are nothing.
        cells = cells.filter(pl.any_horizontal(pl.exclude("line").is_not_null()).cum_max())
        header = [value or "" for value in cells.row(0)[1:]] if cells.height else []
        while header and not header[-1].strip():
            header.pop()
        self._schema = raw_schema(pack)
        self._columns = Columns.of(header, pack)
        self.dropped = self._columns.dropped
        self.share = 0.0
        self._width = len(header)
        filled = pl.any_horizontal(pl.exclude("line").fill_null("").str.strip_chars() != "")
        rows = cells.slice(1).filter(filled)
        self._lines = rows["line"]
        self._cells = rows.drop("line").with_row_index("source_row", offset=1)

    def raws(self) -> Iterator[Raw]:
        """Yield the rows; see ``Reader``."""
        for rows in self._cells.iter_slices(CHUNK_ROWS):
            self.share += rows.height / self._cells.height
            yield self._raw(rows)
        yield Raw(pl.DataFrame(schema=self._schema))

    def lines(self) -> pl.Series:
        """Return in which row of the sheet each stands; see ``Reader``."""
        return self._lines

    def _raw(self, rows: pl.DataFrame) -> Raw:
        names = rows.columns[1:]
        beyond = pl.any_horizontal(
            pl.lit(value=False), *[pl.col(name).is_not_null() for name in names[self._width :]]
        )
        taken = {
            name: pl.col(names[place]).alias(name) for name, place in self._columns.places.items()
        }
        columns = {"source_row": pl.col("source_row")} | taken
        absent = pl.lit(None, pl.String)
        fields = [columns.get(name, absent.alias(name)) for name in self._schema]
        ragged = rows.filter(beyond)
        return Raw(
            rows.filter(~beyond).select(fields),
            [Broken(row[0], "ragged", _digest(row[1:])) for row in ragged.iter_rows()],
        )


def _cells(path: Path) -> pl.DataFrame:
    try:
        _check_size(path)
        book = fastexcel.read_excel(path)
        if len(book.sheet_names) != 1:
            raise TransmittalRefused("format", "The workbook has more than one sheet.")
        sheet = book.load_sheet(0, header_row=None, skip_rows=0, dtypes="string")
        batch, errors = sheet.to_arrow_with_errors()
    except (fastexcel.FastExcelError, zipfile.BadZipFile, zlib.error, struct.error, OSError):
        raise TransmittalRefused("format") from None
    cells = pl.DataFrame(batch).with_columns(pl.all().str.replace(_MIDNIGHT, ""))
    for error in errors.errors if errors else ():
        row, column = error.offset_position
        cells[row, column] = _ERROR
    return cells


def _check_size(path: Path) -> None:
    """Refuse a workbook that unfolds to too much, whatever it says of itself."""
    with zipfile.ZipFile(path) as book:
        parts = book.infolist()
    left = _UNFOLDED_BYTES
    with path.open("rb") as source:
        for part in parts:
            left -= _unfolded(source, part, left)
            if left < 0:
                raise TransmittalRefused(
                    "format", "The workbook is too large: send CSV or Parquet."
                )


def _unfolded(source: BinaryIO, part: zipfile.ZipInfo, most: int) -> int:
    """Return how many bytes a part unfolds to, or some number over ``most``."""
    if part.compress_type == zipfile.ZIP_STORED:
        return part.compress_size
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise zipfile.BadZipFile
    source.seek(part.header_offset)
    _, name, extra = _LOCAL_HEADER.unpack(source.read(_LOCAL_HEADER.size))
    source.seek(name + extra, os.SEEK_CUR)
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    packed, unfolded = part.compress_size, 0
    rest = b""
    while unfolded <= most and not unpacker.eof and (rest or packed):
        if not rest:
            rest = source.read(min(_PIECE_BYTES, packed))
            packed = packed - len(rest) if rest else 0
        unfolded += len(unpacker.decompress(rest, _PIECE_BYTES))
        rest = unpacker.unconsumed_tail
    return unfolded


def _digest(values: tuple[str | None, ...]) -> bytes:
    return hashlib.sha256("\x1f".join(value or "" for value in values).encode()).digest()
