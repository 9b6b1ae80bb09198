import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portcullis.errors import Misuse, Refused
from portcullis.standing import (
    Acceptance,
    Access,
    Contractor,
    Current,
    Duty,
    SafeguardFinding,
    SafeguardStanding,
    accepted,
    carried_over,
    check_kept,
    check_record,
    may_have_access,
    may_receive,
    read_safeguards,
)

TODAY = date(2025, 8, 7)
SOON = date(2025, 12, 31)
PAST = date(2025, 8, 6)
ACCEPTED = Acceptance(by="safeguards-1", reason="compensating control", expires_on=SOON)


def standing(**changed):
    facts = {
        "recipient": "ICE",
        "ssr_approved_on": date(2025, 1, 15),
        "ssr_expires_on": SOON,
        "attested_on": TODAY,
        "findings": (),
        "duties": (),
        "contractors": (),
    }
    return SafeguardStanding(**(facts | changed))


def finding(**changed):
    facts = {
        "id": "f-1",
        "severity": "moderate",
        "status": "accepted",
        "corrective_plan_on": PAST,
        "corrective_plan_due_on": SOON,
        "acceptance": ACCEPTED,
    }
    return SafeguardFinding(**(facts | changed))


def codes(of, on=TODAY):
    answer = may_receive(of, on, 365)
    assert answer.met is (not answer.reasons)
    assert all(": " in reason and reason.endswith(".") for reason in answer.reasons)
    return [reason.split(":")[0] for reason in answer.reasons]


def test_a_whole_record_is_met():
    whole = standing(
        findings=(
            finding(),
            SafeguardFinding(id="f-2", severity="critical", status="closed", closed_on=PAST),
        ),
        duties=(
            Duty(what="ssr-2025", due_on=date(2025, 1, 31), done_on=date(2025, 1, 30)),
            Duty(what="ssr-2026", due_on=date(2026, 1, 31)),
        ),
        contractors=(Contractor(id="c-1", certified_on=PAST, expires_on=TODAY),),
    )
    assert codes(whole) == []


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        (None, ["no-safeguard-record"]),
        (
            SafeguardStanding(recipient="ICE", findings=(), duties=(), contractors=()),
            ["ssr-not-approved", "ssr-undated", "not-attested"],
        ),
        (standing(ssr_approved_on=SOON), ["ssr-not-approved"]),
        (standing(ssr_expires_on=None), ["ssr-undated"]),
        (standing(ssr_expires_on=PAST), ["ssr-expired"]),
        (standing(ssr_approved_on=date(2024, 8, 6)), ["ssr-outdated"]),
        (standing(ssr_approved_on=date(2024, 8, 7)), []),
        (standing(attested_on=None), ["not-attested"]),
        (standing(attested_on=PAST), ["not-attested-today"]),
        (standing(attested_on=SOON), ["not-attested-today"]),
        (standing(duties=(Duty(what="ssr"),)), ["duty-undated"]),
        (standing(duties=(Duty(what="ssr", due_on=PAST),)), ["duty-overdue"]),
        (standing(duties=(Duty(what="ssr", due_on=PAST, done_on=SOON),)), ["duty-overdue"]),
        (standing(contractors=(Contractor(id="c"),)), ["contractor-not-certified"]),
        (
            standing(contractors=(Contractor(id="c", certified_on=PAST, expires_on=PAST),)),
            ["contractor-not-certified"],
        ),
        (standing(findings=(finding(status="open"),)), ["finding-open"]),
        (standing(findings=(finding(status="resolved"),)), ["finding-open"]),
        (standing(findings=(finding(severity="?"),)), ["finding-unknown"]),
        (standing(findings=(finding(corrective_plan_on=None),)), ["no-corrective-plan"]),
        (standing(findings=(finding(corrective_plan_on=SOON),)), ["no-corrective-plan"]),
        (standing(findings=(finding(corrective_plan_due_on=None),)), ["no-corrective-plan"]),
        (
            standing(findings=(finding(corrective_plan_due_on=PAST),)),
            ["corrective-plan-overdue"],
        ),
        (standing(findings=(finding(acceptance=None),)), ["acceptance-incomplete"]),
        (
            standing(
                findings=(finding(acceptance=Acceptance(by=" ", reason="r", expires_on=SOON)),)
            ),
            ["acceptance-incomplete"],
        ),
        (
            standing(findings=(finding(acceptance=Acceptance(by="s", reason="r")),)),
            ["acceptance-undated"],
        ),
        (
            standing(
                findings=(finding(acceptance=Acceptance(by="s", reason="r", expires_on=PAST)),)
            ),
            ["acceptance-expired"],
        ),
        (standing(findings=(finding(status="closed"),)), ["finding-undated"]),
        (standing(findings=(finding(severity="critical"),)), ["critical-finding"]),
    ],
)
def test_what_is_missing_expired_or_undated_holds(of, expected):
    assert codes(of) == expected


