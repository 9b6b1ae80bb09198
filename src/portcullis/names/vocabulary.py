"""The words of names: suffixes, particles, placeholders and nicknames."""

import csv
import tomllib
from importlib import resources

import polars as pl

from portcullis.folding import fold

_DATA = resources.files("portcullis.names") / "data"

SUFFIXES = {
    "JR": "JR", "JNR": "JR", "JUNIOR": "JR", "HIJO": "JR", "SR": "SR", "SNR": "SR", "SENIOR": "SR",
    "II": "II", "2ND": "II", "2D": "II", "SECOND": "II", "III": "III", "3RD": "III", "3D": "III",
    "THIRD": "III",
    "IV": "IV", "4TH": "IV", "FOURTH": "IV", "V": "V", "5TH": "V", "FIFTH": "V",
}  # fmt: skip
"""Written suffix -> its normal form. "Jr" and "II" are not the same person's."""

# Also names in themselves ("Junior" in Brazil; "V" an initial): a suffix only in its own field or
# at the end of the family name.
ONLY_AFTER_FAMILY = ("V", "JUNIOR", "SENIOR", "HIJO", "SECOND", "THIRD", "FOURTH", "FIFTH")

TITLES = ("MR", "MRS", "MS", "MISS", "MX", "PHD", "ESQ", "DDS", "CPA")
"""Forms of address; left out where a name stands beside them."""

PARTICLES = (
    "DE", "DEL", "DELA", "DELAS", "DELOS", "LA", "LAS", "LOS", "EL", "LO", "LE", "DI", "DA", "DO",
    "DOS",
    "DAS", "DU", "DES", "D", "VAN", "VON", "VOM", "DER", "DEN", "TEN", "TER", "ZU", "ZUM", "ZUR",
    "AL",
    "ABU", "ABD", "ABDUL", "ABDEL", "IBN", "BIN", "BINT", "BEN", "MC", "MAC", "O", "FITZ", "NI",
    "NIC",
    "ST", "SAINT", "SAN", "SANTA", "SANTO",
)  # fmt: skip
"""Words that belong to the surname after them; written joined ("DELACRUZ", "MCDONALD")."""

FORENAME_PARTICLES = (
    "DE", "DEL", "DELA", "DELAS", "DELOS", "LA", "LAS", "LOS", "DI", "DA", "DAS", "DOS", "DU",
    "ABU", "ABD", "ABDUL", "ABDEL",
)  # fmt: skip
"""The same among forenames ("DELOSANGELES"); fewer, for "Al", "Ben" and "Van" are forenames."""


def plain(texts: pl.Series) -> pl.Series:
    """Return ``texts`` folded, with single spaces for everything that is no letter or digit."""
    return fold(texts).str.replace_all(r"[^\pL\pN\pM]+", " ").str.strip_chars()


def _placeholders() -> dict[str, frozenset[str]]:
    table = tomllib.loads((_DATA / "placeholders.toml").read_text("utf-8"))
    return {
        key: frozenset(plain(pl.Series(phrases, dtype=pl.String)))
        for key, phrases in table.items()
        if key != "version"
    }


def _nicknames() -> tuple[str, ...]:
    """Return every pair "A|B" where one is a nickname of the other, or both of one name."""
    pairs: set[str] = set()
    for row in csv.DictReader((_DATA / "nicknames.csv").read_text("utf-8").splitlines()):
        names = [row["name"], *row["nicknames"].split()]
        pairs.update(f"{one}|{other}" for one in names for other in names if one != other)
    return tuple(sorted(pairs))


PLACEHOLDERS = _placeholders()
NICKNAMES = _nicknames()
