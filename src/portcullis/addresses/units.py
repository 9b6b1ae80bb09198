"""The secondary unit of a delivery line (Publication 28, section 213 and Appendix C2).

The normal form leaves out a designator that tells nothing ("APT 4", "# 4" and "UNIT 4" are one
door) and keeps one that does ("FL2", "BLDG3", "REAR").
"""

import polars as pl

from portcullis.addresses.vocabulary import (
    any_of,
    directional_forms,
    suffix_forms,
    tells_a_door,
    unit_forms,
    unit_standard,
)
from portcullis.folding import by_distinct, put_where, rewrite_where

_PLAIN, _KEPT = any_of([*unit_forms("plain"), *unit_forms("named")]), any_of(unit_forms("kept"))
_DESIGNATOR = any_of([*unit_forms("plain"), *unit_forms("named"), *unit_forms("kept")])
_ALONE = any_of(unit_forms("alone"))
_FLOOR = "(?:FLOOR|FLR|FL|PISO)"
_SUFFIX = any_of(suffix_forms())
_DIRECTIONAL = rf"(?:(?:NORTH|SOUTH) (?:EAST|WEST)|{any_of(directional_forms())})"

_ID = rf"(?:[A-Z]{{0,2}}-?[0-9]{{1,6}}[A-Z]{{0,2}}(?:-[A-Z0-9]+)?|[A-Z](?:-[A-Z0-9]+)?|{_ALONE})"
_LEVEL = r"(?:[A-Z]?-?[0-9]{1,3}[A-Z]?|[A-Z])"
_NAMED = (
    rf" (?:{_PLAIN} (?:(?:#|NO|NUM|NUMBER) )?{_ID}|{_KEPT} (?:# )?{_LEVEL}|# [^ ]+)(?: .*)?$"
    r"| (?:PH|PENTHOUSE)$"
)
_HINT = rf" (?:{_PLAIN}|{_KEPT}|{_ALONE}|#)(?: |$)"

_GLUED = " (APT|UNIT|STE|SUITE|ROOM|RM|LOT|BLDG|FLOOR|SPC|TRLR|BOX|PMB)-?([0-9])"
_STANDARDS = {**unit_standard("named"), **unit_standard("kept")}.values()
_WORDS = {
    **{f" {form} ": " " for form in (*unit_forms("plain"), "#")},
    **{
        f" {form}  ": f" {standard}"
        for kind in ("named", "kept")
        for form, standard in unit_standard(kind).items()
    },
    **{f" {form} ": f" {standard} " for form, standard in unit_standard("alone").items()},
}
_SHORT_END = r" (?:[A-Z]?-?[0-9]{1,4}[A-Z]?|[A-Z])$"

