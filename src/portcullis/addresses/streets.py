"""A street line to its number and its street name in Publication 28's abbreviations.

Sections 233 (directionals), 234 and Appendix C1 (suffixes), 235 (numeric names), Appendix D
(hyphenated, grid and fractional numbers). The name is worked between marks: "^" before it, "$"
after it, "|" before its suffix; so that a word is judged by where it stands.
"""

import polars as pl

from portcullis.addresses.vocabulary import DIRECTIONALS, SUFFIXES, any_of, suffix_forms
from portcullis.folding import put_where, rewrite_where

_SUFFIX = any_of(suffix_forms())
_LETTER = "[A-DF-MO-RT-VX-Z]"  # a letter that is no directional
_NUMBER = (
    r"^((?:[0-9]+(?:[A-Z]?-[0-9]+)?[A-Z]?|[0-9]+-[A-Z]"
    r"|[NSEW] ?[0-9]+ ?[NSEW] ?[0-9]+|[A-Z]{1,2}[0-9]+[A-Z]?)"
    r"(?:[ -][1-9]/[0-9]{1,2})?) "
)
COUNTED = {
    "ONE": "1", "TWO": "2", "THREE": "3", "FOUR": "4", "FIVE": "5", "SIX": "6", "SEVEN": "7",
    "EIGHT": "8", "NINE": "9", "TEN": "10",
}  # fmt: skip
_AFTER = r"^(.*[^0-9 ].*?) (?:# |NO |NUM |NUMERO )?([0-9]+[A-Z]?(?:-[0-9]+[A-Z]?)?|[A-Z]-?[0-9]+)$"
# Only behind a kind of way: "MAIN ST 123" has a house number, "WHATEVER 12345" has not.
_WAY = rf"(?:^| )(?:{_SUFFIX}|CALLE|CAMINO|PASEO|BROADWAY) "
_OWN_NUMBER = (
    r"(?:HIGHWAY|ROUTE|INTERSTATE|FM|LOOP|SPUR|KM|MILE|EXIT|(?:COUNTY|STATE|RANCH|TOWNSHIP|FOREST|INDIAN|FARM)"
    r" (?:ROAD|RD)|^CALLE|^AVE|^AVENUE|^STREET|^CARR) [0-9]+[A-Z]?$"
)

_DIRECTIONS = {form: term.standard for term in DIRECTIONALS for form in term.forms}
_SUFFIXES = {form: term.standard for term in SUFFIXES for form in term.forms}

# After these, a directional's letter is the road's own name ("AVENUE N", "COUNTY ROAD E").
_LETTERED_ALONE = ("AVENUE", "AVE", "AV", "STREET", "CALLE")
_LETTERED = (
    "ROUTE", "RTE", "RT", "HIGHWAY", "HWY", "COUNTY ROAD", "COUNTY RD", "CO RD", "COUNTY HIGHWAY",
    "COUNTY HWY", "STATE ROUTE", "STATE RD",
)  # fmt: skip
_POSTDIRECTIONALS = (
    {f"^ {form} $": f"^ {form} $" for form in _DIRECTIONS}
    | {f" {form} $": f" $ {standard}" for form, standard in _DIRECTIONS.items()}
    | {f"^ {way} {d} $": f"^ {way} {d} $" for way in _LETTERED_ALONE for d in "NSEW"}
    | {f" {way} {d} $": f" {way} {d} $" for way in _LETTERED for d in "NSEW"}
)  # fmt: skip
_FINAL_SUFFIXES = {f"^ {form} $": f"^ {form} $" for form in _SUFFIXES} | {
    f" {form} $": f" |{standard} $" for form, standard in _SUFFIXES.items()
}
_PREDIRECTIONALS = (
    {f"^ {form} |": f"^ {form} |" for form in _DIRECTIONS}
    | {f"^ {form} $": f"^ {form} $" for form in _DIRECTIONS}
    | {f"^ {form} ": f"^ {standard} " for form, standard in _DIRECTIONS.items()}
)
_UNMARKED = {"^ ": "", " |": " ", " $": ""}