def test_r14_open_findings_of_2023_without_a_corrective_plan_hold_everything():
    findings = tuple(
        SafeguardFinding(id=f"2023-11-{number}", severity="significant", status="open")
        for number in (1, 2)
    )
    assert codes(standing(findings=findings)) == ["no-corrective-plan", "finding-open"] * 2


@given(st.integers(-400, 400).filter(bool))
def test_an_attestation_holds_for_its_own_day_only(days):
    assert "not-attested-today" in codes(standing(), TODAY + timedelta(days=days))


def test_a_record_is_read_from_json():
    whole = standing(findings=(finding(),))
    assert read_safeguards(whole.model_dump_json()) == whole


@pytest.mark.parametrize(
    ("spoilt", "place"),
    [
        ({"attested_on": "yesterday"}, "attested_on"),
        ({"notes": "x"}, "notes"),
        ({"findings": [{"id": "f"}]}, "findings.0.severity"),
    ],
)
def test_a_record_that_cannot_be_read_is_refused_by_field(spoilt, place):
    text = json.dumps(json.loads(standing().model_dump_json()) | spoilt)
    with pytest.raises(Misuse, match=f"at {place}"):
        read_safeguards(text)


@pytest.mark.parametrize("left_out", ["findings", "duties", "contractors"])
def test_a_record_that_does_not_say_what_is_open_is_refused(left_out):
    said = json.loads(standing().model_dump_json())
    del said[left_out]
    with pytest.raises(Misuse, match=f"at {left_out}"):
        read_safeguards(json.dumps(said))


# Accepting a finding is an act of its own.

OPEN = finding(status="open", acceptance=None)


@pytest.mark.parametrize("spoilt", [finding(), finding(acceptance=None), OPEN.model_copy(
    update={"acceptance": ACCEPTED})])  # fmt: skip
def test_no_record_accepts_a_finding_of_itself(spoilt):
    with pytest.raises(Refused, match=r"findings\.0"):
        check_record(standing(findings=(spoilt,)), TODAY)
    check_record(standing(findings=(OPEN,)), TODAY)


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ({"attested_on": SOON}, "attested_on"),
        ({"ssr_approved_on": SOON}, "ssr_approved_on"),
        ({"duties": (Duty(what="ssr", due_on=SOON, done_on=SOON),)}, "duties.0.done_on"),
        ({"contractors": (Contractor(id="c", certified_on=SOON),)}, "contractors.0.certified_on"),
        ({"findings": (OPEN.model_copy(update={"closed_on": SOON}),)}, "findings.0.closed_on"),
        ({"access": (Access(officer="o", training=Current(on=SOON)),)}, "access.0.training.on"),
    ],
)
def test_nothing_is_recorded_as_done_before_its_day(changed, place):
    with pytest.raises(Refused, match=place):
        check_record(standing(**changed), TODAY)


CLOSED = OPEN.model_copy(update={"status": "closed", "closed_on": PAST})


@pytest.mark.parametrize(
    "unclosed",
    [OPEN, finding(), OPEN.model_copy(update={"severity": "critical"}),
     CLOSED.model_copy(update={"closed_on": None})],
)  # fmt: skip
def test_no_finding_goes_by_being_left_out(unclosed):
    other = OPEN.model_copy(update={"id": "f-2"})
    for record in (standing(), standing(findings=(other,)), standing(recipient="CBP")):
        with pytest.raises(Refused, match="lacks finding f-1"):
            check_kept(record, standing(findings=(unclosed,)))
    for kept in (OPEN, CLOSED):
        check_kept(standing(findings=(kept,)), standing(findings=(unclosed,)))
    check_kept(standing(), standing(findings=(CLOSED,)))
    check_kept(standing(), None)


