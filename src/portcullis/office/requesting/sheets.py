"""Rows at rest, in sheets: encrypted tables of a thousand rows, so that a page reads one.

The key is derived from the deployment's own (``keys/web.key``). A set of sheets is written whole
and then named; within one, a single row is written again with its sheet.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from pathlib import Path

import polars as pl
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portcullis.errors import Misuse
from portcullis.office.web.keys import FILE
from portcullis.tables import read_table, write_table

SHEET_ROWS = 1024
_LAST = "\U0010ffff"  # after every value


def key_of(home: Path) -> bytes:
    """Return the 32-byte key of the home's drafts (HKDF, RFC 5869, from the deployment's key).

    Raises Misuse where the deployment has no key.
    """
    path = home / FILE
    if not path.is_file():
        raise Misuse("This office has no key yet.", "Start it with `portcullis serve`.")
    return HKDF(SHA256(), 32, salt=None, info=b"portcullis/drafts").derive(path.read_bytes())


class Sheets:
    """The sheets ``name`` in ``folder``; rows are numbered from 0."""

    def __init__(self, folder: Path, name: str, key: bytes) -> None:
        self._folder = folder
        self._name = name
        self._key = key

    def write(self, frames: Iterable[pl.DataFrame]) -> int:
        """Write the rows of ``frames`` (one schema) as sheets; return how many rows there are."""
        number = rows = 0
        rest: pl.DataFrame | None = None
        for frame in frames:
            rest = frame if rest is None else pl.concat([rest, frame])
            while rest.height >= SHEET_ROWS:
                self._put(number, rest.head(SHEET_ROWS))
                rest = rest.slice(SHEET_ROWS)
                number, rows = number + 1, rows + SHEET_ROWS
        if rest is not None and rest.height:
            self._put(number, rest)
            number, rows = number + 1, rows + rest.height
        while self._path(number).is_file():
            self._path(number).unlink()
            number += 1
        return rows

    def frames(self) -> Iterator[pl.DataFrame]:
        """Yield the sheets in order."""
        number = 0
        while self._path(number).is_file():
            yield read_table(self._path(number), self._key)
            number += 1

    def read(self, first: int, count: int) -> pl.DataFrame | None:
        """Return ``count`` rows from ``first`` on, or as many as there are; None where none is."""
        parts = []
        for number in range(first // SHEET_ROWS, (first + count - 1) // SHEET_ROWS + 1):
            if self._path(number).is_file():
                start = number * SHEET_ROWS
                sheet = read_table(self._path(number), self._key)
                begin = max(first - start, 0)
                parts.append(sheet.slice(begin, first + count - start - begin))
        found = pl.concat(parts) if parts else None
        return found if found is not None and found.height else None

    def first_not_before(self, column: str, value: str, rows: int) -> int:
        """Return the place of the first of ``rows`` rows whose ``column`` is not before ``value``.

        The rows stand in that column's order. Reads a sheet for each halving of their number.
        """
        return bisect_left(range(rows), value, key=lambda at: self._value(column, at))

    def _value(self, column: str, at: int) -> str:
        found = self.read(at, 1)
        return _LAST if found is None else str(found[column].item())

    def replace(self, at: int, row: pl.DataFrame) -> None:
        """Put ``row`` in the place of row ``at``, or after the last one.

        A column that the one has and the other has not is null there.
        """
        number, within = divmod(at, SHEET_ROWS)
        if not self._path(number).is_file():
            self._put(number, row)
            return
        sheet = read_table(self._path(number), self._key)
        parts = [sheet.head(within), row, sheet.slice(within + 1)]
        self._put(number, pl.concat(parts, how="diagonal"))

    def _put(self, number: int, rows: pl.DataFrame) -> None:
        write_table(self._path(number), rows, self._key)

    def _path(self, number: int) -> Path:
        return self._folder / f"{self._name}-{number:05d}.table"
