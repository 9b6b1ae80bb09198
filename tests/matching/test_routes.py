"""What each route answers, case by case (R3, R4, R11, R16; requirements 20 to 24)."""

from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from portcullis.matching import CAUSES, MATCH, match
from tests.matching.asking import Basis, frame, request
from tests.records.small import address, known, taxpayer

TIN, OTHER_TIN = "000-12-3456", "000-65-4321"
OAK, ELM = "12 Oak St", "700 Elm Ave"

Ask = Callable[..., dict[str, object]]


@pytest.fixture
def ask() -> Ask:
    def answer(asked: dict, *taxpayers: dict, basis: Basis | None = None) -> dict[str, object]:
        with known(*taxpayers) as index:
            return match(frame([asked]), index, basis or Basis()).to_dicts()[0]

    return answer


def outcome(found: dict[str, object]) -> tuple[object, ...]:
    return found["result"], found["route"], found["cause"]


def test_tin_name_and_address_release(ask: Ask) -> None:
    found = ask(request("Ana||Lopez", "000123456"), taxpayer("t", "Ana||Lopez", TIN))
    assert outcome(found) == ("one", "tin", None)
    assert found["taxpayer_id"] == "t"
    assert (found["lka_line1"], found["lka_zip"], found["lka_period"]) == (OAK, "62701", 2021)
    assert (found["tin_name"], found["tin_address"]) == ("same", "same")
    assert found["tin_address_latest"] is True


def test_tin_and_name_without_the_address_never_release(ask: Ask) -> None:
    found = ask(request("Ana||Lopez", TIN, ELM), taxpayer("t", "Ana||Lopez", TIN))
    assert outcome(found) == ("none", None, "address-not-of-record")
    assert found["taxpayer_id"] is None
    assert found["lka_line1"] is None
    assert (found["tin_name"], found["tin_address"]) == ("same", "different")


@pytest.mark.parametrize("line", ["Failed to Provide", "Unknown Address", None])
def test_a_placeholder_agrees_with_no_record(ask: Ask, line: str | None) -> None:
    """R1: not even with a record that holds the same placeholder."""
    holder = taxpayer("t", "Ana||Lopez", TIN, address(line))
    assert outcome(ask(request("Ana||Lopez", TIN, line), holder))[0] == "none"


def test_an_earlier_address_agrees_and_the_last_known_one_is_disclosed(ask: Ask) -> None:
    moved = taxpayer(
        "t", "Ana||Lopez", TIN,
        address(OAK, taxable_period=2015, processed_on=date(2016, 4, 1)),
        address(ELM, taxable_period=2022, processed_on=date(2023, 4, 1)),
    )  # fmt: skip
    found = ask(request("Ana||Lopez", TIN), moved)
    assert outcome(found) == ("one", "tin", None)
    assert (found["lka_line1"], found["tin_address_latest"]) == (ELM, False)


def test_a_borrowed_tin_names_another(ask: Ask) -> None:
    found = ask(request("Ana||Lopez", TIN), taxpayer("t", "Peter||Schmidt", TIN))
    assert outcome(found) == ("none", None, "name-disagrees")


def test_a_borrowed_tin_is_not_rescued_by_name_and_address(ask: Ask) -> None:
    found = ask(
        request("Ana||Lopez", TIN),
        taxpayer("holder", "Peter||Schmidt", TIN, address(ELM)),
        taxpayer("namesake", "Ana||Lopez", None),
    )
    assert outcome(found) == ("none", None, "name-disagrees")
    assert found["name_address_candidates"] == 1


def test_a_prior_name_agrees(ask: Ask) -> None:
    married = taxpayer("t", "Ana||Schmidt", TIN, prior_names="Ana||Lopez|")
    assert outcome(ask(request("Ana||Lopez", TIN), married)) == ("one", "tin", None)


