"""Plain words of requests, told from the lack of them. All patterns are ASCII and anchored.

Patterns are written for Rust's regex engine; nothing here matches a bare substring of a fact.
"""

import polars as pl

VERSION = "1"

# Phrases that stand where a fact should: the whole text must be one of them to count.
_PHRASES = (
    "na", "n a", "none", "nil", "null", "unknown", "unk", "tba", "tbc", "tbd", "pending", "test",
    "same", "same as above", "same as below", "same as before", "see file", "see case file",
    "see above", "see below", "see record", "see attached", "see attachment", "to be added",
    "to be confirmed", "to be determined", "to be provided", "to be supplied", "not applicable",
    "not available", "not given", "not known", "not provided", "not recorded", "not stated",
    "failed to provide", "information unavailable", "information not available",
    "information to follow", "reason to follow", "basis to follow",
)  # fmt: skip
_PLACEHOLDER = (
    r"(?i)^[^0-9A-Za-z]*(?:"
    + "|".join(phrase.replace(" ", "[^0-9A-Za-z]+") for phrase in _PHRASES)
    + r")[^0-9A-Za-z]*$"
)
# So many runs of two or more letters from the start; the match ends at the last one needed.
_WORD_RUN = r"(?s)^(?:(?:[^A-Za-z]|[A-Za-z][^A-Za-z])*[A-Za-z]{2,}(?:[^A-Za-z]|$)){%d}"
_NUMBER_LEAST_CHARACTERS = 4


def placeholder(text: pl.Expr) -> pl.Expr:
    """Return whether the whole of ``text`` is a phrase that only fills the field."""
    return text.str.contains(_PLACEHOLDER)


def words_at_least(text: pl.Expr, count: int) -> pl.Expr:
    """Return whether ``text`` has ``count`` words of two letters or more."""
    return text.str.contains(_WORD_RUN % count)


def identifies(number: pl.Expr) -> pl.Expr:
    """Return whether ``number`` can be a case's number: four characters, a digit other than 0."""
    return (number.str.len_chars() >= _NUMBER_LEAST_CHARACTERS) & number.str.contains(r"[1-9]")


def folded_citation(citation: pl.Expr) -> pl.Expr:
    """Return the citation without spaces, points and section signs: ``8USC1253(a)(1)(A)``."""
    return citation.str.replace_many([" ", ".", "§"], [""])


def fold_citation(citation: str) -> str:
    """Return one citation folded as ``folded_citation`` folds a column."""
    return citation.replace(" ", "").replace(".", "").replace("§", "")
