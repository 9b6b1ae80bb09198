"""CSV (RFC 4180, UTF-8, comma): pyarrow parses in one pass, and tells every ragged row.

A quoted value may run over lines; lines wholly empty are no rows. A quotation mark that is never
closed makes everything after it one row. Bytes that are not UTF-8 become U+FFFD, for which the
row is quarantined later.
"""

import csv
import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl
import pyarrow as pa
from pyarrow import csv as arrow_csv

from portcullis.agreements import Pack
from portcullis.intake.raw import CHUNK_ROWS, Broken, Columns, Raw, raw_schema
from portcullis.intake.refusals import TransmittalRefused

_BLOCK_BYTES = 4 << 20
_HEADER_BYTES = 1 << 20
_BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"\r\n|\n|\r")
_CONTINUATION, _LEADING = 0x80, 0xC0
# A last line of our own: it comes out as a row by itself unless a quotation mark is open.
_END_MARK = "\x00end"


class CsvReader:
    """Reads one CSV file; refuses it if its header is not the agreement's."""

    def __init__(self, path: Path, pack: Pack) -> None:
        self._path = path
        with path.open("rb") as source:
            names, self._start = _header(source.read(_HEADER_BYTES))
        self._width = len(names)
        self._schema = raw_schema(pack)
        self._places = Columns.of(names, pack)
        self._absent = [name for name in pack.fields if name not in self._places.places]
        self.dropped = self._places.dropped
        self.share = 0.0

    def raws(self) -> Iterator[Raw]:
        """Yield the rows; see ``Reader``."""
        with self._path.open("rb") as source:
            source.seek(self._start)
            yield from self._parse(source)

    def lines(self) -> pl.Series:
        """Return on which line each row begins; see ``Reader``."""
        begins = []
        quoted = False
        # Any byte is a character here: only line ends and quotation marks count.
        with self._path.open(encoding="latin-1", newline=None) as source:
            for number, line in enumerate(source, start=1):
                if not quoted and line != "\n":
                    begins.append(number)
                quoted ^= line.count('"') % 2 == 1
        return pl.Series("line", begins[1:], dtype=pl.UInt32)

    def _parse(self, source: BinaryIO) -> Iterator[Raw]:
        ragged = _Ragged()
        pending: list[pa.RecordBatch] = []
        read = waiting = 0
        for batch in self._batches(source, ragged):
            pending.append(batch)
            waiting += batch.num_rows
            if waiting >= CHUNK_ROWS:
                yield Raw(self._frame(pending, read, ragged), ragged.leave(keep=1))
                read, waiting, pending = read + waiting, 0, []
        ragged.drop_end_mark(rows=read + waiting)
        yield Raw(self._frame(pending, read, ragged), ragged.leave())

    def _batches(self, source: BinaryIO, ragged: "_Ragged") -> Iterator[pa.RecordBatch]:
        names = [f"c{place}" for place in range(self._width)]
        wanted = [names[place] for place in self._places.places.values()]
        read = 0
        try:
            stream = arrow_csv.open_csv(
                pa.PythonFile(_Utf8(source, f"\n{_END_MARK}\n".encode()), mode="r"),
                read_options=arrow_csv.ReadOptions(
                    use_threads=False, block_size=_BLOCK_BYTES, column_names=names
                ),
                parse_options=arrow_csv.ParseOptions(
                    newlines_in_values=True, invalid_row_handler=ragged.note
                ),
                convert_options=arrow_csv.ConvertOptions(
                    column_types=dict.fromkeys(wanted, pa.string()),
                    include_columns=wanted,
                    strings_can_be_null=False,
                    check_utf8=False,
                ),
            )
            size = self._path.stat().st_size
            for batch in stream:
                read += batch.num_rows
                self.share = source.tell() / max(size, 1)
                yield batch
        except pa.ArrowInvalid as error:
            if "straddling" not in str(error):
                raise TransmittalRefused("format") from None
            ragged.never_closed(rows=read)

    def _frame(
        self, batches: Sequence[pa.RecordBatch], before: int, ragged: "_Ragged"
    ) -> pl.DataFrame:
        if not batches:
            return pl.DataFrame(schema=self._schema)
        values = pl.concat(map(_as_frame, batches), rechunk=False)
        values.columns = list(self._places.places)
        absent = [pl.lit(None, pl.String).alias(name) for name in self._absent]
        rows = ragged.source_rows(before, values.height)
        return values.with_columns(rows, *absent).select(self._schema.names())


