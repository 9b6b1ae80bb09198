"""An index built in the holder's own PostgreSQL: a schema for each version, written whole.

The records are read once, in order, block by block; each block is made in this process's memory
and goes back as rows of the index's tables. Nothing of them is written elsewhere. The whole build
is one transaction: until its end, and after any failure or kill, there is no such schema.
"""

import secrets
from pathlib import Path
from typing import Any

from portcullis import progress
from portcullis.errors import Misuse
from portcullis.records import finders
from portcullis.records.adbc import address_of, connected, without_secrets
from portcullis.records.blocks import TABLES, nobody_known
from portcullis.records.making import made
from portcullis.records.sources import OutOfOrder, Source, blanks, check_columns, open_source
from portcullis.records.sql import signed
from portcullis.records.unfinished import begin
from portcullis.records.versions import Segment, segment_digest

_SCHEMA = "portcullis_"


def write(address: str, name: str, folder: Path, show: progress.Show) -> tuple[str, Segment]:
    """Index the records at ``address`` in a new schema there; return its place and what it holds.

    The place is the address without its passwords, ``#`` and the schema.

    ``name``: of the version. ``folder``: of the index, which knows the versions.

    Raises Misuse where the records cannot be read or are doubtful, or the role may not write.
    """
    from adbc_driver_postgresql import dbapi  # noqa: PLC0415 - only who has PostgreSQL needs it

    schema = f"{_SCHEMA}{name}_{secrets.token_hex(4)}"
    place = f"{without_secrets(address)}#{schema}"
    with connected(address) as connection, open_source(address, folder) as source:
        try:
            check_columns(source)
            begin(folder, "postgresql", place)
            _execute(connection, f"CREATE SCHEMA {schema}")
            segment = _write_blocks(connection, schema, source, name, show)
            _finish(connection, schema, segment.digest)
            connection.commit()
        except OutOfOrder:
            raise blanks() from None
        except dbapi.Error:
            raise Misuse(
                "The index could not be written into the PostgreSQL database of the records.",
                "Its role needs the right to create a schema there, and the server room for the "
                "index; the index before is untouched.",
            ) from None
    return place, segment


def remove(place: str, source: str) -> None:
    """Drop the schema at ``place``, where it is; ``source``: an address that may have its password.

    Raises Misuse where the database does not answer, or the role may not.
    """
    from adbc_driver_postgresql import dbapi  # noqa: PLC0415

    written, _, schema = place.rpartition("#")
    with connected(address_of(written, source)) as connection:
        try:
            _execute(connection, f"DROP SCHEMA IF EXISTS {schema} CASCADE")
            connection.commit()
        except dbapi.Error:
            raise Misuse(
                "What a build left in the PostgreSQL database of the records cannot be dropped.",
                f"Drop the schema {schema} there as its owner.",
            ) from None


def _write_blocks(
    connection: Any,  # noqa: ANN401 - ADBC ships no types
    schema: str,
    source: Source,
    name: str,
    show: progress.Show,
) -> Segment:
    nobody = nobody_known()
    digests: list[bytes] = []
    held = dict.fromkeys(TABLES, 0)
    taxpayers = addresses = places = 0
    rows = source.count("taxpayer") + source.count("address_of_record")
    with progress.step(show, "Indexing the records", rows, "rows") as advance:
        for block, _ in made(source, lambda _identifiers: nobody):
            for table, frame in block.tables.items():
                held[table] += frame.height
                with connection.cursor() as cursor:
                    cursor.adbc_ingest(
                        table, signed(frame).to_arrow(), mode="create_append", db_schema_name=schema
                    )
            digests.append(block.digest)
            taxpayers += block.taxpayers
            addresses += block.addresses
            places += block.places
            advance(block.taxpayers + block.addresses)
    return Segment(name, segment_digest(digests), taxpayers, addresses, taxpayers, places, held)


def _finish(connection: Any, schema: str, digest: str) -> None:  # noqa: ANN401
    """Index the tables for look-ups, and write what they are."""
    for table in TABLES:
        columns = finders.keyed(table) if table in finders.TABLES else ("person",)
        for column in columns:
            _execute(connection, f"CREATE INDEX ON {schema}.{table} ({column})")
        _execute(connection, f"ANALYZE {schema}.{table}")
    _execute(connection, f"CREATE TABLE {schema}.about AS SELECT '{digest}'::text AS digest")


def _execute(connection: Any, statement: str) -> None:  # noqa: ANN401
    with connection.cursor() as cursor:
        cursor.execute(statement)
