from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portcullis import keys
from portcullis.canonical import json_bytes
from portcullis.errors import Misuse, Refused
from portcullis.standing import (
    EVERYTHING,
    Approval,
    Hold,
    Lift,
    Order,
    Scope,
    Standing,
    Subject,
    approval_statement,
    check_approval,
    check_approvals,
    gate,
    holds_standing,
    in_scope,
    lifted_entry,
    orders_standing,
    placed_entry,
    read_instant,
    read_placed,
    stopping,
)

DIGEST = "ab" * 32
SUBJECT = Subject(
    agreements=frozenset({"irs-dhs-2025"}),
    batches=frozenset({"b-1"}),
    packages=frozenset({"p-1"}),
    statutes=frozenset({"8 USC 1253(a)(1)(A)", "26 USC 6103(i)(2)"}),
    officers=frozenset({"ice-0007"}),
    readings=frozenset(),
    persons=frozenset({"5e" * 32}),
    received_on=date(2025, 6, 27),
)


def order(scope=EVERYTHING, **changed):
    facts = {
        "id": "o-1",
        "docket": "1:25-cv-12822-IT",
        "court": "D. Mass.",
        "on": date(2026, 2, 5),
        "document": DIGEST,
    }
    return Order(scope=scope, **(facts | changed))


def hold_like(placed):
    names = ("id", "docket", "court", "on", "document", "scope")
    return Hold(**{name: getattr(placed, name) for name in names})


def lift(*people, **changed):
    facts = {
        "kind": "order",
        "id": "o-1",
        "docket": "25-5181",
        "on": date(2026, 2, 24),
        "document": DIGEST,
    }
    return Lift(approvals=tuple(people), **(facts | changed))


TWO = (Approval("counsel-1", "x"), Approval("counsel-2", "y"))


@pytest.mark.parametrize(
    ("scope", "reaches"),
    [
        (EVERYTHING, True),
        (Scope(batches=("b-1",)), True),
        (Scope(batches=("b-2",)), False),
        (Scope(batches=("b-2",), officers=("ice-0007",)), True),
        (Scope(packages=("p-1",)), True),
        (Scope(agreements=("other",)), False),
        (Scope(persons=("5e" * 32,)), True),
        (Scope(persons=("6e" * 32,)), False),
        (Scope(statutes=("8 U.S.C. § 1253",)), True),
        (Scope(statutes=("8 U.S.C. § 1253(a)(1)(B)",)), False),
        (Scope(statutes=("8 USC 1253(a)(1)(A)(x)",)), True),
        (Scope(statutes=("8 USC 12",)), False),
        (Scope(received_from=date(2025, 6, 27), received_to=date(2025, 6, 27)), True),
        (Scope(received_from=date(2025, 6, 28)), False),
        (Scope(received_to=date(2025, 6, 26)), False),
    ],
)
def test_an_order_reaches_what_its_scope_says(scope, reaches):
    assert bool(in_scope([order(scope)], SUBJECT)) is reaches


@given(
    st.builds(
        Scope,
        agreements=st.tuples(st.just("a")),
        batches=st.one_of(st.just(()), st.just(("zz",))),
        received_from=st.one_of(st.none(), st.just(date(2030, 1, 1))),
    )
)
def test_a_subject_not_known_lies_in_every_scope(scope):
    assert in_scope([order(scope)], Subject())


@pytest.mark.parametrize(
    "written",
    [
        None,
        {},
        [],
        "batches",
        {"batches": []},
        {"batches": "b-2"},
        {"batches": [""]},
        {"batches": [7]},
        {"persons": ["p"]},
        {"batches": ["b-2"], "persons": ["p"]},
        {"batches": ["b-2"], "persons": ["5e" * 31]},
        {"received": {}},
        {"received": {"from": "soon"}},
        {"received": {"from": None}},
        {"received": {"since": "2025-01-01"}},
        {"received": {"from": "2026-01-01", "to": "2025-01-01"}},
    ],
)
def test_a_doubtful_scope_means_everything(written):
    assert Scope.read(written).everything


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(json_like)
def test_any_value_can_be_read_as_a_scope(written):
    assert isinstance(Scope.read(written), Scope)


