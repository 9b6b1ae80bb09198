"""The finder index in use: candidates for requests, and what is known of them.

Read only. Every look-up is counted; nothing here decides anything.
"""

import json
from datetime import date
from pathlib import Path
from typing import Self

import duckdb
import polars as pl

from portcullis import addresses, names
from portcullis.errors import Misuse
from portcullis.records import normal
from portcullis.records.build import CURRENT, DATABASE, IndexInfo
from portcullis.records.engine import attach, connect, seal
from portcullis.records.layout import FINDERS, FORMAT, engine_mark

_MEMORY = "1500MB"
_NAME_FORM = [f"n_{part}" for part in normal.NAME_FORM]
_ADDRESS_FORM = [f"a_{part}" for part in normal.ADDRESS_FORM]
_MAY_BE_LAST = (
    f"source_kind > {normal.KINDS.index('information-return')} AND processed_on <= $as_of"
)


class Index:
    """One version of the finder index, open for reading; made by ``open_index``.

    ``info`` names the version and the digest of its content. ``lookups`` counts the requests
    that were looked up since it was opened: every row given to ``candidates``.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, info: IndexInfo) -> None:
        self._connection = connection
        self.info = info
        self.lookups = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the index."""
        self._connection.close()

    def candidates(self, requests: pl.DataFrame) -> pl.DataFrame:
        """Return who has a request's TIN or, at its delivery line, its name: ``row, person``.

        Both UInt32, in order of person, each pair once; nothing has been compared yet, so a
        candidate may be one by chance. ``requests``: ``row``, ``tin``, and the ``n_*`` and
        ``a_*`` normal forms.
        """
        self.lookups += requests.height
        return self._find(requests, ("tin", "place"))

    def neighbours(self, requests: pl.DataFrame) -> pl.DataFrame:
        """Return who may be a near miss of requests already looked up: ``row, person``.

        They are those of the name at the delivery line, or at the house number or in the street in
        the ZIP code, and anybody at the same unique delivery point. Columns as for ``candidates``.
        """
        return self._find(requests, ("place", "house", "street", "point"))

    def names(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Return each name, present and prior, of the persons of ``pairs`` (``row, person``).

        Columns: ``row, person``, the person's ``r_tin`` (digits or null), ``prior`` and the normal
        form as ``r_n_*``.
        """
        return self._select(
            f"SELECT p.*, k.tin AS r_tin, d.prior, {_renamed(_NAME_FORM)} "  # noqa: S608
            "FROM pairs p JOIN taxpayer k USING (person) JOIN name d USING (person)",
            pairs=pairs,
        )

    def addresses(self, pairs: pl.DataFrame, as_of: date) -> pl.DataFrame:
        """Return each address of record, of any period, of the persons of ``pairs``.

        Columns: ``row, person, address`` (its place in the index), ``may_be_last`` (of a return,
        notice or postal update processed by ``as_of``; the highest such ``address`` of a person
        is the last known one) and the normal form as ``r_a_*``.
        """
        return self._select(
            f"SELECT p.*, d.address, {_MAY_BE_LAST} AS may_be_last, "  # noqa: S608
            f"{_renamed(_ADDRESS_FORM)} FROM pairs p JOIN address d USING (person)",
            {"as_of": as_of},
            pairs=pairs,
        )

    def last_known(self, persons: pl.DataFrame, as_of: date) -> pl.DataFrame:
        """Return one row a row of ``persons`` (``row, person``): the last known address.

        Columns: ``row, taxpayer_id, protected`` (any address of that person is), and
        ``line1, line2, city, state, zip, taxable_period`` as the holder wrote them; all null where
        the person has no address that can be the last known one (26 CFR 301.6212-2).
        """
        return self._select(
            "WITH last AS (SELECT person, bool_or(protected) AS protected, "  # noqa: S608
            f"max(address) FILTER ({_MAY_BE_LAST}) AS address "
            "FROM address SEMI JOIN persons USING (person) GROUP BY person), "
            "found AS (SELECT last.person, last.protected, d.line1, d.line2, d.city, d.state, "
            "d.zip, d.taxable_period FROM last LEFT JOIN address d USING (address)) "
            "SELECT p.row, k.taxpayer_id, coalesce(f.protected, false) AS protected, "
            "f.* EXCLUDE (person, protected) "
            "FROM persons p JOIN taxpayer k USING (person) LEFT JOIN found f USING (person)",
            {"as_of": as_of},
            persons=persons,
        )

    def _find(self, requests: pl.DataFrame, finders: tuple[str, ...]) -> pl.DataFrame:
        asked = requests.select(
            "row", normal.tin_digits("tin").alias("tin"), *_NAME_FORM, *_ADDRESS_FORM
        )
        found = " UNION ".join(
            f"SELECT row, person FROM (SELECT row, {key} AS key FROM asked WHERE {condition}) "  # noqa: S608
            f"JOIN find_{finder} USING (key)"
            for finder, (key, condition) in FINDERS.items()
            if finder in finders
        )
        return self._select(f"FROM ({found}) ORDER BY person, row", asked=asked)

    def _select(
        self, query: str, parameters: dict[str, date] | None = None, **tables: pl.DataFrame
    ) -> pl.DataFrame:
        for name, frame in tables.items():
            self._connection.register(name, frame.to_arrow())
        try:
            found = self._connection.execute(query, parameters).to_arrow_table()
        finally:
            for name in tables:
                self._connection.unregister(name)
        return pl.DataFrame(pl.from_arrow(found))


def open_index(folder: Path, key: bytes) -> Index:
    """Open the current version of the index in ``folder`` with its 32-byte ``key``.

    Raises Misuse where there is none, the key is another, the file is damaged, or the index was
    made under other rules than those of this program.
    """
    try:
        version = (folder / CURRENT).read_text().strip()
    except OSError:
        raise Misuse(
            "There is no index of the holder's records.", "Build it: `portcullis records index`."
        ) from None
    connection = connect(folder / ".spill", _MEMORY)
    try:
        attach(connection, folder / version / DATABASE, "index", key, read_only=True)
        connection.execute("USE index")
        info = _read_about(connection)
        seal(connection)
    except BaseException:
        connection.close()
        raise
    return Index(connection, info)


def _read_about(connection: duckdb.DuckDBPyConnection) -> IndexInfo:
    try:
        about = dict(connection.execute("SELECT name, value FROM about").fetchall())
    except duckdb.Error:
        about = {}
    expected = {
        "format": FORMAT,
        "addresses_version": addresses.VERSION,
        "names_version": names.VERSION,
        "engine_mark": engine_mark(connection),
    }
    if any(about.get(name) != value for name, value in expected.items()):
        raise Misuse(
            "The index was made by another version of the rules or of the engine.",
            "Build it again: `portcullis records index`.",
        )
    return IndexInfo(**json.loads(about["info"]))


def _renamed(columns: list[str]) -> str:
    return ", ".join(f"d.{name} AS r_{name}" for name in columns)
