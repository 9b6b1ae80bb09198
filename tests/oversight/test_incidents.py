"""The clock of an incident, what its report must hold and may not, and who is told when."""

import re
import tomllib
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portcullis.errors import Misuse
from portcullis.oversight import incidents
from portcullis.oversight.incident_report import NOT_YET_KNOWN, TEMPLATE, read_report
from portcullis.oversight.person_notice import notice_draft
from portcullis.oversight.personal_data import looks_like_a_tin
from portcullis.standing import read_instant

NEW_YORK = "America/New_York"
SUSPECTED = {
    "kind": "incident-suspected",
    "incident": "I-1",
    "suspected_at": "2025-11-01T18:00:00+00:00",
    "zone": NEW_YORK,
    "hours": 24,
    "at": "2025-11-01T18:05:00+00:00",
}


def due(suspected: str, zone: str = NEW_YORK) -> str:
    at = incidents.instant(suspected, zone)
    return incidents.Incident("I-1", at, zone, 24).due_at.isoformat()


@pytest.mark.parametrize(
    ("suspected", "expected"),
    [
        ("2025-07-01T09:30", "2025-07-02T09:30:00-04:00"),
        # The clocks are put back at 2 on 2 November 2025, forward on 8 March 2026.
        ("2025-11-01T14:00", "2025-11-02T13:00:00-05:00"),
        ("2026-03-07T14:00", "2026-03-08T15:00:00-04:00"),
        ("2026-03-07T02:30", "2026-03-08T03:30:00-04:00"),
        # Half past one comes twice on that day: the earlier counts, unless its offset is written.
        ("2025-11-02T01:30", "2025-11-03T00:30:00-05:00"),
        ("2025-11-02T01:30-05:00", "2025-11-03T01:30:00-05:00"),
        # Leap days, and the day after one.
        ("2028-02-28T23:00", "2028-02-29T23:00:00-05:00"),
        ("2028-02-29T12:00", "2028-03-01T12:00:00-05:00"),
        ("2027-02-28T12:00", "2027-03-01T12:00:00-05:00"),
        ("2025-12-31T12:00", "2026-01-01T12:00:00-05:00"),
    ],
)
def test_the_term_is_24_elapsed_hours(suspected: str, expected: str) -> None:
    assert due(suspected) == expected


@settings(max_examples=200, deadline=None)
@given(
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - the clock's face
    st.sampled_from([NEW_YORK, "America/Phoenix", "Pacific/Honolulu", "Europe/London", "UTC"]),
)
def test_no_change_of_the_clocks_gives_or_takes_an_hour(face: datetime, zone: str) -> None:
    try:
        at = incidents.instant(face.isoformat(), zone)
    except Misuse:
        assume(condition=False)
    incident = incidents.Incident("I-1", at, zone, 24)
    assert incident.due_at - at == timedelta(hours=24)
    assert at.astimezone(incidents.zone(zone)).replace(tzinfo=None) == face


@pytest.mark.parametrize(
    ("text", "zone", "told"),
    [
        ("2026-03-08T02:30", NEW_YORK, "skip"),
        ("yesterday", NEW_YORK, "no date"),
        ("2025-11-02T01:30", "Mars/Olympus", "time zone"),
        ("2025-11-02T01:30", "../etc/passwd", "time zone"),
    ],
)
def test_a_time_that_is_none_is_refused(text: str, zone: str, told: str) -> None:
    with pytest.raises(Misuse, match=told):
        incidents.instant(text, zone)


def test_of_an_hour_shown_twice_a_suspicion_is_the_earlier_and_what_was_sent_the_later() -> None:
    twice = "2025-11-02T01:30"
    first, second = (incidents.instant(twice, NEW_YORK, later=later) for later in (False, True))
    assert (first.hour, second.hour) == (5, 6)
    assert incidents.instant("2025-11-02T03:30", NEW_YORK, later=True).hour == 8
    with pytest.raises(Misuse, match="skip this time"):
        incidents.instant("2026-03-08T02:30", NEW_YORK, later=True)


def told(to: str, at: str) -> dict:
    return {
        "kind": "incident-notice",
        "incident": "I-1",
        "to": to,
        "sent_at": at,
        "reference": "M-1",
        "by": "safeguards",
        "at": at,
    }


def reported(at: str, unknown: tuple[str, ...] = (), discovered: str = "", number: int = 1):
    return {
        "kind": "incident-reported",
        "incident": "I-1",
        "number": number,
        "unknown": list(unknown),
        "discovered_at": discovered,
        "at": at,
    }


def duties(entries: list[dict], now: str) -> dict[str, tuple[bool, bool]]:
    found = incidents.fold([SUSPECTED, *entries]).duties(datetime.fromisoformat(now))
    return {each.what: (each.overdue, each.done_at is not None) for each in found}


