"""The shape of the law: ids, citations, order, messages, basis."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest

from portcullis import addresses
from portcullis.errors import Misuse
from portcullis.law import (
    AUTHORITIES,
    FACTS,
    PREDICATES,
    PROVISIONS,
    READINGS,
    Basis,
    Element,
    Layer,
    Phase,
    Thresholds,
    applicable,
    columns_of,
    element,
    elements,
    field_behind,
    fields,
    judge,
)
from tests.law.cases import AGREEMENTS, BASIS, DAY, MEMORANDUM_2025, PACK, lawful, table

GOLDEN = Path(__file__).with_name("golden_messages.md")
EVERY = [
    pytest.param(each, id=f"{provision.id}: {each.id}")
    for provision in PROVISIONS.values()
    for each in provision.elements
]
ALL_BASES = [BASIS, *(replace(BASIS, readings=(each.id,)) for each in READINGS)]
each_agreement = pytest.mark.parametrize("agreement", AGREEMENTS.values(), ids=AGREEMENTS)


def messages() -> str:
    """Write every element with every sentence it can say, under the built-in pack's figures."""
    lines = ["# What each element says"]
    for provision in PROVISIONS.values():
        lines += ["", f"## {provision.citation}", "", provision.title]
        for each in provision.elements:
            lines += ["", f"### {each.id}", "", f"{each.citation} · {each.layer} · {each.phase}"]
            lines += ["", each.statement, "", f"- not met: {each.message_for(BASIS, 0)}"]
            lines += [
                f"- not met, {code}: {each.message_for(BASIS, 0, code)}"
                for code in each.cause_messages
            ]
            if each.for_a_person:
                lines += [f"- for a person: {each.message_for(BASIS, 2)}"]
    return "\n".join([*lines, ""])


def test_the_golden_messages_are_current():
    """After a wanted change: ``python -m tests.law.test_faces`` writes them anew."""
    assert GOLDEN.read_text(encoding="utf-8") == messages()


@each_agreement
def test_ids_are_unique_within_an_agreement(agreement):
    ids = [each.id for each in applicable(agreement.basis)]
    assert len(ids) == len(set(ids))
    by_phase = [each.id for phase in Phase for each in applicable(agreement.basis, phase)]
    assert sorted(ids) == sorted(by_phase)


def test_elements_of_one_id_stand_in_provisions_that_are_alternatives():
    of_an_agreement = {each.id for agreement in AGREEMENTS.values()
                       for each in applicable(agreement.basis)}  # fmt: skip
    assert of_an_agreement == {each.id for each in elements()}


def test_the_law_has_an_order():
    ids = [each.id for each in applicable(BASIS)]
    order = ["officers-named", "name-of-taxpayer", "taxable-periods", "statutory-authority",
             "specific-reason", "items-of-agreement", "tin-legible", "ninety-days",
             "removal-period-run", "finality-event", "officer-load"]  # fmt: skip
    assert [each for each in ids if each in order] == order
    assert element("officers-named") is elements()[ids.index("officers-named")]


@pytest.mark.parametrize("each", EVERY)
def test_every_element_is_whole(each):
    assert each.citation
    assert each.statement.endswith((".", ")"))
    assert each.message
    assert each.requirements
    if each.phase is not Phase.FACE:
        assert each.cause is None
    assert (each.cause is None) == (not each.cause_messages)


@each_agreement
def test_an_element_of_the_face_names_a_field_of_the_request_or_none(agreement):
    for each in applicable(agreement.basis, Phase.FACE):
        assert each.field in ("", *agreement.fields), each.id


@pytest.mark.parametrize("provision", PROVISIONS.values(), ids=PROVISIONS)
def test_every_provision_quotes_its_text_and_says_where_it_was_read(provision):
    assert provision.citation
    assert provision.title
    assert len(provision.text) > 40
    assert provision.source
    assert provision.elements


def test_an_authority_needs_provisions_that_exist():
    for each in AUTHORITIES.values():
        assert set(each.provisions) <= set(PROVISIONS)
        assert bool(each.provisions) == bool(each.signatories) == bool(each.attestation)
    for provisions in PREDICATES.values():
        assert set(provisions) <= set(PROVISIONS)


