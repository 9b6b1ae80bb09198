import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portcullis.errors import Misuse
from portcullis.standing import (
    Acceptance,
    Contractor,
    Duty,
    SafeguardFinding,
    SafeguardStanding,
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
    }
    return SafeguardStanding(**(facts | changed))


def finding(**changed):
    facts = {
        "id": "f-1",
        "severity": "moderate",
        "status": "accepted",
        "corrective_plan_on": SOON,
        "acceptance": ACCEPTED,
    }
    return SafeguardFinding(**(facts | changed))


def codes(of, on=TODAY):
    answer = may_receive(of, on)
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
            SafeguardStanding(recipient="ICE"),
            ["ssr-not-approved", "ssr-undated", "not-attested"],
        ),
        (standing(ssr_approved_on=SOON), ["ssr-not-approved"]),
        (standing(ssr_expires_on=None), ["ssr-undated"]),
        (standing(ssr_expires_on=PAST), ["ssr-expired"]),
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