AT_ONCE = ("data incident report", "notice to office-of-safeguards", "notice to tigta")
DUE = "2025-11-02T18:00:00+00:00"
AFTER = "2025-11-02T18:00:01+00:00"


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("9999-12-31T23:30", NEW_YORK),
        ("0001-01-01T00:00+01:00", "UTC"),
        ("0001-01-01T00:00", "Asia/Tokyo"),
    ],
)
def test_the_ends_of_the_calendar_are_refused(text: str, zone: str) -> None:
    with pytest.raises(Misuse, match="calendar"):
        incidents.instant(text, zone)
    with pytest.raises(Misuse, match="calendar"):
        read_instant(text, zone)


def test_all_three_are_due_and_overdue_only_past_the_instant() -> None:
    assert duties([], DUE) == dict.fromkeys(AT_ONCE, (False, False))
    assert duties([], AFTER) == dict.fromkeys(AT_ONCE, (True, False))


def test_what_was_done_in_time_is_due_no_more_and_what_was_late_stays_told() -> None:
    done = [reported(DUE), told("office-of-safeguards", DUE), told("tigta", AFTER)]
    assert duties(done, "2025-12-01T00:00:00+00:00") == {"notice to tigta": (True, True)}


def test_the_earliest_notice_counts_whatever_order_they_are_recorded_in() -> None:
    both = [told("tigta", AFTER), told("tigta", DUE)]
    assert "notice to tigta" not in duties(both, AFTER)


def test_an_earlier_discovery_brings_the_term_forward_and_a_later_one_not_back() -> None:
    early, late = "2025-11-01T10:00:00+00:00", "2025-11-01T20:00:00+00:00"
    (incident,) = incidents.fold([SUSPECTED, reported(DUE, (), early)]).incidents.values()
    assert incident.due_at == datetime(2025, 11, 2, 10, tzinfo=UTC)
    (incident,) = incidents.fold([SUSPECTED, reported(DUE, (), late)]).incidents.values()
    assert incident.due_at == datetime(2025, 11, 2, 18, tzinfo=UTC)
    # Reported in time by the suspicion, late by the discovery it tells of.
    assert duties([reported(DUE, (), early)], DUE)["data incident report"] == (True, True)


def test_what_is_not_known_yet_is_told_until_a_further_report_has_it() -> None:
    first = reported(DUE, ("records_to",))
    assert duties([first], DUE)["supplement to the report: records_to"] == (False, False)
    assert not any("supplement" in what for what in duties([first, reported(DUE, number=2)], DUE))


def test_a_notice_to_a_person_has_no_day_and_is_due_until_it_is_given() -> None:
    charged = {
        "kind": "notice-7431e-triggered",
        "notice": "N-1",
        "trigger": "indictment",
        "triggered_on": "2026-02-28",
        "act": "disclosure",
        "act_on": "2025-08-07",
        "of": {"package": "p"},
        "incident": "I-1",
    }
    given_ = {"kind": "notice-7431e-given", "notice": "N-1", "given_on": "2026-03-01"}
    now = datetime(2026, 3, 1, tzinfo=UTC)
    (duty,) = incidents.fold([charged]).duties(now)
    assert (duty.of, duty.due, duty.overdue) == ("N-1", None, True)
    assert incidents.fold([charged]).notices["N-1"].act_on == date(2025, 8, 7)
    assert incidents.fold([charged, given_]).duties(now) == []


@pytest.mark.parametrize("trigger", incidents.TRIGGERS)
def test_the_draft_of_a_notice_tells_the_date_and_the_rights_and_names_nobody(trigger: str) -> None:
    charged, act_on = date(2026, 3, 2), date(2025, 8, 7)
    of = {"package": "p0" * 32}
    notice = incidents.PersonNotice("N-1", trigger, charged, "disclosure", act_on, of, "I-1")
    text = notice_draft("Internal Revenue Service", notice)
    for words in ("2025-08-07", "§ 7431(a)", "$1,000", "2 years", "2026-03-02"):
        assert words in text
    assert ("administrative determination" in text) == (trigger == incidents.ADMINISTRATIVE)
    assert "p0p0" not in text


GOOD = {
    "agency": "Immigration and Customs Enforcement",
    "contact_name": "Specimen Officer",
    "contact_telephone": "+1 202 555 0100",
    "contact_email": "specimen@example.gov",
    "occurred_at": "2025-08-07T09:00",
    "discovered_at": "2025-11-01T14:00",
    "how_discovered": "A sample was compared with the requests.",
    "description": "Addresses were sent though nobody had compared the address in the request.",
    "data_elements": "Last known address.",
    "records_from": 42_695,
    "records_to": 47_289,
    "it_involved": "One laptop of a lead architect; 2 USB drives.",
}
PLACE = {"line1": "1 Specimen Plaza", "city": "Anytown", "state": "VA", "zip": "22201"}