def test_a_shared_tin_answers_for_the_one_whose_name_agrees(ask: Ask) -> None:
    shared = (taxpayer("a", "Ana||Lopez", TIN), taxpayer("b", "Peter||Schmidt", TIN))
    found = ask(request("Peter||Schmidt", TIN), *shared)
    assert outcome(found) == ("one", "tin", None)
    assert (found["taxpayer_id"], found["tin_candidates"]) == ("b", 2)


def test_a_tin_shared_by_two_of_one_name_is_ambiguous(ask: Ask) -> None:
    """Though only one of them lives at the address."""
    found = ask(
        request("Ana||Lopez", TIN),
        taxpayer("a", "Ana||Lopez", TIN),
        taxpayer("b", "Ana||Lopez", TIN, address(ELM)),
    )
    assert outcome(found) == ("ambiguous", None, "ambiguous")


def test_name_and_address_release_without_a_tin(ask: Ask) -> None:
    found = ask(
        request("Ana||Lopez", None),
        taxpayer("t", "Ana||Lopez", TIN),
        taxpayer("elsewhere", "Ana||Lopez", OTHER_TIN, address(ELM)),
    )
    assert outcome(found) == ("one", "name-address", None)
    assert (found["taxpayer_id"], found["tin_candidates"]) == ("t", 0)


def test_father_and_son_without_a_suffix_are_ambiguous(ask: Ask) -> None:
    family = (
        taxpayer("f", "Juan||Garcia|Sr", TIN),
        taxpayer("s", "Juan||Garcia|Jr", OTHER_TIN),
    )
    assert outcome(ask(request("Juan||Garcia", None), *family))[0] == "ambiguous"


def test_a_suffix_tells_son_from_father(ask: Ask) -> None:
    family = (
        taxpayer("f", "Juan||Garcia|Sr", TIN),
        taxpayer("s", "Juan||Garcia|Jr", OTHER_TIN),
    )
    assert ask(request("Juan||Garcia|Jr", None), *family)["taxpayer_id"] == "s"


def test_a_prior_name_without_suffix_does_not_turn_the_son_into_the_father(ask: Ask) -> None:
    son = taxpayer("s", "Juan||Garcia Lopez|Jr", TIN, prior_names="Juan||Garcia|")
    assert outcome(ask(request("Juan||Garcia|Sr", TIN), son))[0] == "none"


def test_another_tin_contradicts_name_and_address(ask: Ask) -> None:
    found = ask(request("Ana||Lopez", OTHER_TIN), taxpayer("t", "Ana||Lopez", TIN))
    assert outcome(found) == ("none", None, "tin-contradicts")


def test_an_unknown_tin_does_not_contradict_a_taxpayer_without_one(ask: Ask) -> None:
    found = ask(request("Ana||Lopez", OTHER_TIN), taxpayer("t", "Ana||Lopez", None))
    assert outcome(found) == ("one", "name-address", None)


@pytest.mark.parametrize("line", ["General Delivery", "c/o Peter Schmidt, 12 Oak St"])
def test_what_many_people_use_needs_a_tin(ask: Ask, line: str) -> None:
    holder = taxpayer("t", "Ana||Lopez", TIN, address(line))
    assert outcome(ask(request("Ana||Lopez", None, line), holder)) == (
        "none", None, "not-unique-point",
    )  # fmt: skip


def test_general_delivery_with_a_tin_agrees(ask: Ask) -> None:
    holder = taxpayer("t", "Ana||Lopez", TIN, address("General Delivery"))
    found = ask(request("Ana||Lopez", TIN, "General Delivery"), holder)
    assert outcome(found) == ("one", "tin", None)


