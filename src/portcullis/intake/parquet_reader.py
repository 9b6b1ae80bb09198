"""Parquet: columns of text, or of numbers and dates, which are written as text."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow as pa
from pyarrow import parquet

from portcullis.agreements import Pack
from portcullis.intake.raw import CHUNK_ROWS, Columns, Raw, as_text, raw_schema
from portcullis.intake.refusals import TransmittalRefused

_MIDNIGHT = r" 00:00:00(?:\.0+)?Z?$"


class ParquetReader:
    """Reads one Parquet file; refuses it if its columns are not the agreement's."""

    def __init__(self, path: Path, pack: Pack) -> None:
        try:
            self._file = parquet.ParquetFile(path)
            schema = self._file.schema_arrow
        except (pa.ArrowException, OSError):
            raise TransmittalRefused("format") from None
        self._schema = raw_schema(pack)
        self._columns = Columns.of(schema.names, pack)
        self.dropped = self._columns.dropped
        self.share = 0.0
        self._names = {name: schema.names[place] for name, place in self._columns.places.items()}
        nested = [name for name, own in self._names.items() if _is_nested(schema.field(own).type)]
        if nested:
            raise TransmittalRefused("columns", f"Not plain text: {', '.join(nested)}.")

    def raws(self) -> Iterator[Raw]:
        """Yield the rows; see ``Reader``."""
        read = 0
        try:
            for batch in self._file.iter_batches(CHUNK_ROWS, columns=list(self._names.values())):
                self.share = (read + batch.num_rows) / max(self._file.metadata.num_rows, 1)
                yield Raw(self._frame(batch, read))
                read += batch.num_rows
        except (pa.ArrowException, OSError):
            raise TransmittalRefused("format") from None
        yield Raw(pl.DataFrame(schema=self._schema))

    def lines(self) -> None:
        """Return nothing: there are no lines; see ``Reader``."""

    def _frame(self, batch: pa.RecordBatch, before: int) -> pl.DataFrame:
        texts = {name: _texts(batch.column(own)) for name, own in self._names.items()}
        rows = pl.int_range(before + 1, before + 1 + batch.num_rows, dtype=pl.UInt32, eager=True)
        values = pl.DataFrame({"source_row": rows} | texts)
        names = self._schema.names()
        absent = [pl.lit(None, pl.String).alias(name) for name in names if name not in values]
        return values.with_columns(absent).select(names)


def _is_nested(kind: pa.DataType) -> bool:
    return bool(pa.types.is_nested(kind) or pa.types.is_union(kind))


def _texts(column: pa.Array) -> pl.Series:
    """Return the column's values as text; bytes that are not UTF-8 become U+FFFD."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_temporal(column.type):
        written = pl.Series(column.cast(pa.string()))
        return written.str.replace(_MIDNIGHT, "")
    if not _is_text(column.type):
        return pl.Series(column.cast(pa.string()))
    return as_text(pl.Series(column.cast(pa.large_binary())))


def _is_text(kind: pa.DataType) -> bool:
    tests = (
        pa.types.is_string,
        pa.types.is_large_string,
        pa.types.is_string_view,
        pa.types.is_binary,
        pa.types.is_large_binary,
        pa.types.is_binary_view,
        pa.types.is_fixed_size_binary,
    )
    return any(test(kind) for test in tests)
