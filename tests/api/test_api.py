"""The API as a requester's system drives it, through the client, against a served office."""

import json
import sqlite3
from contextlib import closing

import pytest
import urllib3

from portcullis import keys, release
from portcullis.client import Client, Problem
from portcullis.errors import Refused
from tests.api.waiting import until
from tests.office import singles
from tests.office import world as worlds
from tests.office.world import World
from tests.web.office import Office, working


@pytest.fixture(scope="module")
def office(holder) -> Office:
    return holder("received")


@pytest.fixture(scope="module")
def answered(holder) -> Office:
    return holder("released")


def world_of(office: Office) -> World:
    return World(office.home.parent)


def client(office: Office, person: str) -> Client:
    return Client(office.origin, world_of(office).key(person))


def test_who_is_not_enrolled_is_not_let_in(office):
    stranger = Client(office.origin, keys.generate())
    with pytest.raises(Problem) as refused:
        list(stranger.batches())
    assert refused.value.status == 401
    bare = urllib3.request("GET", f"{office.origin}/api/v1/batches")
    assert bare.status == 401
    assert bare.headers["content-type"] == "application/problem+json"


def test_a_signature_over_another_body_or_address_is_no_signature(office):
    one = client(office, "preparer")
    ask = one._ask

    def bent(method, path, headers, body):
        return ask(method, path, headers, body)

    signed = one._sign

    def sign_another(message, body):
        signed(message, body)
        message.url = message.url.replace("/batches", "/batches/batch-1")

    one._sign = sign_another
    with pytest.raises(Problem) as refused:
        list(one.batches())
    assert refused.value.status == 401
    assert bent  # the sender itself is unchanged


def test_findings_before_sending_touch_no_records(office):
    row = worlds.batch_rows(1).row(0, named=True) | {"address_line1": "Failed to Provide"}
    found = client(office, "preparer").screen([row])
    assert {each["request_id"] for each in found} == {row["request_id"]}
    assert any(each["field"] == "address_line1" for each in found)


def test_until_it_is_answered_a_batch_is_in_process_and_nothing_more(office):
    (batch,) = client(office, "preparer").batches()
    assert batch["state"] == "in process"
    for path in ("answers", "findings"):
        with pytest.raises(Problem) as refused:
            list(getattr(client(office, "preparer"), path)("batch-1"))
        assert refused.value.status == 404


def test_an_officer_may_not_send_and_the_attempt_is_on_the_record(office):
    with pytest.raises(Problem) as refused:
        client(office, "officer-1").screen([{"request_id": "1"}])
    assert refused.value.status == 403
    assert "on the record" in refused.value.remedy


def test_single_requests_are_kept_and_given_back_once(office):
    world = world_of(office)
    content = json.loads(singles.content(world, 1, request_id="SINGLE-1"))
    sender = client(office, "preparer")
    first = sender.submit_single(content["request"], content)
    again = sender.submit_single(content["request"], content)
    assert first == again
    assert first["state"] in ("waiting", "taken")
    with pytest.raises(Problem) as refused:
        sender.submit_single(content["request"], content | {"manifest": {"a": "b"}})
    assert (refused.value.status, refused.value.code) == (422, "manifest")


def test_a_key_used_for_another_request_is_refused(office):
    sender = client(office, "preparer")
    headers = {"Idempotency-Key": "the-same", "Content-Type": "application/json"}
    body = json.dumps({"requests": [{"request_id": "1"}]}).encode()
    first = sender._ask("POST", "/screenings", headers, body)
    again = sender._ask("POST", "/screenings", headers, body)
    assert (again.data, again.headers["Idempotent-Replayed"]) == (first.data, "true")
    with pytest.raises(Problem) as refused:
        sender._ask("POST", "/screenings", headers, body + b" ")
    assert refused.value.status == 409


def test_the_answers_of_an_answered_batch_are_those_of_the_signed_file(answered):
    world = world_of(answered)
    sender = client(answered, "head")
    (batch,) = sender.batches()
    assert batch["answered"]
    given = list(sender.answers("batch-1"))
    path = world.home_path / "outgoing" / "batch-1" / "answers.jsonl"
    holder = json.loads((world.home_path / "public.json").read_bytes())["holder"]
    wanted = release.read_answers(path, holder)
    assert [each["answer"] for each in given] == wanted["answer"].to_list()
    returned = list(sender.findings("batch-1"))
    assert {each["answer"] for each in returned} == {"returned"}
    assert sender.receipt("batch-1")["batch_id"] == "batch-1"
    proof = sender.proof("batch-1", given[0]["request_id"])
    assert json.loads(proof["leaf"])["answer"]


def test_an_officer_gets_their_own_sealed_packages_and_no_others(answered):
    mine = {each["id"] for each in client(answered, "officer-1").packages()}
    theirs = {each["id"] for each in client(answered, "officer-2").packages()}
    assert mine
    assert theirs
    assert mine.isdisjoint(theirs)
    one = next(iter(mine))
    assert release.read_package(client(answered, "officer-1").package(one)).parcel.officer == (
        "officer-1"
    )
    with pytest.raises(Problem) as refused:
        client(answered, "officer-2").package(one)
    assert refused.value.status == 404


def test_the_document_is_openapi_3_1(office):
    said = urllib3.request("GET", f"{office.origin}/api/v1/openapi.json").json()
    assert said["openapi"].startswith("3.1")
    assert "/api/v1/requests" in said["paths"]


def test_what_is_sent_is_taken_in_by_a_worker(office):
    world = world_of(office)
    path = world.folder / "requester" / "second.csv"
    worlds.batch_rows(3).write_csv(path)
    sender = client(office, "preparer")
    content = json.loads(singles.content(world, 2, request_id="SINGLE-2"))
    with working(office):
        task = sender.submit(path, worlds.sign(world, path, "second"))
        kept = sender.submit_single(content["request"], content)
        task = until(lambda: sender.transmittal(task["id"]), "done")
        single = until(lambda: sender.single(kept["id"]), "taken")
        until(lambda: denied(office), "on the ledger")
    assert sender.receipt("second")["taken"] == 7
    holder = json.loads((world.home_path / "public.json").read_bytes())["holder"]
    assert keys.verify(single["receipt_signature"], holder) == single["receipt"]
    assert single["answer"] is None


def denied(office: Office) -> dict:
    """Say whether what was denied by the pages and the API is in the published ledger yet."""
    asked = "SELECT count(*), sum(integrated) FROM office_entry WHERE kind = 'denied'"
    with closing(sqlite3.connect(office.home / "state.sqlite3")) as database:
        written, integrated = database.execute(asked).fetchone()
    return {"state": "on the ledger" if written and written == integrated else "waits"}


def test_refusals_are_refusals_of_ours():
    assert issubclass(Problem, Refused)
