"""Reasons: what is specific to a case, and what is civil enforcement alone.

Words of civil enforcement count only where no word of criminal enforcement stands beside them,
and the order of removal, which every such case has, is not counted as a purpose.
"""

import polars as pl

from portcullis.law.words import placeholder, words_at_least

LEAST_WORDS = 8

_ORDER = (
    r"(?i-u)\b(?:(?:final|administrative) +)*(?:orders? +of +(?:removal|deportation)"
    r"|orders? +to +remove|(?:removal|deportation) +orders?"
    r"|ordered +(?:to +be +)?(?:removed|deported)"
    r"|removal +(?:proceedings?|hearings?|period))\b"
)
_CIVIL = (
    r"(?i-u)\b(?:remov(?:e|es|ed|al|als|ing)|deport(?:s|ed|ing|ation)?|civil"
    r"|detain(?:s|ed|ing)?|detention|repatriat(?:e|ed|ion)|expulsion|expel|ero"
    r"|locat(?:e|es|ing) +(?:the +)?(?:alien|subject|individual|person)s?"
    r"|immigration +enforcement|administrative +(?:arrest|warrant)s?)\b"
)
_CRIMINAL = (
    r"(?i-u)\b(?:crim(?:e|es|inal|inally)|prosecut(?:e|ed|ing|ion|ions|or|ors)"
    r"|indict(?:ed|ment|ments)?|will?ful(?:ly|l?ness)?|grand +jury|offen[cs]es?"
    r"|felon(?:y|ies)|misdemeanou?rs?|convict(?:ed|ion|ions)?|1253)\b"
)


def specific(reason: pl.Expr) -> pl.Expr:
    """Return whether ``reason`` says something of a case: enough words, not a placeholder."""
    return words_at_least(reason, LEAST_WORDS) & ~placeholder(reason)


def civil_alone(reason: pl.Expr) -> pl.Expr:
    """Return whether ``reason`` names a purpose of civil enforcement and no criminal one.

    False where there is no reason at all.
    """
    # Only the few texts in doubt keep a value here; the others cost no replacement.
    settled = reason.str.contains(_CRIMINAL) | ~reason.str.contains(_CIVIL)
    doubtful = pl.when(settled).then(None).otherwise(reason)
    purpose = doubtful.str.replace_all(_ORDER, " ")
    return purpose.str.contains(_CIVIL).fill_null(value=False)
