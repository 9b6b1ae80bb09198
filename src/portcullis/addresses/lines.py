"""From two address lines as written to one delivery line in plain form.

Here commas and stray signs go, hyphens and points stay where they carry meaning, a recipient's line
above the street is left out, and "c/o" is found and cut away.
"""

from functools import partial

import polars as pl

from portcullis.addresses.vocabulary import any_of, tells_a_door, unit_forms
from portcullis.folding import fold, put_where, rewrite_where

_UNIT_WORDS = any_of(
    form for kind in ("plain", "named", "kept", "alone") for form in unit_forms(kind)
)
_DELIVERABLE = (
    r"^(?:[0-9]|[NSEW] ?[0-9]+ ?[NSEW] ?[0-9]|P ?O ?B|BOX |POST OFFICE|RR |RFD |RURAL |HC |HCR |"
    r"HIGHWAY CONTRACT|STAR R|PSC |CMR |UNIT [0-9]+ BOX|GENERAL DEL|GEN DEL|LISTA DE|APARTADO |URB|"
    r"CALLE |AVE |AVENIDA |COND |CONDOMINIO |RES |BO |BARRIO |EDIF |CARR |SECTOR |PARC )"
)
_UNIT_LINE = rf"^(?:(?:{_UNIT_WORDS})(?: #)? ?[A-Z0-9-]*|# ?[A-Z0-9-]+)$"
_TELLS_A_DOOR = tells_a_door()
_CARE_OF = r"(?:^| )(?:CAREOF|CARE OF|IN CARE OF|ATTN|ATTENTION)(?: |$)"
_BEHIND_NAME = (
    r"(?:^| )((?:(?:P ?O ?B(?:OX)?|POST OFFICE BOX|RR|RFD|RURAL R[A-Z]*|HCR?|PSC|CMR"
    rf"|GENERAL DELIVERY)[ -]|(?:{_UNIT_WORDS}) (?:# ?)?[A-Z]{{0,5}} ?-?[0-9]"
    rf"|(?:{_UNIT_WORDS}) [A-Z]$|[A-Z]{{0,2}}-?[0-9]|#).*)$"
)


def clean(texts: pl.Series) -> pl.Series:
    """Return ``texts`` folded, single-spaced, with only the signs that addresses mean by."""
    line = fold(texts)
    line = rewrite_where(line, line.str.contains("/", literal=True), _care_of_sign)
    line = rewrite_where(line, line.str.contains(" - ", literal=True), _ranges)
    line = rewrite_where(line, line.str.contains("[^A-Z0-9 #&./-]|  "), _without_stray_signs)
    line = rewrite_where(line, line.str.contains("[#./-]"), _signs)
    return line.str.strip_chars()


def _ranges(line: pl.Series) -> pl.Series:
    """Write a range of house numbers as one word: "100-104" for "100 - 104"."""
    return line.str.replace("^ *([0-9]+[A-Z]?) - ([0-9]+[A-Z]? )", "${1}-${2}")


def _without_stray_signs(line: pl.Series) -> pl.Series:
    return line.str.replace_all(r"[^\pL\pN\pM#&./-]+", " ")


def words(line: pl.Series) -> pl.Series:
    """Return cleaned lines as words alone: the form that phrases are looked for in."""
    return rewrite_where(line, line.str.contains("[#&./-]"), _without_signs)


def _without_signs(line: pl.Series) -> pl.Series:
    return line.str.replace_all("[#&./-]+", " ").str.replace_all(" {2,}", " ").str.strip_chars()


def _care_of_sign(line: pl.Series) -> pl.Series:
    line = line.str.replace_all(r"(^|[^A-Z])C ?/ ?O([^A-Z]|$)", "${1} CAREOF ${2}")
    return line.str.replace_all(r"(^| )C/", "${1}CALLE ")


def _signs(line: pl.Series) -> pl.Series:
    """Keep a point or slash between digits, a hyphen between letters or digits; space the rest."""
    line = line.str.replace_all("#", " # ", literal=True)
    line = rewrite_where(line, line.str.contains(".", literal=True), _initials)
    for sign, kin in ((".", "0-9"), ("/", "0-9"), ("-", r"\pL\pN")):
        some = line.str.contains(sign, literal=True)
        line = rewrite_where(line, some, partial(_only_in, sign=sign, kin=kin))
    return line.str.replace_all("[./-]{2,}", " ").str.replace_all(" {2,}", " ")


def _initials(line: pl.Series) -> pl.Series:
    """Write "N.W." as one word; "ST.PAUL" stays for two."""
    return line.str.replace_all(
        r"(^|[^A-Z0-9])([A-Z])\.([A-Z])\.?([^A-Z0-9]|$)", "${1}${2}${3}${4}"
    )


def _only_in(line: pl.Series, sign: str, kin: str) -> pl.Series:
    """Make ``sign`` a space unless characters of the class ``kin`` stand on both its sides."""
    line = line.str.replace_all(rf"[{sign}]([^{kin}]|$)", " ${1}")
    return line.str.replace_all(rf"(^|[^{kin}])[{sign}]", "${1} ")


def join(first: pl.Series, second: pl.Series, empty_second: pl.Series) -> pl.Series:
    """Return the delivery line of two cleaned lines; ``empty_second`` marks placeholders there."""
    second = second.zip_with(~empty_second, pl.Series([""]))
    both = second != ""
    rows = pl.DataFrame({"first": first, "second": second})
    return put_where(first, both, _joined(rows.filter(both)))


def _joined(rows: pl.DataFrame) -> pl.Series:
    first, second = pl.col("first"), pl.col("second")
    later = second.str.contains(_DELIVERABLE) & ~first.str.contains(_DELIVERABLE)
    return rows.select(
        pl.when(later & first.str.contains(_UNIT_LINE))
        .then(second + " " + first)
        # A recipient tells nothing of the place, a building or a box above the street does.
        .when(later & first.str.contains(_TELLS_A_DOOR))
        .then(second + " # " + first)
        .when(later | (first == second))
        .then(second)
        .otherwise((first + " " + second).str.strip_chars())
    ).to_series()


def has_care_of(line: pl.Series) -> pl.Series:
    """Say which lines are addressed in care of another."""
    return line.str.contains(_CARE_OF)


def cut_care_of(line: pl.Series) -> pl.Series:
    """Return the line without its "c/o" name."""
    return rewrite_where(line, has_care_of(line), _without_care_of)


def _without_care_of(line: pl.Series) -> pl.Series:
    parts = line.str.extract_groups(rf"^(.*?){_CARE_OF}(.*)$").struct.unnest()
    before, after = (parts[name].fill_null("").str.strip_chars() for name in parts.columns)
    # The name goes; a unit, box or number behind it stays.
    behind = after.str.extract(_BEHIND_NAME).fill_null("")
    before = before.zip_with(before.str.contains(_TELLS_A_DOOR), pl.Series([""]))
    return (before + " " + behind).str.strip_chars()
