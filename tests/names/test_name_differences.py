"""Two names side by side: every part has its state, and they go with the code of agreement."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis import names
from tests.names.test_name_golden import FIELDS, PAIRS, normal
from tests.names.test_name_properties import named, rows
from tests.thorough import examples

OTHER = [f"other_{field}" for field in FIELDS]


def row(frame: pl.DataFrame, prefix: str, place: int = 0) -> dict[str, str]:
    return {name: frame[place, f"{prefix}{name}"] for name in names.COLUMNS}


def states(left: tuple, right: tuple) -> dict[str, str]:
    pair = pl.DataFrame([[*left, *right]], schema=[*FIELDS, *OTHER], orient="row")
    both = normal(normal(pair.cast(pl.String).fill_null(""), "l_"), "r_", OTHER)
    found = names.differences(row(both, "l_"), row(both, "r_"))
    return {each.part: each.state for each in found if each.state != "equal"}


@pytest.mark.parametrize(
    ("left", "right", "found"),
    [
        ("José||García", "Jose||Garcia", {}),
        ("J|A|Smith", "John|Adam|Smith", {"given": "initial", "middle": "initial"}),
        ("Bill||Smith|Jr", "William||Smyth", {
            "given": "nickname", "family": "slip", "suffix": "absent-right"}),
        ("Ana||Lopez Garcia", "Ana|B|Garcia Lopez", {
            "middle": "absent-left", "family": "reordered"}),
        ("Ana||Garcia", "Ana||Garcia Lopez", {"family": "partial"}),
        ("Garcia||Juan", "Juan||Garcia", {"given": "swapped", "family": "swapped"}),
        ("Ana|A|Ruiz|Sr", "Eva|B|Diaz|Jr", dict.fromkeys(
            ("given", "middle", "family", "suffix"), "differs")),
    ],
)  # fmt: skip
def test_each_part_has_its_state(left: str, right: str, found: dict[str, str]) -> None:
    one, other = (tuple((*text.split("|"), "", "", "")[:4]) for text in (left, right))
    assert states(one, other) == found


def test_what_agrees_shows_no_difference_and_what_does_not_shows_one() -> None:
    both = normal(normal(PAIRS, "l_"), "r_", OTHER)
    for place, code in enumerate(PAIRS["code"]):
        if code != "absent":
            check(code, row(both, "l_", place), row(both, "r_", place))


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(st.tuples(named(), named()) | st.tuples(rows, rows), min_size=1, max_size=6))
def test_the_states_go_with_the_code(some: list) -> None:
    frame = pl.DataFrame(
        [[*left, *right] for left, right in some],
        schema=dict.fromkeys([*FIELDS, *OTHER], pl.String), orient="row",
    ).fill_null("")  # fmt: skip
    both = normal(normal(frame, "l_"), "r_", OTHER)
    codes = both.select(names.agreement("l_", "r_")).to_series()
    for place, code in enumerate(codes):
        if code != "absent":
            check(code, row(both, "l_", place), row(both, "r_", place))


def check(code: str, left: dict, right: dict) -> None:
    found = {each.part: each.state for each in names.differences(left, right)}
    alike = {"equal", "reordered"}
    agrees = (
        found["given"] in alike and found["family"] in alike and found["suffix"] == "equal"
        and found["middle"] in {"equal", "absent-left", "absent-right", "initial", "partial"}
    )  # fmt: skip
    assert agrees == (code in names.AGREES), (code, found)
    assert (code == "same") == (agrees and found["family"] == "equal")