names = st.lists(st.text("abc123", min_size=1, max_size=5), max_size=3, unique=True).map(
    lambda values: tuple(sorted(values))
)
days = st.none() | st.dates(date(2025, 1, 1), date(2025, 12, 31))
scopes = st.builds(
    Scope, agreements=names, batches=names, packages=names, officers=names, received_from=days
)


@given(scopes)
def test_a_scope_is_read_as_it_was_written(scope):
    assert Scope.read(scope.to_json()) == scope


@given(scopes, names)
def test_a_wider_scope_reaches_no_less(scope, more):
    batches = tuple(sorted({*scope.batches, *more}))
    wider = Scope(**(vars(scope) | {"batches": batches}))
    if not scope.everything and scope.covers(SUBJECT):
        assert wider.covers(SUBJECT)


def test_a_scope_naming_what_there_is_not_becomes_everything():
    known = {"batches": {"b-1", "b-2"}}
    assert Scope(batches=("b-2",)).settled(known) == Scope(batches=("b-2",))
    assert Scope(batches=("b2",)).settled(known).everything


@pytest.mark.parametrize(
    ("written", "understood"),
    [
        ("8 U. S. C. § 1253", True),
        ("8 U.S.C. § 1253(a)(1)(A)", True),
        ("26 U. S. C. § 6103(i)(2)", True),
        ("8 USC section 1253", True),
        ("8 U.S.C. Sec. 1253(a)", True),
        ("8 USC 1101 et seq.", False),
        ("8 USC 1253 et seq.", False),
        ("8 USC 1235", False),
        ("Title 8, section 1253", False),
    ],
)
def test_a_statute_however_it_is_written_reaches_what_it_may_mean(written, understood):
    known = {"statutes": ["8 USC 1253(a)(1)(A)", "26 USC 6103(i)(2)"]}
    scope = Scope.read({"statutes": [written]}).settled(known)
    assert scope.covers(SUBJECT)
    assert scope.everything is not understood


@pytest.mark.parametrize(
    "court", ["dcd", "ca1", "D.D.C.", "D. Mass.", "11th Cir.", "S.D.N.Y.", "1st Cir."]
)
@pytest.mark.parametrize("docket", ["1:25-cv-00457", "25-5181", "1:25-cv-12822-IT", "No.26-5006"])
def test_real_dockets_and_courts_are_taken(court, docket):
    assert order(court=court, docket=docket).court == court


@pytest.mark.parametrize(
    "changed",
    [
        {"docket": "in the matter of Jane Roe"},
        {"docket": "Roe-v-Bessent-25"},
        {"docket": "000-12-3456"},
        {"docket": "000123456"},
        {"docket": ""},
        {"court": "the judge said so"},
        {"court": "Jane Roe"},
        {"document": "not a digest"},
        {"id": "Jane Roe"},
        {"scope": Scope(officers=("Jane Roe",))},
        {"scope": Scope(officers=("912-34-5678",))},
        {"scope": Scope(statutes=("about Jane Roe",))},
    ],
)
def test_free_text_does_not_reach_the_ledger(changed):
    with pytest.raises(Misuse):
        order(**changed)


def test_entries_are_read_back_as_written():
    placed = order(Scope(batches=("b-1",), received_from=date(2025, 1, 1)))
    hold = hold_like(placed)
    assert read_placed(placed_entry(placed)) == placed
    assert read_placed(placed_entry(hold)) == hold
    assert placed_entry(hold)["kind"] == "hold-placed"
    assert json_bytes(placed_entry(placed)).startswith(b'{"court":"D. Mass.","docket":')


def test_orders_stand_until_lifted_by_two():
    filed = [placed_entry(order()), placed_entry(order(id="o-2")), {"kind": "checkpoint"}]
    assert [one.id for one in orders_standing(filed)] == ["o-1", "o-2"]
    assert [one.id for one in orders_standing([*filed, lifted_entry(lift(*TWO))])] == ["o-2"]


