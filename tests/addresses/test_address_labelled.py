"""Measured on real addresses whose parts people have labelled (usaddress, training data)."""

import xml.etree.ElementTree as ET
from pathlib import Path

import polars as pl
import pytest

from portcullis import addresses

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "addresses"
PLACES = {"PlaceName": "city", "StateName": "state", "ZipCode": "zip", "ZipPlus4": "zip"}
HOUSE, BOX = "AddressNumber", "USPSBoxID"


def labelled():
    for path in sorted(FOLDER.glob("*.xml")):
        for item in ET.parse(path).getroot():  # noqa: S314 - a file of our own
            parts = {"line": [], "city": [], "state": [], "zip": []}
            labels = {}
            for token in item:
                text = (token.text or "").strip(" ,\n")
                if token.tag != "CountryName":
                    parts[PLACES.get(token.tag, "line")].append(text)
                labels.setdefault(token.tag, []).append(text)
            yield {
                "address_line1": " ".join(parts["line"]),
                "address_line2": None,
                # The set leaves out many a place; ours to add, for the delivery line is measured.
                "city": " ".join(parts["city"]) or "Springfield",
                "state": " ".join(parts["state"]) or "IL",
                "zip": None if parts["state"] else "62701",
                "house": (labels.get(HOUSE) or [None])[0],
                "box": (labels.get(BOX) or [None])[0],
                "labels": set(labels),
            }


@pytest.fixture(scope="module")
def found():
    if not FOLDER.is_dir():
        pytest.skip("the folder of labelled addresses is not beside this clone")
    return addresses.normalise(
        pl.DataFrame(list(labelled()), schema_overrides={"labels": pl.Object}).drop("labels")
    )


def test_real_addresses_are_not_judged_absent(found):
    real = found.filter(pl.col("house").is_not_null() | pl.col("box").is_not_null())
    absent = real.filter(
        pl.col("a_absent_reason").is_not_null(), pl.col("a_absent_reason") != "no-locality"
    )
    assert real.height > 1300
    assert absent.height / real.height < 0.005
    assert absent.filter(pl.col("a_absent_reason") != "no-delivery-line").height == 0


def test_the_house_number_is_found(found):
    house = found.filter(
        pl.col("house").str.contains("^[0-9]+$"), pl.col("a_kind").is_in(["street", "puerto-rico"])
    )
    right = house.filter(
        pl.col("a_number").str.starts_with(pl.col("house").str.strip_chars_start("0"))
    )
    assert house.height > 1100
    assert right.height / house.height > 0.98


def test_boxes_are_found(found):
    """As the box of a route or post office, or as a unit where it stands behind a street."""
    box = found.filter(pl.col("box").str.contains("^[0-9]{2,}$"), ~pl.col("a_absent"))
    identifier = pl.col("box").str.strip_chars_start("0")
    right = box.filter((pl.col("a_box") == identifier) | pl.col("a_unit").str.ends_with(identifier))
    assert box.height > 90
    assert right.height / box.height > 0.9
