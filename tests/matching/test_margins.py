"""A match needs a margin over everybody else; who comes close, and who does not."""

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portcullis.matching import MATCH, as_of_today, match
from tests.matching.asking import Basis, frame, request
from tests.matching.test_against_oracle import AS_OF, worlds
from tests.records.small import address, index_of, known, taxpayer
from tests.thorough import examples

TIN, OTHER_TIN, NOBODYS = "000-12-3456", "000-65-4321", "000-99-9999"
ELM = address("700 Elm Ave")
NO_MARGIN, AMBIGUOUS = "no-margin", "ambiguous"


def ask(asked: dict, *taxpayers: dict) -> tuple[str | None, int | None, str | None]:
    """Return the taxpayer found or the cause, the margin, and what the runner-up shares."""
    with known(*taxpayers) as index:
        found = match(frame([asked]), index, Basis()).to_dicts()[0]
    assert (found["taxpayer_id"] is None) == (found["cause"] is not None)
    return found["taxpayer_id"] or found["cause"], found["margin"], found["runner_up"]


CASES = [
    # Nobody near; a spouse; a household that shares one number; a namesake elsewhere.
    ("Ana||Lopez", TIN, ("Peter||Schmidt", OTHER_TIN, ELM), ("m", 2, "nobody")),
    ("Ana||Lopez", TIN, ("Peter||Schmidt", TIN, ELM), ("m", 2, "number")),
    ("Ana||Lopez", TIN, ("Peter||Lopez", OTHER_TIN), ("m", 1, "address")),
    ("Ana||Lopez", TIN, ("Peter||Lopez", TIN), ("m", 1, "address")),
    ("Ana||Lopez", TIN, ("Ana||Lopez", OTHER_TIN, address("700 Oak St")), ("m", 1, "name")),
    ("Ana||Lopez", TIN, ("Ana||Lopez", OTHER_TIN), (AMBIGUOUS, 0, "name-and-address")),
    # A number does not tell a son from his father, nor a wife from her husband.
    ("Ana||Lopez", TIN, ("Ana||Lopez|Jr", OTHER_TIN), (AMBIGUOUS, 0, "name-and-address")),
    ("Ana||Lopez", TIN, ("Ana|B|Lopez", OTHER_TIN), (AMBIGUOUS, 0, "name-and-address")),
    ("Ana||Lopez", TIN, ("A||Lopez", OTHER_TIN), (NO_MARGIN, 0, "name-and-address")),
    ("Ana||Lopez", TIN, ("Ana||Lopez Diaz", OTHER_TIN), (NO_MARGIN, 0, "name-and-address")),
    ("Luis||Lopez", TIN, ("Jose Luis||Lopez", OTHER_TIN), (NO_MARGIN, 0, "name-and-address")),
    # A slip and a borrowed number must agree to take a wife for her husband; one of them must not.
    ("Maria||Lopez", TIN, ("Mario||Lopez", OTHER_TIN), ("m", 1, "address")),
    ("Maria||Lopez", TIN, ("Mario||Lopez", TIN), (NO_MARGIN, 0, "name-and-address")),
    ("Maria||Lopez", None, ("Mario||Lopez", OTHER_TIN), (NO_MARGIN, 0, "name-and-address")),
    # An earlier home is an address of record too.
    ("Ana||Lopez", TIN, ("Ana||Lopez", OTHER_TIN, address(taxable_period=2010), ELM),
     (AMBIGUOUS, 0, "name-and-address")),
    # What contradicts tells apart: the suffix, a middle name.
    ("Ana||Lopez|Jr", TIN, ("Ana||Lopez|Sr", OTHER_TIN), ("m", 1, "address")),
    ("Ana||Lopez|Jr", TIN, ("Ana||Lopez", OTHER_TIN), ("m", 1, "address")),
    ("Ana|A|Lopez", TIN, ("Ana|B|Lopez", OTHER_TIN), ("m", 1, "address")),
    # The unit missing, and two families of one name in one building.
    ("Ana||Lopez", TIN, ("Ana||Lopez", OTHER_TIN, address("12 Oak St Apt 4")),
     (NO_MARGIN, 0, "name-and-address")),
    # Without a number that is of record, the doors of building and street are too close.
    ("Ana||Lopez", None, ("Ana||Lopez", OTHER_TIN, address("14 Oak St")),
     (NO_MARGIN, 0, "name-and-address")),
    ("Ana||Lopez", None, ("Ana||Lopez", OTHER_TIN, ELM), ("m", 2, "nobody")),
    ("Ana||Lopez", None, ("Mona||Lopez", OTHER_TIN), ("m", 1, "address")),
    # Near on the name, and another or no unit in the building.
    ("William||Lopez", None, ("Bill||Lopez", OTHER_TIN, address("12 Oak St Apt 4")),
     (NO_MARGIN, 0, "name-and-address")),
    ("Jose||Garcia", TIN, ("Jose||Garcia Lopez", OTHER_TIN, address("12 Oak St Apt 4")),
     (NO_MARGIN, 0, "name-and-address")),
    # One who has no number of his own is the likeliest to borrow another's.
    ("Maria||Lopez", TIN, ("Mario||Lopez", None), (NO_MARGIN, 0, "name-and-address")),
]  # fmt: skip


