"""Where the holder's records are: one way to read them, whatever holds them.

A source gives the two tables of the design, ``taxpayer`` and ``address_of_record``, as a stream
of frames in the byte order of taxpayer_id, with fixed columns and types; never the whole at once. A
folder of Parquet files, a DuckDB file, or a PostgreSQL database (over ADBC, rows as Arrow).
"""

import contextlib
import errno
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import duckdb
import polars as pl
import pyarrow as pa

from portcullis.errors import Misuse
from portcullis.records.adbc import connected, is_address
from portcullis.records.engine import engine, literal

CHUNK_ROWS = 262_144
SORT_MEMORY = "3GB"
_READING = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"

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


class OutOfOrder(Exception):  # noqa: N818 - says what was found
    """A source that was taken to be in order of taxpayer_id is not."""


class Source(Protocol):
    """The holder's records, as a stream of frames a table."""

    fingerprint: str
    """Of what the source holds, as far as can be told without reading it; "" where it cannot."""

    def columns(self, table: str) -> list[str]:
        """Return the names of the table's columns; raises Misuse where there is no such table."""
        ...

    def count(self, table: str) -> int:
        """Return how many rows ``table`` has."""
        ...

    def in_order(self, table: str, columns: list[str], after: str) -> Iterator[pa.RecordBatch]:
        """Yield the named columns of ``table``, at most ``CHUNK_ROWS`` rows at a time.

        Rows come in the byte order of ``taxpayer_id``: those greater than ``after`` ("" for all),
        and those without any.
        """
        ...


def open_source(
    source: str | Path, spill: Path, *, sort: bool = False
) -> contextlib.AbstractContextManager[Source]:
    """Open a Parquet folder, a ``.duckdb`` file or a ``postgresql://`` address for reading.

    What has to be sorted spills to ``spill``, encrypted. ``sort``: even where the rows seem to be
    in order. Raises Misuse where there is nothing of the kind.
    """
    if is_address(source):
        return _postgresql(str(source))
    path = Path(source)
    if path.is_dir():
        return _parquet(path, spill, sort=sort)
    if path.is_file():
        return _duckdb(path, spill)
    raise Misuse(
        f"There are no records at {path.name}.",
        "Name a folder with taxpayer and address_of_record Parquet files, a DuckDB file, "
        "or a postgresql:// address.",
    )


def check_columns(source: Source) -> None:
    """Raise Misuse unless ``source`` has both tables with every column of the schema."""
    for table in TABLES:
        require_columns(table, source.columns(table))


def require_columns(table: str, columns: list[str]) -> None:
    """Raise Misuse where ``columns`` lack one that the schema of ``table`` names."""
    missing = [name for name in TABLES[table] if name not in columns]
    if missing:
        raise Misuse(
            f"The table {table} of the records has no column {', '.join(missing)}.",
            "Add the column; the design's schema names all of them.",
        )


def frames(source: Source, table: str, after: str = "") -> Iterator[pl.DataFrame]:
    """Yield ``table`` of ``source`` after the taxpayer ``after``, in order, as the schema has it.

    Texts are trimmed and empty ones null. Raises Misuse where a value has another type or the
    source cannot be read to its end; OutOfOrder where the rows are in no order.
    """
    schema = TABLES[table]
    batches = source.in_order(table, list(schema), after)
    before: str | None = after
    while True:
        try:
            batch = next(batches)
            frame = tidied(pl.DataFrame(pl.from_arrow(batch)), table)
        except StopIteration:
            return
        except (duckdb.Error, pa.ArrowException, pl.exceptions.PolarsError, OSError) as error:
            if isinstance(error, duckdb.OutOfMemoryException) or _disk_is_full(error):
                raise
            # The readers' messages may quote a value of a record.
            raise unreadable(table) from None
        identifier = pl.col("taxpayer_id")
        if after:
            # The source compares what is written, blanks and all; we go by what is left of it.
            frame = frame.filter(identifier.gt(after).fill_null(value=True))
        if frame.height:
            before = _check_order(frame["taxpayer_id"], before)
            yield frame


