"""The gateway's evaluator beside the oracle: every face element, over generated requests."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portcullis.law import Layer, Phase, elements, judge
from portcullis.screening import prepare
from portcullis.screening.screen import outcome
from tests.law.cases import BASIS, DAY, MEASURES, lawful, table
from tests.oracle import requests_oracle as oracle

FACE = elements(Phase.FACE)
PLAIN = {
    "as_of": DAY,
    "statutes": BASIS.statutes,
    "items": BASIS.items,
    "taxable_years_back": BASIS.taxable_years_back,
    **{
        name: getattr(BASIS.thresholds, name)
        for name in ("status_age_days", "max_periods", "officer_load", "identical_reasons")
    },
    "shared_address": BASIS.thresholds.shared_address,
    "batch_volume": BASIS.thresholds.batch_volume,
}

ODD_DATES = ["2025-02-29", "2024-02-29", "2025-2-3", "07/08/2025", "0000-01-01", "0999-01-01",
             "2025-13-01", "2025-08-07T00:00", "+202-01-01", "²⁰²⁵-01-01", "9999-12-31",
             ]  # fmt: skip
DATES = st.none() | st.sampled_from(ODD_DATES) | st.one_of(
    st.integers(-3, 3), st.integers(28, 32), st.integers(88, 93), st.integers(300, 500)
).map(lambda days: (DAY - timedelta(days=days)).isoformat())  # fmt: skip
ANSWERS = st.sampled_from(["no", "no", "no", "yes", None, "Yes", "n", "unknown"])
TEXTS = st.lists(
    st.sampled_from(
        ["locate", "the", "alien", "subject", "for", "removal", "final", "administrative", "order",
         "orders", "of", "to", "be", "ordered", "removed", "deportation", "warrant", "proceedings",
         "period", "Criminal", "wilfully", "willful", "prosecution", "grand", "jury", "1253",
         "civil",
         "detention", "ERO", "erotic", "remover", "needed", "witness", "statements", "N/A", "see",
         "file", "not", "provided", "a", "é", "immigration", "enforcement", "K", "incriminate"]
    ),
    max_size=14,
).flatmap(
    lambda words: st.sampled_from([" ", "  ", " ", "-", ", "]).map(
        lambda gap: gap.join(words) or None
    )
)  # fmt: skip
NUMBERS = st.sampled_from(
    [None, "A000-000-001", "INV-1", "000", "0000", "N/A", "TBD", "ABCD", "12"]
)
STATUTES = st.sampled_from(
    [None, "8 USC 1253(a)(1)(A)", "8 U.S.C. § 1253(a)(1)(A)", "8USC1253(a)(1)(A)", "8 USC 1253",
     "8 USC 1253(a)(1)(D)", "8 USC 1253(c)", "8 USC 1231", "8 USC 1231(a)(2)", "8 USC 1226(a)",
     "8 USC 1357", "8 USC 1325", "8 USC 1325(b)", "8 USC 1326(a)", "8 USC 13260", "18 USC 1546(a)",
     "18 USC 2339B", "18 USC 0", "26 USC 7201", "21 USC 841", "42 USC 1983", "8 usc 1253(a)(1)(A)",
     "8 USC 1324a(f)", "criminal law"]
)  # fmt: skip
CHARGES = st.sampled_from(
    [None, "8 USC 1227(a)(1)(B)", "8 U.S.C. § 1227(a)(2)(A)(i)", "8 USC 1227(a)(8)",
     "8 USC 1227(a)", "8 USC 1182(a)(6)(A)(i)", "INA 212(a)(6)", "Section 237", "sec. 9", "N/A",
     "overstay", "18 USC 2"]
)  # fmt: skip
PERIODS = st.sampled_from(
    [None, "2021", "2021;2022", "2021; 2022", "2021;;2022", "all", "20x4", "1066", "1912", "1913",
     "2025", "2026", "2031", "2021-2019", "2021;2021;2021", "2015", "2014", "10000",
     "2018;2019;2020;2021;2022;2023;2024", "2017;2018;2019;2020;2021;2022;2023;2024", "20 21"]
)  # fmt: skip
FIELDS = {
    "officers": st.sampled_from([None, "officer-1", "o-1;o-2", "a; b", "a;;b", ";", "a b"]),
    "attested": st.sampled_from([True, True, False, None]),
    "investigation_stage": st.sampled_from(["investigation", "grand-jury", "Investigation", None]),
    "investigation_id": NUMBERS,
    "order_number": NUMBERS,
    "n_absent": st.sampled_from([False, True, None]),
    "a_absent": st.sampled_from([False, True, None]),
    "taxable_periods": PERIODS,
    "statute": STATUTES,
    "charge": CHARGES,
    "reason": TEXTS,
    "wilfulness_basis": TEXTS,
    "tin": st.sampled_from([None, "912-34-5678", "912345678", "9-1-2345678", "000000000",
                            "12345678", "912 34 5678", "91234567x", "²12345678"]),
    "items": st.sampled_from(["last_known_address", None, "wages", "last_known_address;wages"]),
    "finality_event": st.sampled_from(["appeal-waived", "in-absentia", "order entered", None]),
    "supersedes": st.sampled_from([None, None, "R-1"]),
    "change": st.sampled_from([None, None, "new address"]),
    **dict.fromkeys(
        ["investigation_opened_on", "order_date", "finality_date", "judicial_review_final_on",
         "custody_released_on", "status_checked_on"], DATES
    ),
    **dict.fromkeys(
        ["judicial_review_had", "nonimmigration_custody_had", "stay_applied_for", "stay_in_force",
         "review_pending", "supervision_compliant", "protection_granted", "deferred_action",
         "removal_impracticable", "removal_period_extended", "reopened", "departed", "deceased",
         "citizen"], ANSWERS
    ),
    **{
        name: st.sampled_from([None, True, False] if isinstance(value, bool)
                              else [None, 0, 1, 12, 13, 25, 26, 500, 501, 1_500_000, 1_500_001])
        for name, value in MEASURES.items()
    },
}  # fmt: skip


@st.composite
def requests(draw):
    """A lawful request with some fields changed: few, so that later elements are reached too."""
    names = draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=8, unique=True))
    return lawful(**{name: draw(FIELDS[name]) for name in names})


def compare(batch):
    found = judge(prepare(table(batch)), FACE, BASIS)
    found = found.with_columns(outcome(FACE).alias("outcome"))
    layers = {each.id: each.layer.value for each in FACE}
    for request, row in zip(batch, found.iter_rows(named=True), strict=True):
        expected = oracle.judge_request(request, PLAIN)
        assert {each.id: row[each.id] for each in FACE} == expected, request
        assert row["outcome"] == oracle.outcome(expected, layers)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(requests(), min_size=1, max_size=60))
def test_every_element_agrees_with_the_oracle(batch):
    compare(batch)


@pytest.mark.parametrize("name", sorted(FIELDS))
@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_each_field_alone_agrees_with_the_oracle(name, data):
    values = data.draw(st.lists(FIELDS[name], min_size=1, max_size=30))
    compare([lawful(**{name: value}) for value in values])


@pytest.mark.long
@settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(requests(), min_size=200, max_size=400))
def test_a_long_run_agrees_with_the_oracle(batch):
    compare(batch)


def test_the_layers_of_the_oracle_and_the_law_are_of_the_same_elements():
    assert set(oracle.judge_request(lawful(), PLAIN)) == {each.id for each in FACE}
    assert {each.layer for each in FACE} == set(Layer)
