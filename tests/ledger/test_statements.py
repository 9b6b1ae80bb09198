"""Statements as of a day: counted between the witness's clocks, checked by counting again."""

import json
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portcullis.canonical import json_bytes
from portcullis.ledger import (
    Fault,
    LedgerDamaged,
    Log,
    ProofInvalid,
    Statement,
    Witness,
    make_statement,
)
from tests.ledger.conftest import KEY, ORIGIN, VKEY, WITNESS, WITNESS_KEY, WITNESS_VKEY
from tests.ledger.outsiders import tool
from tests.thorough import examples

KEYS = ([VKEY], [WITNESS_VKEY], 1)
TRUST = tool.trust_of(*KEYS)
APRIL_7 = date(2025, 4, 7)
KIND = "batch-received"


@dataclass
class Clerk:
    """Keeps a ledger whose witness has a clock that the test sets."""

    folder: Path
    now: datetime

    def __post_init__(self) -> None:
        clock = lambda: int(self.now.timestamp())  # noqa: E731
        self.witness = Witness(
            self.folder / "witness", WITNESS, WITNESS_KEY, {ORIGIN: [VKEY]}, clock
        )
        self.log = Log.create(self.folder / "log", ORIGIN, KEY, [self.witness])

    def enter(self, *claims: datetime, kind: str = KIND) -> None:
        bodies = [json_bytes({"at": claim.isoformat(), "kind": kind}) for claim in claims]
        self.log.append(bodies, [self.witness])

    def state(self, by: date, since: date | None = None) -> Statement:
        """Make a statement, which the outsiders' tool must find to be so."""
        said = make_statement(self.log.folder, *KEYS, kind=KIND, by=by, since=since)
        assert told_outside(said, self.log.folder)
        return said


def told_outside(said: Statement, folder: Path) -> bool:
    try:
        tool.verify_statement(said.text, tool.Folder(folder), TRUST)
    except tool.Wrong:
        return False
    return True


def noon(day: int, month: int = 4) -> datetime:
    return datetime(2025, month, day, 12, tzinfo=UTC)


@pytest.fixture
def clerk(tmp_path: Path) -> Clerk:
    return Clerk(tmp_path, noon(1))


def test_received_by_7_april_none(clerk):
    clerk.now = noon(7)
    clerk.enter(noon(7), kind="records-indexed")
    clerk.now = noon(8)
    clerk.enter(noon(8), noon(8))
    statement = clerk.state(APRIL_7)
    assert (statement.count, statement.closed, statement.closing.entries) == (0, True, 3)
    assert statement.backdated == statement.postdated == statement.undated == ()
    Statement.parse(statement.text).check(clerk.log.folder, *KEYS)
    assert clerk.state(date(2025, 4, 8)).positions == (1, 2)


def test_a_day_that_is_not_over_is_said_to_be_open(clerk):
    clerk.now = noon(7)
    clerk.enter(noon(7))
    statement = clerk.state(APRIL_7)
    assert (statement.count, statement.closed) == (1, False)
    statement.check(clerk.log.folder, *KEYS)
    with pytest.raises(ProofInvalid, match="does not say this"):
        replace(statement, closed=True).check(clerk.log.folder, *KEYS)


def test_the_days_end_is_midnight_in_utc(clerk):
    midnight = datetime(2025, 4, 8, tzinfo=UTC)
    clerk.now = midnight - timedelta(seconds=1)
    clerk.enter(midnight - timedelta(seconds=1))
    assert not clerk.state(APRIL_7).closed
    clerk.now = midnight
    clerk.log.refresh([clerk.witness])
    statement = clerk.state(APRIL_7)
    assert (statement.closed, statement.count) == (True, 1)
    assert clerk.state(date(2025, 4, 8)).count == 1


