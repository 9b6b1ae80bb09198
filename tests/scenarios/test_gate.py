"""The scenario against the gate itself: every class lands in its outcome, no R case gets out."""

import polars as pl
import pytest

from portcullis import records
from portcullis.agreements import builtin_pack, load_pack
from portcullis.scenarios import (
    AS_OF,
    IMPAIRMENT_ADVERSE,
    NOT_ROWS,
    compare,
    make_clean_batch,
    r_cases,
)
from portcullis.screening import measure, prepare, screen

from .conftest import KEY, SEED, Gate


@pytest.fixture(scope="module")
def outcomes(gate, per_person):
    return gate.run(per_person)


def test_every_class_lands_in_its_outcome_for_its_own_cause(outcomes, per_person):
    truth = pl.read_parquet(per_person.truth)
    found = compare(truth, outcomes, ("eligible",))
    # The (i)(6) findings are an official's, after this: those few are eligible until then.
    assert set(found.mismatches["truth_class"]) == {IMPAIRMENT_ADVERSE}
    assert found.lawful_released_share == 1.0
    stated = outcomes.filter(outcome="eligible")["reasons"]
    assert set(stated) <= {"single-candidate;margin-1", "single-candidate;margin-2"}
    both = truth.join(outcomes, on="source_row")
    unexplained = pl.col("expected_cause").is_not_null() & (
        pl.col("expected_cause") != pl.col("cause").fill_null("")
    )
    assert both.filter(unexplained).is_empty()
    reasons = pl.col("reasons").str.split(";")
    wanted = pl.col("expected_element").str.split("|")
    missing = pl.col("expected_element").is_not_null() & (
        reasons.list.set_intersection(wanted).list.len() == 0
    )
    assert both.filter(missing).is_empty()


def test_what_is_quarantined_is_what_was_spoiled(gate, per_person):
    truth = pl.read_parquet(per_person.truth).filter(truth_class="malformed")
    _, intake = gate.take(per_person)
    assert intake.quarantined["source_row"].to_list() == truth["source_row"].to_list()
    assert intake.quarantined["reason"].to_list() == truth["expected_cause"].to_list()
    assert intake.dropped_columns == ("date_of_birth", "fingerprint_id")
    assert intake.unattested == (per_person.people.unsigned,)


def test_as_filed_nothing_passes(gate, as_filed):
    truth = pl.read_parquet(as_filed.truth)
    found = compare(truth, gate.run(as_filed), ("eligible",))
    assert found.released == 0
    assert found.mismatches.is_empty()


def test_of_a_clean_batch_all_pass_screening(gate, holder, tmp_path):
    batch = make_clean_batch(tmp_path, holder, 2_000, SEED)
    requests, intake = gate.take(batch)
    measured = measure([requests], None, KEY, gate.basis(), AS_OF, batch_id=batch.batch_id)
    findings = screen(requests, gate.basis(), measured.measures)
    truth = pl.read_parquet(batch.truth)
    assert intake.quarantined.is_empty()
    assert len(findings.passed()) == requests.height == 2_000
    assert truth["taxpayer_id"].is_not_null().mean() == pytest.approx(0.15, abs=0.005)
    outcomes = gate.decide(requests, measured.measures)
    assert compare(truth, outcomes, ("eligible",)).mismatches.is_empty()


@pytest.fixture(scope="module")
def r_outcomes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("r-cases")
    cases = r_cases()
    cases.taxpayers.write_parquet(folder / "taxpayer.parquet")
    cases.addresses.write_parquet(folder / "address_of_record.parquet")
    records.build_index(folder, folder / "index", KEY)
    gate = Gate(folder / "index")
    requests = prepare(cases.requests, load_pack(builtin_pack()))
    # Each case is a batch by itself: several ask about one person.
    measures = [
        measure([row], None, KEY, gate.basis(), AS_OF, batch_id="r").measures
        for row in requests.iter_slices(1)
    ]
    return cases.requests.join(gate.decide(requests, pl.concat(measures)), on="row")


@pytest.mark.parametrize("number", range(r_cases().requests.height))
def test_r_cases(r_outcomes, number):
    case = r_outcomes.row(number, named=True)
    reached = {"eligible": "released"}.get(case["outcome"], case["outcome"])
    assert reached == case["expected_outcome"], f"{case['case']}: {case['what']}"


def test_every_r_case_is_a_row_or_said_to_be_elsewhere():
    named = set(r_cases().requests["case"]) | set(NOT_ROWS)
    assert named == {f"R{number}" for number in range(1, 18)}
