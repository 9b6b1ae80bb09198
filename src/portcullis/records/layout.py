"""What an index holds and in which order; the digest of its content.

Tables, each in a total order so that the same records always give the same bytes:

``taxpayer``  by taxpayer_id; ``person`` is the place in that order
``name``      by person: each name, present and prior, with its normal form
``address``   by person, then the rule of the last known address: ``address`` is the place, so of
              one person's addresses that may count, the last known one stands highest
``find_*``    the finders: 64-bit key and person, by key. Narrow, so that a look-up costs what it
              asks for. A key may be shared by chance: what is found is only a candidate, and
              always compared in full.
"""

import hashlib
from collections.abc import Iterator

import duckdb

from portcullis import addresses, names
from portcullis.canonical import json_bytes
from portcullis.errors import Misuse
from portcullis.records.normal import TIN_DIGITS

FORMAT = "portcullis-index/1"
CONTENT = ("taxpayer", "name", "address")
BATCH_ROWS = 131_072

_FIELD_END = b"\x1f"
_ROW_END = b"\x1e"

_WHEREABOUTS = "CASE WHEN a_zip5 <> '' THEN a_zip5 ELSE a_city || ',' || a_state END"
_NAMED = "NOT n_absent AND NOT a_absent"
FINDERS: dict[str, tuple[str, str]] = {
    "tin": ("tin::UBIGINT", f"length(tin) = {TIN_DIGITS}"),
    "place": ("hash(n_key, a_number, a_street, a_box)", _NAMED),
    "house": (
        "hash(n_key, a_number, a_box, a_zip5)",
        f"{_NAMED} AND a_number || a_box <> '' AND a_zip5 <> ''",
    ),
    "street": ("hash(n_key, a_street, a_zip5)", f"{_NAMED} AND a_street <> '' AND a_zip5 <> ''"),
    "point": (
        f"hash(a_number, a_street, a_unit, a_box, {_WHEREABOUTS})",
        "NOT a_absent AND a_unique_point",
    ),
}
"""Finder to (key, condition), in SQL over the columns of a request or of a record alike.

tin     the number itself
place   the name at the delivery line; unit and locality are left to the comparison
house   the name at the house or box number in the ZIP code: the street may be misspelt
street  the name in the street and ZIP code: the number may be
point   anybody at the unique delivery point
"""

_NAME_AT_ADDRESS = "name JOIN address USING (person)"
_FINDER_ROWS = {
    "tin": "taxpayer",
    "place": _NAME_AT_ADDRESS,
    "house": _NAME_AT_ADDRESS,
    "street": _NAME_AT_ADDRESS,
    "point": "address",
}


def arrange(connection: duckdb.DuckDBPyConnection, staged: str, index: str) -> None:
    """Bring the staged tables of database ``staged`` into the final order in database ``index``.

    Staged: ``taxpayer``, ``name``, ``address`` with taxpayer_id in place of person.
    """
    connection.execute(f"USE {index}")
    connection.execute(
        "CREATE TABLE taxpayer AS SELECT (row_number() OVER () - 1)::UINTEGER AS person, * "  # noqa: S608
        f"FROM (FROM {staged}.taxpayer ORDER BY ALL)"
    )
    _refuse_doubtful(connection, staged)
    connection.execute(
        "CREATE TABLE name AS SELECT t.person, n.* EXCLUDE (taxpayer_id) "  # noqa: S608
        f"FROM {staged}.name n JOIN taxpayer t USING (taxpayer_id) "
        "ORDER BY t.person, prior, given_name, middle_name, family_name, suffix"
    )
    connection.execute(
        "CREATE TABLE address AS SELECT (row_number() OVER () - 1)::UINTEGER AS address, * FROM ("  # noqa: S608
        "SELECT t.person, a.* EXCLUDE (taxpayer_id) "
        f"FROM {staged}.address a JOIN taxpayer t USING (taxpayer_id) "
        "ORDER BY t.person, processed_on NULLS FIRST, taxable_period NULLS FIRST, source_kind, "
        "protected, line1, line2, city, state, zip)"
    )
    for finder, (key, condition) in FINDERS.items():
        connection.execute(
            f"CREATE TABLE find_{finder} AS SELECT DISTINCT {key} AS key, person "  # noqa: S608
            f"FROM {_FINDER_ROWS[finder]} WHERE {condition} ORDER BY key, person"
        )


def _refuse_doubtful(connection: duckdb.DuckDBPyConnection, staged: str) -> None:
    checks = {
        "taxpayers without a taxpayer_id": "FROM taxpayer WHERE taxpayer_id IS NULL",
        "taxpayer_ids that stand more than once": "FROM (SELECT taxpayer_id FROM taxpayer "
        "GROUP BY taxpayer_id HAVING count(*) > 1)",
        "addresses that belong to no taxpayer": f"FROM {staged}.address a "
        "ANTI JOIN taxpayer USING (taxpayer_id)",
        "addresses of an unknown source_kind": f"FROM {staged}.address WHERE source_kind IS NULL",
        "addresses with an impossible processed_on": f"FROM {staged}.address "
        "WHERE year(processed_on) NOT BETWEEN 1913 AND 2199",
    }
    for what, query in checks.items():
        found = connection.execute(f"SELECT count(*) {query}").fetchone()
        if found and found[0]:
            raise Misuse(
                f"The records hold {found[0]:,} {what}.", "Mend the source and index it again."
            )


def content_digest(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the SHA-256 (hex) of the index's content, database ``index`` being in use.

    Hashed are a header (canonical JSON: format, versions of the normal forms, columns) and then
    every row of ``taxpayer``, ``name`` and ``address`` in their order: values as text, absent
    ones empty, each ended by U+001F and each row by U+001E. The orders are total, so neither
    chunking nor threads nor the order of the source matter.

    Raises Misuse where a value itself holds one of the two characters.
    """
    columns = {table: _columns(connection, table) for table in CONTENT}
    header = {
        "format": FORMAT,
        "addresses": addresses.VERSION,
        "names": names.VERSION,
        "columns": columns,
    }
    digest = hashlib.sha256(json_bytes(header) + b"\n")
    for table in CONTENT:
        for rows, data in _row_texts(connection, table, columns[table]):
            if data.count(_FIELD_END) != rows * len(columns[table]) or data.count(_ROW_END) != rows:
                raise Misuse(
                    "A value of the records holds a control character (U+001E or U+001F).",
                    "Clean the source and index it again.",
                )
            digest.update(data)
    return digest.hexdigest()


def _columns(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    return [row[0] for row in connection.execute(f"DESCRIBE {table}").fetchall()]


def _row_texts(
    connection: duckdb.DuckDBPyConnection, table: str, columns: list[str]
) -> Iterator[tuple[int, bytes]]:
    text = ", chr(31), ".join(columns)  # a plain scan of one table keeps its order
    reader = connection.execute(
        f"SELECT concat({text}, chr(31), chr(30)) FROM {table}"  # noqa: S608
    ).to_arrow_reader(BATCH_ROWS)
    for batch in reader:
        texts = batch.column(0)
        _, offsets, data = texts.buffers()
        places = memoryview(offsets).cast("i")
        start, end = places[texts.offset], places[texts.offset + len(texts)]
        yield len(texts), bytes(memoryview(data)[start:end])


def engine_mark(connection: duckdb.DuckDBPyConnection) -> str:
    """Return the engine's hash of a fixed text: finders made by another hash cannot be used."""
    found = connection.execute("SELECT hash('portcullis', 'finder')").fetchone()
    return str(found[0]) if found else ""
