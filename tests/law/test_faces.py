"""The shape of the law: ids, citations, order, messages, basis, readings."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from portcullis import addresses
from portcullis.agreements import FIELDS
from portcullis.errors import Misuse
from portcullis.law import (
    READINGS,
    Basis,
    Effect,
    Element,
    Layer,
    Phase,
    Thresholds,
    element,
    elements,
    judge,
    reading,
)
from portcullis.screening import prepare
from tests.law.cases import BASIS, DAY, PACK, lawful, table

GOLDEN = Path(__file__).with_name("golden_messages.md")
RULES = {each.id: each for each in elements()}


def messages() -> str:
    """Write every element with every sentence it can say, under the built-in pack."""
    lines = ["# What each element says", ""]
    for each in elements():
        lines += [f"## {each.id}", "", f"{each.citation} · {each.layer} · {each.phase}", ""]
        lines += [each.statement, ""]
        if each.message:
            lines += [f"- not met: {each.message_for(BASIS, 0)}"]
        lines += [
            f"- not met, {code}: {each.message_for(BASIS, 0, code)}" for code in each.cause_messages
        ]
        if each.for_a_person:
            lines += [f"- for a person: {each.message_for(BASIS, 2)}"]
        lines += [""]
    return "\n".join(lines)


def test_the_golden_messages_are_current():
    """After a wanted change: ``python -m tests.law.test_faces`` writes them anew."""
    assert GOLDEN.read_text(encoding="utf-8") == messages()


def test_ids_are_unique_and_the_law_has_an_order():
    ids = [each.id for each in elements()]
    assert len(ids) == len(set(ids))
    by_phase = [each for phase in Phase for each in elements(phase)]
    assert sorted(ids) == sorted(each.id for each in by_phase)
    assert (
        ids.index("officers-named") < ids.index("name-of-taxpayer") < ids.index("taxable-periods")
    )
    assert (
        ids.index("taxable-periods")
        < ids.index("statutory-authority")
        < ids.index("specific-reason")
    )


@pytest.mark.parametrize("element_id", RULES)
def test_every_element_is_whole(element_id):
    each = RULES[element_id]
    assert each.citation
    assert each.statement.endswith((".", ")"))
    assert each.message or each.cause_messages
    assert each.requirements
    if each.phase is Phase.FACE:
        assert each.field in FIELDS
    if each.phase is not Phase.FACE:
        assert each.cause is None


def test_every_requirement_a_face_can_show_has_an_element():
    covered = {number for each in elements(Phase.FACE) for number in each.requirements}
    at_intake = {1, 2}  # who signs, and for which agency: settled for the batch whole
    at_look_up = {20}
    assert covered | at_intake >= set(range(1, 20)) - at_look_up


@pytest.mark.parametrize("element_id", [each.id for each in elements(Phase.FACE)])
def test_an_element_that_can_send_to_a_person_says_why(element_id):
    """The values that give 2 are found by trying the edges of every measure and answer."""
    tries = [lawful(), lawful(m_repeat=1, m_repeat_cited=True, change="x", supersedes="y")]
    tries += [lawful(m_duplicate_investigation=1, m_repeat_cited=True), lawful(m_batch_halt=True)]
    tries += [lawful(removal_period_extended="yes"), lawful(charge="8 USC 1182(a)(7)")]
    tries += [
        lawful(**{name: 4_000_000})
        for name in (
            "m_officer_load_max",
            "m_identical_reasons",
            "m_shared_address",
            "m_window_volume",
        )
    ]
    found = judge(prepare(table(tries)), [element(element_id)], BASIS)[element_id]
    assert (2 in found.to_list()) == bool(element(element_id).for_a_person)


def test_the_causes_of_an_absent_address_are_those_of_the_addresses_room():
    assert set(element("address-of-taxpayer").cause_messages) == set(addresses.ABSENCE_REASONS)


def test_only_dates_make_an_element_time_dependent():
    """What reads the day of the basis is judged again before release, and nothing else is."""
    later = BASIS.on(date(2027, 1, 1))
    for each in elements():
        reads_the_day = str(each.test(BASIS)) != str(each.test(later))
        assert reads_the_day <= each.time_dependent, each.id
        if each.phase in (Phase.FACE, Phase.OFFICIAL):
            assert each.time_dependent == reads_the_day, each.id


def test_a_value_beyond_the_three_results_and_a_null_are_not_met():
    def of(test):
        each = replace(element("approved"), test=lambda _basis: test)
        assert isinstance(each, Element)
        return judge(pl.DataFrame({"row": [0], "x": [3]}), [each], BASIS)["approved"].to_list()

    assert of(pl.col("x")) == [0]
    assert of(pl.lit(None, dtype=pl.UInt8)) == [0]
    assert of(pl.col("no such column") == 1) == [0]
    assert of(pl.lit(2, dtype=pl.UInt8)) == [2]


class TestBasis:
    def test_its_digest_is_stable_and_follows_each_part(self):
        assert BASIS.digest() == Basis.from_pack(PACK, DAY).digest()
        others = [
            BASIS.on(date(2025, 8, 8)),
            replace(BASIS, items=()),
            replace(BASIS, readings=("address-of-record",)),
            replace(BASIS, thresholds=replace(BASIS.thresholds, max_periods=3)),
        ]
        assert len({each.digest() for each in (BASIS, *others)}) == 5

    def test_a_missing_threshold_is_named(self):
        with pytest.raises(Misuse, match="officer_load"):
            Thresholds.from_values({"window_days": 90, "batch_volume": 5})

    def test_a_threshold_of_the_wrong_kind_is_named(self):
        figures = PACK.thresholds.model_dump() | {"max_periods": True}
        with pytest.raises(Misuse, match="max_periods"):
            Thresholds.from_values(figures)

    @pytest.mark.parametrize(
        ("reading_id", "words"), [("address-on-its-face", "loosens"), ("no-such", "no reading")]
    )
    def test_a_pack_cannot_put_a_looser_or_unknown_reading_in_force(self, reading_id, words):
        pack = SimpleNamespace(
            id="x", version="1", request=PACK.request, disclosure=PACK.disclosure,
            thresholds=PACK.thresholds, readings_on=lambda _on: (reading_id,),
        )  # fmt: skip
        with pytest.raises(Misuse, match=words):
            Basis.from_pack(pack, DAY)


class TestReadings:
    def test_each_bears_on_elements_that_exist(self):
        for each in READINGS:
            assert set(each.elements) <= set(RULES)

    def test_a_looser_reading_is_never_in_force(self):
        for each in READINGS:
            if each.effect is Effect.LOOSENS:
                assert not each.in_force(date(2026, 6, 1))
                assert not each.on_the_floor

    def test_a_reading_is_in_force_from_its_first_day_to_its_last(self):
        court = replace(reading("address-of-record"), in_force_to=date(2026, 1, 1))
        found = [court.in_force(date(2025, 11, 20)), court.in_force(date(2025, 11, 21)),
                 court.in_force(date(2026, 1, 1)), court.in_force(date(2026, 1, 2))]  # fmt: skip
        assert found == [False, True, True, False]

    def test_an_unknown_reading_is_an_error(self):
        with pytest.raises(KeyError):
            reading("no-such")


def test_only_the_statute_layer_speaks_for_section_6103():
    for each in elements():
        if each.layer is Layer.STATUTE:
            assert each.citation.startswith(("26 U.S.C. § 6103", "26 CFR"))
        else:
            assert not each.citation.startswith("26 U.S.C. § 6103(i)(2)(A") or each.layer is None


if __name__ == "__main__":
    GOLDEN.write_text(messages(), encoding="utf-8")