@pytest.mark.parametrize("without_zip", ["nobody", "request", "record"])
def test_the_closest_other_person_decides(tmp_path: Path, without_zip: str) -> None:
    """Every case in a town of its own, all in one index; a ZIP Code left out changes nothing."""
    people, asked = [], []
    for place, (name, tin, other, _) in enumerate(CASES):
        for each in (taxpayer("m", name, TIN), taxpayer("o", *other)):
            homes = [
                home
                | _town(place, with_zip=without_zip != "record" or each["taxpayer_id"] == "m")
                | {"line1": _street(place, home["line1"])}
                for home in each["addresses"]
            ]
            own = {"taxpayer_id": f"{each['taxpayer_id']}{place}", "addresses": homes}
            people.append(each | own | {"tin": _number(place, each["tin"])})
        town = _town(place, with_zip=without_zip != "request")
        asked.append(request(name, _number(place, tin), _street(place, "12 Oak St"), **town))
    with index_of(people, tmp_path) as index:
        answers = match(frame(asked), index, Basis()).to_dicts()
    for place, (answer, case) in enumerate(zip(answers, CASES, strict=True)):
        who = (answer["taxpayer_id"] or "").removesuffix(str(place)) or answer["cause"]
        assert (who, answer["margin"], answer["runner_up"]) == case[-1], case


def _number(place: int, tin: str | None) -> str | None:
    return tin and f"000-{place + 1:02}-{tin[-4:]}"


def _street(place: int, line: str) -> str:
    letters = chr(ord("A") + place) * 4
    return line.replace("Oak", f"Oak{letters}").replace("Elm", f"Elm{letters}")


def test_a_son_with_his_fathers_number_is_nobody() -> None:
    family = taxpayer("f", "Juan||Garcia", TIN), taxpayer("s", "Juan||Garcia|Jr", OTHER_TIN)
    asked = [request(name, TIN) for name in ("Juan||Garcia", "Juan||Garcia|Jr")]
    with known(*family) as index:
        found = match(frame(asked), index, Basis())
    assert found["cause"].to_list() == [AMBIGUOUS, AMBIGUOUS]


def test_a_suffix_on_one_side_goes_to_a_person() -> None:
    records = taxpayer("s", "Juan||Garcia|Jr", TIN), taxpayer("n", "Ana||Lopez", OTHER_TIN)
    asked = [
        request(name, number)
        for name, tin in (("Juan||Garcia", TIN), ("Ana||Lopez|Jr", OTHER_TIN))
        for number in (tin, None)
    ]
    with known(*records) as index:
        found = match(frame(asked), index, Basis())
    assert found.select("cause", "margin").rows() == [("near-miss", 1)] * 4


def test_without_a_number_a_middle_name_must_be_whole() -> None:
    records = taxpayer("a", "Juan|Andres|Garcia", TIN), taxpayer("b", "Ana||Lopez", OTHER_TIN)
    shorter = ["Juan||Garcia", "Juan|A|Garcia", "Ana|Bea|Lopez"]
    asked = [request(name, None) for name in (*shorter, "Juan|Andres|Garcia", "Ana||Lopez")]
    numbers = [TIN, TIN, OTHER_TIN]
    asked += [request(name, tin) for name, tin in zip(shorter, numbers, strict=True)]
    with known(*records) as index:
        found = match(frame(asked), index, Basis())
    assert found["cause"].to_list() == ["near-miss"] * 3 + [None] * 5


