"""JSON Lines (UTF-8): one object a line, every value as text; null or no key is absence.

Lines that are plainly flat objects of texts are decoded together; all others are read one at a
time, which also decides what is malformed. Lines wholly blank are no rows.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import polars as pl

from portcullis.agreements import Pack
from portcullis.intake.raw import Broken, Raw, as_text, raw_schema, shown

_BLOCK_BYTES = 32 << 20
_LINE_BYTES = 1 << 20
_BOM = b"\xef\xbb\xbf"
# A line without its values, if all of them are texts or null. Putting the values back after the
# colons gives the line again, so a shape that is an object of names without values proves the
# line to be a flat object of texts.
_VALUE = r':\s*(?:"(?:[^"\\]|\\.)*"|null)\s*'
_NAMES = re.compile(r'\{\s*"\w+"\s*:(?:,\s*"\w+"\s*:)*\}\s*', re.ASCII)
_NAME = re.compile(r'"(\w+)"')


class JsonLinesReader:
    """Reads one JSON Lines file."""

    def __init__(self, path: Path, pack: Pack) -> None:
        self._path = path
        self._fields = pack.fields
        self._schema = raw_schema(pack)
        self.dropped: set[str] = set()
        self.share = 0.0

    def raws(self) -> Iterator[Raw]:
        """Yield the rows; see ``Reader``."""
        read = 0
        size = self._path.stat().st_size
        with self._path.open("rb") as source:
            for lines in _blocks(source):
                self.share = source.tell() / max(size, 1)
                yield self._raw(lines, read)
                read += len(lines)
        yield Raw(pl.DataFrame(schema=self._schema))

    def lines(self) -> pl.Series:
        """Return on which line each row stands; see ``Reader``."""
        with self._path.open("rb") as source:
            numbers = [at for at, line in enumerate(source, start=1) if line.strip()]
        return pl.Series("line", numbers, dtype=pl.UInt32)

    def _raw(self, lines: list[bytes], before: int) -> Raw:
        texts = as_text(pl.Series("line", lines, dtype=pl.Binary))
        plain = self._plain(texts.str.replace_all(_VALUE, ":"))
        together = self._decode(texts.filter(plain), plain.arg_true() + before + 1)
        if together is None:
            together, plain = pl.DataFrame(schema=self._schema), plain & ~plain
        singly, broken = self._one_by_one(lines, ~plain, before)
        return Raw(pl.concat([together, singly]).sort("source_row"), broken)

    def _plain(self, shapes: pl.Series) -> pl.Series:
        """Say which lines are flat objects of texts; note the names that are dropped."""
        good = []
        for shape in shapes.unique():
            names = _NAME.findall(shape)
            if _NAMES.fullmatch(shape) and len(set(names)) == len(names):
                good.append(shape)
                self._note(names)
        return shapes.is_in(pl.Series(good, dtype=pl.String).implode())

    def _note(self, names: list[str]) -> None:
        self.dropped.update(shown(name) for name in names if name not in self._fields)

    def _one_by_one(
        self, lines: list[bytes], which: pl.Series, before: int
    ) -> tuple[pl.DataFrame, list[Broken]]:
        rows: list[dict[str, object]] = []
        broken = []
        for place in which.arg_true():
            number, line = before + place + 1, lines[place]
            code, values = _read(line)
            if code:
                broken.append(Broken(number, code, hashlib.sha256(line).digest()))
            else:
                self._note(list(values))
                rows.append(
                    {name: values.get(name) for name in self._fields} | {"source_row": number}
                )
        return pl.DataFrame(rows, schema=self._schema), broken

    def _decode(self, lines: pl.Series, numbers: pl.Series) -> pl.DataFrame | None:
        """Decode lines that are flat objects of texts; None if an escape in one is wrong."""
        if lines.is_empty():
            return pl.DataFrame(schema=self._schema)
        texts = dict.fromkeys(self._fields, pl.String)
        try:
            values = pl.read_ndjson("\n".join(lines).encode(), schema=texts)
        except pl.exceptions.PolarsError:
            return None
        return values.select(numbers.cast(pl.UInt32).alias("source_row"), *self._fields)


def _read(line: bytes) -> tuple[str, dict[str, str | None]]:
    """Return a defect's code, or "" and the values of one line."""
    if len(line) > _LINE_BYTES:
        return "oversize", {}
    try:
        pairs = json.loads(line.decode(), object_pairs_hook=_Object, parse_int=str, parse_float=str)
        values = {name: _text(value) for name, value in pairs}
        "".join([*values, *(value or "" for value in values.values())]).encode()
    except UnicodeError:
        return "encoding", {}
    except (ValueError, TypeError, RecursionError):
        return "malformed", {}
    whole = isinstance(pairs, _Object) and len(values) == len(pairs)
    return ("" if whole else "malformed"), values


class _Object(list[tuple[str, object]]):
    """The pairs of a JSON object, repeated keys included."""


def _text(value: object) -> str | None:
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case _:
            raise TypeError


def _blocks(source: BinaryIO) -> Iterator[list[bytes]]:
    """Yield the lines that are not blank, many at a time; an endless one is cut short."""
    carry = b""
    first = True
    while block := source.read(_BLOCK_BYTES):
        if first:
            block = block.removeprefix(_BOM)
            first = False
        *whole, carry = (carry[: 2 * _LINE_BYTES] + block).split(b"\n")
        yield _not_blank(whole)
    yield _not_blank([carry])


def _not_blank(lines: list[bytes]) -> list[bytes]:
    return [line for line in lines if line.strip()]
