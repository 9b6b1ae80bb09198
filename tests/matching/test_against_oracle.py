"""Bulk matching against the oracle, on small worlds where people are easily confused."""

import random
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portcullis.matching import match
from tests.matching.asking import Basis, frame
from tests.oracle.matching_oracle import answer
from tests.records.small import index_of
from tests.thorough import examples

# Twins, father and son, compound and misspelt surnames, nobody.
GIVEN = ["Juan", "Juana", "Juan Carlos", "J", "José", None]
MIDDLE = [None, None, "A", "Andres", "Bruno"]
FAMILY = ["Garcia", "Garcia Lopez", "Lopez Garcia", "Garcia-Lopez", "Gracia", "Smith", None]
SUFFIX = [None, None, None, "Jr", "Sr"]
# One building with units, its neighbours, misspellings, places of many, and none.
LINES = [
    "12 Oak Street", "12 OAK ST", "12 Oak St Apt 4", "12 Oak St # 4", "12 Oak St Apt 5",
    "14 Oak St", "1200 Magnolia Ave", "1200 Magnolai Ave", "120 Magnolia Ave", "PO Box 77",
    "PO Box 777", "General Delivery", "c/o Smith, 12 Oak St", "Unknown", None,
]  # fmt: skip
PLACES = [
    {"city": "Springfield", "state": "IL", "zip": "62701"},
    {"city": "Springfield", "state": "IL", "zip": "62701-1234"},
    {"city": "Springfield", "state": "IL", "zip": "62702"},
    {"city": "Springfield", "state": "IL", "zip": None},
    {"city": "Anaheim", "state": "CA", "zip": "92801"},
]
TINS = [None, "000-12-3456", "000123456", "000-65-4321", "666-00-0001", "12345"]
AS_OF = date(2026, 1, 2)

person = st.fixed_dictionaries(
    {
        "given_name": st.sampled_from(GIVEN),
        "middle_name": st.sampled_from(MIDDLE),
        "family_name": st.sampled_from(FAMILY),
        "suffix": st.sampled_from(SUFFIX),
        "tin": st.sampled_from(TINS),
    }
)
place = st.tuples(st.sampled_from(LINES), st.sampled_from(PLACES)).map(
    lambda both: {"line1": both[0], "line2": None, **both[1]}
)
address_of_record = st.tuples(
    place,
    st.fixed_dictionaries(
        {
            "taxable_period": st.sampled_from([2020, 2021, 2022, None]),
            "source_kind": st.sampled_from(
                ["return", "return", "notice", "usps", "information-return"]
            ),
            "processed_on": st.sampled_from(
                [date(2021, 4, 15), date(2022, 4, 15), date(2022, 4, 15), date(2026, 3, 1), None]
            ),
            "protected": st.sampled_from([False] * 9 + [True]),
        }
    ),
).map(lambda both: both[0] | both[1])


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[dict], list[dict]]:
    homes = draw(st.lists(address_of_record, min_size=2, max_size=6))
    people = draw(st.lists(person, min_size=1, max_size=14))
    taxpayers = []
    for number, each in enumerate(people):
        prior = draw(st.sampled_from([None, None, None, "Juan||Garcia|", "|x|;Juana|A|Smith|Sr"]))
        lived = draw(st.lists(st.sampled_from(homes) | address_of_record, min_size=0, max_size=3))
        taxpayers.append(
            {**each, "taxpayer_id": f"t{number:02}", "tin_type": None, "prior_names": prior,
             "addresses": lived}
        )  # fmt: skip
    requests = []
    for _ in range(draw(st.integers(1, 24))):
        # Mostly somebody of the records, changed here and there.
        model = draw(st.sampled_from(taxpayers))
        home = draw(st.sampled_from(model["addresses"] or homes))
        asked = {key: model[key] for key in ("given_name", "middle_name", "family_name", "suffix")}
        asked |= {"tin": model["tin"], **{key: home[key] for key in ("city", "state", "zip")}}
        asked |= {"address_line1": home["line1"], "address_line2": None}
        for field, values in (
            ("tin", TINS), ("tin", [None]), ("given_name", GIVEN), ("family_name", FAMILY),
            ("suffix", SUFFIX), ("middle_name", MIDDLE), ("address_line1", LINES),
        ):  # fmt: skip
            if draw(st.integers(0, 5)) == 0:
                asked[field] = draw(st.sampled_from(values))
        asked["periods"] = draw(st.sampled_from([[2020, 2021, 2022], [2021], []]))
        requests.append(asked)
    return taxpayers, requests


def check(world: tuple[list[dict], list[dict]], chance: random.Random) -> None:
    taxpayers, requests = world
    asked = frame(requests)
    with TemporaryDirectory() as folder, index_of(taxpayers, Path(folder)) as index:
        found = match(asked, index, Basis(AS_OF))
        cut = chance.randint(0, asked.height)
        parts = [match(part, index, Basis(AS_OF)) for part in (asked[:cut], asked[cut:])]
        order = chance.sample(range(asked.height), asked.height)
        shuffled = match(asked[order], index, Basis(AS_OF))
    expected = [{"row": row, **answer(each, taxpayers, AS_OF)} for row, each in enumerate(requests)]
    assert found.to_dicts() == expected
    assert pl.concat(parts).equals(found)
    assert shuffled.equals(found[order])


@settings(max_examples=examples(5), deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), st.randoms(use_true_random=False))
def test_bulk_matching_is_the_oracle_in_any_chunking_and_order(
    world: tuple[list[dict], list[dict]], chance: random.Random
) -> None:
    check(world, chance)


@pytest.mark.long
@pytest.mark.timeout(3600)
@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds(), st.randoms(use_true_random=False))
def test_bulk_matching_is_the_oracle_in_many_worlds(
    world: tuple[list[dict], list[dict]], chance: random.Random
) -> None:
    check(world, chance)
