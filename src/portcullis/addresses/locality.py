"""City, state and ZIP Code to their normal forms (Publication 28, section 22 and Appendix B)."""

import polars as pl

from portcullis.addresses.absence import is_placeholder
from portcullis.addresses.vocabulary import STATE_NAMES, STATES, plain
from portcullis.folding import by_distinct, put_where, rewrite_where

# USPS assigns ZIP Codes from 00501 (Holtsville NY) to 99950 (Ketchikan AK).
_LOWEST_ZIP, _HIGHEST_ZIP = "00501", "99950"

CITY_WORDS = {
    "ST": "SAINT", "STE": "SAINTE", "FT": "FORT", "MT": "MOUNT", "N": "NORTH", "S": "SOUTH",
    "E": "EAST", "W": "WEST", "HTS": "HEIGHTS", "SPGS": "SPRINGS", "BCH": "BEACH",
    "TWP": "TOWNSHIP",
    "VLG": "VILLAGE", "LK": "LAKE", "CTR": "CENTER", "JCT": "JUNCTION",
}  # fmt: skip
_CITY_ALIASES = {"NYC": "NEW YORK", "NEW YORK CITY": "NEW YORK", "BKLYN": "BROOKLYN"}


def city(values: pl.Series) -> pl.Series:
    """Return each city spelled out in upper case; "" for none or a placeholder."""
    return by_distinct(values, _city)


def _city(values: pl.Series) -> pl.Series:
    words = plain(values)
    old, new = list(CITY_WORDS), list(CITY_WORDS.values())
    spelled = words.str.split(" ").list.eval(pl.element().replace(old, new)).list.join(" ")
    # "LIGHTHOUSE PT" is a point; "PT PLEASANT" may be a point or a port, and stays as written.
    spelled = spelled.str.replace(" PT$", " POINT").replace(_CITY_ALIASES)
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
    odd = ~digits.str.contains("^[0-9]*$|^[0-9]{5}-[0-9]{4}$")
    digits = rewrite_where(digits, odd, _plain_signs)
    five = digits.str.head(5)
    well_formed = digits.str.contains(r"^[0-9]{5}(?:[- ]?[0-9]{4})?$")
    good = well_formed & (five >= _LOWEST_ZIP) & (five <= _HIGHEST_ZIP) & (five != "11111")
    four = digits.str.tail(4).zip_with(
        good & (digits.str.len_bytes() > five.str.len_bytes()), pl.Series([""])
    )
    four = four.zip_with(four != "0000", pl.Series([""]))
    return five.zip_with(good, pl.Series([""])), four


def _plain_signs(digits: pl.Series) -> pl.Series:
    """Return "33101-1234" for a dash of another kind, "33101" for one with a stop behind it."""
    return digits.str.replace("^([0-9]{5}) ?[‐‑‒–—―−] ?", "${1}-").str.strip_chars(" .,;-")


def cut(line: pl.Series, place: pl.DataFrame, city: pl.Series) -> pl.Series:
    """Return delivery lines without the place where they end with it once more.

    ``place`` are the city, state, zip5 and zip4 in normal form, ``city`` is the city as received.
    The ZIP Code goes only behind the city or state, for "PO BOX 33101" is a box; and no line goes
    whole.
    """
    rows = place.with_columns(line=line).rechunk()
    ends = pl.col("line").str.ends_with
    town = (pl.col("city") != "") & (pl.col("state") != "")
    hint = rows.select(
        ((pl.col("zip5") != "") & ends(pl.col("zip5")))
        | (town & ends(pl.concat_str(pl.lit(" "), "state")))
        | pl.col("line").str.contains("[0-9]{5}-[0-9]{4}$")
    ).to_series()
    if not hint.any():
        return line
    return put_where(line, hint, _cut(rows.filter(hint), city.filter(hint)))


def _cut(rows: pl.DataFrame, city: pl.Series) -> pl.Series:
    # One chunk: `str.ends_with` of two columns panics where theirs differ (polars 2.1.0).
    rows = rows.with_columns(
        said=plain(city).rechunk(),
        name=pl.col("state").replace_strict(STATE_NAMES, default=""),
        plain=pl.col("line").str.replace(" ([0-9]{5})-[0-9]{4}$", " ${1}"),
    )
    zipped = (pl.col("zip5") != "") & pl.col("plain").str.ends_with(" " + pl.col("zip5"))
    rows = rows.with_columns(
        bare=pl.when(zipped)
        .then(_without(pl.col("plain"), " " + pl.col("zip5")))
        .otherwise("plain")
    )
    bare = pl.col("bare")
    answer = pl.col("line")
    for town in ("city", "said"):
        for state in ("state", "name"):
            both = pl.format(" {} {}", town, state)
            known = (pl.col(town) != "") & (pl.col(state) != "") & bare.str.ends_with(both)
            answer = pl.when(known).then(_without(bare, both)).otherwise(answer)
        alone = " " + pl.col(town)
        before_zip = (pl.col(town) != "") & (bare != pl.col("plain")) & bare.str.ends_with(alone)
        answer = pl.when(before_zip).then(_without(bare, alone)).otherwise(answer)
    return rows.select(answer.alias("line")).to_series()


def _without(text: pl.Expr, end: pl.Expr) -> pl.Expr:
    return text.str.head(-end.str.len_chars().cast(pl.Int64))
