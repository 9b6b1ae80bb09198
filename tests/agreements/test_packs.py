"""Packs: the built-in one holds, and a broken one says everything that is wrong, and the remedy."""

import shutil
import tempfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis import law
from portcullis.agreements import (
    PackErrors,
    beside_the_law,
    builtin_pack,
    describe,
    load_pack,
    template_rows,
)
from portcullis.agreements.floor import REQUEST, RETENTION, SAFEGUARDS, THRESHOLDS
from portcullis.errors import Misuse

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(builtin_pack(), tmp_path / "pack"))


def rewrite(folder, file, old, new):
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def problems(folder):
    with pytest.raises(PackErrors) as caught:
        load_pack(folder)
    return caught.value.problems


def test_the_built_in_pack_holds_what_was_agreed():
    pack = load_pack(builtin_pack())
    assert pack.id == "irs-dhs-2025"
    assert pack.disclosure.items == ("last_known_address",)
    assert pack.request.statutes == ("8 USC 1253(a)(1)(A)",)
    assert pack.fields[0] == "request_id"
    assert set(pack.fields) == set(law.fields(pack.provisions))
    assert pack.agreement.accept_delegation is False
    assert pack.thresholds.batch_halt_officer_share == "0.50"
    assert pack.in_force(date(2025, 6, 5))
    assert not pack.in_force(date(2025, 4, 6))


def test_there_is_no_other_built_in_pack():
    with pytest.raises(Misuse, match="irs-dhs-2025"):
        builtin_pack("irs-dhs-2024")


def test_the_digest_changes_with_any_byte(folder):
    before = load_pack(folder).digest
    assert before == load_pack(builtin_pack()).digest
    rewrite(folder, "witnesses.toml", "k = 1", "k = 1 ")
    assert load_pack(folder).digest != before


def test_every_problem_is_named_at_once(folder):
    rewrite(folder, "agreement.toml", "in_force_from = 2025-04-07", "in_force_from = 2025-04-06")
    rewrite(folder, "agreement.toml", "in_force_to = 2027-04-06", "in_force_to = 2024-04-06")
    rewrite(folder, "agreement.toml", "accept_delegation = false", "accept_delegation = true")
    rewrite(folder, "agreement.toml", 'party = "requester"', 'party = "holder"')
    rewrite(folder, "request.toml", "8 USC 1253(a)(1)(A)", "section 1253")
    rewrite(folder, "request.toml", "max_length = 64, required = true", "max_length = 0")
    rewrite(folder, "disclosure.toml", "last_known_address", "income")
    rewrite(folder, "thresholds.toml", "approval_days = 5", "approval_dais = 5")
    rewrite(folder, "thresholds.toml", 'sample_confidence = "0.95"', "sample_confidence = 0.95")
    rewrite(folder, "safeguards.toml", 'id = "attested"', 'id = "promised"')
    rewrite(folder, "safeguards.toml", "incident_report_hours = 24", "incident_report_hours = 72")
    rewrite(folder, "readings.toml", '"agency-head-only"', '"valid-request-suffices"')
    rewrite(folder, "readings.toml", '"address-of-record"', '"address-of-rekord"')
    rewrite(folder, "answers.toml", "answer_days = 10", "answer_days = ")
    (folder / "witnesses.toml").unlink()
    (folder / "extras.toml").write_text("")
    with pytest.raises(PackErrors) as caught:
        load_pack(folder)
    assert str(caught.value).rstrip() + "\n" == (GOLDEN / "broken_pack.txt").read_text()