def _as_frame(batch: pa.RecordBatch) -> pl.DataFrame:
    frame = pl.from_arrow(batch, rechunk=False)
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a record batch; tells the type checker
    return frame


class _Ragged:
    """The rows with too few or too many values, as the parser meets them (numbers from 1)."""

    def __init__(self) -> None:
        self._numbers: list[int] = []
        self._digests: list[bytes] = []
        self._left = 0
        self._last_text = ""

    def note(self, row: arrow_csv.InvalidRow) -> str:
        self._numbers.append(row.number)
        self._digests.append(hashlib.sha256(row.text.encode()).digest())
        self._last_text = row.text
        return "skip"

    def never_closed(self, rows: int) -> None:
        """Count what follows ``rows`` good ones and the ragged ones as one ragged row."""
        self._numbers.append(rows + len(self._numbers) + 1)
        self._digests.append(hashlib.sha256(b"").digest())
        self._last_text = ""

    def drop_end_mark(self, rows: int) -> None:
        """Forget our own last line, if it came out as the last of all rows."""
        total = rows + len(self._numbers)
        if self._last_text == _END_MARK and self._numbers[-1] == total:
            self._numbers.pop()
            self._digests.pop()

    def leave(self, keep: int = 0) -> list[Broken]:
        """Return the ragged rows not handed on yet, but for the last ``keep``."""
        end = max(len(self._numbers) - keep, self._left)
        span = slice(self._left, end)
        self._left = end
        pairs = zip(self._numbers[span], self._digests[span], strict=True)
        return [Broken(number, "ragged", digest) for number, digest in pairs]

    def source_rows(self, before: int, count: int) -> pl.Series:
        """Return the numbers in the file of ``count`` good rows after ``before`` good ones."""
        numbers = np.array(self._numbers, dtype=np.int64)
        good_before = numbers - 1 - np.arange(len(numbers))
        good = np.arange(before + 1, before + count + 1)
        rows = good + np.searchsorted(good_before, good, side="left")
        return pl.Series("source_row", rows, dtype=pl.UInt32)


class _Utf8:
    """A file's bytes with what is not UTF-8 replaced by U+FFFD, followed by ``tail``."""

    closed = False

    def __init__(self, source: BinaryIO, tail: bytes) -> None:
        self._source = source
        self._tail = tail
        self._ready = b""
        self._carry = b""

    def read(self, size: int) -> bytes:
        """Return the next ``size`` bytes, or fewer at the end."""
        while len(self._ready) < size and self._tail:
            block = self._source.read(size)
            if block:
                whole, self._carry = _whole_characters(self._carry + block)
                self._ready += _as_utf8(whole)
            else:
                self._ready += _as_utf8(self._carry) + self._tail
                self._tail = b""
        out, self._ready = self._ready[:size], self._ready[size:]
        return out

    def close(self) -> None:
        """Do nothing: whoever opened the file closes it."""


def _whole_characters(block: bytes) -> tuple[bytes, bytes]:
    """Split ``block`` before a character that its end cuts in two."""
    for back in range(1, min(4, len(block) + 1)):
        byte = block[-back]
        if byte >= _LEADING:
            return block[:-back], block[-back:]
        if byte < _CONTINUATION:
            break
    return block, b""


def _as_utf8(block: bytes) -> bytes:
    offsets = np.array([0, len(block)], dtype=np.int32)
    text = pa.StringArray.from_buffers(1, pa.py_buffer(offsets), pa.py_buffer(block))
    try:
        text.validate(full=True)
    except pa.ArrowInvalid:
        return block.decode(errors="replace").encode()
    return block


def _header(head: bytes) -> tuple[list[str], int]:
    """Return the column names, and where in the file the rows begin."""
    start = len(_BOM) if head.startswith(_BOM) else 0
    for line_end in _LINE_END.finditer(head, start):
        line = head[start : line_end.start()]
        if not line:
            start = line_end.end()
        elif line.count(b'"') % 2 == 0:
            return _names(line), line_end.end()
    if len(head) == _HEADER_BYTES:
        raise TransmittalRefused("format", "It has no header line.")
    return _names(head[start:]), len(head)


def _names(line: bytes) -> list[str]:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise TransmittalRefused("format", "It is not UTF-8 text.") from None
    return next(csv.reader([text]), [])