# Section 234: of two suffix words the last is abbreviated, the others spelled out. Left alone are
# forms that are also something else inside a name ("ST" for Saint, "DR" for Doctor).
_AMBIGUOUS = {
    "ST", "STR", "DR", "VIA", "EXP", "EXPR", "EXPRESS", "IS", "UN", "PR", "DIV", "HT", "CEN",
    "CENT",
    "BOT", "RAD", "VILL", "COR", "AVE", "AV", "AVENUE", "PT", "VIS",
}  # fmt: skip
_SPELLED = {
    form: term.word
    for term in SUFFIXES
    for form in term.forms
    # "PARKS RD" is not "PARK RD", though a last "PARKS" is abbreviated "PARK".
    if form not in _AMBIGUOUS and form not in {term.word, f"{term.word}S"}
}
_KING = " MARTIN LUTHER KING "
_INNER = {f" {form} ": f" {word} " for form, word in _SPELLED.items()} | {
    " SAINT ": " ST ",
    " SAINTE ": " STE ",
    " DOCTOR ": " DR ",
    " JUNIOR ": " JR ",
    " MLK ": _KING,
    " MLK JR ": _KING,
    " MARTIN LUTHER KING JR ": _KING,
    " DR MARTIN LUTHER KING ": _KING,
    " DR MARTIN LUTHER KING JR ": _KING,
}
_INNER_HINT = any_of(word.strip().split(" ")[0] for word in _INNER)

ORDINALS = {
    word: f"{number}{ending}"
    for number, (word, ending) in enumerate(
        [
            ("FIRST", "ST"), ("SECOND", "ND"), ("THIRD", "RD"), ("FOURTH", "TH"), ("FIFTH", "TH"),
            ("SIXTH", "TH"), ("SEVENTH", "TH"), ("EIGHTH", "TH"), ("NINTH", "TH"), ("TENTH", "TH"),
            ("ELEVENTH", "TH"), ("TWELFTH", "TH"), ("THIRTEENTH", "TH"), ("FOURTEENTH", "TH"),
            ("FIFTEENTH", "TH"), ("SIXTEENTH", "TH"), ("SEVENTEENTH", "TH"), ("EIGHTEENTH", "TH"),
            ("NINETEENTH", "TH"), ("TWENTIETH", "TH"),
        ],
        start=1,
    )
}  # fmt: skip


_UNITS = list(ORDINALS.items())[:9]
_TENS = ("TWENTY", "THIRTY", "FORTY", "FIFTY", "SIXTY", "SEVENTY", "EIGHTY", "NINETY")
ORDINALS |= {
    word[:-1] + "IETH": f"{number}0TH" for number, word in enumerate(_TENS, start=2)
}  # fmt: skip
_COMPOUND = {
    f" {tens} {word} ": f" {number}{ending} "
    for number, tens in enumerate(_TENS, start=2)
    for word, ending in _UNITS
}