@pytest.mark.parametrize(
    "limit", [*THRESHOLDS, *REQUEST, *SAFEGUARDS, *RETENTION], ids=lambda limit: limit.key
)
def test_no_pack_loosens_the_floor(folder, limit):
    files = {
        "request.toml": REQUEST,
        "safeguards.toml": SAFEGUARDS,
        "thresholds.toml": THRESHOLDS,
        "retention.toml": RETENTION,
    }
    file = next(name for name, limits in files.items() if limit in limits)
    looser = -1 if limit.sense == "at least" else 1
    step = 10 ** -len(limit.value.partition(".")[2])
    places = len(limit.value.partition(".")[2])
    value = f"{float(limit.value) + looser * step:.{places}f}"
    lines = (folder / file).read_text().splitlines()
    kept = [line for line in lines if not line.startswith(f"{limit.key} =")]
    assert len(kept) == len(lines) - 1
    setting = f'{limit.key} = "{value}"' if places else f"{limit.key} = {value}"
    (folder / file).write_text("\n".join([setting, *kept]))
    found = [problem for problem in problems(folder) if problem.key == limit.key]
    assert any(limit.why in problem.message for problem in found)


def test_more_cosignatures_than_witnesses(folder):
    rewrite(folder, "witnesses.toml", "k = 1", "k = 2")
    (problem,) = problems(folder)
    assert (problem.file, problem.key) == ("witnesses.toml", "k")


def test_a_batch_cannot_be_larger_than_the_window(folder):
    rewrite(folder, "thresholds.toml", "batch_volume = 1_500_000", "batch_volume = 1_000_000")
    (problem,) = problems(folder)
    assert (problem.file, problem.key) == ("request.toml", "max_rows")


def test_working_data_is_kept_while_the_window_counts_it(folder):
    rewrite(folder, "thresholds.toml", "window_days = 90", "window_days = 2558")
    (problem,) = problems(folder)
    assert (problem.file, problem.key) == ("retention.toml", "working_data_days")
    assert "window_days" in problem.remedy


def test_the_schedule_is_told_in_words():
    said = describe(load_pack(builtin_pack()))
    assert "kept 2,557 days after a batch was answered; the accounting for ever." in said


def pack_with(folder, file, text):
    (folder / file).write_text(text)
    return problems(folder)


def reading(id_, first, last=None):
    end = f"in_force_to = {last}\n" if last else ""
    return f'[[readings]]\nid = "{id_}"\nin_force_from = {first}\n{end}'


def test_a_reading_is_in_force_once_at_a_time(folder):
    twice = reading("agency-head-only", "2025-04-07", "2025-12-31") + reading(
        "agency-head-only", "2025-12-31"
    )
    (problem,) = pack_with(folder, "readings.toml", twice)
    assert (problem.file, problem.key) == ("readings.toml", "readings[2]")
    assert "agency-head-only" in problem.message
    apart = twice.replace("in_force_from = 2025-12-31", "in_force_from = 2026-01-01")
    (folder / "readings.toml").write_text(apart)
    assert load_pack(folder).readings_on(date(2026, 1, 1)) == ("agency-head-only",)


def test_readings_that_conflict_are_both_named(folder):
    both = reading("agency-is-the-department", "2025-04-07") + reading(
        "agency-is-the-component", "2025-04-07"
    )
    (problem,) = pack_with(folder, "readings.toml", both)
    assert "'agency-is-the-department'" in problem.message
    assert "'agency-is-the-component'" in problem.message
    assert problem.remedy


@pytest.mark.parametrize("looser", ["address-on-its-face", "valid-request-suffices"])
def test_no_looser_reading_is_put_in_force(folder, looser):
    (problem,) = pack_with(folder, "readings.toml", reading(looser, "2025-04-07"))
    assert problem.key == "readings[1].id"
    assert "loosens" in problem.message


def test_no_provision_is_left_out_or_made_up(folder):
    for name in ("26 USC 6103(i)(2)(B)(ii)", "8 USC 1253(a)(1)", "26 USC 6103(p)(4)", "policy"):
        fresh = Path(shutil.copytree(builtin_pack(), folder.parent / name.replace("/", "-")))
        rewrite(fresh, "provisions.toml", f'  "{name}",\n', "")
        assert any(name in problem.message for problem in problems(fresh))
    rewrite(folder, "provisions.toml", '"policy",', '"policy",\n  "26 USC 6103(x)",')
    (problem,) = problems(folder)
    assert "26 USC 6103(x)" in problem.message


