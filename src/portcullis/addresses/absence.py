"""When what stands in the address fields is no address (requirements 5 and 6; R1, R2, R5).

Each rule answers for a line as a whole. A word that is a placeholder, a jail or an agency in one
line is a street in another ("4500 Unknown Creek Rd", "100 Jail Rd"), so nothing here tests a bare
substring.
"""

import re

import polars as pl

from portcullis.addresses.vocabulary import SUFFIXES, any_of, phrases, plain, suffix_forms, table
from portcullis.folding import put_where

REASONS: dict[str, str] = {
    "blank": "The address lines, the city and the ZIP Code are all empty.",
    "zip-only": "A ZIP Code stands alone, without a delivery line.",
    "digits-only": "The delivery line holds digits only.",
    "no-delivery-line": "There is no delivery line: no number, box, route or named street.",
    "no-locality": "There is neither a valid ZIP Code nor a city with its state.",
    "placeholder": "The delivery line is a placeholder written in place of an address.",
    "spreadsheet-error": "A spreadsheet's error value stands in place of the address.",
    "custody": "The line names custody or a place of detention, not an address of the taxpayer.",
    "agency": "The line names a government office, not an address of the taxpayer.",
}
"""Code of `a_absent_reason` -> the sentence that says it."""

_ERRORS = any_of(
    [
        "#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!",
        "#GETTING_DATA", "#FIELD!", "#BLOCKED!", "#UNKNOWN!", "#CONNECT!", "#ERROR!", "#BUSY!",
        "#REF", "#NAME", "#VALUE", "#BEZUG!", "#WERT!", "#NV", "#ZAHL!", "#NOM?", "#VALEUR!",
        "#NOMBRE?", "#¡REF!", "#¿NOMBRE?", "#¡VALOR!", "#VALOR!", "#¡NUM!", "#¡DIV/0!", "####",
    ]
)  # fmt: skip
_SCIENTIFIC = r"(?m)^\s*[+-]?\d(?:[.,]\d+)?E[+-]?\d+\s*$"

# The kinds of way a street is called by, for telling "100 Jail Rd" from "Elm County Jail". Not
# every suffix of Publication 28: "Center" and "Camp" are what detention facilities are called.
_ROADS = any_of(
    form
    for term in SUFFIXES
    if term.standard
    in {
        "ALY", "AVE", "BLVD", "BYP", "CIR", "CRES", "CT", "CV", "CRK", "DR", "EXPY", "HL", "HOLW",
        "HTS", "HWY", "LN", "LOOP", "LNDG", "PASS", "PATH", "PIKE", "PKWY", "PL", "PT", "RD", "RDG",
        "ROW", "RTE", "RUN", "SQ", "ST", "TER", "TPKE", "TRCE", "TRL", "WAY", "XING", "BRG", "GRV",
        "PLZ", "SPGS", "VLY", "VW", "MDWS", "FLD", "FLDS", "FRST",
    }
    for form in term.forms
)  # fmt: skip


def _repeated_letters() -> str:
    """Return a pattern for one letter written over and over ("XXX"); "III" is a numeral."""
    letters = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
    return "(?:" + "|".join(f"{letter}{{3,}}" for letter in letters) + "|XX)"


def _made_of(heads: str, fillers: str) -> str:
    return rf"^(?:{fillers} )*(?:{heads})(?: (?:{heads}|{fillers}))*$"


_HEADS = f"(?:{any_of(phrases('placeholders.toml', 'phrases'))}|{_repeated_letters()})"
_FILLER_WORDS = phrases("placeholders.toml", "fillers", "words")
_STREET_WORDS = phrases("placeholders.toml", "fillers", "streets")
_WITH_NUMBER = _made_of(_HEADS, f"(?:{any_of(_FILLER_WORDS)}|[0-9]+)")
_WITHOUT_NUMBER = _made_of(_HEADS, f"(?:{any_of([*_FILLER_WORDS, *_STREET_WORDS])}|[0-9]+)")
_HOUSE_NUMBER = r"^0*[1-9][0-9]*[A-Z]? "


