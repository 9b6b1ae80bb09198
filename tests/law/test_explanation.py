"""A request explained: the law's order, shapes and never values, and what would mend it."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis import law
from portcullis.errors import Misuse
from portcullis.law import Basis, Phase, Result
from tests.law.cases import AGREEMENTS, BASIS, MEMORANDUM_2025, Agreement, days_before

FACE = {Phase.FACE}
EVERY = set(Phase)


def explained(agreement: Agreement = MEMORANDUM_2025, phases=EVERY, basis=None, /, **changes):
    row = agreement.table([agreement.lawful(**changes)])
    lines = law.explain(row, basis or agreement.basis, phases)
    return {line.element.id: line for line in lines}


def shapes(line: law.Explained) -> dict[str, str]:
    return {each.name: each.shape for each in line.evidence}


@pytest.mark.parametrize("name", AGREEMENTS)
def test_every_element_of_the_agreement_in_the_laws_order(name: str) -> None:
    agreement = AGREEMENTS[name]
    lines = explained(agreement)
    assert list(lines) == [each.id for each in law.applicable(agreement.basis)]
    for line in lines.values():
        assert line.element in line.provision.elements
        assert (line.result, line.mend, line.cause) == (Result.MET, "", "")


@pytest.mark.parametrize("name", AGREEMENTS)
def test_it_finds_what_the_evaluator_finds(name: str) -> None:
    agreement = AGREEMENTS[name]
    row = agreement.table([agreement.lawful(reason=None, items="everything", engaged=False)])
    judged = law.judge(row, law.applicable(agreement.basis), agreement.basis).row(0, named=True)
    codes = {Result.NOT_MET: 0, Result.MET: 1, Result.FOR_A_PERSON: 2}
    for line in law.explain(row, agreement.basis, EVERY):
        assert codes[line.result] == judged[line.element.id]


@pytest.mark.parametrize(
    ("changes", "element", "result", "cause", "mend"),
    [
        (
            {"a_absent": True, "a_absent_reason": "zip-only"},
            "address-of-taxpayer",
            Result.NOT_MET,
            "zip-only",
            "There is a ZIP code and no address. Write the delivery line: number and street, box, "
            "or route.",
        ),
        (
            {"charge": "8 USC 1182(a)(6)(A)(i)"},
            "charge-class",
            Result.FOR_A_PERSON,
            "",
            "The charge is no class described in 8 U.S.C. § 1227(a), for instance a ground of "
            "inadmissibility under § 1182. Whether the offence reaches it is for counsel.",
        ),
        (
            {"finality_date": days_before(90), "order_date": days_before(90)},
            "ninety-days",
            Result.NOT_MET,
            "",
            "The 90 days have not passed: day 91 after the later of finality and the court's final "
            "order is the first on which a request can be made. Send it then.",
        ),
        (
            {"tin_address": "different"},
            "address-of-record",
            Result.NOT_MET,
            "",
            "The address in the request is none of the taxpayer's addresses of record.",
        ),
    ],
)
def test_what_would_mend_it(changes, element, result, cause, mend) -> None:
    line = explained(**changes)[element]
    assert (line.result, line.cause, line.mend) == (result, cause, mend)


@pytest.mark.parametrize(
    ("element", "changes", "expected"),
    [
        (
            "specific-reason",
            {"reason": "needed to find the witnesses to a failure to depart"},
            {"reason": "text of 10 words"},
        ),
        ("specific-reason", {"reason": None}, {"reason": "empty"}),
        ("specific-reason", {"reason": "secret"}, {"reason": "text of 1 word"}),
        ("order-date", {"order_date": "2024-02-30"}, {"order_date": "no date"}),
        ("order-date", {}, {"order_date": "a date"}),
        ("not-departed", {"departed": "yes"}, {"departed": "answered"}),
        ("not-departed", {"departed": "perhaps"}, {"departed": "neither yes nor no"}),
        ("not-departed", {"departed": None}, {"departed": "empty"}),
        ("charge-class", {}, {"charge": "a citation"}),
        ("finality-event", {}, {"finality_event": "a code"}),
        ("tin-legible", {}, {"tin": "nine digits"}),
        ("tin-legible", {"tin": "1234"}, {"tin": "not nine digits"}),
        (
            "taxable-periods",
            {"taxable_periods": "2023;2024"},
            {"taxable_periods": "a list of 2 years"},
        ),
        ("taxable-periods", {"taxable_periods": "2024"}, {"taxable_periods": "a list of 1 year"}),
        ("taxable-periods", {"taxable_periods": "all"}, {"taxable_periods": "no years"}),
        (
            "officers-named",
            {"officers": "one; two"},
            {"officers": "a list of 2", "officers_employed": "recorded"},
        ),
        (
            "officer-load",
            {"m_officer_load_max": 500},
            {"officers": "a list of 1", "m_officer_load_max": "within the limit of 500"},
        ),
        (
            "officer-load",
            {"m_officer_load_max": 501},
            {"officers": "a list of 1", "m_officer_load_max": "above the limit of 500"},
        ),
        ("requested-by-head", {}, {"signed_by": "a code"}),
        ("approval-in-date", {}, {"approval_expires_on": "a date"}),
        ("no-order-in-scope", {"order_in_scope": None}, {"order_in_scope": "nothing recorded"}),
    ],
)
def test_the_shape_of_what_was_read(element, changes, expected) -> None:
    assert shapes(explained(**changes)[element]) == expected


def test_of_the_records_only_codes_of_agreement_and_rough_counts() -> None:
    lines = explained(tin_name="near", tin_address="unit-differs", tin_candidates=7)
    assert shapes(lines["name-agrees"])["tin_name"] == "the code “near”"
    assert shapes(lines["address-of-record"])["tin_address"] == "the code “unit-differs”"
    assert shapes(lines["name-agrees"])["tin_candidates"] == "several"
    assert shapes(lines["period-requested"])["lka_period"] == "a year"


TEXTS = ("reason", "wilfulness_basis", "family_name", "given_name", "address_line1", "order_number")


def test_a_single_candidate_and_its_margin_are_said_in_words() -> None:
    line = explained()["one-taxpayer"]
    said = shapes(line)
    assert (said["tin_candidates"], said["tin_agreeing"]) == ("one", "one")
    assert said["margin"] == "two: no other person comes near in name or address"
    beside = explained(margin=1)["one-taxpayer"]
    assert shapes(beside)["margin"].startswith("one: the closest other person falls short")
    close = explained(margin=0)["one-taxpayer"]
    assert close.result is Result.NOT_MET
    assert shapes(close)["margin"].startswith("none: another person nearly agrees")
    unknown = explained(margin=None)["one-taxpayer"]
    assert (unknown.result, shapes(unknown)["margin"]) == (Result.NOT_MET, "nothing recorded")


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(TEXTS), st.text("QXZJ", min_size=4, max_size=20)))
def test_no_value_is_ever_repeated(values: dict[str, str]) -> None:
    for line in explained(**values).values():
        said = " ".join([line.mend, line.cause, *[each.shape for each in line.evidence]])
        assert not any(value in said for value in values.values())


def test_what_is_not_of_the_phases_or_has_no_facts_is_not_judged() -> None:
    face = explained(MEMORANDUM_2025, FACE)
    for line in face.values():
        judged = line.element.phase is Phase.FACE
        assert (line.result is Result.MET) == judged
        assert (line.result is Result.NOT_JUDGED) == (not judged)
        assert judged or (line.evidence, line.mend) == ((), "")
    row = MEMORANDUM_2025.table([MEMORANDUM_2025.lawful()]).drop("standing_met")
    lines = {line.element.id: line for line in law.explain(row, BASIS, EVERY)}
    assert lines["safeguards-met"].result is Result.NOT_JUDGED
    assert lines["agreement-in-force"].result is Result.MET


def test_on_the_face_what_is_absent_is_not_met() -> None:
    row = MEMORANDUM_2025.table([MEMORANDUM_2025.lawful()]).drop("m_window_volume")
    (line,) = [x for x in law.explain(row, BASIS, FACE) if x.element.id == "window-volume"]
    assert line.result is Result.NOT_MET
    assert shapes(line)["m_window_volume"] == "nothing recorded"


def test_the_readings_that_hold_and_bear_on_an_element_are_named() -> None:
    lines = explained()
    assert [each.id for each in lines["address-of-record"].readings] == ["address-of-record"]
    assert [each.id for each in lines["charge-class"].readings] == ["1227a-class-required"]
    assert lines["officers-engaged"].readings == ()
    tighter = replace(BASIS, readings=(*BASIS.readings, "one-officer-cannot-be-engaged-in-all"))
    line = explained(MEMORANDUM_2025, EVERY, tighter, m_officer_in_all=True)["officers-engaged"]
    assert [each.id for each in line.readings] == ["one-officer-cannot-be-engaged-in-all"]
    assert (line.result, line.cause) == (Result.NOT_MET, "in-all")


def test_what_a_reading_waives_says_so_and_rests_on_nothing_judged() -> None:
    past = BASIS.re_examined(["valid-request-suffices"])
    line = explained(MEMORANDUM_2025, EVERY, past, departed="yes")["not-departed"]
    assert line.waived
    assert line.result is Result.MET
    assert [each.id for each in line.readings] == ["valid-request-suffices"]
    assert not explained()["not-departed"].waived


def test_what_the_agreement_tightens_is_not_met_and_says_so() -> None:
    tightened = replace(BASIS, tightened=("charge-class",))
    line = explained(MEMORANDUM_2025, EVERY, tightened, charge="8 USC 1182(a)(6)")["charge-class"]
    assert (line.result, line.tightened) == (Result.NOT_MET, True)
    assert line.mend.startswith("The charge of removability is missing or cannot be read.")


def test_a_hidden_line_is_the_same_whatever_was_found() -> None:
    barred = explained(impairment_adverse=True)["no-impairment"]
    free = explained(impairment_adverse=False)["no-impairment"]
    assert barred.result != free.result
    assert barred.hidden() == free.hidden()
    assert barred.hidden().result is Result.NOT_SHOWN


def test_one_request_at_a_time() -> None:
    rows = MEMORANDUM_2025.table([MEMORANDUM_2025.lawful(), MEMORANDUM_2025.lawful()])
    for frame in (rows, rows.head(0)):
        with pytest.raises(ValueError, match="one request"):
            law.explain(frame, BASIS, FACE)


@pytest.mark.parametrize("name", AGREEMENTS)
def test_a_basis_is_read_back_from_the_record_as_it_was(name: str) -> None:
    basis = replace(AGREEMENTS[name].basis, tightened=("charge-class",), accept_delegation=True)
    assert Basis.from_json(basis.as_json()) == basis
    assert Basis.from_json(basis.as_json()).digest() == basis.digest()


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {**BASIS.as_json(), "as_of": "yesterday"},
        {**BASIS.as_json(), "unknown": 1},
        {**BASIS.as_json(), "thresholds": {}},
        {key: value for key, value in BASIS.as_json().items() if key != "readings"},
    ],
)
def test_what_is_no_basis_is_refused(broken) -> None:
    with pytest.raises(Misuse, match="basis"):
        Basis.from_json(broken)
