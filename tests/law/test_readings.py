"""Readings: which may be in force, which conflict, and what the past may be judged under."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from portcullis.errors import Misuse
from portcullis.law import (
    FLOOR,
    READINGS,
    Basis,
    Change,
    Effect,
    Layer,
    changed,
    conflicts,
    elements,
    reading,
    refuse_conflicts,
)
from portcullis.law.readings import tightening
from tests.law.cases import BASIS, DAY, PACK

LOOSENING = [each.id for each in READINGS if each.effect is Effect.LOOSENS]
TIGHTENING = [each.id for each in READINGS if each.effect is Effect.TIGHTENS]


def test_ids_are_unique_and_every_reading_is_whole():
    assert len({each.id for each in READINGS}) == len(READINGS)
    for each in READINGS:
        assert each.holding.endswith(".")
        assert each.changes.endswith(".")
        assert each.source
        assert set(each.waives) <= set(Layer)
        assert each.decided_on is None or each.docket


def test_each_bears_on_elements_that_exist():
    known = {each.id for each in elements()}
    for each in READINGS:
        assert each.elements
        assert set(each.elements) <= known


def test_each_changes_a_test_it_bears_on_or_stands_on_the_floor():
    """What is on the floor, or the default, changes nothing by itself; the others do."""
    default = {*FLOOR, "agency-is-the-department", "agency-head-only"}
    bare = replace(BASIS, readings=())
    for each in READINGS:
        held = replace(BASIS, readings=(each.id,))
        changed = {
            element.id
            for element in elements()
            if str(element.test(bare)) != str(element.test(held))
        }
        assert changed <= set(each.elements), each.id
        assert bool(changed) == (each.id not in default), each.id


def test_a_conflict_is_with_a_reading_that_exists_and_holds_both_ways():
    for each in READINGS:
        for other in each.conflicts:
            assert each.id in reading(other).conflicts


def test_a_looser_reading_is_never_in_force():
    for each in LOOSENING:
        assert not reading(each).in_force(date(2026, 6, 1))
        assert not reading(each).on_the_floor
        with pytest.raises(Misuse, match="loosens"):
            tightening([each])


def test_a_reading_is_in_force_from_its_first_day_to_its_last():
    court = replace(reading("address-of-record"), in_force_to=date(2026, 1, 1))
    found = [court.in_force(date(2025, 11, 20)), court.in_force(date(2025, 11, 21)),
             court.in_force(date(2026, 1, 1)), court.in_force(date(2026, 1, 2))]  # fmt: skip
    assert found == [False, True, True, False]


def test_what_may_be_in_force_has_the_floor_always():
    assert tightening([]) == FLOOR
    assert tightening(["agency-head-only"]) == (*FLOOR, "agency-head-only")
    assert tightening(FLOOR) == FLOOR
    assert set(FLOOR) == {"address-of-record", "1227a-class-required"}


@pytest.mark.parametrize(
    "ask",
    [
        reading,
        lambda unknown: tightening([unknown]),
        lambda unknown: BASIS.re_examined([unknown]),
        lambda unknown: list(conflicts([unknown, "agency-head-only"])),
        lambda unknown: Basis.from_pack(PACK, DAY, readings=[unknown]),
    ],
)
def test_an_unknown_reading_is_named_with_those_there_are(ask):
    with pytest.raises(Misuse, match="'no-such'") as raised:
        ask("no-such")
    assert "agency-head-only" in raised.value.remedy


@pytest.mark.parametrize(
    ("reading_id", "words"), [("address-on-its-face", "loosens"), ("no-such", "no reading")]
)
def test_a_pack_cannot_put_a_looser_or_unknown_reading_in_force(reading_id, words):
    pack = SimpleNamespace(
        id="x", version="1", request=PACK.request, disclosure=PACK.disclosure,
        thresholds=PACK.thresholds, provisions=PACK.provisions, tightened=(),
        accept_delegation=False, readings_on=lambda _on: (reading_id,),
    )  # fmt: skip
    with pytest.raises(Misuse, match=words):
        Basis.from_pack(pack, DAY)


def test_two_that_conflict_are_refused_with_both_named():
    both = ["agency-is-the-department", "agency-is-the-component"]
    assert list(conflicts(both)) == [tuple(both)]
    assert list(conflicts(["agency-head-only", "agency-head-only"])) == []
    for refuse in (refuse_conflicts, tightening, BASIS.re_examined):
        with pytest.raises(Misuse, match=r"agency-is-the-department.*agency-is-the-component"):
            refuse(both)


def test_readings_named_for_a_day_stand_in_for_the_packs():
    assert Basis.from_pack(PACK, DAY).readings == (*FLOOR, "agency-head-only")
    later = Basis.from_pack(PACK, date(2026, 2, 5)).readings
    assert "one-officer-cannot-be-engaged-in-all" in later
    assert Basis.from_pack(PACK, DAY, readings=()).readings == FLOOR


def test_what_is_in_force_on_a_day_follows_the_changes_made_by_then():
    first, second = date(2025, 12, 1), date(2026, 1, 1)
    standing = ("address-of-record", "agency-head-only")
    changes = [
        Change("agency-is-the-component", in_force=True, effective_on=first),
        Change("agency-head-only", in_force=False, effective_on=second),
    ]
    assert changed(standing, changes, date(2025, 11, 30)) == standing
    assert changed(standing, changes, first) == (*standing, "agency-is-the-component")
    after = ("address-of-record", "agency-is-the-component")
    assert changed(standing, changes, second) == changed(standing, changes, date.max) == after
    again = [*changes, Change("agency-head-only", in_force=True, effective_on=second)]
    assert changed(standing, again, second) == (*after, "agency-head-only")
    unknown_before = [Change("agency-head-only", in_force=False, effective_on=first)]
    assert changed((), unknown_before, first) == ()


class TestReExamination:
    def test_a_reading_takes_the_place_of_those_it_conflicts_with(self):
        loose = BASIS.re_examined(["address-on-its-face", "delegate-may-sign"])
        assert loose.readings == (
            "1227a-class-required",
            "address-on-its-face",
            "delegate-may-sign",
        )
        assert BASIS.re_examined(["address-of-record"]).readings == BASIS.readings

    def test_nothing_else_of_the_basis_changes(self):
        loose = BASIS.re_examined(["any-ground-of-removal"])
        assert replace(loose, readings=BASIS.readings) == BASIS

    @pytest.mark.parametrize("reading_id", LOOSENING)
    def test_no_release_rests_on_a_loosened_basis(self, reading_id):
        assert BASIS.for_release
        assert not BASIS.re_examined([reading_id]).for_release

    def test_a_tightened_one_may_be_released_under(self):
        for each in TIGHTENING:
            assert BASIS.re_examined([each]).for_release

    def test_the_layers_a_reading_waives(self):
        loose = BASIS.re_examined(["valid-request-suffices"])
        assert [loose.waives(each) for each in Layer] == [False, True, True, True]
        assert not any(BASIS.waives(each) for each in Layer)