def is_placeholder(words: pl.Series) -> pl.Series:
    """Say which of ``words`` (in `vocabulary.plain` form) are made of placeholders alone."""
    numbered = words.str.contains(_HOUSE_NUMBER)
    answer = put_where(numbered, numbered, words.filter(numbered).str.contains(_WITH_NUMBER))
    return put_where(answer, ~numbered, words.filter(~numbered).str.contains(_WITHOUT_NUMBER))


def _institution(section: str) -> tuple[str, str, str]:
    """Return the patterns of ``section``: its phrases, a street named so, and whole-line words."""
    inside = any_of(phrases("institutions.toml", section, "phrases"))
    section_table = table("institutions.toml")[section]
    short = "|".join(
        re.escape(word) for word in plain(pl.Series(section_table.get("whole", ["\x00"]))) if word
    )
    # "200 Old Prison Camp Rd", "CALLE CARCEL 5": number or CALLE before, a kind of way after.
    street = (
        rf"^[0-9]+[A-Z]?(?: [^ ]+){{0,4}}? {inside}(?: [A-Z]+)? {_ROADS}(?: |$)"
        rf"|(?:^| )(?:CALLE|AVENIDA|CAMINO|VIA|PASEO) (?:[A-Z]+ )?{inside}(?: |$)"
    )
    beside = "OFFICE|FACILITY|FAC|BLDG|BUILDING|CENTER|CTR|HOLD|ROOM|THE|AT|UNIT|[0-9]+"
    whole = rf"^(?:{short})(?: (?:{short}|{beside}))*$"
    return rf"(?:^| ){inside}(?: |$)", street, whole if short else r"^\x00$"


def _of_institution(words: pl.Series, section: str) -> pl.Series:
    inside, street, whole = _institution_patterns[section]
    hit = words.str.contains(inside)
    hit = put_where(hit, hit, ~words.filter(hit).str.contains(street))
    return hit | words.str.contains(whole)


_institution_patterns = {name: _institution(name) for name in ("custody", "agency", "shared")}
_any_institution = "|".join(
    f"(?:{pattern})"
    for inside, _, whole in _institution_patterns.values()
    for pattern in (inside, whole)
)


def may_name_institution(words: pl.Series) -> pl.Series:
    """Say, cheaply, which of ``words`` the three questions below are worth asking of."""
    return words.str.contains(_any_institution)


def is_custody(words: pl.Series) -> pl.Series:
    """Say which of ``words`` (plain form) name custody or a place of detention."""
    return _of_institution(words, "custody")


def is_agency(words: pl.Series) -> pl.Series:
    """Say which of ``words`` (plain form) name a government office."""
    return _of_institution(words, "agency")


def is_shared(words: pl.Series) -> pl.Series:
    """Say which of ``words`` (plain form) name a place of many people, or a go-between."""
    return _of_institution(words, "shared")


def is_spreadsheet_error(raw: pl.Series) -> pl.Series:
    """Say which of ``raw`` (fields as received, one a line) hold a spreadsheet's error value."""
    raw = raw.str.to_uppercase()
    return raw.str.contains(_ERRORS) | raw.str.contains(_SCIENTIFIC)


_NAMED_WAY = (
    rf"(?:^| )(?:{any_of(suffix_forms())}|CALLE|AVENIDA|CARRETERA|CAMINO|URB|BO|BARRIO|SECTOR"
    r"|COND|RES|PARC|BUILDING|TOWER|TOWERS|HOUSE|APARTMENTS|APTS|HACIENDA|RANCHO|VILLA|VILLAS"
    r"|CASERIO|KM)(?: |$)"
)


def names_a_way(words: pl.Series) -> pl.Series:
    """Say which of ``words`` name a street or building though they hold no number."""
    return words.str.contains(_NAMED_WAY) & words.str.contains(" ", literal=True)
