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

# A day or a time of day is no number of anybody's.
_DAY = re.compile(r"(?<!\d)[12]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)")
_TIME = re.compile(r"(?<!\d)(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?!\d)")
_BETWEEN = r"[\s.,/_-]{0,3}"
_NINE = re.compile(rf"(?<!\d)\d(?:{_BETWEEN}\d){{8}}(?!{_BETWEEN}\d)")
_SIGNS = re.compile(r"[\u2010-\u2015\u2212\ufe58\ufe63\uff0d\u00ad\u200b-\u200f\u2060\ufeff]")


def looks_like_a_tin(text: str) -> bool:
    """Whether ``text`` has nine figures in a run, whatever stands between them."""
    plain = _SIGNS.sub("-", unicodedata.normalize("NFKC", text))
    plain = _TIME.sub("|", _DAY.sub("|", plain))
    return _NINE.search(plain) is not None


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
