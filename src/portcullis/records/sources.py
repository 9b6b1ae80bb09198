"""Where the holder's records are: one way to read them, whatever holds them.

A source gives the two tables of the design, ``taxpayer`` and ``address_of_record``, as a stream
of frames with fixed columns and types; never the whole at once. A folder of Parquet files, a
DuckDB file, or a PostgreSQL database (over ADBC, rows as Arrow).
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import duckdb
import polars as pl
import pyarrow as pa

from portcullis.errors import Misuse
from portcullis.records.engine import literal

CHUNK_ROWS = 262_144

TAXPAYER: dict[str, pl.DataType] = {
    name: pl.String()
    for name in (
        "taxpayer_id", "tin", "tin_type", "given_name", "middle_name", "family_name", "suffix",
        "prior_names",
    )
}  # fmt: skip
ADDRESS_OF_RECORD: dict[str, pl.DataType] = {
    "taxpayer_id": pl.String(),
    "line1": pl.String(),
    "line2": pl.String(),
    "city": pl.String(),
    "state": pl.String(),
    "zip": pl.String(),
    "taxable_period": pl.Int16(),
    "source_kind": pl.String(),
    "processed_on": pl.Date(),
    "protected": pl.Boolean(),
}
TABLES = {"taxpayer": TAXPAYER, "address_of_record": ADDRESS_OF_RECORD}


class Source(Protocol):
    """The holder's records, as a stream of frames a table."""

    def columns(self, table: str) -> list[str]:
        """Return the names of the table's columns; raises Misuse where there is no such table."""
        ...

    def batches(self, table: str, columns: list[str]) -> Iterator[pa.RecordBatch]:
        """Yield the named columns of ``table``, at most ``CHUNK_ROWS`` rows at a time."""
        ...


def open_source(source: str | Path) -> contextlib.AbstractContextManager[Source]:
    """Open a Parquet folder, a ``.duckdb`` file or a ``postgresql://`` address for reading.

    Raises Misuse where there is nothing of the kind.
    """
    if str(source).startswith(("postgresql://", "postgres://")):
        return _postgresql(str(source))
    path = Path(source)
    if path.is_dir():
        return _parquet(path)
    if path.is_file():
        return _duckdb(path)
    raise Misuse(
        f"There are no records at {path.name}.",
        "Name a folder with taxpayer and address_of_record Parquet files, a DuckDB file, "
        "or a postgresql:// address.",
    )


def frames(source: Source, table: str) -> Iterator[pl.DataFrame]:
    """Yield ``table`` of ``source`` with the schema's columns, types and order.

    Texts are trimmed and empty ones null. Raises Misuse where a column is missing, a value has
    another type, or the source cannot be read to its end.
    """
    schema = TABLES[table]
    missing = [name for name in schema if name not in source.columns(table)]
    if missing:
        raise Misuse(
            f"The table {table} of the records has no column {', '.join(missing)}.",
            "Add the column; the design's schema names all of them.",
        )
    tidy = [
        pl.col(name).cast(kind).str.strip_chars().replace("", None)
        if kind == pl.String
        else pl.col(name).cast(kind)
        for name, kind in schema.items()
    ]
    batches = source.batches(table, list(schema))
    while True:
        try:
            batch = next(batches)
            frame = pl.DataFrame(pl.from_arrow(batch)).select(tidy)
        except StopIteration:
            return
        except (duckdb.Error, pa.ArrowException, pl.exceptions.PolarsError, OSError):
            # The readers' messages may quote a value of a record.
            raise Misuse(
                f"The table {table} of the records cannot be read: cut, or a value of another "
                "type than the schema's.",
                "Write it again and check the types of its columns.",
            ) from None
        if frame.height:
            yield frame


class _OverDuckdb:
    """Tables that DuckDB can select from: name to the SQL of its relation."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, relations: dict[str, str]) -> None:
        self._connection = connection
        self._relations = relations

    def columns(self, table: str) -> list[str]:
        try:
            found = self._connection.execute(f"DESCRIBE FROM {self._relations[table]}").fetchall()
        except duckdb.Error:
            raise _no_table(table) from None
        return [row[0] for row in found]

    def batches(self, table: str, columns: list[str]) -> Iterator[pa.RecordBatch]:
        select = f"SELECT {', '.join(columns)} FROM {self._relations[table]}"  # noqa: S608
        yield from self._connection.execute(select).to_arrow_reader(CHUNK_ROWS)


@contextlib.contextmanager
def _parquet(folder: Path) -> Iterator[Source]:
    with duckdb.connect() as connection:
        relations = {}
        for table in TABLES:
            # One file, a folder of parts, or parts side by side.
            places = (f"{table}.parquet", f"{table}/*.parquet", f"{table}-*.parquet")
            paths = [path for place in places for path in sorted(folder.glob(place))]
            if not paths:
                raise _no_table(table)
            listed = ", ".join(literal(str(path)) for path in paths)
            relations[table] = f"read_parquet([{listed}])"
        yield _OverDuckdb(connection, relations)


@contextlib.contextmanager
def _duckdb(path: Path) -> Iterator[Source]:
    try:
        connection = duckdb.connect(str(path), read_only=True)
    except duckdb.Error:
        raise Misuse(
            f"{path.name} is not a DuckDB file that can be read now.",
            "Close other programs that hold it, or name another source.",
        ) from None
    with connection:
        yield _OverDuckdb(connection, {table: table for table in TABLES})


class _OverAdbc:
    """Tables in PostgreSQL, in the connection's search path."""

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - ADBC ships no types
        self._connection = connection

    def columns(self, table: str) -> list[str]:
        with self._connection.cursor() as cursor:
            cursor.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) "
                "AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                (table,),
            )
            found = cursor.fetchall()
        if not found:
            raise _no_table(table)
        return [row[0] for row in found]

    def batches(self, table: str, columns: list[str]) -> Iterator[pa.RecordBatch]:
        with self._connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")  # noqa: S608
            for batch in cursor.fetch_record_batch():
                for start in range(0, batch.num_rows, CHUNK_ROWS):
                    yield batch.slice(start, CHUNK_ROWS)


@contextlib.contextmanager
def _postgresql(address: str) -> Iterator[Source]:
    from adbc_driver_postgresql import dbapi  # noqa: PLC0415 - only holders with PostgreSQL need it

    try:
        connection = dbapi.connect(address)
    except dbapi.Error:
        # The driver's message may quote the address, and with it a password.
        raise Misuse(
            "The PostgreSQL database of the records does not answer.",
            "Check the address, the role and its right to read.",
        ) from None
    try:
        yield _OverAdbc(connection)
    finally:
        connection.close()


def _no_table(table: str) -> Misuse:
    return Misuse(
        f"The records have no table {table} that can be read.",
        "A source holds two tables: taxpayer and address_of_record.",
    )
