"""Text to one plain form: the first step of both `addresses` and `names`.

Folding takes away what two honest writers of the same word differ in: case, diacritics, the shape
of an apostrophe, width. It keeps letters of every script. Unicode NFKD (UAX #15), plus the letters
that have no decomposition (``ß``, ``ø``, ``ł`` and their kin) by a stated table.
"""

from collections.abc import Callable

import polars as pl

# Letters that NFKD leaves whole, and vulgar fractions, which it would glue to the number before.
_LETTERS = {
    "ß": "SS", "ẞ": "SS", "Æ": "AE", "Œ": "OE", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D",
    "Þ": "TH", "Ħ": "H", "Ŧ": "T", "Ŋ": "NG", "Ƶ": "Z", "Ɨ": "I", "Ʉ": "U", "Ɓ": "B", "Ɗ": "D",
    "Ɖ": "D", "Ƙ": "K", "Ə": "E", "Ɛ": "E", "Ɔ": "O", "Ɩ": "I", "ı": "I", "ĸ": "K",
    "½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3", "⅛": " 1/8", "⅜": " 3/8",
    "⅝": " 5/8", "⅞": " 7/8", "⁄": "/",
    "º": "", "ª": "", "°": "", "№": "#",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "−": "-", "﹣": "-", "－": "-",
}  # fmt: skip
_APOSTROPHES = "['’‘ʼʻ`´′＇ʹʽˈ]"
_MARKS_AND_INVISIBLES = r"[\u0300-\u036F\u1AB0-\u1AFF\u1DC0-\u1DFF\u20D0-\u20FF\uFE20-\uFE2F\p{Cf}]"
# Upper case and decomposition can each call for the other once more; three rounds reach rest.
_ROUNDS = 3


def fold(texts: pl.Series) -> pl.Series:
    """Return ``texts`` in upper case without diacritics, apostrophes or invisible characters.

    Null becomes the empty text. Other punctuation stays: the rooms differ in what it means to them.
    """
    upper = texts.cast(pl.String).fill_null("").str.to_uppercase()
    upper = upper.str.replace_all("'", "", literal=True)
    return rewrite_where(upper, upper.str.len_bytes() != upper.str.len_chars(), _fold_beyond_ascii)


def rewrite_where(
    values: pl.Series, where: pl.Series, change: Callable[[pl.Series], pl.Series]
) -> pl.Series:
    """Return ``values`` with ``change`` applied to the rows ``where`` holds, and to no other.

    Most rows need none of the rarer rewritings; this keeps their price off the common row.
    """
    if not where.any():
        return values
    return put_where(values, where, change(values.filter(where)))


def put_where(values: pl.Series, where: pl.Series, new: pl.Series) -> pl.Series:
    """Return ``values`` with the rows ``where`` holds replaced, in their order, by ``new``."""
    rows = where.arg_true()
    if rows.is_empty():
        return values
    order = pl.arange(values.len(), eager=True, dtype=pl.UInt32)
    replaced = pl.arange(values.len(), values.len() + rows.len(), eager=True, dtype=pl.UInt32)
    order = order.scatter(rows, replaced)
    return pl.concat([values, new.cast(values.dtype).alias(values.name)]).gather(order)


def by_distinct(values: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Return ``change(values)``, computed once for each distinct value: for values that repeat."""
    distinct = values.unique()
    return values.replace_strict(distinct, change(distinct), return_dtype=pl.String)


def _fold_beyond_ascii(texts: pl.Series) -> pl.Series:
    texts = texts.str.replace_many(list(_LETTERS), list(_LETTERS.values()))
    for _ in range(_ROUNDS):
        texts = (
            texts.str.normalize("NFKD")
            .str.replace_all(_APOSTROPHES, "")
            .str.replace_all(_MARKS_AND_INVISIBLES, "")
            .str.to_uppercase()
            .str.replace_many(list(_LETTERS), list(_LETTERS.values()))
        )
    return texts.str.normalize("NFC")
