"""What a format's reader hands on: rows as received, and rows that are no rows at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

from portcullis.agreements import Pack
from portcullis.intake.refusals import TransmittalRefused

CHUNK_ROWS = 65_536
_SHOWN = 64


@dataclass(frozen=True)
class Broken:
    """A row that could not be read into fields: its number, the defect, SHA-256 of its text."""

    source_row: int
    code: str
    digest: bytes


@dataclass(frozen=True)
class Raw:
    """A run of rows: ``frame`` in ``raw_schema``, values untouched; and those ``broken``."""

    frame: pl.DataFrame
    broken: Sequence[Broken] = ()


class Reader(Protocol):
    """A format. ``dropped`` names the columns left out; complete once ``raws`` is exhausted.

    ``share``: how much of the file has been read, from 0 to 1.
    """

    dropped: set[str]
    share: float

    def raws(self) -> Iterator[Raw]:
        """Yield the file's rows in order; every row is in one frame or in one ``broken``."""

    def lines(self) -> pl.Series | None:
        """Return on which line of the file (from 1) each row begins, as an editor counts them.

        None for a format without lines. Counted apart from the reading: where there are not as many
        as rows, the file is odd, and none of them is to be trusted.
        """


@dataclass(frozen=True)
class Columns:
    """The columns of a file: where each known field stands, and what is dropped."""

    places: dict[str, int]
    dropped: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, names: Sequence[str], pack: Pack) -> "Columns":
        """Sort out a header; refuse it where a required column is missing, or one is double."""
        trimmed = [name.strip() for name in names]
        places = {name: trimmed.index(name) for name in pack.fields if name in trimmed}
        missing = [name for name in pack.request.required if name not in places]
        if missing:
            raise TransmittalRefused("columns", f"Missing: {', '.join(missing)}.")
        double = [name for name in places if trimmed.count(name) > 1]
        if double:
            raise TransmittalRefused("columns", f"More than once: {', '.join(double)}.")
        return cls(places, {shown(name) for name in trimmed if name not in places})


def raw_schema(pack: Pack) -> pl.Schema:
    """Return the columns of a frame as received: the row's number and the agreement's fields."""
    return pl.Schema({"source_row": pl.UInt32} | dict.fromkeys(pack.fields, pl.String))


def shown(name: str) -> str:
    """Return a stranger's column name as it may be shown: printable, short."""
    printable = "".join(letter for letter in name if letter.isprintable())
    return printable[:_SHOWN] or "(no name)"


def as_text(values: pl.Series) -> pl.Series:
    """Return bytes (Binary) as text; what is not UTF-8 in them becomes U+FFFD."""
    try:
        return values.cast(pl.String)
    except pl.exceptions.ComputeError:
        texts = [value if value is None else value.decode(errors="replace") for value in values]
        return pl.Series(values.name, texts, dtype=pl.String)