def test_no_two_findings_of_a_record_have_one_id():
    with pytest.raises(Refused, match=r"findings\.1"):
        check_record(standing(findings=(OPEN, CLOSED)), TODAY)


def test_an_accepted_finding_holds_nothing_until_it_ends():
    record = accepted(standing(findings=(OPEN,)), "f-1", ACCEPTED, TODAY)
    assert codes(record) == []
    assert "acceptance-expired" in codes(record, SOON + timedelta(days=1))


@pytest.mark.parametrize(
    ("given", "acceptance", "told"),
    [
        (OPEN.model_copy(update={"severity": "critical"}), ACCEPTED, "critical"),
        (OPEN.model_copy(update={"severity": "?"}), ACCEPTED, "severity"),
        (OPEN.model_copy(update={"corrective_plan_due_on": None}), ACCEPTED, "corrective plan"),
        (OPEN.model_copy(update={"corrective_plan_due_on": PAST}), ACCEPTED, "overdue"),
        (SafeguardFinding(id="f-1", severity="limited", status="closed", closed_on=PAST), ACCEPTED,
         "closed"),
        (OPEN.model_copy(update={"id": "f-2"}), ACCEPTED, "no one finding"),
        (OPEN, ACCEPTED.model_copy(update={"reason": " "}), "no reason"),
        (OPEN, ACCEPTED.model_copy(update={"expires_on": None}), "no end date"),
        (OPEN, ACCEPTED.model_copy(update={"expires_on": PAST}), "expired"),
    ],
)  # fmt: skip
def test_what_cannot_be_accepted_is_not(given, acceptance, told):
    with pytest.raises(Refused, match=told):
        accepted(standing(findings=(given,)), "f-1", acceptance, TODAY)


def test_an_acceptance_goes_on_while_the_finding_is_the_same():
    before = accepted(standing(findings=(OPEN,)), "f-1", ACCEPTED, TODAY)
    assert carried_over(standing(findings=(OPEN,)), before).findings == before.findings
    for other in (
        OPEN.model_copy(update={"severity": "significant"}),
        OPEN.model_copy(update={"corrective_plan_due_on": SOON + timedelta(days=1)}),
        OPEN.model_copy(update={"id": "f-2"}),
    ):
        assert carried_over(standing(findings=(other,)), before).findings == (other,)
    elsewhere = standing(recipient="CBP", findings=(OPEN,))
    assert carried_over(elsewhere, before) == elsewhere
    assert carried_over(elsewhere, None) == elsewhere


# An officer's own access.

GOOD = Current(on=PAST, expires_on=TODAY)
WHOLE = Access(officer="o-1", training=GOOD, certification=GOOD, background=GOOD)


def access(*records, officer="o-1", on=TODAY):
    return [
        reason.partition(":")[0]
        for reason in may_have_access(standing(access=records), officer, on).reasons
    ]


@pytest.mark.parametrize("what", ["training", "certification", "background"])
@pytest.mark.parametrize(
    "current",
    [
        Current(),
        Current(on=PAST),
        Current(expires_on=SOON),
        Current(on=SOON, expires_on=SOON),
        Current(on=PAST, expires_on=PAST),
    ],
)
def test_access_needs_all_three_current_on_the_day(what, current):
    assert access(WHOLE) == []
    assert access(WHOLE.model_copy(update={what: current})) == [f"{what}-not-current"]


def test_an_officer_of_whom_there_is_no_one_record_has_no_access():
    assert access() == ["access-not-on-record"]
    assert access(WHOLE, officer="o-2") == ["access-not-on-record"]
    assert access(WHOLE, WHOLE) == ["access-not-on-record"]
    assert not may_have_access(None, "o-1", TODAY).met


@pytest.mark.parametrize(
    ("expires", "on", "current"),
    [
        (date(2028, 2, 29), date(2028, 2, 29), True),
        (date(2028, 2, 28), date(2028, 2, 29), False),
        (date(2027, 2, 28), date(2027, 3, 1), False),
    ],
)
def test_a_leap_day_is_a_day(expires, on, current):
    assert Current(on=PAST, expires_on=expires).is_current(on) is current


def test_a_text_that_no_database_takes_is_refused():
    text = standing(duties=({"what": "a\0b"},)).model_dump_json()
    with pytest.raises(Misuse, match="control character"):
        read_safeguards(text)