def test_times_are_compared_in_utc_whatever_zone_they_are_written_in(clerk):
    clerk.now = noon(9)
    bodies = [
        {"at": "2025-04-07T23:30:00-05:00", "kind": KIND},  # the eighth, in UTC
        {"at": "2025-04-08T01:00:00+02:00", "kind": KIND},  # the seventh
        {"at": "2025-04-07T23:59:59", "kind": KIND},
        {"at": "a while ago", "kind": KIND},
        {"kind": KIND},
        {"at": 5, "kind": [KIND]},
    ]
    clerk.log.append([*map(json_bytes, bodies), b"not json", b"[1]"], [clerk.witness])
    statement = clerk.state(APRIL_7)
    assert (statement.positions, statement.undated) == ((1, 2), (3, 4))
    assert statement.unreadable == (6, 7)


def test_backdated_and_postdated_entries_are_named(clerk):
    clerk.now = noon(6)
    clerk.enter(noon(6), noon(9))  # the second claims a day that has not come
    clerk.now = noon(8)
    clerk.enter(noon(8))
    clerk.now = noon(20)
    clerk.enter(noon(3), noon(20))  # the first claims a day long closed
    statement = clerk.state(APRIL_7)
    assert (statement.positions, statement.backdated, statement.postdated) == ((0,), (3,), (1,))
    statement.check(clerk.log.folder, *KEYS)


def test_a_span_of_days(clerk):
    for day in (5, 6, 7, 8):
        clerk.now = noon(day)
        clerk.enter(noon(day), noon(day))
    assert clerk.state(APRIL_7, since=APRIL_7).positions == (4, 5)
    assert clerk.state(APRIL_7, since=date(2025, 4, 6)).count == 4
    assert clerk.state(APRIL_7).count == 6


def test_an_entry_that_claims_a_day_before_the_span_is_named(tmp_path):
    """Entered between 2 and 8 April, it belongs to the span; its 20 March takes it out of it."""
    clerk = Clerk(tmp_path, noon(30, month=3))
    clerk.enter(noon(20, month=3))
    for day, claim in ((2, noon(2)), (8, noon(20, month=3)), (20, noon(21, month=3))):
        clerk.now = noon(day)
        clerk.enter(claim)
    statement = clerk.state(APRIL_7, since=date(2025, 4, 1))
    assert (statement.positions, statement.backdated, statement.postdated) == ((1,), (2, 3), ())
    assert (statement.opening.entries, statement.closing.entries) == (1, 3)
    statement.check(clerk.log.folder, *KEYS)
    unsaid = replace(statement, backdated=(3,))
    with pytest.raises(ProofInvalid):
        unsaid.check(clerk.log.folder, *KEYS)
    assert not told_outside(unsaid, clerk.log.folder)


def test_an_entry_seen_before_the_span_cannot_be_of_it(tmp_path):
    clerk = Clerk(tmp_path, noon(30, month=3))
    clerk.enter(noon(3))
    clerk.now = noon(8)
    clerk.enter(noon(4))
    statement = clerk.state(APRIL_7, since=date(2025, 4, 1))
    assert (statement.positions, statement.postdated) == ((0, 1), (0,))


def test_an_entry_that_cannot_be_read_is_named(clerk):
    at = noon(7).isoformat()
    bodies = [
        f'{{"at":"{at}","kind":"{KIND}","n":{"9" * 5000}}}',
        f'{{"at":"{at}","kind":"{KIND}","n":1.5}}',
        f'{{"at": "{at}","kind":"{KIND}"}}',
        f'{{"at":"{at}","kind":"other","kind":"{KIND}"}}',
        f'{{"at":"{at}","kind":"{KIND}","n":"\\ud800"}}',
        f'["{KIND}"]',
        "[" * 10_000,
    ]
    clerk.now = noon(8)
    clerk.enter(noon(7))
    clerk.log.append([body.encode() for body in bodies], [clerk.witness])
    statement = clerk.state(APRIL_7)
    assert (statement.positions, statement.unreadable) == ((0,), tuple(range(1, 8)))
    unsaid = replace(statement, unreadable=())
    with pytest.raises(ProofInvalid):
        unsaid.check(clerk.log.folder, *KEYS)
    assert not told_outside(unsaid, clerk.log.folder)


