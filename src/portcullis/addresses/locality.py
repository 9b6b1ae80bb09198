"""City, state and ZIP Code to their normal forms (Publication 28, section 22 and Appendix B)."""

import polars as pl

from portcullis.addresses.absence import is_placeholder
from portcullis.addresses.vocabulary import STATES, plain
from portcullis.folding import by_distinct

# USPS assigns ZIP Codes from 00501 (Holtsville NY) to 99950 (Ketchikan AK).
_LOWEST_ZIP, _HIGHEST_ZIP = "00501", "99950"

_CITY_WORDS = {
    "ST": "SAINT", "STE": "SAINTE", "FT": "FORT", "MT": "MOUNT", "N": "NORTH", "S": "SOUTH",
    "E": "EAST", "W": "WEST", "HTS": "HEIGHTS", "SPGS": "SPRINGS", "BCH": "BEACH",
    "TWP": "TOWNSHIP",
    "VLG": "VILLAGE", "PT": "PORT", "LK": "LAKE", "CTR": "CENTER", "JCT": "JUNCTION",
}  # fmt: skip
_CITY_ALIASES = {"NYC": "NEW YORK", "NEW YORK CITY": "NEW YORK", "BKLYN": "BROOKLYN"}


def city(values: pl.Series) -> pl.Series:
    """Return each city spelled out in upper case; "" for none or a placeholder."""
    return by_distinct(values, _city)


def _city(values: pl.Series) -> pl.Series:
    words = plain(values)
    old, new = list(_CITY_WORDS), list(_CITY_WORDS.values())
    spelled = words.str.split(" ").list.eval(pl.element().replace(old, new)).list.join(" ")
    spelled = spelled.replace(_CITY_ALIASES)
    real = spelled.str.contains(r"\pL") & ~is_placeholder(words)
    return spelled.zip_with(real, pl.Series([""])).alias(values.name)


def state(values: pl.Series) -> pl.Series:
    """Return each state's two-letter code; "" for none or one that is not in Appendix B."""
    return by_distinct(values, _state)


def _state(values: pl.Series) -> pl.Series:
    words = plain(values).replace({"D C": "DC", "N Y": "NY", "N J": "NJ"})
    return words.replace_strict(STATES, default="", return_dtype=pl.String)


def zip_code(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the ZIP5 and the ZIP+4 add-on; "" where there is none, or none that is assigned."""
    digits = values.fill_null("").str.strip_chars()
    five = digits.str.head(5)
    well_formed = digits.str.contains(r"^[0-9]{5}(?:[- ]?[0-9]{4})?$")
    good = well_formed & (five >= _LOWEST_ZIP) & (five <= _HIGHEST_ZIP) & (five != "11111")
    four = digits.str.tail(4).zip_with(
        good & (digits.str.len_bytes() > five.str.len_bytes()), pl.Series([""])
    )
    four = four.zip_with(four != "0000", pl.Series([""]))
    return five.zip_with(good, pl.Series([""])), four