@each_agreement
def test_elements_read_only_fields_of_the_agreement_and_known_facts(agreement):
    known = set(FACTS)
    for field in fields(agreement.basis.provisions).values():
        known |= set(columns_of(field))
    for each in applicable(agreement.basis):
        for basis in ALL_BASES:
            assert set(each.reads(basis)) <= known, each.id


def test_a_typed_column_leads_back_to_its_field():
    known = fields(PACK.provisions)
    for name, field in known.items():
        assert {field_behind(column) for column in columns_of(field)} == {name}
    assert field_behind("periods") == "taxable_periods"
    assert field_behind("tin_digits") == "tin"
    assert field_behind("engaged") == "engaged"


def test_every_requirement_a_face_can_show_has_an_element():
    covered = {number for each in applicable(BASIS, Phase.FACE) for number in each.requirements}
    assert covered >= set(range(1, 20))


TRIES = [
    lawful(),
    lawful(m_repeat=1, m_repeat_cited=True, change="x", supersedes="y"),
    lawful(m_duplicate_investigation=1, m_repeat_cited=True),
    lawful(m_batch_halt=True),
    lawful(removal_period_extended="yes"),
    lawful(charge="8 USC 1182(a)(7)"),
    lawful(tin_name="nickname", tin_address="near", near_miss=True),
    *(
        lawful(**{name: 4_000_000})
        for name in (
            "m_officer_load_max",
            "m_identical_reasons",
            "m_shared_address",
            "m_window_volume",
        )
    ),
]


@pytest.mark.parametrize("each", applicable(BASIS), ids=lambda each: each.id)
def test_an_element_that_can_send_to_a_person_says_why(each):
    """The values that give 2 are found by trying the edges of every measure and answer."""
    found = judge(table(TRIES), [each], BASIS)[each.id]
    assert (2 in found.to_list()) == bool(each.for_a_person)
    tight = replace(BASIS, tightened=(each.id,))
    assert 2 not in judge(table(TRIES), [each], tight)[each.id].to_list()


def test_the_causes_of_an_absent_address_are_those_of_the_addresses_room():
    assert set(element("address-of-taxpayer").cause_messages) == set(addresses.ABSENCE_REASONS)


CAUSES = [
    ("officers-named", {"officers": None}, "blank"),
    ("officers-named", {"officers_employed": False}, "not-of-the-agency"),
    ("officers-named", {"officers": "a b"}, None),
    ("taxable-periods", {"taxable_periods": None}, "blank"),
    ("taxable-periods", {"taxable_periods": "2099"}, "future"),
    ("taxable-periods", {"taxable_periods": "all"}, "not-years"),
    ("taxable-periods", {"taxable_periods": "1066"}, "not-years"),
    ("taxable-periods", {"taxable_periods": f"1066;{DAY.year}"}, "not-years"),
    ("taxable-periods", {"taxable_periods": f"1066;{DAY.year + 1}"}, "future"),
    ("statutory-authority", {"statute": None}, "blank"),
    ("statutory-authority", {"statute": "8 USC 1231"}, "civil"),
    ("statutory-authority", {"statute": "26 USC 7201"}, "tax"),
    ("statutory-authority", {"statute": "42 USC 1"}, "unknown"),
    ("ninety-days", {"finality_date": None}, "no-clock"),
    ("ninety-days", {"judicial_review_had": "yes"}, "no-clock"),
    ("ninety-days", {"finality_date": DAY.isoformat()}, None),
    ("removal-period-run", {"nonimmigration_custody_had": None}, "no-clock"),
    ("removal-period-run", {"nonimmigration_custody_had": "yes"}, "no-clock"),
    ("removal-period-run",
     {"nonimmigration_custody_had": "yes", "custody_released_on": DAY.isoformat()}, None),
    ("not-citizen", {"citizen": None}, "unanswered"),
    ("not-citizen", {"citizen": "yes"}, "bar"),
    ("right-paragraph", {"items": "wages"}, "26 USC 6103(i)(1)"),
    ("right-paragraph", {"statute": "18 USC 1073"}, "26 USC 6103(i)(5)"),
    ("right-paragraph", {"statute": "18 USC 2339B"}, "26 USC 6103(i)(7)(C)"),
    ("right-paragraph", {"reason": "imminent danger"}, "26 USC 6103(i)(3)(B)"),
    ("right-paragraph", {"items": "wages", "reason": "fugitive"}, "26 USC 6103(i)(1)"),
    ("right-paragraph", {"reason": "a fugitive terrorist"}, "26 USC 6103(i)(5)"),
    ("address-of-taxpayer", {"a_absent": True, "a_absent_reason": "zip-only"}, "zip-only"),
]  # fmt: skip