def test_a_copy_without_its_archived_checkpoints_shows_a_wider_bracket(clerk, tmp_path):
    for day in (5, 6, 8, 9):
        clerk.now = noon(day)
        clerk.enter(noon(7))
    statement = clerk.state(APRIL_7)
    opening, closing = statement.opening, statement.closing
    assert (opening.entries, opening.witnessed) == (2, noon(6).isoformat())
    assert (closing.entries, closing.witnessed) == (3, noon(8).isoformat())
    assert (statement.count, statement.between, statement.backdated) == (3, 1, (3,))
    copy = tmp_path / "copy"
    shutil.copytree(clerk.log.folder, copy)
    for size in (2, 3):
        (copy / f"checkpoints/00{size}").unlink()
    (copy / "checkpoints/sizes").unlink(missing_ok=True)
    wider = make_statement(copy, *KEYS, kind=KIND, by=APRIL_7)
    assert told_outside(wider, copy)
    assert (wider.opening.entries, wider.closing.entries, wider.between) == (1, 4, 3)
    assert (wider.count, wider.backdated) == (4, ())
    assert wider.closing.witnessed == noon(9).isoformat()
    # The statement carries its own checkpoints, so it holds over such a copy; not the other way.
    statement.check(copy, *KEYS)
    assert told_outside(statement, copy)
    with pytest.raises(ProofInvalid):
        wider.check(clerk.log.folder, *KEYS)
    assert not told_outside(wider, clerk.log.folder)


@pytest.mark.parametrize(
    ("edge", "change"),
    [
        ("opening", {"entries": 0}),
        ("opening", {"witnessed": noon(5).isoformat()}),
        ("before_end", {"witnessed": None}),
        ("closing", {"entries": 1}),
        ("closing", {"witnessed": noon(9).isoformat()}),
    ],
)
def test_what_is_said_of_the_bracket_is_counted_again(clerk, edge, change):
    for day in (6, 8):
        clerk.now = noon(day)
        clerk.enter(noon(7))
    statement = clerk.state(APRIL_7)
    said = [replace(statement, **{edge: replace(getattr(statement, edge), **change)})]
    said += [replace(statement, between=0), replace(statement, opening=None)]
    for changed in said:
        with pytest.raises(ProofInvalid):
            changed.check(clerk.log.folder, *KEYS)
        assert not told_outside(changed, clerk.log.folder)


def test_the_last_day_of_the_calendar(clerk):
    clerk.enter(noon(1))
    assert clerk.state(date.max, since=date.min).positions == (0,)


def test_it_still_holds_when_the_ledger_has_grown(clerk):
    clerk.now = noon(8)
    clerk.enter(noon(7))
    statement = clerk.state(APRIL_7)
    clerk.now = noon(9)
    clerk.enter(noon(7), noon(9))
    statement.check(clerk.log.folder, *KEYS)
    assert told_outside(statement, clerk.log.folder)
    assert clerk.state(APRIL_7).backdated == (1,)


def test_it_holds_with_a_checkpoint_that_was_cosigned_again(clerk):
    clerk.now = noon(7)
    clerk.enter(noon(7))
    clerk.now = noon(8)
    clerk.log.refresh([clerk.witness])
    statement = clerk.state(APRIL_7)
    assert statement.closed
    clerk.now = noon(9)
    clerk.enter(noon(9))
    statement.check(clerk.log.folder, *KEYS)
    assert told_outside(statement, clerk.log.folder)


def test_without_a_witness_there_is_no_time_to_close_a_day(clerk):
    clerk.now = noon(8)
    clerk.enter(noon(7))
    statement = make_statement(clerk.log.folder, [VKEY], kind=KIND, by=APRIL_7)
    assert (statement.closed, statement.opening, statement.count) == (False, None, 1)


