"""The look-ups in SQL that PostgreSQL and Spark both speak, over an index in an engine of theirs.

What travels to the engine is the finder keys of requests and the numbers of candidates; what comes
back is the rows that the index holds of those candidates. They are compared here, by the code that
compares them for every engine.
"""

from collections.abc import Mapping
from datetime import date
from typing import Protocol, Self

import polars as pl

from portcullis.records import finders, normal
from portcullis.records.found import addresses_beside, names_beside
from portcullis.records.versions import IndexInfo

_INFORMATION_RETURN = normal.KINDS.index("information-return")
_TYPES: dict[str, pl.DataType] = {
    "row": pl.UInt32(),
    "person": pl.UInt32(),
    "place": pl.UInt32(),
    "taxable_period": pl.Int16(),
}
_SIGNED: dict[pl.DataType, pl.DataType] = {pl.UInt32(): pl.Int64(), pl.UInt8(): pl.Int16()}
_PERSONS = 262_144
"""Persons of one question: so many answers are held at a time."""


class Engine(Protocol):
    """What holds the tables of an index (``blocks.TABLES``) and answers SQL over them."""

    byte_order: str
    """What makes a text compare by its bytes, where it would not otherwise."""

    def ask(self, query: str, asked: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
        """Return what ``query`` finds; ``asked`` are tables of whole numbers that it may name.

        Raises Misuse where the engine cannot answer.
        """
        ...

    def close(self) -> None:
        """Let go of the engine."""
        ...


class SqlIndex:
    """One version of the finder index, in an engine of the holder's (see ``port.Index``)."""

    def __init__(self, engine: Engine, info: IndexInfo) -> None:
        self._engine = engine
        self.info = info
        self.lookups = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the index."""
        self._engine.close()

    def candidates(self, requests: pl.DataFrame) -> pl.DataFrame:
        """Return ``row, person`` of who has a request's TIN or, at its delivery line, its name."""
        self.lookups += requests.height
        return self._find(requests, finders.CANDIDATES)

    def neighbours(self, requests: pl.DataFrame) -> pl.DataFrame:
        """Return ``row, person`` of who may be a near miss of requests already looked up."""
        return self._find(requests, finders.NEIGHBOURS)

    def namesakes(self, requests: pl.DataFrame) -> pl.DataFrame:
        """Return ``row, person`` of who bears a request's name and has no address of record."""
        return self._find(requests, finders.NAMESAKES)

    def names(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Return each name of the persons of ``pairs``: ``row, person, r_tin, r_n_*``."""
        rows = self._of_persons(f"SELECT d.* FROM taxpayer d WHERE {_wanted('d')}", pairs)  # noqa: S608
        return names_beside(pairs, rows)

    def addresses(self, pairs: pl.DataFrame, as_of: date) -> pl.DataFrame:
        """Return each address of record: ``row, person, address, may_be_last, r_a_*``."""
        rows = self._of_persons(
            f"WITH {self._last(as_of)} SELECT d.*, l.place IS NOT NULL AS may_be_last "  # noqa: S608
            "FROM address d LEFT JOIN last l ON l.person = d.person AND l.place = d.place "
            f"WHERE {_wanted('d')}",
            pairs,
        )
        return addresses_beside(pairs, rows)

    def last_known(self, persons: pl.DataFrame, as_of: date) -> pl.DataFrame:
        """Return the last known address of ``persons``, and whether any of theirs is protected."""
        lines = ", ".join(f"l.{line}" for line in normal.ADDRESS)
        rows = self._of_persons(
            f"WITH {self._last(as_of)}, "  # noqa: S608
            "shut AS (SELECT f.person, bool_or(f.protected) AS protected FROM filing f "
            f"WHERE {_wanted('f')} GROUP BY f.person) "
            "SELECT k.person, k.taxpayer_id, coalesce(s.protected, false) AS protected, "
            f"{lines}, l.taxable_period FROM taxpayer k "
            "LEFT JOIN shut s ON s.person = k.person LEFT JOIN last l ON l.person = k.person "
            f"WHERE {_wanted('k')}",
            persons,
        )
        return persons.select("row", "person").join(rows, on="person").drop("person")

    def _last(self, as_of: date) -> str:
        """Return the table ``last``: the last known address of each person who has one.

        26 CFR 301.6212-2: of the returns, notices and postal updates processed by the day, the
        newest; on one day by period, kind and protection; last by the text of its lines.
        """
        lines = ", ".join(
            f"a.{line} {self._engine.byte_order} DESC NULLS FIRST" for line in normal.ADDRESS
        )
        return (
            "last AS (SELECT * FROM (SELECT a.*, f.taxable_period, row_number() OVER ("  # noqa: S608
            "PARTITION BY f.person ORDER BY f.processed_on DESC, "
            f"coalesce(f.taxable_period, 0) DESC, f.source_kind DESC, f.protected DESC, {lines}"
            ") AS nth FROM filing f JOIN address a ON a.person = f.person AND a.place = f.place "
            f"WHERE {_wanted('f')} AND {_stretch('a')} AND f.source_kind > {_INFORMATION_RETURN} "
            f"AND f.processed_on <= DATE '{as_of.isoformat()}') ranked WHERE nth = 1)"
        )

    def _find(self, requests: pl.DataFrame, wanted: tuple[str, ...]) -> pl.DataFrame:
        """Return who is found by the finders ``wanted``: ``row, person``, in order of person."""
        digits = requests.with_columns(normal.tin_digits("tin").alias("tin"))
        asked = finders.of_requests(digits, wanted)
        found = self._engine.ask(finders.question(wanted), asked)
        return _typed(found).sort("person", "row")

    def _of_persons(self, query: str, pairs: pl.DataFrame) -> pl.DataFrame:
        """Ask for the rows of the persons of ``pairs``, a stretch of the index at a time."""
        persons = pairs.select(pl.col("person").unique().sort())
        parts = []
        for part in [*persons.iter_slices(_PERSONS)] or [persons]:
            low, high = part["person"].min() or 0, part["person"].max() or 0
            text = query.replace("$low", str(low)).replace("$high", str(high))
            parts.append(self._engine.ask(text, {"wanted": part}))
        return _typed(pl.concat(parts))


def _wanted(table: str) -> str:
    """Return the condition that a row of ``table`` is of a person who is asked for."""
    return f"{table}.person IN (SELECT person FROM wanted) AND {_stretch(table)}"  # noqa: S608


def _stretch(table: str) -> str:
    """Return the condition by which no more of ``table`` is read than where those persons are."""
    return f"{table}.person BETWEEN $low AND $high"


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        pl.col(name).cast(kind) for name, kind in _TYPES.items() if name in frame.columns
    )


def signed(frame: pl.DataFrame) -> pl.DataFrame:
    """Return ``frame`` with the number types that these engines have: none without a sign.

    64-bit keys keep their bits; smaller numbers grow.
    """
    return frame.select(
        pl.col(name).reinterpret(signed=True)
        if kind == pl.UInt64
        else pl.col(name).cast(_SIGNED.get(kind, kind))
        for name, kind in frame.schema.items()
    )
