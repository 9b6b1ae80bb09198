"""The last known address: 26 CFR 301.6212-2."""

from datetime import date
from pathlib import Path

from portcullis.matching import match
from tests.matching.asking import Basis, frame, request
from tests.records.small import address, index_of, taxpayer

TIN = "000-12-3456"


Filed = frozenset[tuple[str, object]]


def filed(line: str, on: date | None, kind: str = "return", period: int | None = 2021) -> Filed:
    fields = address(line, processed_on=on, source_kind=kind, taxable_period=period)
    return frozenset(fields.items())


EARLY, LATE = date(2022, 4, 15), date(2023, 4, 15)
HOME = dict(filed("12 Oak St", EARLY))


def last_known(tmp_path: Path, *histories: list[dict]) -> list[tuple[str | None, str | None]]:
    """Return the line and cause for each history of addresses, the last known one sought."""
    tins = [f"000-00-{number:04}" for number in range(1, len(histories) + 1)]
    # They share a home, so their names must be far apart.
    people = [f"Ana||L{chr(ord('A') + place) * 5}" for place in range(len(histories))]
    taxpayers = [
        taxpayer(tin, name, tin, *history)
        for tin, name, history in zip(tins, people, histories, strict=True)
    ]
    with index_of(taxpayers, tmp_path) as index:
        asked = frame([request(name, tin) for name, tin in zip(people, tins, strict=True)])
        found = match(asked, index, Basis(date(2026, 1, 2)))
    assert set(found["result"]) == {"one"}
    return found.select("lka_line1", "cause").rows()


def test_the_most_recently_processed_prevails(tmp_path: Path) -> None:
    cases = {
        filed("7 Elm Ave", LATE): "7 Elm Ave",
        filed("7 Elm Ave", date(2021, 1, 1)): "12 Oak St",
        filed("7 Elm Ave", LATE, "information-return"): "12 Oak St",
        filed("7 Elm Ave", LATE, "notice"): "7 Elm Ave",
        filed("7 Elm Ave", LATE, "usps"): "7 Elm Ave",
        filed("7 Elm Ave", EARLY, "notice"): "7 Elm Ave",
        filed("7 Elm Ave", EARLY, "usps"): "12 Oak St",
        filed("7 Elm Ave", EARLY, "usps", 2022): "7 Elm Ave",
        filed("7 Elm Ave", EARLY, "return", 2022): "7 Elm Ave",
        filed("7 Elm Ave", EARLY, "notice", 2020): "12 Oak St",
        filed("7 Elm Ave", date(2026, 1, 3)): "12 Oak St",
        filed("7 Elm Ave", None): "12 Oak St",
    }
    histories = [[HOME, dict(other)] for other in cases]
    backwards = [history[::-1] for history in histories]
    expected = [(line, None) for line in cases.values()]
    assert last_known(tmp_path, *histories, *backwards) == expected * 2


def test_without_a_processed_return_there_is_none(tmp_path: Path) -> None:
    only = [
        filed("12 Oak St", EARLY, "information-return"),
        filed("12 Oak St", None),
        filed("12 Oak St", date(2026, 1, 3)),
    ]
    found = last_known(tmp_path, *[[dict(each)] for each in only])
    assert found == [(None, "no-last-known-address")] * len(only)


def test_an_address_without_its_period_is_of_no_period_requested(tmp_path: Path) -> None:
    only = dict(filed("12 Oak St", EARLY, period=None))
    assert last_known(tmp_path, [only]) == [(None, "period-not-requested")]
