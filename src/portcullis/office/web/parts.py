"""What pages are made of, as values: tables and their cells, for ``office/parts/table.html``."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Column:
    """A table's column: its name, whether it holds numbers, and a word of explanation."""

    label: str
    numeric: bool = False
    hint: str = ""

    def __str__(self) -> str:
        """Return the name."""
        return self.label


@dataclass(frozen=True)
class Cell:
    """One value of a table or a list of facts, and how it is shown.

    ``url`` makes it a link; ``mono`` a digest or id, which may break anywhere; ``tag`` a state
    (``good``, ``bad``, ``warn``, ``busy``, ``plain``); ``note`` stands under it, smaller.
    """

    text: str
    url: str = ""
    numeric: bool = False
    mono: bool = False
    tag: str = ""
    note: str = ""
    label: str = ""

    def __str__(self) -> str:
        """Return the text."""
        return self.text


@dataclass(frozen=True)
class Table:
    """A table as its part shows it: every cell under its column's name."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    stacked: bool = False
    empty: str = "There is nothing here."
    quiet: bool = False


def table(
    caption: str,
    columns: Sequence[str | Column],
    rows: Iterable[Sequence[object]],
    *,
    stacked: bool = False,
    empty: str = "There is nothing here.",
    quiet: bool = False,
) -> Table:
    """Return a table of ``rows``: each cell a ``Cell`` or a plain value.

    Whole numbers are set to the right with separators; None is shown as a dash. Raises ValueError
    where a row has more or fewer cells than there are columns.
    """
    rows = [tuple(row) for row in rows]
    heads = tuple(
        column if isinstance(column, Column) else Column(column, _numbers(rows, at))
        for at, column in enumerate(columns)
    )
    made = tuple(
        tuple(_cell(value, head) for value, head in zip(row, heads, strict=True)) for row in rows
    )
    return Table(caption, heads, made, stacked, empty, quiet)


def _numbers(rows: Sequence[Sequence[object]], at: int) -> bool:
    """Say whether the column holds whole numbers, and nothing else but gaps."""
    held = {type(row[at]) for row in rows if at < len(row) and row[at] is not None}
    return held == {int}


def _cell(value: object, column: Column) -> Cell:
    """Return the value as a cell of the column."""
    if isinstance(value, Cell):
        return replace(value, numeric=value.numeric or column.numeric, label=column.label)
    return Cell(said(value), numeric=column.numeric, label=column.label)


def said(value: object) -> str:
    """Return a plain value in words: numbers with separators, yes or no, a dash for nothing."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)
