"""Numbered roads to the names Publication 28 gives them (section 237, Appendix F)."""

import polars as pl

from portcullis.folding import rewrite_where

_HWY = "(?:HIGHWAY|HWY|HIWAY|HIGHWY|HWAY)"
_RTE = "(?:ROUTE|RTE|RT)"
_ROAD = "(?:ROAD|RD)"
_COUNTY = "(?:COUNTY|CNTY|CO)"
_STATE = "(?:STATE|ST)"

# In this order: what names more comes first, and the plain "ROUTE", "HIGHWAY" last.
_NAMES = (
    (rf"(?:US|U S)(?: (?:{_HWY}|{_RTE}))?", "US HIGHWAY"),
    (rf"(?:INTERSTATE(?: {_HWY})?|IH|I)", "INTERSTATE"),
    (rf"(?:{_STATE} {_HWY}|SH)", "STATE HIGHWAY"),
    (rf"(?:{_STATE} {_RTE}|SR)", "STATE ROUTE"),
    (rf"{_STATE} {_ROAD}", "STATE ROAD"),
    (rf"(?:{_COUNTY} {_HWY}|CH)", "COUNTY HIGHWAY"),
    (rf"(?:{_COUNTY} {_ROAD}|CR)", "COUNTY ROAD"),
    (rf"{_COUNTY} {_RTE}", "COUNTY ROUTE"),
    (rf"(?:FM|F M|FARM TO (?:MARKET|MKT))(?: {_ROAD})?", "FM"),
    (rf"(?:RM|RANCH TO (?:MARKET|MKT)|RANCH)(?: {_ROAD})", "RANCH ROAD"),
    (rf"(?:TOWNSHIP|TWP) {_ROAD}", "TOWNSHIP ROAD"),
    (_RTE, "ROUTE"),
    (_HWY, "HIGHWAY"),
)
_NUMBER = r"(?: NO| NUMBER| #)?[ -]?([0-9]+[A-Z]?)( |$)"
_HINT = (
    rf"(?:^| )(?:US|U S|I|IH|SR|CR|CH|FM|F M|SH|{_HWY}|{_RTE}|{_ROAD}|INTERSTATE|MARKET|MKT)"
    r"(?: NO| NUMBER| #)?[ -]?[0-9]"
)


def name_roads(line: pl.Series) -> pl.Series:
    """Return ``line`` with every numbered road under its standard name."""
    line = rewrite_where(line, line.str.contains(_HINT), _named)
    return rewrite_where(line, line.str.contains(r" (?:CR|RD|ROAD) [A-Z]{1,2}$"), _lettered)


def _named(line: pl.Series) -> pl.Series:
    for form, name in _NAMES:
        line = line.str.replace(rf"(^| ){form}{_NUMBER}", f"${{1}}{name} ${{2}}${{3}}")
    return line


def _lettered(line: pl.Series) -> pl.Series:
    return line.str.replace(
        rf"(^| )(?:{_COUNTY} {_ROAD}|CR) ([A-Z]{{1,2}})$", "${1}COUNTY ROAD ${2}"
    )
