"""Look-ups in an index that lies in the holder's PostgreSQL.

The keys and numbers asked for go to temporary tables of one transaction, which is then undone.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl
import pyarrow as pa

from portcullis.errors import Misuse
from portcullis.records.adbc import address_in_use, connect
from portcullis.records.blocks import TABLES
from portcullis.records.sql import SqlIndex, signed
from portcullis.records.versions import Segment, Version


def open_version(version: Version) -> SqlIndex:
    """Open ``version``, whose place is an address without its password and a schema.

    Raises Misuse where the database does not answer, or no longer holds that index.
    """
    written, _, schema = version.place.rpartition("#")
    engine = _PostgreSQL(connect(address_in_use(written)))
    try:
        engine.use(schema, version.segments[0])
    except BaseException:
        engine.close()
        raise
    return SqlIndex(engine, version.info)


class _PostgreSQL:
    """A connection whose search path is one version's schema."""

    byte_order = 'COLLATE "C"'

    def __init__(self, connection: Any) -> None:  # noqa: ANN401 - ADBC ships no types
        self._connection = connection

    def use(self, schema: str, segment: Segment) -> None:
        """Read from ``schema``; raise Misuse where it is not ``segment``, with all its rows."""
        from adbc_driver_postgresql import dbapi  # noqa: PLC0415

        try:
            with self._connection.cursor() as cursor:
                cursor.execute(f"SELECT digest FROM {schema}.about")  # noqa: S608 - our own name
                whole = cursor.fetchall() == [(segment.digest,)]
                cursor.execute(_counting(schema))
                whole = whole and dict(cursor.fetchall()) == segment.rows
                cursor.execute(f"SET search_path TO {schema}")
            self._connection.commit()
        except dbapi.Error:
            whole = False
        if not whole:
            raise Misuse(
                "The PostgreSQL database does not hold the index in use whole, or the role may not "
                "read it.",
                "Check the address and the role's rights, or build it again with "
                "`portcullis records index`.",
            )

    def ask(self, query: str, asked: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        """Return what ``query`` finds beside ``asked``."""
        from adbc_driver_postgresql import dbapi  # noqa: PLC0415

        try:
            with self._connection.cursor() as cursor:
                for table, frame in asked.items():
                    cursor.adbc_ingest(
                        table, signed(frame).to_arrow(), mode="create", temporary=True
                    )
                    cursor.execute(f"ANALYZE pg_temp.{table}")
                cursor.execute(query)
                return pl.DataFrame(pl.from_arrow(cursor.fetch_arrow_table()))
        except (dbapi.Error, pa.ArrowException, OSError):
            # The driver's messages may quote a row.
            raise Misuse(
                "The PostgreSQL database of the records stopped answering.",
                "See that it runs and has room for temporary tables; then run the same again.",
            ) from None
        finally:
            self._undo()

    def _undo(self) -> None:
        from adbc_driver_postgresql import dbapi  # noqa: PLC0415

        try:
            self._connection.rollback()
        except dbapi.Error:
            return  # the connection is gone, and its temporary tables with it

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def _counting(schema: str) -> str:
    """Return the question how many rows each table has: one that lost some would find nobody."""
    counts = [f"SELECT '{table}', count(*) FROM {schema}.{table}" for table in TABLES]  # noqa: S608
    return " UNION ALL ".join(counts)