# After these kinds of way a short bare token is a unit: "261 MAIN ST 4B". Roads are left out where
# the token is the road's own number or letter ("COUNTY ROAD 5", "AVENUE H").
_WAY = any_of(
    [
        *("AVENUE", "AVE", "AV", "STREET", "ST", "BOULEVARD", "BLVD", "DRIVE", "DR", "LANE", "LN"),
        *("COURT", "CT", "CIRCLE", "CIR", "PLACE", "PL", "TERRACE", "TER", "WAY", "PARKWAY"),
        *("PKWY", "ROAD", "RD", "SQUARE", "SQ", "TRAIL", "TRL"),
    ]
)
_BARE = (
    rf"^[0-9][^ ]* (?:[^ ]+ )+{_WAY}(?: (?:N|S|E|W|NE|NW|SE|SW))?"
    r" (?:[A-Z]?-?[0-9]{1,4}[A-Z]?|[A-DF-MO-RT-VX-Z])$"
)
_LONE = rf"^[^ ].* {_SUFFIX}(?: {_DIRECTIONAL})? {_ALONE}$"
_ROAD_OF = (
    rf"^[0-9][^ ]* (?:{_DIRECTIONAL} )?{_WAY} "
    r"|(?:COUNTY|STATE|RANCH|TOWNSHIP|FOREST|FARM|INDIAN|OLD|SERVICE) (?:ROAD|RD) "
)
# A house number, then at least a word and a kind of way, or a directional and a word.
_HOUSE = (
    r"(?:[0-9]+(?:-[0-9]+)?(?:-?[A-Z])?(?:[ -][1-9]/[0-9]{1,2})?|[NSEW] ?[0-9]+ ?[NSEW] ?[0-9]+)"
    rf" (?:[0-9]*[A-Z][^ ]* (?:[^ ]+ )*?{_WAY}|{_DIRECTIONAL} [^ ]+"
    r"|(?:CALLE|AVE|AVENIDA|PASEO|CARR|CAMINO) [^ ]+)(?: .*)?"
)
# "12 ELM ST NE NORTH TOWER", "12 ELM ST NE TOWER 2": the tower is behind the street.
_TOWER = "(?:TOWER|TOWERS|TWR|WING|HALL|LEVEL)"
_STREET = rf"^((?:# )?[A-Z]{{0,2}}[0-9][^ ]* (?:[^ ]+ )+{_WAY}"
_TOWER_NUMBERED = rf"{_STREET}(?: {_DIRECTIONAL})?) ({_TOWER} (?:[A-Z]|[0-9]+)(?: .*)?)$"
_TOWER_NAMED = rf"{_STREET}(?: {_DIRECTIONAL})??) ([A-Z]+ {_TOWER}(?: .*)?)$"
_UNUSUAL = rf" (?:{_FLOOR}|{_TOWER})(?: |$)|{_GLUED}"
_COMPLEX = "(?:COND|CONDOMINIO|EDIF|EDIFICIO|RES|RESIDENCIAL)"
_KEPT_LEAD = r"^(?:URB|URBANIZACION|URBANIZATION|CALLE|AVE|AVENIDA|BO|BARRIO|SECTOR|PARC) "
_TELLS_A_DOOR = tells_a_door()
_LEADS_OTHERWISE = rf"^(?:[^0-9]|[0-9]+(?:ST|ND|RD|TH) {_FLOOR})"
_ORDINALS = {
    "FIRST": "1", "SECOND": "2", "THIRD": "3", "FOURTH": "4", "FIFTH": "5", "SIXTH": "6",
    "SEVENTH": "7", "EIGHTH": "8", "NINTH": "9", "TENTH": "10",
}  # fmt: skip


