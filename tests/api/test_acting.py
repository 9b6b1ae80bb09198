"""Acts over the API: who may, signed with what, once; and nothing secret is given out again."""

import json
import secrets
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime

import pytest

from portcullis import agreements, custody, release
from portcullis.client import Client, Problem
from portcullis.errors import Refused
from tests.office.world import World
from tests.web.office import Office
from tests.web.signing import passkey

HOLD = {
    "id": "hold-1",
    "docket": "1:25-mc-1",
    "court": "D.D.C.",
    "document": "0" * 64,
    "batches": ["batch-1"],
    "persons": None,
}


@pytest.fixture(scope="module")
def office(holder) -> Office:
    return holder("released")


def client(office: Office, person: str) -> Client:
    return Client(office.origin, World(office.home.parent).key(person))


def post(office: Office, person: str, path: str, said, key: str = ""):
    """Send once, whatever comes back; return its status and what it says."""
    headers = {"Idempotency-Key": key or secrets.token_hex(), "Content-Type": "application/json"}
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    try:
        response = client(office, person)._ask("POST", path, headers, body)
    except Problem as refused:
        return refused.status, {"detail": refused.message, "remedy": refused.remedy}
    return response.status, json.loads(response.data)


def stored(office: Office) -> bytes:
    """Everything that the office's database holds."""
    return b"".join(each.read_bytes() for each in sorted(office.home.glob("*.sqlite3*")))


def test_a_token_for_an_opening_is_given_once_and_kept_nowhere(office):
    officer = client(office, "officer-1")
    package = next(iter(officer.packages()))["id"]

    digest = release.package_digest(officer.package(package))
    opening = custody.ask(
        package,
        digest,
        "officer-1",
        key=World(office.home.parent).key("officer-1"),
        purpose=custody.PURPOSES[0],
        at=datetime.now(UTC).replace(year=2025, month=7, day=7),
    )
    path = f"/packages/{package}/tokens"
    status, said = post(office, "officer-1", path, {"opening": opening}, "once")
    assert status == 200, said
    assert said["token"].encode() not in stored(office)
    status, said = post(office, "officer-1", path, {"opening": opening}, "once")
    assert (status, "token" in said) == (409, False)
    assert "fresh" in said["remedy"]


def test_an_act_that_binds_takes_a_passkey_and_no_key_file(office):
    counsel = client(office, "counsel")
    with pytest.raises(Refused, match="passkey"):
        counsel.act("hold-file", HOLD)
    assert counsel.act("hold-file", HOLD, signer=passkey(office.home, "counsel", office.origin))
    assert [each["id"] for each in counsel.orders()] == ["hold-1"]


def test_what_was_signed_is_done_once_under_whatever_key_it_is_sent(office):
    signs = passkey(office.home, "counsel", office.origin)
    data = HOLD | {"id": "hold-2"}
    status, said = post(office, "counsel", "/acts/hold-file", {"data": data})
    assert status == 202
    signed = {"data": data, "moment": said["moment"], "tokens": [signs.sign(said["to_sign"])]}
    assert post(office, "counsel", "/acts/hold-file", signed, "first")[0] == 200
    status, said = post(office, "counsel", "/acts/hold-file", signed, "first")
    assert (status, "not kept" in said["detail"]) == (409, True)
    status, said = post(office, "counsel", "/acts/hold-file", signed, "second")
    assert (status, "done already" in said["detail"]) == (409, True)


@pytest.mark.parametrize(
    ("person", "name"),
    [("approver", "approve"), ("approver", "send-back"), ("counsel", "hold-file")],
)
def test_a_field_that_is_missing_or_of_another_kind_is_named(office, person, name):
    for data in ({}, {"batch": ["batch-1"], "reason": 7, **dict.fromkeys(HOLD, 7)}):
        status, said = post(office, person, f"/acts/{name}", {"data": data})
        assert status in (400, 409), said
        assert data or said["detail"].startswith("data."), said


def test_what_is_no_text_or_no_moment_is_told_as_that(office):
    for said, status in (
        ({"data": {"batch": "batch\0one"}}, 400),
        ({"data": {"batch": "\ud800"}}, 400),
        ({"data": {}, "moment": "2025-07-07T00:00:00"}, 422),
    ):
        assert post(office, "approver", "/acts/approve", said)[0] == status
    single = {"request": {}, "manifest": {"of": "\ud800"}, "signatures": {}}
    assert post(office, "preparer", "/requests", single)[0] == 400
    for path in ("/batches/batch%001", "/batches?after=%00"):
        with pytest.raises(Problem) as refused:
            client(office, "preparer")._get(path)
        assert refused.value.status == 400
    assert client(office, "head")._get("/batches/batch-1/answers?after=%C2%B2")["items"]


def test_who_was_refused_may_ask_again_with_the_same_key(office):
    path = "/packages/no-such/tokens"
    for _ in range(2):
        assert post(office, "officer-1", path, {"opening": "x"}, "again")[0] == 404


def test_who_may_no_longer_ask_is_given_no_answer_that_was_kept(office):
    body = {"requests": [{"request_id": "1"}]}
    assert post(office, "preparer", "/screenings", body, "kept")[0] == 200
    path = office.home / "people.json"
    people = [
        each.model_copy(update={"roles": ("officer",)}) if each.id == "preparer" else each
        for each in agreements.load_roster(path).people
    ]
    agreements.save_roster(agreements.Roster.from_people(people), path)
    assert post(office, "preparer", "/screenings", body, "kept")[0] == 403


def test_a_request_by_a_key_that_was_revoked_is_on_the_record(office):
    path = office.home / "people.json"
    people = [
        each.model_copy(update={"key_to": date(2025, 6, 1)}) if each.id == "head" else each
        for each in agreements.load_roster(path).people
    ]
    agreements.save_roster(agreements.Roster.from_people(people), path)
    with pytest.raises(Problem) as refused:
        list(client(office, "head").batches())
    assert refused.value.status == 401
    asked = "SELECT kind, reason, times FROM office_deniedattempt WHERE person = 'head'"
    assert told(office, asked) == [("api", "key", 1)]


def told(office: Office, asked: str) -> list:
    with closing(sqlite3.connect(office.home / "state.sqlite3")) as database:
        return database.execute(asked).fetchall()


def test_who_is_denied_again_and_again_is_turned_away_and_nothing_grows(office):
    body = {"requests": [{"request_id": "1"}]}
    said = [post(office, "officer-2", "/screenings", body)[0] for _ in range(63)]
    assert said == [403] * 60 + [429] * 3
    with pytest.raises(Problem) as refused:
        list(client(office, "officer-2").packages())
    assert refused.value.status == 429
    of = "FROM office_deniedattempt WHERE person = 'officer-2'"
    assert told(office, f"SELECT count(*), sum(times) {of}") == [(1, 1)]
    asked = "SELECT kind, times FROM office_counteddenial WHERE person = 'officer-2'"
    assert told(office, asked) == [("send", 59)]
    assert client(office, "counsel").orders(), "others go on"