def tidied(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    """Return ``frame`` with the columns of ``table``'s schema that it has, in their types.

    Texts are trimmed and empty ones null. Raises PolarsError where a value has another type.
    """
    return frame.select(
        pl.col(name).cast(kind).str.strip_chars().replace("", None)
        if kind == pl.String
        else pl.col(name).cast(kind)
        for name, kind in TABLES[table].items()
        if name in frame.columns
    )


def unreadable(table: str) -> Misuse:
    """Return the error of a table that cannot be read to its end."""
    return Misuse(
        f"The table {table} of the records cannot be read: cut, or a value of another type than "
        "the schema's.",
        "Write it again and check the types of its columns.",
    )


def blanks() -> Misuse:
    """Return the error of records whose order cannot be found."""
    return Misuse(
        "The taxpayer_ids of the records cannot be put in order: some have blanks around them.",
        "Write them without blanks and index again.",
    )


def _check_order(identifiers: pl.Series, before: str | None) -> str | None:
    """Return the last of ``identifiers``, which must not fall below ``before`` nor one another."""
    known = identifiers.drop_nulls()
    if known.is_empty():
        return before
    if not known.is_sorted() or (before is not None and str(known[0]) < before):
        raise OutOfOrder
    return str(known[-1])


def _disk_is_full(error: Exception) -> bool:
    return isinstance(error, OSError) and error.errno == errno.ENOSPC


class _OverDuckdb:
    """Tables that DuckDB can select from: name to the SQL of its relation."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        relations: dict[str, str],
        fingerprint: str,
        ordered: frozenset[str],
    ) -> None:
        self.fingerprint = fingerprint
        self._connection = connection
        self._relations = relations
        self._ordered = ordered

    def columns(self, table: str) -> list[str]:
        try:
            found = self._connection.execute(f"DESCRIBE FROM {self._relations[table]}").fetchall()
        except duckdb.Error:
            raise no_table(table) from None
        return [row[0] for row in found]

    def count(self, table: str) -> int:
        query = f"SELECT count(*) FROM {self._relations[table]}"  # noqa: S608
        found = self._connection.execute(query).fetchone()
        return int(found[0]) if found else 0

    def in_order(self, table: str, columns: list[str], after: str) -> Iterator[pa.RecordBatch]:
        select = f"SELECT {', '.join(columns)} FROM {self._relations[table]}"  # noqa: S608
        if after:
            select += f" WHERE taxpayer_id > {literal(after)} OR taxpayer_id IS NULL"
        if table not in self._ordered:
            select += " ORDER BY taxpayer_id"
        # A cursor of its own: both tables are read side by side.
        yield from self._connection.cursor().execute(select).to_arrow_reader(CHUNK_ROWS)


@contextlib.contextmanager
def _parquet(folder: Path, spill: Path, *, sort: bool) -> Iterator[Source]:
    with engine(spill, SORT_MEMORY) as connection:
        relations, ordered, marks = {}, [], []
        for table in TABLES:
            paths = parquet_paths(folder, table)
            listed = ", ".join(literal(str(path)) for path in paths)
            relations[table] = f"read_parquet([{listed}])"
            marks += [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in paths]
            if not sort and _seems_in_order(connection, paths):
                ordered.append(table)
        fingerprint = hashlib.sha256(repr(marks).encode()).hexdigest()
        yield _OverDuckdb(connection, relations, fingerprint, frozenset(ordered))


def parquet_paths(folder: Path, table: str) -> list[Path]:
    """Return the files of ``table`` in ``folder``; raise Misuse where there are none."""
    # One file, a folder of parts, or parts side by side.
    places = (f"{table}.parquet", f"{table}/*.parquet", f"{table}-*.parquet")
    paths = [path for place in places for path in sorted(folder.glob(place))]
    if not paths:
        raise no_table(table)
    return paths


def _seems_in_order(connection: duckdb.DuckDBPyConnection, paths: list[Path]) -> bool:
    """Whether the row groups of ``paths`` follow one another by their least and greatest id."""
    groups: list[tuple[str | None, str | None]] = []
    for path in paths:
        query = (
            "SELECT stats_min_value, stats_max_value FROM "  # noqa: S608
            f"parquet_metadata({literal(str(path))}) "
            "WHERE path_in_schema = 'taxpayer_id' ORDER BY row_group_id"
        )
        try:
            groups += connection.execute(query).fetchall()
        except duckdb.Error:
            return False  # what is wrong with the file is said where it is read
    ends = [end for group in groups for end in group]
    return None not in ends and ends == sorted(end for end in ends if end is not None)


@contextlib.contextmanager
def _duckdb(path: Path, spill: Path) -> Iterator[Source]:
    with engine(spill, SORT_MEMORY) as connection:
        try:
            connection.execute(f"ATTACH {literal(str(path))} AS source (READ_ONLY)")
        except duckdb.Error:
            raise Misuse(
                f"{path.name} is not a DuckDB file that can be read now.",
                "Close other programs that hold it, or name another source.",
            ) from None
        mark = f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}"
        # What lies in a log beside the file changes without the file.
        logged = path.with_name(path.name + ".wal").exists()
        fingerprint = "" if logged else hashlib.sha256(mark.encode()).hexdigest()
        relations = {table: f"source.{table}" for table in TABLES}
        yield _OverDuckdb(connection, relations, fingerprint, frozenset())


class _OverAdbc:
    """Tables in PostgreSQL, in the search path of the role, all as they stood at one moment."""

    fingerprint = ""

    def __init__(self, address: str, stack: contextlib.ExitStack) -> None:
        self._address = address
        self._stack = stack
        self._connection = stack.enter_context(connected(address))
        with self._connection.cursor() as cursor:
            cursor.execute(_READING)
            cursor.execute("SELECT pg_export_snapshot()")
            self._snapshot = str(cursor.fetchone()[0])

    def columns(self, table: str) -> list[str]:
        with self._connection.cursor() as cursor:
            cursor.execute(
                "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) "
                "AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                (table,),
            )
            found = cursor.fetchall()
        if not found:
            raise no_table(table)
        return [row[0] for row in found]

    def count(self, table: str) -> int:
        with self._connection.cursor() as cursor, _may_read(table):
            cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
            return int(cursor.fetchone()[0])

    def in_order(self, table: str, columns: list[str], after: str) -> Iterator[pa.RecordBatch]:
        # A connection of its own: both tables are read side by side, and one carries one stream.
        connection = self._stack.enter_context(connected(self._address))
        with connection.cursor() as cursor:
            cursor.execute(_READING)
            cursor.execute(f"SET TRANSACTION SNAPSHOT {literal(self._snapshot)}")
            with _may_read(table):
                select = f"SELECT {', '.join(columns)} FROM {table} "  # noqa: S608
                if after:
                    select += 'WHERE taxpayer_id IS NULL OR taxpayer_id COLLATE "C" > $1 '
                select += 'ORDER BY taxpayer_id COLLATE "C"'
                cursor.execute(select, (after,) if after else None)
            for batch in cursor.fetch_record_batch():
                for start in range(0, batch.num_rows, CHUNK_ROWS):
                    yield batch.slice(start, CHUNK_ROWS)


@contextlib.contextmanager
def _may_read(table: str) -> Iterator[None]:
    from adbc_driver_postgresql import dbapi  # noqa: PLC0415 - only who has PostgreSQL needs it

    try:
        yield
    except dbapi.Error:
        raise Misuse(
            f"The table {table} of the records cannot be read: the role may not, or the database "
            "stopped answering.",
            "Check the role's right to read it, and that the database runs.",
        ) from None


@contextlib.contextmanager
def _postgresql(address: str) -> Iterator[Source]:
    # Every connection ends with the source, however the reading of it ended.
    with contextlib.ExitStack() as stack:
        yield _OverAdbc(address, stack)


def no_table(table: str) -> Misuse:
    """Return the error of a table that is not there."""
    return Misuse(
        f"The records have no table {table} that can be read.",
        "A source holds two tables: taxpayer and address_of_record.",
    )