def test_a_lift_before_its_order_or_of_another_kind_lifts_nothing():
    assert orders_standing([lifted_entry(lift(*TWO)), placed_entry(order())])
    hold_lift = lifted_entry(lift(*TWO, kind="hold"))
    assert orders_standing([placed_entry(order()), hold_lift])
    hold = placed_entry(hold_like(order()))
    assert holds_standing([hold, lifted_entry(lift(*TWO))])
    assert not holds_standing([hold, hold_lift])


@pytest.mark.parametrize(
    "spoilt",
    [
        {"approvals": []},
        {"approvals": [{"person": "counsel-1", "signature": "x"}] * 2},
        {"approvals": None},
        {"docket": ""},
        {"document": None},
        {"on": "yesterday"},
    ],
)
def test_a_lift_that_is_not_whole_lifts_nothing(spoilt):
    entry = lifted_entry(lift(*TWO)) | spoilt
    assert orders_standing([placed_entry(order()), entry])


def test_an_order_that_cannot_be_read_stops_everything():
    with pytest.raises(Misuse):
        orders_standing([placed_entry(order()) | {"on": "?"}])


def test_an_order_with_an_unreadable_scope_closes_everything():
    (standing,) = orders_standing([placed_entry(order()) | {"scope": {"persons": ["sealed"]}}])
    assert standing.scope.everything


def test_one_person_cannot_lift():
    with pytest.raises(Refused, match="two people"):
        lift(Approval("counsel-1", "x"), Approval("counsel-1", "y"))


AT = datetime(2026, 4, 29, 12, tzinfo=UTC)
LEDGER = "example.gov/ledger"


def test_the_approvals_are_signatures_by_two_people_and_two_keys():
    first, second = keys.generate(), keys.generate()
    people = {
        name: partial(keys.verify, jwk=keys.public_jwk(key))
        for name, key in (("counsel-1", first), ("counsel-2", second))
    }
    what = lift(*TWO).statement

    def approval(name, key, **other):
        said = approval_statement(what, name, AT, LEDGER) | other
        return Approval(name, keys.sign(said, key))

    by_first, by_second = approval("counsel-1", first), approval("counsel-2", second)
    check_approvals(lift(by_first, by_second), people, LEDGER)
    with pytest.raises(Refused, match="does not verify"):
        check_approvals(lift(by_first, Approval("counsel-2", by_first.signature)), people, LEDGER)
    with pytest.raises(Refused, match="something else"):
        check_approvals(lift(by_first, by_second, docket="25-5182"), people, LEDGER)
    with pytest.raises(Refused, match="roster"):
        check_approvals(lift(by_first, by_second), {"counsel-1": people["counsel-1"]}, LEDGER)
    one_key = {"counsel-1": people["counsel-1"], "counsel-2": people["counsel-1"]}
    both = approval("counsel-1", first), approval("counsel-2", first)
    with pytest.raises(Refused, match="own key"):
        check_approvals(lift(*both), one_key, LEDGER)


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"person": "counsel-1"}, "another person's"),
        ({"ledger": "example.org/ledger"}, "another ledger"),
        ({"at": None}, "when it was signed"),
        ({"at": "2026-04-29T12:00:00"}, "when it was signed"),
        ({"at": "2026-04-29"}, "when it was signed"),
        ({"more": 1}, "something else"),
    ],
)
def test_an_approval_is_one_persons_of_one_moment_for_one_ledger(other, says):
    what = lift(*TWO).statement
    said = approval_statement(what, "counsel-2", AT, LEDGER)
    assert check_approval(said, what, "counsel-2", LEDGER) == AT
    with pytest.raises(Refused, match=says):
        check_approval(said | other, what, "counsel-2", LEDGER)
    for name in said:
        with pytest.raises(Refused):
            check_approval({k: v for k, v in said.items() if k != name}, what, "counsel-2", LEDGER)


def test_the_gate_is_open_only_without_an_order_in_scope_and_with_safeguards_met():
    met = Standing.of([])
    assert gate([], SUBJECT, met) == Standing(met=True, reasons=())
    assert gate([order(Scope(batches=("b-9",)))], SUBJECT, met).met
    closed = gate([order()], SUBJECT, met)
    assert closed.reasons == (
        "order-stands: Order o-1 of D. Mass. 1:25-cv-12822-IT closes the gate.",
    )
    assert not gate([], SUBJECT, Standing.of(["ssr-expired: It expired."])).met
    assert not gate([], SUBJECT, Standing(met=False, reasons=())).met


