"""Elements judged after the face: the same evaluator, over the flags of the later rooms."""

from datetime import timedelta

import polars as pl
import pytest

from portcullis.law import Phase, applicable, judge
from tests.law.cases import (
    AGREEMENTS,
    BASIS,
    DAY,
    MATCHED,
    MATCHED_BY_NAME,
    MEMORANDUM_2025,
    OFFICIAL,
    STANDING,
)

LATER = [Phase.STANDING, Phase.MATCH, Phase.OFFICIAL]


def unmet(agreement=MEMORANDUM_2025, /, **facts):
    """Return what a lawful request bent by ``facts`` does not meet after its face."""
    frame = agreement.table([agreement.lawful(**facts)])
    later = [each for each in applicable(agreement.basis) if each.phase in LATER]
    found = judge(frame, later, agreement.basis).drop("row").row(0, named=True)
    return {name: value for name, value in found.items() if value != 1}


@pytest.mark.parametrize("agreement", AGREEMENTS.values(), ids=AGREEMENTS)
@pytest.mark.parametrize("match", [MATCHED, MATCHED_BY_NAME], ids=["by-tin", "by-name"])
def test_one_taxpayer_whose_address_it_is_meets_every_element(agreement, match):
    assert unmet(agreement, **match) == {}


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"tin_address": "different"}, {"address-of-record": 0}),
        ({"tin_address": None}, {"address-of-record": 0}),
        ({"tin_address": "unit-missing"}, {"address-of-record": 0}),
        ({"tin_address": "near", "near_miss": True}, {"address-of-record": 2}),
        ({"tin_name": "different", "tin_agreeing": 0}, {"name-agrees": 0}),
        ({"tin_name": "nickname", "tin_agreeing": 0}, {"name-agrees": 2}),
        ({"tin_name": None}, {"name-agrees": 0}),
        ({"tin_candidates": 2, "tin_agreeing": 2}, {"one-taxpayer": 0}),
        ({"tin_candidates": 2, "tin_agreeing": 0}, {"one-taxpayer": 0}),
        ({"tin_candidates": 2, "tin_agreeing": None}, {"one-taxpayer": 0}),
        ({"margin": 0}, {"one-taxpayer": 0}),
        ({"margin": None}, {"one-taxpayer": 0}),
        ({"tin_name": "suffix-missing", "tin_agreeing": 0}, {"name-agrees": 2}),
        ({"tin_address": "near", "near_miss": True, "margin": None}, {"address-of-record": 2}),
        ({"lka_period": 2022}, {"period-requested": 0}),
        ({"lka_period": None}, {"period-requested": 0}),
        ({"lka_period": None, "lka_found": False}, {"last-known-address": 0}),
        ({"lka_period": None, "lka_found": None}, {"period-requested": 0, "last-known-address": 0}),
        ({"protected": True}, {"not-protected": 0}),
        ({"protected": None}, {"not-protected": 0}),
    ],
)
def test_each_element_of_a_match_by_tin_can_fail_alone(facts, found):
    assert unmet(**facts) == found


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({"name_address_candidates": 2}, {"one-taxpayer": 0}),
        ({"name_address_unique_point": False}, {"one-taxpayer": 0}),
        ({"name_address_contradicted": True}, {"one-taxpayer": 0}),
        ({"name_address_contradicted": None}, {"one-taxpayer": 0}),
        ({"margin": 0}, {"one-taxpayer": 0}),
        ({"margin": None}, {"one-taxpayer": 0}),
        ({"name_address_whole": False}, {"name-agrees": 2}),
        ({"name_address_whole": None}, {"name-agrees": 2}),
        (
            {"name_address_candidates": 0},
            {"one-taxpayer": 0, "name-agrees": 0, "address-of-record": 0},
        ),
        (
            {"tin_candidates": None},
            {"one-taxpayer": 0, "name-agrees": 0, "address-of-record": 0},
        ),
    ],
)
def test_each_fact_of_a_match_by_name_and_address_can_close_the_gate(facts, found):
    assert unmet(**(MATCHED_BY_NAME | facts)) == found


def test_every_element_of_the_match_fails_alone_somewhere():
    """No element of the match is implied by the others: each can be the only one not met."""
    facts = [
        {"tin_candidates": 2, "tin_agreeing": 2},
        {"tin_name": "different"},
        {"tin_address": "different"},
        {"lka_period": 2020},
        {"lka_found": False},
        {"protected": True},
    ]
    alone = [list(unmet(**each)) for each in facts]
    assert sorted(alone) == sorted([each.id] for each in applicable(BASIS, Phase.MATCH))


def test_a_tin_of_record_governs_whatever_name_and_address_find():
    there = {"name_address_candidates": 1, "name_address_unique_point": True}
    found = unmet(**there, tin_name="different", tin_address="different")
    assert found == {"name-agrees": 0, "address-of-record": 0}


@pytest.mark.parametrize("agreement", AGREEMENTS.values(), ids=AGREEMENTS)
def test_the_address_is_compared_under_every_agreement(agreement):
    assert unmet(agreement, tin_address="different") == {"address-of-record": 0}


@pytest.mark.parametrize(
    ("facts", "element_id"),
    [
        ({"standing_met": False}, "safeguards-met"),
        ({"order_in_scope": True}, "no-order-in-scope"),
        ({"agreement_in_force": False}, "agreement-in-force"),
        ({"impairment_recorded": False}, "impairment-recorded"),
        ({"impairment_adverse": True}, "no-impairment"),
        ({"impairment_adverse": None}, "no-impairment"),
        ({"approved": None}, "approved"),
        ({"approval_expires_on": DAY - timedelta(days=1)}, "approval-in-date"),
        ({"approval_expires_on": None}, "approval-in-date"),
    ],
)
def test_standing_and_officials_acts_close(facts, element_id):
    assert unmet(**facts) == {element_id: 0}


@pytest.mark.parametrize("fact", [*STANDING, *OFFICIAL, "protected", "lka_found"])
def test_what_nobody_knows_closes(fact):
    assert unmet(**{fact: None})


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("agreement", AGREEMENTS.values(), ids=AGREEMENTS)
def test_what_is_not_on_record_is_not_met(agreement, phase):
    basis = agreement.basis
    elements = applicable(basis, phase)
    found = judge(pl.DataFrame({"row": [0]}), elements, basis).drop("row")
    assert set(found.row(0) or (0,)) == {0}
