"""Who signed what: by key or passkey, old or new, each on the days on which it was in force."""

from datetime import date

import pytest

from portcullis import keys
from portcullis.agreements import (
    FormerKey,
    Passkey,
    Person,
    Roster,
    RosterErrors,
    load_roster,
    save_roster,
)
from portcullis.errors import Refused
from tests.authenticator import Passkey as Soft

OLD, NEW, OTHER = keys.generate(), keys.generate(), keys.generate()
SOFT, LOST = Soft(), Soft()


def person(**changes):
    given = {
        "id": "p-1",
        "name": "A. Person",
        "agency": "IRS",
        "office": "Disclosure",
        "roles": ["approver"],
        "jwk": keys.public_jwk(NEW),
        "key_from": date(2025, 3, 1),
        "former_keys": [
            {"jwk": keys.public_jwk(OLD), "in_force_to": date(2025, 2, 10)},
        ],
        "passkeys": [
            SOFT.enrolled(since=date(2025, 3, 1)),
            LOST.enrolled(since=date(2025, 1, 1), until=date(2025, 2, 10)),
        ],
        "in_force_from": date(2025, 1, 1),
    }
    given |= changes
    given["former_keys"] = tuple(FormerKey(**each) for each in given["former_keys"])
    given["passkeys"] = tuple(Passkey(**each) for each in given["passkeys"])
    return Person(**given)


HER = person()


def said(day):
    return {"act": "approve", "at": f"{day}T12:00:00+00:00"}


def signed(by, statement):
    return by.sign(statement) if isinstance(by, Soft) else keys.sign(statement, by)


def verifies(token, **on):
    try:
        return HER.verify(token, **on) is not None
    except Refused:
        return False


BOTH = [(OLD, NEW), (LOST, SOFT)]


@pytest.mark.parametrize(("before", "after"), BOTH, ids=["keys", "passkeys"])
def test_the_signatures_own_time_decides(before, after):
    days = ["2025-02-10", "2025-02-11", "2025-02-28", "2025-03-01"]
    assert [verifies(signed(before, said(day))) for day in days] == [True, False, False, False]
    assert [verifies(signed(after, said(day))) for day in days] == [False, False, False, True]


@pytest.mark.parametrize(("before", "after"), BOTH, ids=["keys", "passkeys"])
def test_the_day_asked_for_decides_over_what_the_statement_says(before, after):
    now, then = {"on": date(2025, 6, 5)}, {"on": date(2025, 2, 1)}
    assert not verifies(signed(before, said("2025-02-01")), **now)
    assert verifies(signed(before, said("2025-06-05")), **then)
    assert verifies(signed(after, said("2025-02-01")), **now)
    assert not verifies(signed(after, said("2025-06-05")), **then)


@pytest.mark.parametrize(("before", "after"), BOTH, ids=["keys", "passkeys"])
@pytest.mark.parametrize("at", [None, 5, "then", "2025-02-01", "2025-02-01T12:00:00"])
def test_without_a_time_only_what_has_no_last_day_verifies(before, after, at):
    statement = {"act": "approve"} | ({} if at is None else {"at": at})
    assert not verifies(signed(before, statement))
    assert verifies(signed(after, statement))


def test_the_day_is_that_of_utc():
    at = {"at": "2025-02-11T01:00:00+02:00"}
    assert verifies(signed(OLD, at))


def test_it_goes_to_a_file_and_comes_back(tmp_path):
    roster = Roster.from_people([HER])
    save_roster(roster, tmp_path / "roster.json")
    assert load_roster(tmp_path / "roster.json") == roster


def test_the_longest_statement_is_the_callers_to_say():
    long = said("2025-06-05") | {"more": "x" * 200_000}
    for by in (NEW, SOFT):
        with pytest.raises(Refused):
            HER.verify(signed(by, long))
        assert HER.verify(signed(by, long), longest=300_000) == long


@pytest.mark.parametrize("token", ["", "a.b.c", "passkey.", "passkey.a.b.c.d.e", "é"])
def test_what_is_no_signature_is_refused(token):
    with pytest.raises(Refused):
        HER.verify(token)


def test_a_signature_leads_to_its_person():
    roster = Roster.from_people([HER, person(id="p-2", jwk=keys.public_jwk(OTHER), **NOTHING)])
    for by in (OLD, NEW, SOFT, LOST):
        found = roster.signed_by(signed(by, said("2025-06-05")))
        assert found is not None
        assert found.id == "p-1"
    assert roster.signed_by(signed(OTHER, {})).id == "p-2"
    assert roster.signed_by(signed(Soft(), {})) is None
    assert roster.signed_by(signed(keys.generate(), {})) is None
    assert roster.signed_by("passkey.a.b") is None


NOTHING = {"former_keys": [], "passkeys": [], "key_from": None}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"jwk": keys.public_jwk(NEW)}, "jwk"),
        ({"jwk": keys.public_jwk(OLD)}, "jwk"),
        ({"jwk": SOFT.jwk}, "jwk"),
        ({"former_keys": [{"jwk": keys.public_jwk(OLD), "in_force_to": date(2025, 2, 1)}]},
         "former_keys[1].jwk"),
        ({"passkeys": [Soft().enrolled() | {"id": SOFT.enrolled()["id"]}]}, "passkeys[1].id"),
        ({"passkeys": [Soft().enrolled() | {"jwk": LOST.jwk}]}, "passkeys[1].jwk"),
    ],
)  # fmt: skip
def test_one_key_belongs_to_one_person(changes, place):
    second = person(**({"id": "p-2", "jwk": keys.public_jwk(OTHER)} | NOTHING | changes))
    with pytest.raises(RosterErrors) as caught:
        Roster.from_people([HER, second])
    assert {problem.key for problem in caught.value.problems} == {f"people[2].{place}"}
    assert "of people[1] too" in str(caught.value)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"key_to": date(2025, 2, 1)}, "key_to"),
        ({"passkeys": [Soft().enrolled(until=date(2024, 12, 30))]}, "passkeys[1].in_force_to"),
        ({"passkeys": [Soft().enrolled(origins=[])]}, "passkeys[1].origins"),
        ({"passkeys": [Soft().enrolled(origins=["https://example.gov"])]}, "passkeys[1].origins"),
        ({"passkeys": [Soft().enrolled() | {"jwk": {"kty": "EC"}}]}, "passkeys[1].jwk"),
        ({"jwk": keys.public_jwk(OLD)}, "former_keys[1].jwk"),
    ],
)
def test_what_is_wrong_with_a_key_is_named(changes, place):
    with pytest.raises(RosterErrors) as caught:
        Roster.from_people([person(**changes)])
    assert [problem.key for problem in caught.value.problems] == [f"people[1].{place}"]


@pytest.mark.parametrize(
    "changed",
    [
        {"id": ""},
        {"id": "a b"},
        {"rp_id": "https://office.example.gov"},
        {"origins": ["http://office.example.gov"]},
        {"origins": ["https://office.example.gov/"]},
        {"origins": ["https://office.example.gov:0"]},
        {"origins": "https://office.example.gov"},
    ],
)
def test_a_passkey_is_written_as_it_should_be(changed):
    with pytest.raises(ValueError, match="validation error"):
        Passkey(**(SOFT.enrolled() | changed))


def test_a_key_put_out_of_force_on_its_first_day_never_was():
    never = person(key_to=date(2025, 2, 28))
    assert Roster.from_people([never])
    assert not any(never.key_in_force(date(2025, month, 1)) for month in (1, 2, 3, 4))