def written(place: dict | None = None, **changes: object) -> str:
    fields = {**GOOD, **changes}
    lines = [
        f"{name} = {value}" if isinstance(value, int) else f'{name} = """{value}"""'
        for name, value in fields.items()
        if value is not None
    ]
    lines += ["[address]", *(f'{k} = "{v}"' for k, v in {**PLACE, **(place or {})}.items())]
    return "\n".join(lines)


def test_a_whole_report_is_read_and_has_every_field_of_the_template() -> None:
    report = read_report(written(), NEW_YORK)
    assert report.unknown == ()
    assert set(tomllib.loads(TEMPLATE)) == {*GOOD, "address"}


def test_a_report_does_not_wait_for_what_is_not_known() -> None:
    text = written(occurred_at=NOT_YET_KNOWN, records_from=NOT_YET_KNOWN, records_to=NOT_YET_KNOWN)
    assert read_report(text, NEW_YORK).unknown == ("occurred_at", "records_from", "records_to")


TIN = "900-12-3456"
HOUSE = "77 Elsewhere Ave"


TEXTS = [name for name, v in GOOD.items() if isinstance(v, str) and not name.endswith("_at")]


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize("value", [TIN, HOUSE])
def test_personal_data_is_refused_in_every_text_and_never_repeated(field: str, value: str) -> None:
    with pytest.raises(Misuse, match=field) as refused:
        read_report(written(**{field: f"It was {value}."}), NEW_YORK)
    assert value not in str(refused.value)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"agency": None}, "agency"),
        ({"agency": " "}, "agency"),
        ({"taxpayer": "anybody"}, "taxpayer"),
        ({"records_from": 5, "records_to": 4}, "records_from"),
        ({"records_from": "many"}, "records_from"),
        ({"occurred_at": "2026-01-01T00:00"}, "occurred_at"),
        ({"discovered_at": "soon"}, "no date"),
    ],
)
def test_a_report_that_is_not_whole_is_refused_by_its_field(changes: dict, field: str) -> None:
    with pytest.raises(Misuse, match=field):
        read_report(written(**changes), NEW_YORK)


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 2000, "records_to = " + "9" * 5000, "records_to = 0x" + "f" * 5000],
    ids=["nested", "long", "long and hexadecimal"],
)
def test_a_report_without_end_is_refused(text: str) -> None:
    with pytest.raises(Misuse):
        read_report(text, "UTC")


def test_more_records_than_anybody_has_are_refused() -> None:
    with pytest.raises(Misuse, match="no range"):
        read_report(written(records_from=1, records_to=10**13), "UTC")


def test_a_tin_in_the_place_is_refused_and_what_is_no_toml_too() -> None:
    with pytest.raises(Misuse, match=r"address\.line1"):
        read_report(written({"line1": "c/o 900123456"}), NEW_YORK)
    with pytest.raises(Misuse, match="no TOML"):
        read_report("agency", NEW_YORK)


FIGURES = st.integers(0, 9)
BETWEEN = st.sampled_from(["", "-", " ", ".", "/", "\u2011", "\u00ad", " - "])


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=9, max_size=9), st.lists(BETWEEN, min_size=8, max_size=8)
)
def test_nine_figures_are_a_tin_whatever_stands_between(figures: list[int], between: list[str]):
    text = "".join(f"{figure}{sign}" for figure, sign in zip(figures, [*between, ""], strict=True))
    assert looks_like_a_tin(f"It says {text}, no more.") or has_a_day(text)


def has_a_day(text: str) -> bool:
    """Whether part of it reads as a day, which nine figures in that form may."""
    written = r"[12]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])|\d{1,2}/\d{1,2}/(19|20)\d{2}"
    return re.search(written, text.replace("\u2011", "-").replace("\u00ad", "-")) is not None


@pytest.mark.parametrize(
    "text",
    [
        "202-555-0100",
        "2025-08-07 17:30",
        "On 08/07/2025, 2 officers",
        "47,289 of 1.28 million",
        "1:25-cv-00457",
        "A-12345678",
        "TIGTA-2025-00417",
        "ICE-2025-00001",
        "2025-00417",
        "Filed as TIGTA/2025/00417, with 2 pages",
    ],
)
def test_other_numbers_are_none(text: str) -> None:
    assert not looks_like_a_tin(text)


@pytest.mark.parametrize(
    "text",
    [
        "900-12-3456, 3 records",
        "SSN 900-12-3456 2 copies",
        "900-12-3456. 12 officers",
        "900-12-3456 08/07/2025",
        "900-12-3456, 000-65-4321, 5 in all",
        "3 records of 900-12-3456",
        "(900) 12-3456",
        "900:12:3456",
        "900|12|3456",
        "900-12-3456/1",
        "90-0123456, 3 records",
        "900123456 2 copies",
        "2025-900-12-3456",
        "TIGTA-2025-00417 of 900-12-3456",
    ],
)
def test_a_tin_is_found_whatever_figures_stand_beside_it(text: str) -> None:
    assert looks_like_a_tin(text)
