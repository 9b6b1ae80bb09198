"""Values worth trying in each field and fact: those the tests compare with, and what lies beside.

The literals are read out of the tests' own expressions, so that a new code, date or figure of the
law is tried without anybody adding it here. The rest is what requests hold that should not: blank,
placeholder, misspelt, impossible.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import polars as pl

from portcullis.law import Basis, Element, Fact, Field, Kind

Value = str | int | date | None
Literal = str | int | date

# How polars writes an expression: col("name"), "text", (dyn int: 7), 2025-08-07.
_COLUMN = re.compile(r'col\("[^"]*"\)')
_TEXT = re.compile(r'"([^"]*)"')
_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_NUMBER = re.compile(r"\bint: (-?\d+)")
_PATTERN = re.compile(r"[\\^$*]|\(\?")

# Among the numbers that tests on years compare with, those from here on are years.
_LEAST_YEAR = 1000
_AROUND_THE_DAY = (0, 1, -1, -89, -90, -91, -92)
_IMPOSSIBLE = "2025-02-30"

_GOOD_REASON = (
    "Witnesses to the wilful failure to depart live near the last known address, and the grand "
    "jury needs it to subpoena them."
)
_TRIED: dict[Kind, tuple[str, ...]] = {
    Kind.ANSWER: ("yes", "no", "perhaps"),
    Kind.CODE: ("another",),
    Kind.CITATION: (
        "8 USC 1182(a)(6)(A)(i)",
        "8 USC 1253(a)(1)(A)",
        "8 USC 1253",
        "8 USC 1326(a)",
        "18 USC 1073",
        "26 USC 7201",
        "8 USC 1227(a)(2)(A)(iii)",
        "8 USC 1229a",
        "Immigration Act 1971 s 24(1)(b)",
        "on file",
    ),
    Kind.FREE_TEXT: (
        "N/A",
        "To confirm the address.",
        "The information is needed to locate the subject and to carry out the removal from here.",
        "The subject is a fugitive from justice, and the grand jury needs the last known address.",
        "There is an imminent danger of death in this criminal matter, so please answer at once.",
        _GOOD_REASON,
    ),
    Kind.NUMBER: ("pending", "0000", "7", "ANOTHER-0002"),
    Kind.NAME: ("Unknown", "X", "Zoraida"),
    Kind.ADDRESS: ("Failed to Provide", "99999", "77 Invented Ave"),
    Kind.TIN: ("999999999", "12345", "912-34-5679"),
    Kind.LIST: ("two words", "officer-0001;officer-0002", "tax_return"),
    Kind.TEXT: ("EXAMPLE-0002",),
}


def literals(elements: Iterable[Element], basis: Basis) -> tuple[Literal, ...]:
    """Return the texts, days and numbers with which the tests of ``elements`` compare, in order."""
    found: dict[Literal, None] = {}
    with pl.Config(fmt_table_cell_list_len=-1, fmt_str_lengths=1000):
        written = [_COLUMN.sub("", str(each.result(basis))) for each in elements]
    for text in written:
        found |= dict.fromkeys(each for each in _TEXT.findall(text) if not _PATTERN.search(each))
        rest = _TEXT.sub("", text)
        found |= dict.fromkeys(date.fromisoformat(each) for each in _DAY.findall(rest))
        found |= dict.fromkeys(int(each) for each in _NUMBER.findall(rest))
    return tuple(found)


def of_field(
    field: Field, example: str | None, compared: Sequence[Literal], day: date
) -> tuple[Value, ...]:
    """Return what to try in ``field``: ``example`` first, nothing last, no value twice."""
    if field.kind is Kind.DATE:
        tried = [*_beside_days(compared, day), *_days(day), _IMPOSSIBLE]
    elif field.kind is Kind.YEARS:
        tried = _years(example or "", compared, day)
    else:
        tried = [*_TRIED[field.kind], *(each for each in compared if isinstance(each, str))]
        if field.kind is Kind.LIST and example:
            tried.append(f"{example};another")
    return _once(example, tried)


def of_fact(fact: Fact, compared: Sequence[Literal], day: date) -> tuple[Value, ...]:
    """Return what to try as ``fact``: what a quiet request has first, nothing last."""
    numbers = [each for each in compared if isinstance(each, int)]
    beside = [each + offset for offset in (1, 0, -1) for each in numbers]
    if fact.dtype == pl.Boolean:
        return (False, True, None)
    if fact.dtype == pl.Date:
        return _once(None, [date.fromisoformat(each) for each in _beside_days(compared, day)])
    if fact.dtype == pl.UInt32:
        return _once(1, [0, 2, *(each for each in beside if each >= 0)])
    if fact.dtype == pl.Int16:
        return _once(None, [*(day.year + offset for offset in (-1, 0, 1, -2, -3)), *beside])
    return _once(None, [*(each for each in compared if isinstance(each, str)), "another"])


def _once(first: Value, tried: Iterable[Value]) -> tuple[Value, ...]:
    """Return ``first``, then what else is ``tried``, each once, then nothing."""
    others = dict.fromkeys(each for each in tried if each not in (first, None, ""))
    return (first, *others) if first is None else (first, *others, None)


def _beside_days(compared: Iterable[Literal], day: date) -> list[str]:
    """Return the days compared with, each with its neighbours; ``day`` itself comes last."""
    days = sorted((each for each in compared if isinstance(each, date)), key=day.__eq__)
    return [(each + timedelta(days=offset)).isoformat() for each in days for offset in (-1, 0, 1)]


def _days(day: date) -> list[str]:
    return [(day + timedelta(days=offset)).isoformat() for offset in _AROUND_THE_DAY]


def _years(example: str, compared: Iterable[Literal], day: date) -> list[str]:
    """Return years alone and beside those of ``example``, and longer lists than any allowed."""
    numbers = [each for each in compared if isinstance(each, int)]
    limits = [each for each in numbers if each >= _LEAST_YEAR]
    years = dict.fromkeys(
        each + offset for each in (*limits, day.year - 1) for offset in (-1, 0, 1)
    )
    lists = [
        ";".join(str(day.year - back) for back in reversed(range(count + more)))
        for count in numbers
        if count < _LEAST_YEAR
        for more in (0, 1)
    ]
    alone = [str(year) for year in years]
    return [*lists, *(f"{example};{year}" for year in alone), *alone, "all years"]