@pytest.mark.parametrize("tin", [TIN, None])
@pytest.mark.parametrize(
    ("name", "line", "given"),
    [
        ("Ana||Lopez", "12 Oak St", "12 Oak St Apt 4"),
        ("Ana||Lopez", "1200 Magnolia St", "1200 Magnolai St"),
        ("A||Lopez", "12 Oak St", "12 Oak St"),
        ("Ana||Lopez Garcia", "12 Oak St", "12 Oak St"),
    ],
)
def test_a_near_miss_goes_to_a_person(
    ask: Ask, tin: str | None, name: str, line: str, given: str
) -> None:
    found = ask(request("Ana||Lopez", tin, given), taxpayer("t", name, TIN, address(line)))
    assert outcome(found) == ("none", None, "near-miss")
    assert found["near_miss"] is True
    assert found["taxpayer_id"] is None


def test_a_near_miss_of_somebody_with_another_tin_is_none(ask: Ask) -> None:
    found = ask(request("A||Lopez", OTHER_TIN), taxpayer("t", "Ana||Lopez", TIN))
    assert outcome(found) == ("none", None, "no-record")


def test_a_period_not_requested_is_withheld(ask: Ask) -> None:
    found = ask(request("Ana||Lopez", TIN, periods=[2019]), taxpayer("t", "Ana||Lopez", TIN))
    assert outcome(found) == ("one", "tin", "period-not-requested")
    assert (found["lka_line1"], found["lka_period"]) == (None, 2021)


def test_one_protected_address_withholds_them_all(ask: Ask) -> None:
    hidden = taxpayer(
        "t", "Ana||Lopez", TIN, address(), address(ELM, protected=True, taxable_period=2010,
        processed_on=date(2011, 1, 1))
    )  # fmt: skip
    found = ask(request("Ana||Lopez", TIN), hidden)
    assert outcome(found) == ("one", "tin", "protected")
    assert (found["protected"], found["lka_line1"]) == (True, None)


def test_an_address_not_known_to_be_unprotected_is_protected(ask: Ask) -> None:
    hidden = taxpayer("t", "Ana||Lopez", TIN, address(protected=None))
    assert ask(request("Ana||Lopez", TIN), hidden)["cause"] == "protected"


def test_without_the_field_periods_no_period_is_amiss() -> None:
    asked = frame([request("Ana||Lopez", TIN, periods=[1999])])
    with known(taxpayer("t", "Ana||Lopez", TIN)) as index:
        (amiss,) = match(asked, index, Basis()).to_dicts()
        (found,) = match(asked.drop("periods"), index, Basis()).to_dicts()
    assert outcome(amiss) == ("one", "tin", "period-not-requested")
    assert outcome(found) == ("one", "tin", None)
    assert (found["lka_line1"], found["lka_period"]) == (OAK, 2021)


def test_without_the_field_tin_nobody_is_sought_by_it() -> None:
    asked = frame([request("Ana||Lopez", TIN), request("Ana||Lopez", TIN, ELM)]).drop("tin")
    with known(taxpayer("t", "Ana||Lopez", TIN)) as index:
        found = match(asked, index, Basis()).to_dicts()
    assert outcome(found[0]) == ("one", "name-address", None)
    assert outcome(found[1]) == ("none", None, "no-record")
    assert [each["tin_candidates"] for each in found] == [0, 0]


def test_nobody_is_found_among_nobody(ask: Ask) -> None:
    assert outcome(ask(request("Ana||Lopez", TIN))) == ("none", None, "no-record")


def test_no_request_is_no_row() -> None:
    with known(taxpayer("t", "Ana||Lopez", TIN)) as index:
        found = match(frame([]), index, Basis())
        assert found.schema == pl.Schema(MATCH)
        assert (found.height, index.lookups) == (0, 0)


def test_every_look_up_is_counted() -> None:
    asked = frame([request("Ana||Lopez", TIN), request("Peter||Schmidt", None), request("", None)])
    with known(taxpayer("t", "Ana||Lopez", TIN)) as index:
        match(asked, index, Basis())
        assert index.lookups == 3
        match(asked.head(1), index, Basis())
        assert index.lookups == 4


def test_every_cause_has_its_sentence() -> None:
    assert all(sentence.endswith(".") for sentence in CAUSES.values())
