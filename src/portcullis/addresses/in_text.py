"""Does running text mention an address? For free text that must hold nobody's data.

Looked for are a house number with a way behind it, a box or route, general delivery, and a state
with a ZIP Code. What is found is then read as an address is; it counts where it parses as one. The
test errs on the side of finding: text it wrongly takes for an address is written otherwise.
"""

import tomllib
from importlib import resources

import polars as pl

from portcullis.addresses.normal import normalise
from portcullis.addresses.vocabulary import STATES, SUFFIXES, any_of, directional_forms
from portcullis.folding import fold

_WORDS = tomllib.loads(
    resources.files("portcullis.addresses").joinpath("in_text.toml").read_text(encoding="utf-8")
)
_EVERYDAY = frozenset(_WORDS["everyday"].split())
_WAYS = any_of(form for term in SUFFIXES for form in term.forms if form not in _EVERYDAY)
_NO_STREET = any_of(_WORDS["no_street"].split())
_ENDS = rf"(^|[^A-Z0-9|])(?:{_NO_STREET})([^A-Z0-9]|$)"
_NUMBER = r"[0-9]{1,6}[A-Z]?(?:[- ]?[0-9]/[0-9])?"
_WORD = r"[A-Z0-9][A-Z0-9.-]*"
_HOUSE = rf"(?:^|[^A-Z0-9]){_NUMBER}(?:,? {_WORD}){{1,5}}?,? {_WAYS}(?:[^A-Z0-9]|$)"
_NUMBERED_WAY = (
    rf"(?:^|[^A-Z0-9]){_NUMBER} {any_of(directional_forms())}\.? [0-9]+(?:ST|ND|RD|TH)"
    r"(?:[^A-Z0-9]|$)"
)
_BOX = (
    r"(?:^|[^A-Z0-9])(?:P\.? ?O\.? ?BOX|POST OFFICE BOX|APARTADO|PSC|CMR|HCR?|R\.?R\.?|RFD"
    r"|RURAL ROUTE)[ #.]*[0-9][A-Z0-9-]*"
)
_GENERAL = r"(?:^|[^A-Z0-9])(?:GENERAL|GEN\.?) DELIVERY(?:[^A-Z0-9]|$)"
_CODES = set(STATES.values())
_ZIP = r"\.?,? +[0-9]{5}(?:-[0-9]{4})?(?:[^0-9]|$)"
_NAMED = rf"(?:^|[^A-Z0-9]){any_of(set(STATES) - _CODES)}{_ZIP}|, *{any_of(STATES)}{_ZIP}"
# "IN 47289" is a state only as a state is written: in capitals, or behind a comma.
_CODED = rf"(?:^|[^A-Za-z0-9]){any_of(_CODES)}{_ZIP}"


def mentions_address(texts: pl.Series) -> pl.Series:
    """Say of each text (String) whether it mentions what parses as an address."""
    folded = fold(texts).str.replace_all(r"\s+", " ")
    plain = texts.cast(pl.String).fill_null("").str.replace_all(r"\s+", " ")
    placed = folded.str.contains(_NAMED) | plain.str.contains(_CODED)
    candidates = (
        pl.DataFrame({"text": _broken(folded)})
        .with_row_index("row")
        .select(
            "row",
            line=pl.concat_list(
                pl.col("text").str.extract_all(pattern)
                for pattern in (_HOUSE, _BOX, _GENERAL, _NUMBERED_WAY)
            ),
        )
        .explode("line")
        .drop_nulls()
    )
    # Anywhere will do: whether the line would be an address, were it in some place.
    read = normalise(
        candidates.with_columns(
            line=pl.col("line").str.replace_all("^[^A-Z0-9]+|[^A-Z0-9]+$", ""),
            line2=pl.lit(None, pl.String),
            city=pl.lit("ANYTOWN"),
            state=pl.lit("KS"),
            zip=pl.lit(None, pl.String),
        ),
        line1="line",
        line2="line2",
    )
    parsed = read.filter(~pl.col("a_absent") & (pl.col("a_kind") != "unparsed"))["row"].unique()
    rows = pl.arange(texts.len(), eager=True, dtype=pl.UInt32)
    return placed | rows.is_in(parsed.cast(pl.UInt32).implode())


def _broken(texts: pl.Series) -> pl.Series:
    """Return the folded texts with a bar for every word that ends a search; twice, for two run."""
    for _ in range(2):
        texts = texts.str.replace_all(_ENDS, "${1}|${2}")
    return texts
