"""Addresses whose parts people have labelled, and whether a reading of one agrees with its labels.

The set is usaddress's training data (see the README beside it); it is read from
``../shared/data/addresses`` and is not part of this project.

A reading and the labels are brought to one form before they are compared, word by word: capitals
without punctuation, Publication 28's abbreviations, figures for numeric names, the standard name
of a numbered road. Of a unit and a box the identifiers are compared, without what they are called
("APT", "STE", "FLOOR"); a box behind a street agrees as a unit too.
``street`` is all of the street at once: its words in their order, whatever the labels call them.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from portcullis import addresses
from portcullis.addresses.comparison import street_parts
from portcullis.addresses.highways import name_roads
from portcullis.addresses.locality import CITY_WORDS
from portcullis.addresses.streets import COUNTED, ORDINALS
from portcullis.addresses.vocabulary import (
    DIRECTIONALS,
    STATES,
    SUFFIXES,
    any_of,
    plain,
    unit_standard,
)

FOLDER = Path("../shared/data/addresses")
PARTS = (
    "number", "street", "directional", "street name", "street type", "unit", "box", "city", "state",
    "zip",
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
_STREET = (*_DIRECTION[:2], *_NAME, "StreetNamePostType", "suffix")
_WORDS = {
    **_SUFFIXES,
    **_DIRECTIONS,
    **{word: number[:-2] for word, number in ORDINALS.items()},
    "SAINT": "ST",
    "DOCTOR": "DR",
    "JUNIOR": "JR",
}
_KING = r"(?:(?:DR|DOCTOR) )?(?:MARTIN LUTHER KING|MLK)(?: (?:JR|JUNIOR))?"
_UNIT_WORDS = {
    word: "" for kind in ("plain", "named", "kept") for word in [*unit_standard(kind), "FLAT"]
}


_GLUED = (
    rf"^{any_of([*unit_standard('named').values(), *unit_standard('kept').values()])}"
    "(?=[0-9]|[A-Z]$)"
)


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
                "street": " ".join(text for text, label in tokens if label in _STREET),
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
        street=pl.when(routed).then(pl.lit("")).otherwise("a_street"),
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
    words = rows.select("street", "street name", "street type", "directional", "unit", "city")
    said = {name: plain(words[name]) for name in words.columns}
    for name in ("street", "street name"):
        said[name] = plain(name_roads(said[name]).str.replace_all(_KING, "KING"))
        said[name] = said[name].str.replace_all(r"\b([NS]) ([EW])\b", "${1}${2}")
        said[name] = said[name].str.replace_all(r"\b([0-9]+)(?:ST|ND|RD|TH)\b", "${1}")
    each_word = {
        "street": _WORDS,
        "street name": _WORDS,
        "street type": _SUFFIXES,
        "directional": _DIRECTIONS,
        "unit": _UNIT_WORDS,
        "city": CITY_WORDS,
    }
    forms = {
        name: [
            [table.get(word, word) for word in text.split() if word != "AND"] for text in said[name]
        ]
        for name, table in each_word.items()
    }
    numbers = rows["number"].str.to_uppercase().replace(COUNTED).str.replace_all(r"[^A-Z0-9/-]", "")
    numbers = numbers.str.replace(r"-([1-9]/)", "${1}").str.replace("-([A-Z])", "${1}")
    out = {
        "number": numbers.str.strip_chars("-").str.strip_chars_start("0").to_list(),
        "street": [" ".join(words) for words in forms["street"]],
        "directional": ["".join(words) for words in forms["directional"]],
        "street name": [" ".join(words) for words in forms["street name"]],
        "street type": [" ".join(words) for words in forms["street type"]],
        "unit": [_identifiers(words) for words in forms["unit"]],
        "box": plain(rows["box"]).str.replace_all(" ", "").str.strip_chars_start("0").to_list(),
        "city": [" ".join(words) for words in forms["city"]],
        "state": [STATES.get(text, text.replace(" ", "")) for text in plain(rows["state"])],
        "zip": rows["zip"].str.replace_all("[^0-9]", "").str.head(5).to_list(),
    }
    return [dict(zip(out, values, strict=True)) for values in zip(*out.values(), strict=True)]


def _identifiers(words: Iterable[str]) -> str:
    """Return the identifiers in a unit in their order: "4 12B" of "FL4 12-B" and of "4TH 12 B"."""
    bare = (re.sub(_GLUED, "", word) for word in words)
    bare = (re.sub("(?<=[0-9])(?:ST|ND|RD|TH)$", "", word).lstrip("0") for word in bare)
    return re.sub("(?<=[0-9]) (?=[A-Z]$)", "", " ".join(word for word in bare if word))


def agrees(part: str, labelled: dict[str, str], read: dict[str, str]) -> bool:
    """Say whether ``part`` of a reading is what the labels say; see the module's docstring."""
    if labelled[part] == read[part]:
        return True
    return part == "box" and not read["box"] and read["unit"].endswith(labelled["box"])


def reading(labelled: Sequence[Labelled]) -> pl.DataFrame:
    """Return the normal form of each of the labelled addresses."""
    return addresses.normalise(received(labelled))
