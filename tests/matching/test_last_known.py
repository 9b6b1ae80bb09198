"""The last known address: 26 CFR 301.6212-2."""

from datetime import date
from pathlib import Path

import pytest

from portcullis.matching import match
from tests.matching.asking import Basis, frame, request
from tests.records.small import address, index_of, taxpayer

TIN = "000-12-3456"


def filed(line: str, on: date | None, kind: str = "return", period: int | None = 2021) -> dict:
    return address(line, processed_on=on, source_kind=kind, taxable_period=period)


EARLY, LATE = date(2022, 4, 15), date(2023, 4, 15)
HOME = filed("12 Oak St", EARLY)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (filed("7 Elm Ave", LATE), "7 Elm Ave"),
        (filed("7 Elm Ave", date(2021, 1, 1)), "12 Oak St"),
        (filed("7 Elm Ave", LATE, "information-return"), "12 Oak St"),
        (filed("7 Elm Ave", LATE, "notice"), "7 Elm Ave"),
        (filed("7 Elm Ave", LATE, "usps"), "7 Elm Ave"),
        (filed("7 Elm Ave", EARLY, "notice"), "7 Elm Ave"),
        (filed("7 Elm Ave", EARLY, "usps"), "12 Oak St"),
        (filed("7 Elm Ave", EARLY, "usps", 2022), "7 Elm Ave"),
        (filed("7 Elm Ave", EARLY, "return", 2022), "7 Elm Ave"),
        (filed("7 Elm Ave", EARLY, "notice", 2020), "12 Oak St"),
        (filed("7 Elm Ave", date(2026, 1, 3)), "12 Oak St"),
        (filed("7 Elm Ave", None), "12 Oak St"),
    ],
)
def test_the_most_recent_processed_one_prevails(tmp_path: Path, other: dict, expected: str) -> None:
    for number, places in enumerate(((HOME, other), (other, HOME))):
        with index_of([taxpayer("t", "Ana||Lopez", TIN, *places)], tmp_path / str(number)) as index:
            found = match(frame([request("Ana||Lopez", TIN)]), index, Basis(date(2026, 1, 2)))
        assert found["lka_line1"].to_list() == [expected]


@pytest.mark.parametrize(
    "only",
    [
        filed("12 Oak St", EARLY, "information-return"),
        filed("12 Oak St", None),
        filed("12 Oak St", date(2026, 1, 3)),
    ],
)
def test_without_a_processed_return_there_is_none(tmp_path: Path, only: dict) -> None:
    with index_of([taxpayer("t", "Ana||Lopez", TIN, only)], tmp_path) as index:
        found = match(frame([request("Ana||Lopez", TIN)]), index, Basis(date(2026, 1, 2)))
    assert found["result"].to_list() == ["one"]
    assert found["cause"].to_list() == ["no-last-known-address"]


def test_an_address_without_its_period_is_of_no_period_requested(tmp_path: Path) -> None:
    only = filed("12 Oak St", EARLY, period=None)
    with index_of([taxpayer("t", "Ana||Lopez", TIN, only)], tmp_path) as index:
        found = match(frame([request("Ana||Lopez", TIN)]), index, Basis())
    assert found["cause"].to_list() == ["period-not-requested"]