@pytest.mark.parametrize(("element_id", "changes", "cause"), CAUSES)
def test_what_is_not_met_says_why(element_id, changes, cause):
    each = element(element_id)
    frame = table([lawful(**changes)])
    assert judge(frame, [each], BASIS)[element_id][0] == 0
    assert frame.select(each.cause(BASIS))[:, 0][0] == cause


def test_one_officer_in_all_is_told_so():
    each = element("officers-engaged")
    frame = table([lawful(m_officer_in_all=True), lawful(m_officer_in_all=True, engaged=False)])
    read = replace(BASIS, readings=("one-officer-cannot-be-engaged-in-all",))
    assert frame.select(each.cause(read))[:, 0].to_list() == ["in-all", None]
    assert frame.select(each.cause(BASIS).alias("cause"))["cause"].to_list()[0] is None


def test_what_points_to_another_paragraph_tells_what_it_asks_for():
    told = element("right-paragraph").cause_messages
    assert all(AUTHORITIES[each].asks in message for each, message in told.items())
    assert len(told) == 4


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


def test_the_columns_to_keep_are_kept():
    found = judge(table([lawful()]), [element("sole-use")], BASIS, keep=("request_id",))
    assert found.columns == ["request_id", "sole-use"]


class TestBasis:
    def test_its_digest_is_stable_and_follows_each_part(self):
        assert BASIS.digest() == Basis.from_pack(PACK, DAY).digest()
        others = [
            BASIS.on(date(2025, 8, 8)),
            replace(BASIS, items=()),
            replace(BASIS, readings=("address-of-record",)),
            replace(BASIS, provisions=BASIS.provisions[1:]),
            replace(BASIS, accept_delegation=True),
            replace(BASIS, tightened=("charge-class",)),
            replace(BASIS, thresholds=replace(BASIS.thresholds, max_periods=3)),
        ]
        assert len({each.digest() for each in (BASIS, *others)}) == 8

    def test_it_takes_everything_from_the_pack(self):
        pack = SimpleNamespace(
            id="x", version="7", request=PACK.request, disclosure=PACK.disclosure,
            thresholds=PACK.thresholds, provisions=["policy"], tightened=["repeat-cited"],
            accept_delegation=True, readings_on=lambda _on: [],
        )  # fmt: skip
        basis = Basis.from_pack(pack, DAY)
        assert basis.agreement == "x"
        assert basis.agreement_version == "7"
        assert basis.provisions == ("policy",)
        assert basis.tightened == ("repeat-cited",)
        assert basis.accept_delegation
        assert {each.id for each in applicable(basis)} == {
            each.id for each in PROVISIONS["policy"].elements
        }

    def test_a_missing_threshold_is_named(self):
        with pytest.raises(Misuse, match="officer_load"):
            Thresholds.from_values({"window_days": 90, "batch_volume": 5})

    def test_a_threshold_of_the_wrong_kind_is_named(self):
        figures = PACK.thresholds.model_dump() | {"max_periods": True}
        with pytest.raises(Misuse, match="max_periods"):
            Thresholds.from_values(figures)


def test_the_statute_layer_speaks_for_a_statute_and_no_other_layer_for_subparagraph_b():
    for each in elements():
        if each.layer is Layer.STATUTE:
            assert each.citation.startswith(("26 U.S.C. § 6103", "26 CFR", "Health and Social"))
        else:
            assert not each.citation.startswith("26 U.S.C. § 6103(i)(2)(B")


def test_the_template_of_the_built_in_pack_has_its_fields():
    assert MEMORANDUM_2025.fields == PACK.fields
    assert set(fields(PACK.provisions)) == set(PACK.fields)


if __name__ == "__main__":
    GOLDEN.write_text(messages(), encoding="utf-8")
