"""What a reviewer may find of a near miss, rule by rule, and what the rules never allow."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis import matching
from portcullis.matching import RULES, NotFindable
from portcullis.records import Index
from tests.matching.asking import Basis, frame, request
from tests.records.small import address, index_of, taxpayer
from tests.thorough import examples

TIN, OTHER = "666120001", "666120002"
MOVED = {"taxable_period": 2019, "processed_on": date(2020, 4, 15)}
PEOPLE = [
    taxpayer(
        "T-1", "Grace|Mabel|Sampleton", TIN,
        address("31 Foundry Ln Apt 4", **MOVED),
        address("1357 Marigold Ave"),
    ),
    taxpayer("T-2", "Wilhelmina||Sampleton", OTHER, address("1357 Marigold Ave")),
    taxpayer("T-3", "Robert||Exemplar|Jr", "666120003", address("8 Juniper Rd")),
    taxpayer("T-4", "Robert||Exemplar|Sr", "666120004", address("8 Juniper Rd")),
    taxpayer(
        "T-5", "William||Testworth", "666120005", address("9 Larkspur Ct"),
        prior_names="William|Quincy|Testworth|",
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Index:
    opened = index_of(PEOPLE, tmp_path_factory.mktemp("near"))
    yield opened
    opened.close()


def found(index: Index, asked: dict, number: int, rule: str) -> str:
    """Return the taxpayer found, or why nothing may be."""
    seen = matching.near(frame([asked]), index, Basis())
    try:
        return matching.as_found(seen, index, Basis(), number, rule)["taxpayer_id"][0]
    except NotFindable as refusal:
        return refusal.reason


GRACE = "Grace|M|Sampleton"


@pytest.mark.parametrize(
    ("asked", "number", "rule", "expected"),
    [
        (request(GRACE, TIN, "1357 Marigld Ave"), 2, "street-slip", "T-1"),
        (request("Grace|Mabel|Sampleton", None, "1357 Marigld Ave"), 2, "street-slip", "T-1"),
        (request(GRACE, TIN, "1375 Marigold Ave"), 2, "number-slip", "T-1"),
        (request(GRACE, TIN, "1357 Marigold Ave", zip="62711"), 2, "place-slip", "T-1"),
        (request(GRACE, TIN, "31 Foundry Ln"), 1, "unit-left-out", "T-1"),
        (request("G||Sampleton", TIN, "1357 Marigold Ave"), 2, "initial", "T-1"),
        (request("Grce|M|Sampleton", TIN, "1357 Marigold Ave"), 2, "name-slip", "T-1"),
        # The rule must be the one that fits, of the address that fits.
        (request(GRACE, TIN, "1357 Marigld Ave"), 1, "street-slip", "rule-not-met"),
        (request(GRACE, TIN, "1357 Marigld Ave"), 2, "number-slip", "rule-not-met"),
        (request(GRACE, TIN, "1357 Marigld Ave"), 2, "name-slip", "rule-not-met"),
        (request(GRACE, TIN, "1357 Marigld Ave"), 3, "street-slip", "no-such-address"),
        (request(GRACE, TIN, "1357 Marigld Ave"), 2, "household", "no-rule"),
        # Two slips at once are none: the unit differs as well as the number.
        (request(GRACE, TIN, "1375 Marigold Ave Apt 2"), 2, "number-slip", "rule-not-met"),
        # Another house, another unit, another person.
        (request(GRACE, TIN, "1358 Marigold Ave"), 2, "number-slip", "not-near"),
        (request(GRACE, TIN, "31 Foundry Ln Apt 5"), 1, "unit-left-out", "not-near"),
        (request("Zoe||Sampleton", TIN, "1357 Marigold Ave"), 2, "name-slip", "not-near"),
        (request(GRACE, "666129999", "1357 Marigld Ave"), 2, "street-slip", "other-tin"),
        (request(GRACE, OTHER, "1357 Marigld Ave"), 2, "street-slip", "other-tin"),
        # Father and son: whichever TIN is given, both are near.
        (request("Bob||Exemplar", "666120003", "8 Juniper Rd"), 1, "nickname", "not-one"),
        (request("Robert||Exemplar", "666120003", "8 Junipr Rd"), 1, "street-slip", "not-one"),
        # A prior name with another middle name is another person's.
        (
            request("Bill|Rufus|Testworth", "666120005", "9 Larkspur Ct"),
            1,
            "nickname",
            "other-name",
        ),
    ],
)
def test_what_may_be_found(
    index: Index, asked: dict, number: int, rule: str, expected: str
) -> None:
    assert found(index, asked, number, rule) == expected


LINES = ["1357 Marigold Ave", "1357 Marigld Ave", "1375 Marigold Ave", "31 Foundry Ln",
         "31 Foundry Ln Apt 5", "8 Juniper Rd", "8 Junipr Rd", "9 Larkspr Ct"]  # fmt: skip
NAMED = ["Grace|M|Sampleton", "G||Sampleton", "Bob||Exemplar", "Robert||Exemplar",
         "Bill||Testworth", "Wilhelmina||Sampleton", "Mina||Sampleton"]  # fmt: skip
TINS = [None, *(each["tin"] for each in PEOPLE), "666129999"]


@settings(max_examples=examples(15), deadline=None)
@given(
    st.sampled_from(NAMED), st.sampled_from(TINS), st.sampled_from(LINES),
    st.tuples(st.integers(0, 3), st.sampled_from(list(RULES))),
)  # fmt: skip
def test_whoever_is_found_has_that_tin_and_was_the_only_one(
    index: Index, name: str, tin: str | None, line: str, finding: tuple[int, str]
) -> None:
    asked = request(name, tin, line)
    who = found(index, asked, *finding)
    people = {each["taxpayer_id"]: each for each in PEOPLE}
    if who not in people:
        assert who in matching.NOT_FINDABLE
        return
    assert tin in (None, people[who]["tin"])
    without = frame([asked])
    automatic = matching.match(without, index, Basis())
    assert automatic["result"][0] != "one", "what agrees by itself is no near miss"
    seen = matching.near(without, index, Basis())
    assert len(seen.candidates) == 1
    assert (
        seen.names.filter(pl.col("person") == seen.candidates[0])["tin_contradicts"].any() is False
    )


def test_the_household_is_counted_and_not_named(index: Index) -> None:
    seen = matching.near(frame([request(GRACE, TIN, "1357 Marigld Ave")]), index, Basis())
    assert seen.household == {"agrees": 0, "does not agree": 1}
    both = matching.near(frame([request("Bob||Exemplar", None, "8 Juniper Rd")]), index, Basis())
    assert both.household == {"agrees": 2, "does not agree": 0}


def test_rules_are_closed_and_each_fits_one_code() -> None:
    assert all(rule.statement.endswith(".") for rule in RULES.values())
    assert len({(rule.code, rule.differs, rule.about) for rule in RULES.values()}) == len(RULES)
