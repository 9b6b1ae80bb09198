"""The finder index in use: candidates for requests, and what is known of them.

Read only. Every look-up is counted; nothing here decides anything.
"""

import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Self

import duckdb
import polars as pl

from portcullis.errors import Misuse
from portcullis.records import finders, normal, versions
from portcullis.records.elsewhere import open_version
from portcullis.records.engine import connect, seal
from portcullis.records.found import addresses_beside, names_beside
from portcullis.records.port import Index
from portcullis.records.segment import attach_segments
from portcullis.records.versions import EngineName, IndexInfo, Version

ENGINE: EngineName = "duckdb"
_MEMORY = "1500MB"
_LINES = ", ".join(normal.ADDRESS)
_LINES_LAST_FIRST = ", ".join(f"{line} DESC NULLS FIRST" for line in normal.ADDRESS)
_STRETCH = "person BETWEEN $low::UINTEGER AND $high::UINTEGER"
_INFORMATION_RETURN = normal.KINDS.index("information-return")

# The last known address (26 CFR 301.6212-2): of the returns, notices and postal updates processed
# by the day, the newest; on one day by period, kind and protection; last by the text of its lines.
_NEWEST = (
    "((processed_on - DATE '1900-01-01')::BIGINT << 16) "
    "+ coalesce(taxable_period, 0)::BIGINT * 8 + source_kind * 2 + protected::BIGINT"
)
_LAST = f"""
    counted AS (
        SELECT person, place, taxable_period, {_NEWEST} AS newest
        FROM filing SEMI JOIN wanted USING (person)
        WHERE {_STRETCH}
          AND source_kind > {_INFORMATION_RETURN} AND processed_on <= $as_of
    ),
    newest AS (SELECT * FROM counted QUALIFY newest = max(newest) OVER (PARTITION BY person)),
    here AS MATERIALIZED (
        SELECT * EXCLUDE (segment) FROM address SEMI JOIN wanted USING (person)
        WHERE {_STRETCH}
    ),
    last AS (
        SELECT DISTINCT ON (person) person, place, taxable_period, {_LINES}
        FROM newest JOIN here USING (person, place)
        ORDER BY person, {_LINES_LAST_FIRST}
    )
"""  # noqa: S608 - of constants


