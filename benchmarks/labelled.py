"""Addresses whose parts people have labelled, and whether a reading of one agrees with its labels.

The set is usaddress's training data (see the README beside it); it is read from
``../shared/data/addresses`` and is not part of this project.

A reading and the labels are brought to one form before they are compared, word by word: upper case,
no punctuation, Publication 28's abbreviation for every suffix and directional, figures for "FIRST"
to "TWELFTH", the standard name of a numbered road. So ``Ave.`` and ``AVENUE`` agree, and ``ST``
taken for a type where people said it is part of the name does not.
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from portcullis import addresses
from portcullis.addresses.comparison import street_parts
from portcullis.addresses.highways import name_roads
from portcullis.addresses.streets import ORDINALS
from portcullis.addresses.vocabulary import (
    DIRECTIONALS,
    STATES,
    SUFFIXES,
    plain,
    unit_standard,
)

FOLDER = Path("../shared/data/addresses")
PARTS = (
    "number", "directional", "street name", "street type", "unit", "box", "city", "state", "zip",
)  # fmt: skip
"""The parts measured, each apart."""

Tokens = Sequence[tuple[str, str]]
"""(text, label) of each word of an address, in the order written."""

_NUMBER = ("AddressNumberPrefix", "AddressNumber", "AddressNumberSuffix")
_DIRECTION = ("StreetNamePreDirectional", "StreetNamePostDirectional", "suffix")
_NAME = ("StreetNamePreModifier", "StreetNamePreType", "StreetName", "StreetNamePostModifier")
_UNIT = ("OccupancyType", "OccupancyIdentifier", "SubaddressType", "SubaddressIdentifier")
_PLACES = {"PlaceName": "city", "StateName": "state", "ZipCode": "zip", "ZipPlus4": "zip"}
_SUFFIXES = {form: term.standard for term in SUFFIXES for form in term.forms}
_DIRECTIONS = {form: term.standard for term in DIRECTIONALS for form in term.forms}
_WORDS = {**_SUFFIXES, **_DIRECTIONS, **ORDINALS, "SAINT": "ST", "DOCTOR": "DR", "JUNIOR": "JR"}
_UNIT_WORDS = {
    **dict.fromkeys([*unit_standard("plain"), "NO", "FLAT"], ""),
    **unit_standard("kept"),
    **unit_standard("alone"),
}


@dataclass(frozen=True)
class Labelled:
    """One address: its words with their labels, and each part as the labels have it."""

    tokens: Tokens
    parts: dict[str, str]

    @property
    def is_real(self) -> bool:
        """Whether the labels show a delivery line: a house number or a box."""
        return bool(self.parts["number"] or self.parts["box"])

    @property
    def text(self) -> str:
        """The address as written, on one line."""
        return " ".join(text for text, _ in self.tokens)


def read(path: Path) -> list[Labelled]:
    """Return the labelled addresses of ``path``, in its order."""
    every = [
        [((token.text or "").strip(), token.tag) for token in item if token.tag != "CountryName"]
        for item in ET.parse(path).getroot()  # noqa: S314 - a file of our own
    ]
    return [Labelled(tokens, parts) for tokens, parts in zip(every, of_labels(every), strict=True)]


def received(labelled: Iterable[Labelled]) -> pl.DataFrame:
    """Return the addresses as our records hold them: a delivery line, and a place in its fields.

    The words labelled as place are taken from the line. Many an address of the set has no place;
    it is given one of ours, for without any an address is none here, and the line is measured.
    """
    rows = []
    for each in labelled:
        place: dict[str, list[str]] = {"city": [], "state": [], "zip": [], "line": []}
        for text, label in each.tokens:
            place[_PLACES.get(label, "line")].append(text.strip(" ,\n"))
        said = {name: " ".join(words) or None for name, words in place.items()}
        bare = not said["zip"] and not (said["city"] and said["state"])
        rows.append(
            {
                "address_line1": said["line"],
                "address_line2": None,
                "city": said["city"],
                "state": said["state"],
                "zip": "62701" if bare else said["zip"],
            }
        )
    return pl.DataFrame(rows, schema_overrides={"address_line2": pl.String, "zip": pl.String})


def of_labels(every: Iterable[Tokens]) -> list[dict[str, str]]:
    """Return the parts of addresses as their labels have them, in the form that is compared."""
    rows = []
    for tokens in every:
        said: dict[str, list[str]] = {}
        for text, label in tokens:
            said.setdefault(label, []).append(text)
        rows.append(
            {
                "number": _joined(said, _NUMBER),
                "directional": _joined(said, _DIRECTION),
                "street name": " ".join(text for text, label in tokens if label in _NAME),
                "street type": _joined(said, ("StreetNamePostType",)),
                "unit": " ".join(text for text, label in tokens if label in _UNIT),
                "box": _joined(said, ("USPSBoxID",)),
                "city": _joined(said, ("PlaceName",)),
                "state": _joined(said, ("StateName",)),
                "zip": _joined(said, ("ZipCode",)),
            }
        )
    return _one_form(pl.DataFrame(rows, schema=dict.fromkeys(PARTS, pl.String)))


def of_normal_form(found: pl.DataFrame) -> list[dict[str, str]]:
    """Return the parts of addresses as `addresses.normalise` has them, in the same form."""
    street = street_parts(found["a_street"])
    routed = pl.col("a_box") != ""
    rows = pl.concat([found, street], how="horizontal").select(
        number="a_number",
        directional=pl.concat_str("pre", "post", separator=" "),
        **{
            # A box's street ("PO BOX", "RR 2") is no name of a street.
            "street name": pl.when(routed).then(pl.lit("")).otherwise("name"),
            "street type": "suffix",
        },
        unit="a_unit",
        box="a_box",
        city="a_city",
        state="a_state",
        zip="a_zip5",
    )
    return _one_form(rows)


def _joined(said: dict[str, list[str]], labels: Iterable[str]) -> str:
    return " ".join(text for label in labels for text in said.get(label, ()))


def _one_form(rows: pl.DataFrame) -> list[dict[str, str]]:
    """Return every part in the form in which two readings are compared."""
    words = rows.select(pl.col("street name", "street type", "directional", "unit", "city"))
    said = {name: plain(words[name]) for name in words.columns}
    said["street name"] = plain(name_roads(said["street name"]))
    each_word = {
        "street name": _WORDS,
        "street type": _SUFFIXES,
        "directional": _DIRECTIONS,
        "unit": _UNIT_WORDS,
        "city": {"ST": "SAINT", "FT": "FORT", "MT": "MOUNT", "N": "NORTH", "S": "SOUTH"},
    }
    forms = {
        name: [[table.get(word, word) for word in text.split()] for text in said[name]]
        for name, table in each_word.items()
    }
    numbers = rows["number"].str.to_uppercase().str.replace_all(r"[^A-Z0-9/-]", "")
    numbers = numbers.str.replace(r"-([1-9]/)", "${1}").str.replace("-([A-Z])", "${1}")
    out = {
        "number": numbers.str.strip_chars("-").str.strip_chars_start("0").to_list(),
        "directional": ["".join(words) for words in forms["directional"]],
        "street name": [" ".join(words) for words in forms["street name"]],
        "street type": [" ".join(words) for words in forms["street type"]],
        "unit": ["".join(_unpadded(words)) for words in forms["unit"]],
        "box": plain(rows["box"]).str.replace_all(" ", "").str.strip_chars_start("0").to_list(),
        "city": [" ".join(words) for words in forms["city"]],
        "state": [STATES.get(text, text) for text in plain(rows["state"]).str.strip_chars()],
        "zip": rows["zip"].str.replace_all("[^0-9]", "").str.head(5).to_list(),
    }
    return [dict(zip(out, values, strict=True)) for values in zip(*out.values(), strict=True)]


def _unpadded(words: Iterable[str]) -> Iterator[str]:
    """Yield the words of a unit, "2ND" as "2" and "02" as "2"."""
    for word in words:
        digits = word.rstrip("STNDRH") if word[:1].isdigit() else word
        yield digits.lstrip("0") or digits


def reading(labelled: Sequence[Labelled]) -> pl.DataFrame:
    """Return the normal form of each of the labelled addresses."""
    return addresses.normalise(received(labelled))
