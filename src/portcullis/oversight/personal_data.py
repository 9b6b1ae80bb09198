"""Free text that must hold nobody's data: what looks like a taxpayer's is refused.

Refused are nine figures however they are grouped (a TIN), and whatever parses as an address. A
name cannot be told from other words: the forms ask for ids where a person is meant, and their
docs say so.
"""

import re
import unicodedata

import polars as pl

from portcullis import addresses
from portcullis.errors import Misuse

# A day, a time of day or the number of a case is no number of anybody's. A case's has its year
# first, at the beginning of the text or after an agency's letters: TIGTA-2025-00417.
_DAY = re.compile(
    r"(?<!\d)(?:[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])/(?:19|20)\d{2})(?!\d)"
)
_TIME = re.compile(r"(?<!\d)(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?!:?\d)")
_CASE = re.compile(r"(?:^|(?<=[A-Za-z][-/]))(?:19|20)\d{2}[-/]\d{5}(?!\d)")
_GROUPS = re.compile(
    r"(?<!\d)(?:\d{9}|\d{3}[\W_]{1,3}\d{2}[\W_]{1,3}\d{4}|\d{2}[\W_]{1,3}\d{7})(?!\d)"
)
"""A TIN as it is written, whatever figures stand before or after it."""
_NINE = re.compile(r"(?<!\d)\d(?:[\W_]{0,3}\d){8}(?![\W_]{0,3}\d)")
"""Nine figures in any other grouping, where they stand by themselves."""
_SIGNS = re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63\uff0d\u00ad\u200b-\u200f\u2060\ufeff]")


def looks_like_a_tin(text: str) -> bool:
    """Whether ``text`` has nine figures grouped like a TIN, or by themselves in any grouping.

    Up to three signs that are no letters may stand between figures.
    """
    plain = _SIGNS.sub("-", unicodedata.normalize("NFKC", text))
    for other in (_DAY, _TIME, _CASE):
        plain = other.sub("x", plain)
    return any(form.search(plain) for form in (_GROUPS, _NINE))


def refuse(field: str, text: str, *, address: bool = False) -> None:
    """Raise Misuse, naming ``field`` and never the text, where it holds personal data.

    ``address``: the field is one in which an address stands; figures alone are looked for.
    """
    if looks_like_a_tin(text):
        raise Misuse(
            f"The field {field} holds figures like those of a taxpayer identification number.",
            "Leave them out; name a request or package by its id. Write large numbers with a word "
            "(47 thousand).",
        )
    if not address and addresses.mentions_address(pl.Series([text], dtype=pl.String)).item():
        raise Misuse(
            f"The field {field} holds what reads as an address.",
            "Leave it out, or say it in other words; where it happened goes into address.",
        )
