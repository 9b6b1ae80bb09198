"""The same name or address written otherwise: what must still match."""

import numpy as np
import polars as pl

from portcullis.scenarios.vocabulary import streets

_LETTERS = {"đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss"}
_HEADINGS = {"North": "N", "East": "E", "South": "S", "West": "W"}
_LOWER, _DOTTED, _EXPANDED, _MOVED = range(4)


def folded(text: pl.Expr) -> pl.Expr:
    """Return ``text`` without diacritics, its case kept."""
    plain = text.str.replace_many(list(_LETTERS), list(_LETTERS.values()))
    return plain.str.normalize("NFKD").str.replace_all(r"\p{M}", "")


def capitals(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the requests with all names in capitals and without diacritics."""
    names = ("given_name", "middle_name", "family_name")
    return rows.with_columns(folded(pl.col(name)).str.to_uppercase() for name in names)


def other_format(
    rows: pl.DataFrame, random: np.random.Generator, *, always: bool = False
) -> pl.DataFrame:
    """Return the requests with their street addresses written in another of four usual ways.

    In small letters; with points and a ZIP+4; with words in full or abbreviated; with the unit on
    the other line. ``always``: the second way only, which no line of the records has.
    """
    ways = pl.Series([_DOTTED] if always else [_LOWER, _DOTTED, _EXPANDED, _MOVED])
    way = ways.gather(random.integers(0, len(ways), rows.height))
    plus4 = pl.Series(random.integers(1_000, 9_999, rows.height)).cast(pl.String)
    line1, line2 = pl.col("address_line1"), pl.col("address_line2")
    long_zip = pl.concat_str(pl.col("zip").str.slice(0, 5), pl.lit("-"), plus4)
    unit = r"(?i)^(.*) (?:apt|unit) (\S+)$"
    both = pl.concat_str(line1, line2, separator=" ", ignore_nulls=True)
    apart = line2.is_null() & line1.str.contains(unit)
    return rows.with_columns(
        pl.when(way == _LOWER)
        .then(line1.str.to_lowercase())
        .when(way == _DOTTED)
        .then(_with_points(line1))
        .when(way == _EXPANDED)
        .then(_in_other_words(line1))
        .when(apart)
        .then(line1.str.replace(unit, "$1"))
        .otherwise(both)
        .alias("address_line1"),
        pl.when(way == _LOWER)
        .then(line2.str.to_lowercase())
        .when(way == _MOVED)
        .then(pl.when(apart).then(line1.str.replace(unit, "# $2")))
        .otherwise(line2)
        .alias("address_line2"),
        pl.when(way == _LOWER)
        .then(pl.col("city").str.to_lowercase())
        .otherwise("city")
        .alias("city"),
        pl.when(way == _DOTTED).then(long_zip).otherwise("zip").alias("zip"),
    )


def _pairs() -> list[tuple[str, str]]:
    known = streets()
    return [*zip(known.kinds, known.abbreviations, strict=True), *_HEADINGS.items()]


def _with_points(line: pl.Expr) -> pl.Expr:
    """``12 North Elmgate Street`` and ``12 N ELMGATE ST`` as ``12 N. ELMGATE ST.``."""
    short = line.str.to_uppercase()
    for word, abbreviation in _pairs():
        pattern = rf"\b(?:{word.upper()}|{abbreviation})\b"
        short = short.str.replace_all(pattern, f"{abbreviation}.")
    return short


def _in_other_words(line: pl.Expr) -> pl.Expr:
    """Words abbreviated where they were written in full, and in full where abbreviated."""
    short, full = line, line
    for word, abbreviation in _pairs():
        short = short.str.replace_all(rf"\b{word}\b", abbreviation.title())
        full = full.str.replace_all(rf"\b{abbreviation}\b", word)
    return pl.when(short != line).then(short).otherwise(full)