class DuckdbIndex:
    """One version of the finder index in encrypted DuckDB files (see ``port.Index``)."""

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
        return self._find(requests, finders.CANDIDATES)

    def neighbours(self, requests: pl.DataFrame) -> pl.DataFrame:
        """Return who may be a near miss of requests already looked up: ``row, person``.

        They are those of the name at the delivery line, or at the house number or in the street of
        the locality, whoever shares a given or family name in the same building, and anybody at the
        same unique delivery point. Columns as for ``candidates``.
        """
        return self._find(requests, finders.NEIGHBOURS)

    def namesakes(self, requests: pl.DataFrame) -> pl.DataFrame:
        """Return ``row, person`` of who bears a request's name and has no address of record."""
        return self._find(requests, finders.NAMESAKES)

    def names(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Return each name, present and prior, of the persons of ``pairs`` (``row, person``).

        Columns: ``row, person``, the person's ``r_tin`` (digits or null) and the normal form as
        ``r_n_*``. Of a taxpayer whose row was appended anew the newest row holds.
        """
        rows = self._select(
            f"SELECT d.* FROM taxpayer d SEMI JOIN pairs USING (person) WHERE {_STRETCH} "  # noqa: S608
            "QUALIFY segment = max(segment) OVER (PARTITION BY person)",
            pairs,
        )
        return names_beside(pairs, rows)

    def addresses(self, pairs: pl.DataFrame, as_of: date) -> pl.DataFrame:
        """Return each address of record, of any period, of the persons of ``pairs``.

        Columns: ``row, person, address`` (its number in the index), ``may_be_last`` (it is the
        last known one as of ``as_of``) and the normal form as ``r_a_*``.
        """
        rows = self._select(
            f"WITH wanted AS (SELECT DISTINCT person FROM pairs), {_LAST} "  # noqa: S608
            "SELECT here.*, last.place IS NOT NULL AS may_be_last "
            "FROM here LEFT JOIN last USING (person, place)",
            pairs,
            as_of,
        )
        return addresses_beside(pairs, rows)

    def last_known(self, persons: pl.DataFrame, as_of: date) -> pl.DataFrame:
        """Return one row a row of ``persons`` (``row, person``): the last known address.

        Columns: ``row, taxpayer_id, protected`` (any address of that person is), and
        ``line1, line2, city, state, zip, taxable_period`` as the holder wrote them; all null where
        the person has no address that can be the last known one (26 CFR 301.6212-2).
        """
        return self._select(
            f"WITH wanted AS (SELECT DISTINCT person FROM pairs), {_LAST}, "  # noqa: S608
            "known AS (SELECT person, any_value(taxpayer_id) AS taxpayer_id FROM taxpayer "
            f"SEMI JOIN wanted USING (person) WHERE {_STRETCH} GROUP BY person), "
            "shut AS (SELECT person, bool_or(protected) AS protected FROM filing "
            f"SEMI JOIN wanted USING (person) WHERE {_STRETCH} GROUP BY person) "
            "SELECT p.row, k.taxpayer_id, coalesce(s.protected, false) AS protected, "
            f"{_LINES}, taxable_period FROM pairs p JOIN known k USING (person) "
            "LEFT JOIN shut s USING (person) LEFT JOIN last l USING (person)",
            persons,
            as_of,
        )

    def persons(self, identifiers: pl.Series) -> pl.DataFrame:
        """Return ``taxpayer_id, person`` of those of ``identifiers`` that the index knows."""
        asked = identifiers.alias("taxpayer_id").to_frame()
        return self._ask(
            "SELECT DISTINCT taxpayer_id, person FROM taxpayer SEMI JOIN asked USING (taxpayer_id) "
            "WHERE taxpayer_id BETWEEN $low AND $high",
            {"asked": asked},
            {"low": asked["taxpayer_id"].min(), "high": asked["taxpayer_id"].max()},
        )

    def _find(self, requests: pl.DataFrame, wanted: tuple[str, ...]) -> pl.DataFrame:
        digits = requests.with_columns(normal.tin_digits("tin").alias("tin"))
        asked = finders.of_requests(digits, wanted)
        return self._ask(f"FROM ({finders.question(wanted)}) ORDER BY person, row", asked)

    def _select(self, query: str, pairs: pl.DataFrame, as_of: date | None = None) -> pl.DataFrame:
        """Ask for what is known of the persons of ``pairs``: only their stretch is read."""
        parameters = {"low": pairs["person"].min() or 0, "high": pairs["person"].max() or 0}
        if as_of is not None:
            parameters["as_of"] = as_of
        return self._ask(query, {"pairs": pairs}, parameters)

    def _ask(
        self,
        query: str,
        tables: Mapping[str, pl.DataFrame],
        parameters: Mapping[str, object] | None = None,
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
    version = _current(folder)
    if version.engine != ENGINE:
        return open_version(version, folder)
    return open_duckdb(version, folder, key)


def has_files(folder: Path) -> bool:
    """Say whether an index lies in ``folder`` itself, as encrypted files."""
    return (folder / versions.SEGMENTS).is_dir()


def remove_files(folder: Path) -> None:
    """Remove every index that lies in ``folder`` itself; one that another engine keeps stays."""
    try:
        version = versions.current(folder)
    except Misuse:
        version = None
    if version is None or version.engine == ENGINE:
        (folder / versions.CURRENT).unlink(missing_ok=True)
    for name in (versions.SEGMENTS, versions.BUILDING):
        shutil.rmtree(folder / name, ignore_errors=True)


def index_in_use(folder: Path) -> IndexInfo:
    """Return what the current version in ``folder`` is, without opening it.

    Raises Misuse where there is none, its description is damaged, or it was made under other rules.
    """
    return _current(folder).info


def _current(folder: Path) -> Version:
    version = versions.current(folder)
    if version is None:
        raise Misuse(
            "There is no index of the holder's records.", "Build it: `portcullis records index`."
        )
    return version


def open_duckdb(version: Version, folder: Path, key: bytes) -> DuckdbIndex:
    """Open ``version`` of the index in ``folder``, which DuckDB keeps there.

    Raises what ``open_index`` does.
    """
    connection = connect(folder / ".spill", _MEMORY)
    try:
        attach_segments(connection, folder / versions.SEGMENTS, version.segments, key)
        seal(connection)
    except BaseException:
        connection.close()
        raise
    return DuckdbIndex(connection, version.info)
