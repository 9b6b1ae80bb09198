"""The words of addresses, read from the data files beside this module.

Sources: USPS Publication 28 (Oct. 2023): Appendix B (states), C1 (street suffixes), C2 (secondary
unit designators), section 233 (directionals). Misspellings in the ``variants`` columns are ours.
"""

import csv
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import polars as pl

from portcullis.folding import fold

_DATA = resources.files("portcullis.addresses") / "data"


@dataclass(frozen=True)
class Term:
    """One standard abbreviation, its whole word, and every form it is written in."""

    standard: str
    word: str
    forms: tuple[str, ...]


def _terms(name: str) -> tuple[Term, ...]:
    return tuple(
        Term(
            row["standard"],
            row["word"],
            tuple(dict.fromkeys([row["standard"], row["word"], *row["variants"].split()])),
        )
        for row in _rows(name)
    )


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((_DATA / name).read_text("utf-8").splitlines()))


def table(name: str) -> dict[str, Any]:
    """Return the TOML data file ``name``."""
    return tomllib.loads((_DATA / name).read_text("utf-8"))


SUFFIXES = _terms("suffixes.csv")
DIRECTIONALS = _terms("directionals.csv")
STATES = {row["code"]: row["code"] for row in _rows("states.csv")} | {
    row["name"]: row["code"] for row in _rows("states.csv")
}
STATE_NAMES = {row["code"]: row["name"] for row in reversed(_rows("states.csv"))}
MILITARY_STATES = ("AA", "AE", "AP")
MILITARY_CITIES = ("APO", "FPO", "DPO")

# "plain": the bare identifier names the unit ("APT 4", "UNIT 4" and "# 4" are one door). "named"
# and "kept": the designator is part of what it names ("STE 4" and "FL 2" may be other doors than
# "APT 4" and "APT 2"); a kept one stands also before a lone short identifier only. "alone": it
# stands without identifier.
_UNITS = _rows("units.csv")


def unit_forms(kind: str) -> tuple[str, ...]:
    """Return every written form of the unit designators of class ``kind``."""
    return tuple(
        form
        for row in _UNITS
        if row["class"] == kind
        for form in dict.fromkeys([row["standard"], *row["variants"].split()])
    )


def unit_standard(kind: str) -> dict[str, str]:
    """Return written form -> standard abbreviation for unit designators of class ``kind``."""
    return {
        form: row["standard"]
        for row in _UNITS
        if row["class"] == kind
        for form in [row["standard"], *row["variants"].split()]
    }


# What a line above the street may say that tells one door from another, besides a unit.
BUILDING_WORDS = (
    "TOWER", "TOWERS", "TWR", "TORRE", "HALL", "HOUSE", "WING", "BLOQUE", "PHASE", "SECTION",
    "ANNEX", "ENTRANCE", "LEVEL", "LVL", "DORM", "DORMITORY", "BARRACKS", "QUARTERS",
    "COTTAGE", "CABIN", "CASITA", "BUNGALOW", "DUPLEX", "VILLA",
)  # fmt: skip


def tells_a_door() -> str:
    """Return a pattern for text that may tell one door from another.

    That is a figure, a unit, a building or a last lone letter.
    """
    units = (form for row in _UNITS for form in [row["standard"], *row["variants"].split()])
    words = any_of([*units, *BUILDING_WORDS])
    return rf"[0-9#]|(?:^| ){words}(?: |$)|[A-Z]{{3,}} [A-Z]$"


def suffix_forms() -> tuple[str, ...]:
    """Return every written form of every street suffix."""
    return tuple(form for term in SUFFIXES for form in term.forms)


def directional_forms() -> tuple[str, ...]:
    """Return every written form of every directional."""
    return tuple(form for term in DIRECTIONALS for form in term.forms)


def any_of(words: Iterable[str]) -> str:
    """Return a non-capturing regex group of ``words``, longest first."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "(?:" + "|".join(re.escape(word) for word in ordered) + ")"


@cache
def phrases(file: str, *keys: str) -> tuple[str, ...]:
    """Return the folded phrases under ``keys`` of the data file (every language), sorted."""
    node: Any = table(file)
    for key in keys:
        node = node[key]
    raw = [item for group in node.values() for item in group] if isinstance(node, dict) else node
    return tuple(sorted({text for text in plain(pl.Series(raw, dtype=pl.String)) if text}))


def plain(texts: pl.Series) -> pl.Series:
    """Return ``texts`` folded, every run of punctuation one space: the form phrases are kept in."""
    return fold(texts).str.replace_all(r"[^\pL\pN\pM]+", " ").str.strip_chars()
