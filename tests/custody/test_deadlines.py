"""Every duty's deadline, to the day: leap days and changes of clocks too."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portcullis.agreements import builtin_pack, load_pack
from portcullis.custody import Disclosure, Terms, day_of, duties

TERMS = Terms(status_days=90, disposal_days=30, continued_days=365)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
terms = st.builds(Terms, *[st.integers(1, 400)] * 3)


def owed(since, on, terms=TERMS, **said):
    found = duties(Disclosure("p", "officer-1", since, **said), terms, on)
    return {duty.what: (duty.due_on, duty.overdue(on)) for duty in found}


@pytest.mark.parametrize(
    ("since", "due_on"),
    [
        (date(2025, 7, 7), date(2025, 10, 5)),
        (date(2027, 12, 1), date(2028, 2, 29)),  # the leap day is a day
        (date(2027, 12, 2), date(2028, 3, 1)),
        (date(2026, 12, 2), date(2027, 3, 2)),  # and there is none in 2027
        (date(2025, 3, 1), date(2025, 5, 30)),  # the clocks go forward on 9 March
        (date(2025, 10, 1), date(2025, 12, 30)),  # and back on 2 November
        (date(2099, 12, 1), date(2100, 3, 1)),  # 2100 is no leap year
    ],
)
def test_a_status_is_in_time_on_its_day_and_late_on_the_next(since, due_on):
    assert owed(since, due_on) == {"status": (due_on, False)}
    assert owed(since, due_on + timedelta(days=1)) == {
        "status": (due_on, True),
        "disposal-review": (due_on + timedelta(days=30), False),
    }


@pytest.mark.parametrize("status", ["closed", "none"])
@pytest.mark.parametrize(
    ("stated_on", "due_on"),
    [
        (date(2028, 1, 30), date(2028, 2, 29)),
        (date(2028, 1, 31), date(2028, 3, 1)),
        (date(2027, 1, 30), date(2027, 3, 1)),
        (date(2025, 2, 20), date(2025, 3, 22)),
        (date(2025, 10, 20), date(2025, 11, 19)),
    ],
)
def test_a_case_that_ended_is_disposed_of_by_its_day(status, stated_on, due_on):
    said = {"status": status, "stated_on": stated_on}
    assert owed(date(2025, 1, 1), due_on, **said) == {"disposal": (due_on, False)}
    late = due_on + timedelta(days=1)
    assert owed(date(2025, 1, 1), late, **said) == {"disposal": (due_on, True)}


def test_a_certificate_of_continued_safeguarding_is_renewed_by_its_day():
    said = {"certificate": "continued", "certified_on": date(2027, 3, 1)}
    due_on = date(2028, 2, 29)
    assert owed(date(2025, 1, 1), due_on, **said) == {"renewal": (due_on, False)}
    assert owed(date(2025, 1, 1), date(2028, 3, 1), **said) == {"renewal": (due_on, True)}


@given(since=days, after=st.integers(0, 2000), terms=terms)
def test_silence_is_never_free(since, after, terms):
    """From the first late day on a review of disposal is due, and in time it is late itself."""
    found = owed(since, since + timedelta(days=after), terms)
    due_on, late = found["status"]
    assert (due_on - since).days == terms.status_days
    assert late == (after > terms.status_days) == ("disposal-review" in found)
    if late:
        review, overdue = found["disposal-review"]
        assert (review - due_on).days == terms.disposal_days
        assert overdue == (after > terms.status_days + terms.disposal_days)


@given(since=days, after=st.integers(0, 400), on=st.integers(0, 2000), terms=terms)
def test_a_case_that_goes_on_moves_its_status_and_nothing_else(since, after, on, terms):
    stated_on = since + timedelta(days=after)
    found = owed(
        since, stated_on + timedelta(days=on), terms, status="proceeding", stated_on=stated_on
    )
    assert found == owed(stated_on, stated_on + timedelta(days=on), terms)


@given(since=days, on=days, kind=st.sampled_from(["returned", "destroyed"]), terms=terms)
def test_of_what_is_gone_nothing_is_owed(since, on, kind, terms):
    assert owed(since, on, terms, certificate=kind, certified_on=since) == {}


def test_what_has_ended_does_not_go_on_and_what_is_gone_stays_so():
    day = date(2025, 7, 7)
    one = Disclosure("p", "officer-1", day)
    closed = one.stated("closed", day)
    assert closed.stated("proceeding", day + timedelta(days=1)) == closed
    gone = closed.certified("destroyed", day)
    assert gone.certified("continued", day + timedelta(days=1)) == gone
    assert gone.stated("proceeding", day) == gone
    continued = one.certified("continued", day)
    assert continued.ended
    assert continued.certified("returned", day).gone


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2025-03-08T23:30:00-05:00", date(2025, 3, 9)),
        ("2025-03-09T23:30:00-04:00", date(2025, 3, 10)),
        ("2025-11-02T01:30:00-04:00", date(2025, 11, 2)),  # the hour that comes twice
        ("2025-11-02T01:30:00-05:00", date(2025, 11, 2)),
        ("2028-02-29T22:00:00-05:00", date(2028, 3, 1)),
    ],
)
def test_a_day_is_a_day_in_utc(moment, day):
    assert day_of(datetime.fromisoformat(moment)) == day


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)))  # noqa: DTZ001 - given its zone
def test_a_local_clock_never_moves_a_deadline(naive):
    """Whatever zone a statement was signed in, its day is that of the same instant in UTC."""
    local = naive.replace(tzinfo=ZoneInfo("America/New_York"))
    assert day_of(local) == local.astimezone(UTC).date()
    assert day_of(local.astimezone(UTC)) == day_of(local)


def test_the_days_are_the_agreements_and_one_where_it_says_none():
    pack = load_pack(builtin_pack())
    assert Terms.of(pack) == TERMS
    silent = pack.safeguards.model_dump(exclude={"status_days", "continued_days"})
    closed = pack.model_copy(update={"safeguards": type(pack.safeguards).model_validate(silent)})
    assert Terms.of(closed) == Terms(status_days=1, disposal_days=30, continued_days=1)