def split_number(line: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the house number ("" for none) and the rest of each line."""
    line = rewrite_where(line, line.str.contains("^(?:[^0-9]|0)"), _bring_number_first)
    lettered = line.str.contains(rf"^[0-9]+ {_LETTER} [^ ]")
    line = rewrite_where(line, lettered, _glue_letter)
    parts = line.str.splitn(" ", 2).struct.unnest()
    number, rest = (parts[name].fill_null("") for name in ("field_0", "field_1"))
    # A first word of digits is the number, but for a fraction after it; the others take reading.
    other = ~line.str.contains("^[0-9]+ ") | line.str.contains("/", literal=True)
    read, after = _read_number(line.filter(other))
    return put_where(number, other, read), put_where(rest, other, after)


def _read_number(line: pl.Series) -> tuple[pl.Series, pl.Series]:
    number = line.str.extract(_NUMBER).fill_null("")
    rest = line.str.slice(number.str.len_chars()).str.strip_chars_start()
    return _plain_number(number), rest


def _bring_number_first(line: pl.Series) -> pl.Series:
    line = line.str.replace(r"^0+([1-9])", "${1}").str.replace("^(?:# |NO |NUM )([0-9])", "${1}")
    for word, number in COUNTED.items():
        line = line.str.replace(rf"^{word} ([^0-9]+)$", f"{number} ${{1}}")
    own = line.str.contains(_OWN_NUMBER) | line.str.contains(_NUMBER) | ~line.str.contains(_WAY)
    return rewrite_where(line, ~own, lambda some: some.str.replace(_AFTER, "${2} ${1}"))


def _glue_letter(line: pl.Series) -> pl.Series:
    street = line.str.contains(rf"^[0-9]+ [A-Z] {_SUFFIX}(?: |$)")
    glued = line.str.replace(rf"^([0-9]+) ({_LETTER}) ", "${1}${2} ")
    return line.zip_with(street, glued)


def _plain_number(number: pl.Series) -> pl.Series:
    """Return "N6W23001" for "N6 W23001", "123A" for "123-A", "123 1/2" for "123-1/2"."""
    fraction = number.str.replace(r"-([1-9]/[0-9])", " ${1}")
    letter = fraction.str.replace(r"^([0-9]+)-([A-Z])", "${1}${2}")
    return letter.str.replace(r"^([NSEW]) ?([0-9]+) ?([NSEW]) ?([0-9]+)", "${1}${2}${3}${4}")


def normal_street(rest: pl.Series) -> pl.Series:
    """Return each street name with directionals, suffix and numeric names in standard form."""
    name = rewrite_where(rest, rest.str.contains("[-&#/]"), _without_signs)
    name = rewrite_where(
        name,
        name.str.contains(r"(?:^| )(?:NORTH|SOUTH|NO|SO|N|S) (?:EAST|WEST|E|W)(?: |$)"),
        _joined_directions,
    )
    name = "^ " + name + " $"
    name = rewrite_where(
        name, name.str.contains(rf" {any_of(_TENS)} "), lambda some: _replace(some, _COMPOUND)
    )
    name = _replace(name, _POSTDIRECTIONALS)
    name = _replace(name, _FINAL_SUFFIXES)
    name = _replace(name, _PREDIRECTIONALS)
    name = rewrite_where(name, name.str.contains(rf" {_INNER_HINT} "), _spell_inner)
    name = rewrite_where(name, name.str.contains(r"^\^ AV"), _avenue_first)
    numeric = name.str.contains(rf"^\^ (?:[NSEW]{{1,2}} )?(?:[0-9]+|{any_of(ORDINALS)}) \|")
    name = rewrite_where(name, numeric, _ordinal)
    return _replace(name, _UNMARKED)


def _replace(name: pl.Series, table: dict[str, str]) -> pl.Series:
    return name.str.replace_many(list(table), list(table.values()), leftmost=True)


def _without_signs(name: pl.Series) -> pl.Series:
    name = name.str.replace_all("&", " AND ", literal=True)
    return name.str.replace_all("[-#/]", " ").str.replace_all(" {2,}", " ").str.strip_chars()


def _joined_directions(name: pl.Series) -> pl.Series:
    """Return "NW" for "NORTH WEST" at either end of the name."""
    for first in ("NORTH", "NO", "N", "SOUTH", "SO", "S"):
        for second in ("EAST", "WEST", "E", "W"):
            joined = first[0] + second[0]
            name = name.str.replace(rf"^{first} {second} ([^ ]+ )", f"{joined} ${{1}}")
            name = name.str.replace(rf"([^ ]+ [^ ]+) {first} {second}$", f"${{1}} {joined}")
    return name


def _spell_inner(name: pl.Series) -> pl.Series:
    # Twice: two such words side by side share the space between them.
    return _replace(_replace(name, _INNER), _INNER)


def _avenue_first(name: pl.Series) -> pl.Series:
    lettered = name.str.replace(r"^\^ (?:AVENUE|AVE|AV) ([A-Z]|[0-9]+) \$", "^ AVENUE ${1} $$")
    return lettered.str.replace(r"^\^ (?:AVENIDA|AVENUE|AV) ([^ ]{2,} [^|$])", "^ AVE ${1}")


def _ordinal(name: pl.Series) -> pl.Series:
    """Return "5TH" for a bare "5" or "FIFTH" that is the street's whole name (section 235)."""
    for word, number in ORDINALS.items():
        name = name.str.replace(rf" {word} \|", f" {number} |")
    name = name.str.replace(r" ([0-9]*1[123]) \|", " ${1}TH |")
    for digit, ending in (("1", "ST"), ("2", "ND"), ("3", "RD"), ("[04-9]", "TH")):
        name = name.str.replace(rf" ([0-9]*{digit}) \|", f" ${{1}}{ending} |")
    return name