def test_two_near_misses_are_silence() -> None:
    units = [
        taxpayer(unit, "Ana||Lopez", tin, address(f"12 Oak St Apt {unit}"))
        for unit, tin in (("4", TIN), ("5", OTHER_TIN))
    ]
    assert ask(request("Ana||Lopez", None), units[0])[0] == "near-miss"
    assert ask(request("Ana||Lopez", TIN), *units)[:2] == (NO_MARGIN, 0)
    assert ask(request("Ana||Lopez", None), *units)[:2] == (NO_MARGIN, 0)


def test_many_lodgers_at_one_point(tmp_path: Path) -> None:
    lodgers = [
        taxpayer(f"t{place:02}", f"{chr(ord('A') + place) * 6}||Lopez", f"000-10-{place:04}")
        for place in range(20)
    ]
    asked = [request(f"{letter * 6}||Lopez", tin) for letter, tin in (("D", None), ("E", TIN))]
    with index_of([*lodgers, taxpayer("e", "EEEEEE||Lopez", TIN)], tmp_path) as index:
        found = match(frame(asked), index, Basis())
    # One of them twice, under two numbers: that is one too many.
    assert found["taxpayer_id"].to_list() == ["t03", None]
    assert found.select("margin", "runner_up").rows() == [(1, "address"), (0, "name-and-address")]


def test_where_nothing_would_match_no_margin_is_sought() -> None:
    record = taxpayer("t", "Ana||Lopez", TIN)
    assert ask(request("Ana||Lopez", TIN, "7 Elm Ave"), record) == (
        "address-not-of-record", None, None,
    )  # fmt: skip
    assert ask(request("Ana||Lopez", NOBODYS), record)[1:] == (None, None)


def test_matches_stored_before_the_margin_know_none() -> None:
    with known(taxpayer("t", "Ana||Lopez", TIN)) as index:
        found = match(frame([request("Ana||Lopez", TIN)]), index, Basis())
    old = as_of_today(found.drop("margin", "runner_up", "name_address_whole"))
    assert dict(old.schema) == {name: MATCH[name] for name in old.columns}
    assert old.select("margin", "name_address_whole").row(0) == (None, None)
    assert as_of_today(found).equals(found)


@pytest.mark.long
@settings(max_examples=examples(4), deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), st.randoms(use_true_random=False))
def test_another_person_never_turns_an_answer_into_anothers(
    world: tuple[list[dict], list[dict]], chance: random.Random
) -> None:
    taxpayers, requests = world
    few = chance.sample(taxpayers, max(1, len(taxpayers) - 1))
    before, after = found(few, requests), found(taxpayers, requests)
    was, now = before["taxpayer_id"], after["taxpayer_id"]
    assert (was.is_null() | now.is_null() | (was == now)).all()
    one = after.filter(result="one")
    assert (one["margin"] >= 1).all()
    assert one.filter(route="tin")["tin_agreeing"].eq(1).all()
    assert one.filter(route="name-address")["name_address_candidates"].eq(1).all()
    # The order in which people stand in the records is nothing to anybody.
    renamed = [each | {"taxpayer_id": f"z{99 - n}"} for n, each in enumerate(taxpayers)]
    ids = {f"z{99 - n}": each["taxpayer_id"] for n, each in enumerate(taxpayers)}
    back = found(renamed, requests).with_columns(pl.col("taxpayer_id").replace(ids))
    assert back.equals(after)


def found(taxpayers: list[dict], requests: list[dict]) -> pl.DataFrame:
    with TemporaryDirectory() as folder, index_of(taxpayers, Path(folder)) as index:
        return match(frame(requests), index, Basis(AS_OF))


def _town(place: int, *, with_zip: bool) -> dict[str, str | None]:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    city = f"Town {letters[place // 26]}{letters[place % 26]}"
    return {"city": city, "state": "IL", "zip": f"627{place:02}" if with_zip else None}