@pytest.mark.parametrize("name", ["charge-klass", "order-number"])
def test_only_what_asks_a_person_is_tightened(folder, name):
    rewrite(folder, "provisions.toml", "tightened = []", f'tightened = ["{name}"]')
    (problem,) = problems(folder)
    assert (problem.file, problem.key) == ("provisions.toml", "tightened")
    assert name in problem.message


def test_a_pack_may_tighten(folder):
    rewrite(folder, "provisions.toml", "tightened = []", 'tightened = ["charge-class"]')
    assert load_pack(folder).tightened == ("charge-class",)


def test_an_authority_that_is_not_carried_is_refused(folder):
    rewrite(folder, "agreement.toml", '"26 USC 6103(i)(2)"', '"26 USC 6103(i)(1)"')
    assert [problem.key for problem in problems(folder)] == ["legal_basis"]


def test_an_offence_nobody_can_judge_is_refused(folder):
    rewrite(folder, "request.toml", "8 USC 1253(a)(1)(A)", "18 USC 1546(a)")
    assert any("18 USC 1546(a)" in problem.message for problem in problems(folder))


def test_a_flaw_of_the_law_is_found_when_a_pack_is_loaded(folder, monkeypatch):
    """A test that can answer nothing: refused with provision, element and remedy."""
    provision = law.PROVISIONS["8 CFR 1241.1"]
    (whole, *_) = provision.elements
    broken = replace(whole, test=lambda _basis: pl.col("finality_event") == "appeal-waived")
    monkeypatch.setitem(law.PROVISIONS, provision.id, replace(provision, elements=(broken,)))
    beside_the_law._flaws.cache_clear()
    try:
        (problem,) = problems(folder)
    finally:
        beside_the_law._flaws.cache_clear()
    assert problem.key == "8 CFR 1241.1: finality-event"
    assert "met_if" in problem.remedy


def test_delegation_rests_on_a_cited_determination(folder):
    rewrite(
        folder,
        "agreement.toml",
        "accept_delegation = false",
        "accept_delegation = true\n[delegation_determination]\n"
        'by = "Office of Legal Counsel"\non = 2025-05-01\ncitation = "49 Op. O.L.C. 1"\n',
    )
    assert load_pack(folder).agreement.accept_delegation
    assert "49 Op. O.L.C. 1" in describe(load_pack(folder))


def test_a_pack_is_described_in_words():
    words = describe(load_pack(builtin_pack()))
    for phrase in (
        "Kristi Noem, Secretary of Homeland Security, for the requester",
        "authority: head of the requesting agency, 26 USC 6103(i)(2)(A)",
        "a delegate's signature is not accepted",
        "What may be disclosed: last_known_address. Nothing else.",
    ):
        assert phrase in words


def test_the_template_is_one_row_of_all_fields_with_fresh_dates():
    pack = load_pack(builtin_pack())
    row = template_rows(pack, date(2026, 3, 1))
    assert row.columns == list(load_pack(builtin_pack()).fields)
    assert row.height == 1
    assert set(row.dtypes) == {pl.String}
    assert row["status_checked_on"].item() == "2026-02-28"
    empty = {name for name in row.columns if row[name].item() is None}
    assert not empty & set(pack.request.required)


def test_a_reading_is_in_force_from_day_to_day(folder):
    (folder / "readings.toml").write_text(
        '[[readings]]\nid = "agency-head-only"\n'
        "in_force_from = 2025-06-01\nin_force_to = 2025-06-30\n"
    )
    pack = load_pack(folder)
    assert pack.readings_on(date(2025, 5, 31)) == ()
    assert pack.readings_on(date(2025, 6, 1)) == ("agency-head-only",)
    assert pack.readings_on(date(2025, 6, 30)) == ("agency-head-only",)
    assert pack.readings_on(date(2025, 7, 1)) == ()


@settings(max_examples=30, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_it_fail_otherwise(data):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(shutil.copytree(builtin_pack(), Path(place) / "pack"))
        (folder / "witnesses.toml").write_bytes(data)
        with pytest.raises(PackErrors):
            load_pack(folder)