def test_a_damaged_ledger_makes_no_statement(clerk):
    clerk.enter(noon(1))
    statement = clerk.state(APRIL_7)
    path = clerk.log.folder / "tile/entries/000.p/1"
    path.write_bytes(path.read_bytes().replace(b"batch-received", b"batch-returned"))
    with pytest.raises(LedgerDamaged) as made:
        clerk.state(APRIL_7)
    assert made.value.fault is Fault.CORRUPT_BUNDLE
    with pytest.raises(LedgerDamaged):
        statement.check(clerk.log.folder, *KEYS)


def test_a_statement_of_more_than_a_copy_holds_is_a_rollback(clerk, tmp_path):
    clerk.enter(noon(1))
    shutil.copytree(clerk.log.folder, tmp_path / "old")
    clerk.now = noon(8)
    clerk.enter(noon(8))
    with pytest.raises(LedgerDamaged) as refused:
        clerk.state(APRIL_7).check(tmp_path / "old", *KEYS)
    assert refused.value.fault is Fault.ROLLED_BACK


def test_a_statement_of_another_ledger_of_the_same_keys_is_a_fork(clerk, tmp_path):
    other = Clerk(tmp_path / "other", noon(1))
    for one, day in ((clerk, 1), (other, 2)):
        one.now = noon(8)
        one.enter(noon(day))
    with pytest.raises(LedgerDamaged) as refused:
        clerk.state(APRIL_7).check(other.log.folder, *KEYS)
    assert refused.value.fault is Fault.FORKED


@pytest.mark.parametrize(
    "change",
    [
        {"count": 5},
        {"format": "portcullis-statement/2"},
        {"by": "7 April"},
        {"since": 5},
        {"closing": "nothing"},
        {"closing": None},
        {"closing": {"entries": 0}},
        {"opening": []},
        {"unreadable": 7},
        {"closed": "yes"},
        {"positions": 7},
        {"more": 1},
    ],
)
def test_malformed_statements(clerk, change):
    facts = {**json.loads(clerk.state(APRIL_7).text), **change}
    with pytest.raises(ProofInvalid):
        Statement.parse(json.dumps(facts))
    for text in ("", "[]", "{}", "[" * 100_000):
        with pytest.raises(ProofInvalid):
            Statement.parse(text)


@settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    acts=st.lists(st.tuples(st.integers(0, 2), st.integers(-3, 3)), min_size=1, max_size=8),
    by=st.integers(1, 9),
    length=st.integers(0, 4),
)
def test_every_entry_is_counted_or_named(tmp_path_factory, acts, by, length):
    """Whatever the holder's clock says, an entry the witness saw in time is never just absent."""
    clerk = Clerk(tmp_path_factory.mktemp("clerk"), noon(1))
    truth: list[tuple[datetime, datetime]] = []  # when it was entered, when it claims
    for days, skew in acts:
        clerk.now += timedelta(days=days)
        claim = clerk.now + timedelta(days=skew)
        clerk.enter(claim)
        truth.append((clerk.now, claim))
    clerk.now = noon(28)
    clerk.enter(noon(28))
    end = datetime(2025, 4, by + 1, tzinfo=UTC)
    statement = clerk.state(date(2025, 4, by))
    assert statement.closed
    for position, (entered, claim) in enumerate(truth):
        told = position in statement.positions
        if claim < end:
            assert told or position in statement.backdated
        if position in statement.backdated:
            assert entered >= end > claim
        if entered < end <= claim:
            assert position in statement.postdated
    statement.check(clerk.log.folder, *KEYS)
    start = end - timedelta(days=length + 1)
    span = clerk.state(date(2025, 4, by), since=start.date())
    span.check(clerk.log.folder, *KEYS)
    for position, (entered, claim) in enumerate(truth):
        if start <= claim < end:
            assert position in span.positions or position in span.backdated
        if claim < start <= entered:
            assert position in span.backdated
        if entered < start <= claim:
            assert position in span.postdated
    for name in ("positions", "backdated", "postdated", "undated", "unreadable"):
        changed = replace(statement, **{name: (*getattr(statement, name), 0)})
        with pytest.raises(ProofInvalid):
            changed.check(clerk.log.folder, *KEYS)
        assert not told_outside(changed, clerk.log.folder)