def split_unit(line: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the line before the unit, and the unit's normal form ("" where there is none)."""
    line = rewrite_where(line, line.str.contains(_UNUSUAL), _usual)
    start = pl.repeat(None, line.len(), dtype=pl.UInt32, eager=True)
    for hint, find in ((_HINT, _designated), (_SHORT_END, _bare)):
        rows = start.is_null() & line.str.contains(hint)
        start = put_where(start, rows, find(line.filter(rows)))
    has = start.is_not_null()
    street, unit = _cut(line.filter(has), start.filter(has))
    none = pl.repeat("", line.len(), dtype=pl.String, eager=True)
    return put_where(line, has, street), put_where(none, has, by_distinct(unit, normal))


def _usual(line: pl.Series) -> pl.Series:
    """Return lines with floors, glued designators and towers in the form looked for here."""
    return _mark_tower(floors_first(line).str.replace_all(_GLUED, " ${1} ${2}"))


def _mark_tower(line: pl.Series) -> pl.Series:
    marked = line.str.contains(". # ")
    numbered = line.str.replace(_TOWER_NUMBERED, "${1} # ${2}")
    named = line.str.replace(_TOWER_NAMED, "${1} # ${2}")
    return line.zip_with(marked, numbered.zip_with(numbered != line, named))


def floors_first(line: pl.Series) -> pl.Series:
    """Return lines with "2ND FLOOR" written "FL 2", and a mark before a floor without number."""
    line = line.str.replace(rf" ((?:GROUND|MAIN|TOP) {_FLOOR}|LOWER LEVEL)( |$)", " # ${1}${2}")
    for word, number in _ORDINALS.items():
        line = line.str.replace(rf" {word} {_FLOOR}( |$)", f" FL {number}${{1}}")
    line = line.str.replace(rf" ([0-9]+)(?:ST|ND|RD|TH) {_FLOOR}( |$)", " FL ${1}${2}")
    return line.str.replace(rf" ([0-9]+)O? {_FLOOR}$", " FL ${1}")


def put_street_first(line: pl.Series) -> pl.Series:
    """Return lines that lead with a unit or a recipient with the street first.

    "APT 4 10 OAK AVE" becomes "10 OAK AVE APT 4"; "JANET SMITH 7710 OAK AVE" loses the name.
    """
    return rewrite_where(line, line.str.contains(_LEADS_OTHERWISE), _street_first)


def _street_first(line: pl.Series) -> pl.Series:
    line = line.str.replace(rf"^([0-9]+)(?:ST|ND|RD|TH) {_FLOOR} (.*{_HOUSE})$", "${2} FL ${1}")
    line = line.str.replace(rf"^((?:{_PLAIN}|{_KEPT}|#) (?:# )?{_ID}) ({_HOUSE})$", "${2} ${1}")
    line = line.str.replace(
        rf"^{_COMPLEX} [^0-9]*? ({_PLAIN} (?:# )?{_ID}) ({_HOUSE})$", "${2} ${1}"
    )
    named = line.str.contains(_KEPT_LEAD)
    led = line.str.extract_groups(rf"^([^0-9#].*?) (?:# )?({_HOUSE})$").struct.unnest()
    lead, house = (led[name] for name in led.columns)
    # A recipient goes; what may tell one door from another goes behind the street.
    behind = (house + " # " + lead).zip_with(lead.str.contains(_TELLS_A_DOOR), house)
    return line.zip_with(named | lead.is_null(), behind)


def _designated(line: pl.Series) -> pl.Series:
    """Return the byte where a unit with its designator starts, null where there is none."""
    start = line.str.find(_NAMED)
    lone = start.is_null() & line.str.contains(rf" {_ALONE}$")
    lone = put_where(lone, lone, line.filter(lone).str.contains(_LONE))
    start = start.zip_with(~lone, _last_space(line))
    # A unit follows a number and a street, or at least two words.
    return start.zip_with(start > line.str.find(" ", literal=True), _nowhere(line))


def _bare(line: pl.Series) -> pl.Series:
    """Return the byte where a unit without designator starts ("261 MAIN ST 4B")."""
    bare = line.str.contains(_BARE) & ~line.str.contains(_ROAD_OF)
    return _last_space(line).zip_with(bare, _nowhere(line))


def _last_space(line: pl.Series) -> pl.Series:
    return line.str.find(" [^ ]*$")


def _nowhere(line: pl.Series) -> pl.Series:
    return pl.repeat(None, line.len(), dtype=pl.UInt32, eager=True)


def _cut(line: pl.Series, start: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return ``line`` before byte ``start`` and after it."""
    octets = pl.DataFrame({"line": line.cast(pl.Binary), "start": start})
    parts = octets.select(
        before=pl.col("line").bin.slice(0, pl.col("start")).cast(pl.String),
        after=pl.col("line").bin.slice(pl.col("start") + 1).cast(pl.String),
    )
    return parts["before"], parts["after"]


def normal(unit: pl.Series) -> pl.Series:
    """Return each unit as written in normal form: "4B" for "APT 4-B", "BLDG3 4", "STE200"."""
    unit = unit.str.replace("^(?:# )+", "")
    unit = unit.str.replace_all(rf"({_DESIGNATOR}) (?:#|NO|NUM|NUMBER) ", "${1} ")
    unit = unit.str.replace(rf"^({_PLAIN} )?([0-9]+) ([A-Z])$", "${1}${2}${3}")
    unit = unit.str.replace(rf"^({_PLAIN} )?([A-Z]) ([0-9]+)$", "${1}${2}${3}")
    padded = "  " + unit.str.replace_all(" ", "  ", literal=True) + "  "
    # Only where one reading is left: "1-11" is another door than "11-1".
    padded = padded.str.replace_all(" ([0-9]+)-([A-Z]{1,2}) ", " ${1}${2} ")
    padded = padded.str.replace_all(" ([A-Z]{1,2})-([0-9]+) ", " ${1}${2} ")
    plain = padded.str.replace_many(list(_WORDS), list(_WORDS.values()), leftmost=True)
    plain = plain.str.replace_all(rf"(^| |{any_of(_STANDARDS)})0+([0-9])", "${1}${2}")
    plain = plain.str.replace_all(" {2,}", " ").str.strip_chars()
    # "APT 4 BLDG A" is "BLDG A APT 4".
    return plain.str.replace("^([A-Z]?[0-9]+[A-Z]?) ((?:BLDG|FL)[^ ]+)$", "${2} ${1}")
