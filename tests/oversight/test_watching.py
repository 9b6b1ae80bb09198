"""The rules of the watching: what raises an alarm, what does not, and what no alarm shows."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import polars as pl
import pytest
from benchmarks.watching import SCENARIOS, asked_of, findings, make
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis import scenarios
from portcullis.agreements import builtin_pack, load_pack
from portcullis.errors import Misuse
from portcullis.law import Thresholds
from portcullis.oversight import watching
from portcullis.oversight.watching import ASKED, LOOKS, OfficeHours, Reading

LIMITS = Thresholds.from_values(load_pack(builtin_pack()).thresholds)
DAY = date(2025, 6, 27)
FIRST = datetime(2025, 6, 27, 14, tzinfo=UTC)


def asked(kind: str, counts: dict[str, int], number: int = 1, on: date = DAY) -> pl.DataFrame:
    """Return one batch's rows of one kind; ``number`` is the batch's own."""
    rows = {
        "kind": [kind] * len(counts),
        "digest": [name.encode() for name in counts],
        "count": list(counts.values()),
        "batch": [f"batch-{number}"] * len(counts),
        "on": [on] * len(counts),
        "position": [10 * number] * len(counts),
        "at": [datetime.combine(on, time(14), UTC)] * len(counts),
    }
    return pl.DataFrame(rows, schema=ASKED)


def volume(rows: int, number: int = 1, on: date = DAY) -> pl.DataFrame:
    return asked("volume", {"requests": rows}, number, on)


def officers(loads: list[int], number: int = 1, on: date = DAY) -> pl.DataFrame:
    return asked("officer", {f"officer-{n}": load for n, load in enumerate(loads)}, number, on)


def loads_found(*parts: pl.DataFrame) -> list[tuple[str, int]]:
    found = watching.officer_loads(pl.concat(parts), LIMITS)
    return [(one.subject, one.counts["requests"]) for one in found]


# Officers' loads ----------------------------------------------------------------------------------


def test_one_officer_in_everything_is_found_alone_or_among_others() -> None:
    assert loads_found(officers([49_000])) == [("officer-0", 49_000)]
    assert loads_found(officers([49_000, *[300] * 20])) == [("officer-0", 49_000)]


def test_an_officer_far_above_the_others_is_found_below_the_agreements_limit() -> None:
    assert loads_found(officers([200, *[20] * 12])) == [("officer-0", 200)]


def test_many_enormous_loads_do_not_hide_each_other() -> None:
    found = loads_found(officers([*[450] * 4, *[30] * 9]))
    assert [officer for officer, _ in found] == [f"officer-{n}" for n in range(4)]


@given(st.integers(1, 240).flatmap(lambda m: st.lists(st.integers(m, 2 * m), max_size=60)))
@settings(max_examples=60, deadline=None)
def test_officers_within_a_factor_of_two_are_never_found(loads: list[int]) -> None:
    assert loads_found(officers(loads)) == []


@given(
    st.lists(st.integers(1, 100), min_size=1, max_size=30),
    st.integers(LIMITS.officer_load + 1, 10**6),
)
@settings(max_examples=60, deadline=None)
def test_a_load_above_the_agreements_limit_is_always_found(loads: list[int], load: int) -> None:
    assert (f"officer-{len(loads)}", load) in loads_found(officers([*loads, load]))


def test_loads_add_up_over_the_window_and_are_forgotten_after_it() -> None:
    days = LIMITS.window_days
    spread = [officers([150], n, DAY + timedelta(days=n * days // 3)) for n in range(4)]
    assert loads_found(*spread) == [("officer-0", 600)]
    apart = [officers([300], n, DAY + timedelta(days=n * (days + 1))) for n in range(4)]
    assert loads_found(*apart) == []
    (found,) = watching.officer_loads(pl.concat(spread), LIMITS)
    assert found.evidence == (0, 10, 20, 30)


def test_an_alarm_is_about_a_batch_that_names_the_officer() -> None:
    earlier, later = officers([600], 1), asked("officer", {"another": 10}, 2)
    (found,) = watching.officer_loads(pl.concat([earlier, later]), LIMITS)
    assert (found.subject, found.position) == ("officer-0", 10)


# Reasons and households ---------------------------------------------------------------------------


def reasons(*parts: pl.DataFrame) -> list[watching.Finding]:
    return list(watching.identical_reasons(pl.concat(parts), LIMITS))


def test_one_reason_for_a_batch_is_found_and_none_where_each_has_its_own() -> None:
    (found,) = reasons(asked("reason", {"same": 50_000}), volume(50_000))
    assert found.counts == {
        "texts": 1,
        "most": 50_000,
        "requests_sharing": 50_000,
        "requests": 50_000,
    }
    assert reasons(asked("reason", {f"own {n}": 1 for n in range(500)}), volume(500)) == []


def test_a_reason_spread_thin_over_batches_adds_up() -> None:
    week = [
        part
        for n in range(4)
        for part in (
            asked("reason", {"same": 4, f"own {n}": 1}, n, DAY + timedelta(weeks=n)),
            volume(5, n, DAY + timedelta(weeks=n)),
        )
    ]
    first, second = reasons(*week)
    assert (first.subject, first.counts["most"], first.evidence) == ("batch-2", 12, (0, 10, 20))
    assert (second.subject, second.counts["most"]) == ("batch-3", 16)


def test_templates_each_under_the_limit_are_found_by_their_share() -> None:
    texts = {f"template {n}": 5 for n in range(30)}
    (found,) = reasons(asked("reason", texts), volume(400))
    assert found.counts["texts"] == 30
    assert reasons(asked("reason", texts), volume(4_000)) == []


def test_many_persons_at_one_address_are_found() -> None:
    def found(*parts: pl.DataFrame) -> list[watching.Finding]:
        return list(watching.households(pl.concat(parts), LIMITS))

    assert found(asked("address", {"a": 5, "b": 2, "c": 1})) == []
    (one,) = found(asked("address", {"a": 40, "b": 9, "c": 1}))
    assert one.counts == {"addresses": 2, "most": 40}
    weeks = [asked("address", {"a": 3}, n, DAY + timedelta(weeks=n)) for n in range(3)]
    (one,) = found(*weeks)
    assert (one.subject, one.counts["most"], one.evidence) == ("batch-2", 9, (0, 10, 20))


def test_no_finding_shows_what_was_digested() -> None:
    parts = [asked("reason", {"secret text": 99}), asked("address", {"1 Secret St": 99})]
    frame = pl.concat([*parts, volume(99)])
    shown = [
        *watching.identical_reasons(frame, LIMITS),
        *watching.households(frame, LIMITS),
    ]
    assert len(shown) == 2
    assert not any("secret" in repr(one).lower() for one in shown)


# Hours --------------------------------------------------------------------------------------------


def outside(hours: OfficeHours, *moments: datetime) -> list[bool]:
    looks = pl.DataFrame(
        {"position": range(len(moments)), "at": moments, "person": ["p"] * len(moments)},
        schema=LOOKS,
    )
    found = {one.position for one in watching.off_hours(looks, hours)}
    return [number in found for number in range(len(moments))]


@pytest.mark.parametrize(
    ("utc", "expected"),
    [
        # The Friday before the clocks go forward, and the Monday after: six o'clock in Washington.
        ("2025-03-07T10:59:59", True),
        ("2025-03-07T11:00:00", False),
        ("2025-03-10T09:59:59", True),
        ("2025-03-10T10:00:00", False),
        # They go back in November.
        ("2025-10-31T10:00:00", False),
        ("2025-11-03T10:00:00", True),
        ("2025-11-03T11:00:00", False),
        # Eight in the evening is outside, in winter and on a leap day.
        ("2024-02-29T00:59:59", False),
        ("2024-03-01T01:00:00", True),
        # Saturday at noon; and Monday in UTC that is Sunday there.
        ("2025-06-28T16:00:00", True),
        ("2025-06-30T02:00:00", True),
    ],
)
def test_hours_are_those_of_the_clock_on_the_wall(utc: str, expected: bool) -> None:
    assert outside(OfficeHours(), datetime.fromisoformat(utc).replace(tzinfo=UTC)) == [expected]


def test_holidays_and_hours_are_the_homes_own() -> None:
    text = (
        'zone = "Europe/London"\ndays = ["saturday"]\nbegins = 09:00:00\nends = 10:00:00\n'
        "closed_on = [2025-07-05]\n"
    )
    hours = watching.read_hours(text)
    june, july = datetime(2025, 6, 28, 8, tzinfo=UTC), datetime(2025, 7, 5, 8, tzinfo=UTC)
    assert outside(hours, june, june + timedelta(hours=1), july) == [False, True, True]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('zone = "Mars/Olympus"', "zone"),
        ('days = ["someday"]', "days"),
        ("begins = 21:00:00", "end before"),
        ("opening = 3", "opening"),
        ("zone = ", "no TOML"),
    ],
)
def test_wrong_hours_are_refused_with_the_key(text: str, told: str) -> None:
    with pytest.raises(Misuse, match=told):
        watching.read_hours(text)


# Too fast to be read ------------------------------------------------------------------------------

FAST = watching.APPROVED_TOO_FAST
PACE = 0.5


def reading(given: int, done: int, rows: int, number: int = 0, person: str = "approver") -> Reading:
    start = FIRST + timedelta(seconds=given)
    end = FIRST + timedelta(seconds=done)
    return Reading(FAST, person, start, 2 * number, end, 2 * number + 1, rows)


def test_a_list_of_thousands_approved_in_a_minute_is_found_and_after_a_day_is_not() -> None:
    (found,) = watching.too_fast([reading(0, 60, 47_289)])
    assert found.counts == {"rows": 47_289, "seconds": 60, "seconds_needed": 23_644}
    assert (found.subject, found.people, found.evidence) == ("approver", ("approver",), (0, 1))
    assert list(watching.too_fast([reading(0, 86_400, 47_289)])) == []


def test_a_sample_takes_longer_than_a_list() -> None:
    one = reading(0, 100, 150)
    assert list(watching.too_fast([one])) == []
    sample = Reading(watching.EXAMINED_TOO_FAST, "sampler", one.given, 0, one.done, 1, one.rows)
    assert len(list(watching.too_fast([sample]))) == 1


def test_lists_signed_together_have_to_share_the_time() -> None:
    """Each alone could be read in its hour; ten in the same hour could not."""
    together = [reading(0, 3_600 + number, 4_000, number) for number in range(10)]
    assert len(list(watching.too_fast(together))) == 9
    by_ten = [reading(0, 3_600 + n, 4_000, n, f"approver-{n}") for n in range(10)]
    assert list(watching.too_fast(by_ten)) == []


def test_who_signs_one_too_fast_is_not_blamed_for_the_next() -> None:
    found = list(watching.too_fast([reading(0, 1, 50_000, 0), reading(10, 200, 200, 1)]))
    assert [one.position for one in found] == [1]


@given(
    st.lists(
        st.tuples(st.integers(0, 5_000), st.integers(1, 2_000), st.integers(0, 3_000)),
        max_size=12,
    )
)
@settings(max_examples=100, deadline=None)
def test_whoever_reads_every_row_is_never_found(work: list[tuple[int, int, int]]) -> None:
    """One after another, as they come, at the very pace, signing some time after each."""
    now, done = 0.0, []
    for number, (given_at, rows, signed_after) in enumerate(sorted(work)):
        now = max(now, given_at) + rows * PACE
        done.append(reading(given_at, int(now + 1) + signed_after, rows, number))
    assert list(watching.too_fast(done)) == []


# Alarms -------------------------------------------------------------------------------------------


def finding(position: int, subject: str = "p") -> watching.Finding:
    at = FIRST + timedelta(hours=position)
    return watching.Finding(watching.OFF_HOURS, subject, position, at, (position,), {}, (subject,))


def test_what_was_acknowledged_is_not_told_again_and_what_came_after_is() -> None:
    found = [finding(3), finding(9), finding(5), finding(4, "q")]
    (one, other) = watching.group(found, {})
    assert (one.subject, one.newest, one.evidence, one.counts) == ("p", 9, (3, 5, 9), {"times": 3})
    assert one.since == FIRST + timedelta(hours=3)
    assert other.subject == "q"
    (one, _) = watching.group(found, {(watching.OFF_HOURS, "p"): 5})
    assert (one.evidence, one.counts["times"]) == ((9,), 1)
    assert watching.group([finding(3)], {(watching.OFF_HOURS, "p"): 3}) == []


# Scenarios ----------------------------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("seed", [101, 102])
def test_the_scenarios_raise_what_they_deserve_and_the_clean_one_nothing(
    tmp_path: Path, seed: int
) -> None:
    records = scenarios.make_records(tmp_path / "records", 18_000, seed).folder
    found = {}
    for name in SCENARIOS:
        batch = make(name, tmp_path / name, records, 6_000, seed)
        found[name] = {(one.code, one.subject) for one in findings(asked_of(batch))}
    filed, clean = found[scenarios.AS_FILED], found["clean"]
    named = {subject for code, subject in filed if code == watching.OFFICER_LOAD}
    assert named == {scenarios.ASSISTANT_DIRECTOR}
    assert watching.IDENTICAL_REASONS in {code for code, _ in filed}
    overloaded = scenarios.make_people(tmp_path / "per-person", 16, seed).overloaded
    named = {
        subject for code, subject in found[scenarios.PER_PERSON] if code == watching.OFFICER_LOAD
    }
    assert named == {overloaded}
    assert clean == set()
