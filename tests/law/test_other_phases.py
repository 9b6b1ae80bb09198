"""Elements judged after the face: the same evaluator, over the flags of the later rooms."""

from datetime import date

import polars as pl
import pytest

from portcullis import names
from portcullis.law import Phase, elements, judge, usc26_6103_i_2
from tests.law.cases import BASIS

MATCH_BY_TIN = {
    "route": "tin",
    "result": "one",
    "taxpayer_id": "T1",
    "tin_candidates": 1,
    "tin_name": "same",
    "tin_address": "same",
    "name_address_candidates": 0,
    "name_address_unique_point": False,
    "near_miss": False,
    "lka_line1": "1 Main St",
    "lka_period": 2023,
    "periods": [2023, 2024],
    "protected": False,
}
MATCH_BY_NAME = MATCH_BY_TIN | {
    "route": "name-address",
    "tin_candidates": 0,
    "tin_name": None,
    "tin_address": None,
    "name_address_candidates": 1,
    "name_address_unique_point": True,
}
SCHEMA = {
    "tin_candidates": pl.UInt32,
    "name_address_candidates": pl.UInt32,
    "lka_period": pl.Int16,
    "periods": pl.List(pl.Int16),
    "tin_name": pl.String,
    "tin_address": pl.String,
    "route": pl.String,
    "taxpayer_id": pl.String,
    "lka_line1": pl.String,
    "protected": pl.Boolean,
    "near_miss": pl.Boolean,
    "impairment_recorded": pl.Boolean,
    "impairment_adverse": pl.Boolean,
    "approved": pl.Boolean,
    "approval_expires_on": pl.Date,
}


def judged(phase, facts):
    frame = pl.DataFrame([{"row": 0, **facts}], schema_overrides=SCHEMA)
    found = judge(frame, elements(phase), BASIS).drop("row").row(0, named=True)
    return {name: value for name, value in found.items() if value != 1}


@pytest.mark.parametrize("match", [MATCH_BY_TIN, MATCH_BY_NAME])
def test_one_taxpayer_whose_address_it_is_meets_every_element(match):
    assert judged(Phase.MATCH, match) == {}


@pytest.mark.parametrize(
    ("match", "changes", "unmet"),
    [
        (MATCH_BY_TIN, {"tin_address": "different"}, {"address-of-record": 0}),
        (MATCH_BY_TIN, {"tin_address": None}, {"address-of-record": 0}),
        (MATCH_BY_TIN, {"tin_address": "unit-missing"}, {"address-of-record": 0}),
        (MATCH_BY_TIN, {"tin_address": "near", "near_miss": True}, {"address-of-record": 2}),
        (MATCH_BY_TIN, {"tin_name": "nickname"}, {"name-agrees": 0}),
        (MATCH_BY_TIN, {"result": "ambiguous"}, {"one-taxpayer": 0}),
        (MATCH_BY_TIN, {"taxpayer_id": None}, {"one-taxpayer": 0}),
        (MATCH_BY_TIN, {"tin_candidates": 0}, {"one-taxpayer": 0}),
        (MATCH_BY_NAME, {"name_address_candidates": 2}, {"one-taxpayer": 0}),
        (MATCH_BY_NAME, {"name_address_unique_point": False}, {"one-taxpayer": 0}),
        (MATCH_BY_TIN, {"lka_period": 2022}, {"period-requested": 0}),
        (
            MATCH_BY_TIN,
            {"lka_period": None, "lka_line1": None},
            {"period-requested": 0, "last-known-address": 0},
        ),
        (MATCH_BY_TIN, {"protected": True}, {"not-protected": 0}),
        (MATCH_BY_TIN, {"protected": None}, {"not-protected": 0}),
    ],
)
def test_each_fact_of_the_match_can_close_the_gate(match, changes, unmet):
    assert judged(Phase.MATCH, match | changes) == unmet


def test_no_route_meets_neither_name_nor_address():
    found = judged(Phase.MATCH, MATCH_BY_TIN | {"route": None})
    assert found == {"one-taxpayer": 0, "name-agrees": 0, "address-of-record": 0}


def test_the_names_that_agree_are_those_of_the_names_room():
    assert set(usc26_6103_i_2.NAME_AGREES) == set(names.AGREES)


OPEN = {"standing_met": True, "order_in_scope": False, "agreement_in_force": True}
APPROVED = {
    "impairment_recorded": True,
    "impairment_adverse": False,
    "approved": True,
    "approval_expires_on": BASIS.as_of,
}


def test_an_open_gate_and_an_approved_list():
    assert judged(Phase.STANDING, OPEN) == {}
    assert judged(Phase.OFFICIAL, APPROVED) == {}


@pytest.mark.parametrize(
    ("changes", "unmet"),
    [
        ({"standing_met": False}, "safeguards-met"),
        ({"order_in_scope": True}, "no-order-in-scope"),
        ({"agreement_in_force": False}, "agreement-in-force"),
    ],
)
def test_standing_closes(changes, unmet):
    assert judged(Phase.STANDING, OPEN | changes) == {unmet: 0}


@pytest.mark.parametrize(
    ("changes", "unmet"),
    [
        ({"impairment_recorded": False}, "impairment-recorded"),
        ({"impairment_adverse": True}, "no-impairment"),
        ({"impairment_adverse": None}, "no-impairment"),
        ({"approved": None}, "approved"),
        ({"approval_expires_on": date(2025, 8, 6)}, "approval-in-date"),
        ({"approval_expires_on": None}, "approval-in-date"),
    ],
)
def test_officials_acts_close(changes, unmet):
    assert judged(Phase.OFFICIAL, APPROVED | changes) == {unmet: 0}


@pytest.mark.parametrize("phase", list(Phase))
def test_what_is_not_on_record_is_not_met(phase):
    found = judge(pl.DataFrame({"row": [0]}), elements(phase), BASIS).drop("row")
    assert set(found.row(0)) == {0}
