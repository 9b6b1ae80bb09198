"""Puerto Rican lines (Publication 28, section 29): urbanizations, number after the street."""

import polars as pl

from portcullis.addresses.vocabulary import any_of
from portcullis.folding import rewrite_where

_URB = r"(?:URB|URBANIZACION|URBANIZATION|URBZ)"
_NEXT = (
    r"(?:CALLE|AVE|AVENIDA|PASEO|CARR|CARRETERA|CAMINO|BLQ|BLOQUE|EDIF|APT|APTO|[^ ]*[0-9][^ ]*)"
)
_WAYS = {"CLL": "CALLE", "CL": "CALLE", "AVENIDA": "AVE", "CARRETERA": "CARR", "CAM": "CAMINO"}
_LEFT_OUT = any_of(["BLOQUE", "BLQ", "BLK", "CASA", "SOLAR"])


def split_urbanization(line: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return the line without its urbanization, and the urbanization's name ("" for none)."""
    for form, word in _WAYS.items():
        line = line.str.replace(rf"(^| ){form} ", f"${{1}}{word} ")
    line = line.str.replace(rf"(^| ){_LEFT_OUT} ", "${1}")
    groups = line.str.extract_groups(rf"^(?:(.*) )?{_URB} ([^0-9]+?)(?: ({_NEXT}(?: .*)?))?$")
    before, name, after = (groups.struct.field(part) for part in ("1", "2", "3"))
    rest = (before.fill_null("") + " " + after.fill_null("")).str.strip_chars()
    has = name.is_not_null() & rest.str.contains("[0-9]")
    return rest.zip_with(has, line), name.zip_with(has, pl.Series([""], dtype=pl.String))


def number_first(line: pl.Series) -> pl.Series:
    """Return "150 CALLE A" for "CALLE A 150", and "D35 CALLE 1" for "CALLE 1 D-35"."""
    line = line.str.replace(
        r"^((?:CALLE|AVE|PASEO|CAMINO|CARR) .+?) (?:# |NUM |NO )?"
        r"([A-Z]{1,2}[ -]?[0-9]+[A-Z]?|[0-9]+[A-Z]?(?:-[0-9]+)?)$",
        "${2} ${1}",
    )
    glued = line.str.contains(r"^[A-Z]{1,2}[ -][0-9]+ ")
    return rewrite_where(
        line, glued, lambda some: some.str.replace(r"^([A-Z]{1,2})[ -]([0-9]+ )", "${1}${2}")
    )