# What an order stops, from when, and that its own end is none.

NOON = datetime(2026, 2, 5, 12, tzinfo=UTC)


def test_an_order_stops_what_it_says_from_its_instant_on():
    narrow = order(stops=("use",), effective_at=NOON)
    before = NOON - timedelta(seconds=1)
    assert stopping([narrow], ["use", "release"], NOON) == [narrow]
    assert stopping([narrow], ["use"], before) == []
    assert stopping([narrow], ["look-up", "release"], NOON) == []
    assert stopping([order()], ["look-up"], datetime.min.replace(tzinfo=UTC)) == [order()]


def test_acts_and_dates_are_read_back_as_written():
    whole = order(stops=("look-up", "use"), effective_at=NOON, expires_on=date(2028, 2, 29))
    assert read_placed(placed_entry(whole)) == whole
    assert "effective_at" not in placed_entry(order())


@pytest.mark.parametrize(
    "unclear",
    [
        {"stops": []},
        {"stops": None},
        {"stops": ["everything"]},
        {"stops": ["use", "disclosure"]},
        {"stops": "use"},
        {"effective_at": "soon"},
        {"effective_at": "2099-01-01T00:00:00"},
        {"effective_at": 7},
    ],
)
def test_what_an_order_does_not_say_clearly_counts_against_opening(unclear):
    entry = placed_entry(order(stops=("use",), effective_at=NOON + timedelta(days=1))) | unclear
    (standing,) = orders_standing([entry])
    named = "stops" if "stops" in unclear else "effective_at"
    assert getattr(standing, named) in (("look-up", "release", "use"), None)


def test_an_entry_of_before_stops_everything_at_once():
    entry = placed_entry(order())
    del entry["stops"]
    assert read_placed(entry) == order()


@pytest.mark.parametrize("changed", [{"stops": ()}, {"stops": ("disclosing",)},
                                     {"effective_at": datetime(2026, 2, 5, 12)}])  # fmt: skip  # noqa: DTZ001
def test_an_order_is_filed_clearly_or_not(changed):
    with pytest.raises(Misuse):
        order(**changed)


@given(st.dates(date(2026, 1, 1), date(2200, 1, 1)))
def test_no_day_lifts_an_order(on):
    expired = order(expires_on=date(2026, 3, 1))
    assert expired.expired(on) is (on > date(2026, 3, 1))
    assert orders_standing([placed_entry(expired)]) == [expired]
    at = datetime.combine(on, datetime.min.time(), UTC)
    assert not gate(stopping([expired], ["release"], at), SUBJECT, Standing.of([])).met


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        ("2026-02-05T17:00", "America/New_York", "2026-02-05T22:00"),
        ("2026-07-05T17:00", "America/New_York", "2026-07-05T21:00"),
        ("2026-02-05T17:00-05:00", "", "2026-02-05T22:00"),
        ("2026-02-05T17:00Z", "America/New_York", "2026-02-05T17:00"),
        # This hour came never, and the next came twice: the earliest that may be meant.
        ("2026-03-08T02:30", "America/New_York", "2026-03-08T06:30"),
        ("2026-11-01T01:30", "America/New_York", "2026-11-01T05:30"),
        ("2028-02-29", "America/New_York", "2028-02-29T05:00"),
        ("2028-02-29T23:30", "Pacific/Honolulu", "2028-03-01T09:30"),
    ],
)
def test_an_instant_is_read_in_its_time_zone(text, zone, utc):
    assert read_instant(text, zone) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("2026-02-05T17:00", ""),
        ("2026-02-05T17:00", "Eastern"),
        ("2026-02-05T17:00", "../../etc/passwd"),
        ("2027-02-29", "America/New_York"),
        ("5 p.m.", "America/New_York"),
    ],
)
def test_an_instant_without_its_zone_is_none(text, zone):
    with pytest.raises(Misuse):
        read_instant(text, zone)
