"""Acts over the API: who may, signed with what, once; and nothing secret is given out again."""

import json
import secrets
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest
import urllib3

from portcullis import agreements, custody, keys, ledger, release
from portcullis.client import Client, Problem, _Message
from portcullis.errors import Misuse, Refused
from tests.api.waiting import until
from tests.office.world import World
from tests.web.office import Office, working
from tests.web.signing import passkey, respelt

HOLD = {
    "id": "hold-1",
    "docket": "1:25-mc-1",
    "court": "D.D.C.",
    "document": "0" * 64,
    "batches": ["batch-1"],
}


@pytest.fixture(scope="module")
def office(inspected) -> Office:
    return inspected


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


def signed(office: Office, data, name: str = "hold-file", person: str = "counsel"):
    """Return what is sent to do an act, signed by the person's passkey."""
    status, said = post(office, person, f"/acts/{name}", {"data": data})
    assert status == 202, said
    token = passkey(office.home, person, office.origin).sign(said["to_sign"])
    return {"data": data, "moment": said["moment"], "tokens": [token]}


def placed(office: Office) -> list[str]:
    """Return the ids of the holds on the ledger."""
    log = ledger.Log.open(office.home / "ledger")
    said = [json.loads(each) for each in log.entries()]
    return [each["id"] for each in said if each["kind"] == "hold-placed"]


def test_a_signature_in_another_spelling_does_nothing_again(office):
    said = signed(office, HOLD | {"id": "hold-5"})
    assert post(office, "counsel", "/acts/hold-file", said)[0] == 200
    again = said | {"tokens": [respelt(each) for each in said["tokens"]]}
    status, told = post(office, "counsel", "/acts/hold-file", again)
    assert (status, "done already" in told["detail"]) == (409, True)


def test_what_is_done_and_not_published_yet_is_told_as_done_and_done_once(office):
    said = signed(office, HOLD | {"id": "hold-6"})
    with office.no_witness():
        status, told = post(office, "counsel", "/acts/hold-file", said, "waits")
    assert status == 200, told
    assert "It is on record, and in force. Its publication waits" in told["done"]
    assert "hold-6" not in placed(office)
    for key in ("waits", "another"):
        status, told = post(office, "counsel", "/acts/hold-file", said, key)
        assert (status, "hold of the id" in told["detail"]) == (409, False), told
    # The next act has it published too.
    after = signed(office, HOLD | {"id": "hold-7"})
    assert post(office, "counsel", "/acts/hold-file", after)[0] == 200
    assert [each for each in placed(office) if each > "hold-5"] == ["hold-6", "hold-7"]


def test_two_of_counsel_lift_a_hold_by_their_clients(office):
    hold = HOLD | {"id": "hold-9"}
    assert post(office, "counsel", "/acts/hold-file", signed(office, hold))[0] == 200
    lifting = {"id": "hold-9", "docket": "1:25-mc-9", "document": "1" * 64}
    told = [
        client(office, who).act("lift", lifting, signer=passkey(office.home, who, office.origin))
        for who in ("counsel", "counsel-2")
    ]
    assert told[0].startswith("You have approved its lifting")
    assert told[1] == "It is lifted."


def test_who_was_refused_has_spent_nothing(office):
    said = signed(office, HOLD | {"id": "hold-8"})
    other = signed(office, HOLD | {"id": "hold-8", "docket": "1:25-mc-2"})
    assert post(office, "counsel", "/acts/hold-file", other)[0] == 200
    for _ in range(2):
        status, told = post(office, "counsel", "/acts/hold-file", said)
        assert (status, "of the id hold-8 already" in told["detail"]) == (409, True), told


def test_a_roster_is_changed_at_a_desk_or_not_at_all(office):
    data = {"person": "sampler", "only": ["x"], "since": "2025-07-07", "desk": "none"}
    for said in (data, {name: each for name, each in data.items() if name != "only"}):
        status, told = post(office, "administrator", "/acts/roster-revoke", {"data": said})
        assert status in (400, 422), told
    roster = agreements.load_roster(office.home / "people.json")
    assert roster.person("sampler").key_in_force(date(2025, 7, 8))


def test_a_report_is_ordered_signed_made_and_given_to_whoever_ordered_it(office):
    counsel = client(office, "counsel")
    shown: list[dict] = []
    ordered = counsel.order_report("workload", date(2025, 7, 6), shown.append)
    assert shown[0]["ordered"] == {"report": "workload", "by": "2025-07-06"}
    assert (ordered["report"], ordered["state"], ordered["files"]) == ("workload", "waiting", [])
    later = counsel.order_report("safeguards", date(2025, 7, 6))
    # One to a page, the newest first.
    page = counsel._get("/reports?limit=1")
    assert [each["id"] for each in page["items"]] == [later["id"]]
    page = counsel._get(f"/reports?limit=1&after={page['next']}")
    assert ([each["id"] for each in page["items"]], page["next"]) == ([ordered["id"]], None)
    with working(office):
        made = until(lambda: counsel.report(ordered["id"]), "done")
    assert {"workload.pdf", "workload.json", "workload.txt"} <= set(made["files"])
    assert counsel.report_file(made["id"], "workload.pdf").startswith(b"%PDF")
    assert counsel.task(made["id"])["said"] == "The report is made."
    for path in (f"/reports/{made['id']}", f"/reports/{made['id']}/files/workload.pdf"):
        with pytest.raises(Problem) as refused:
            client(office, "approver")._get(path)
        assert refused.value.status == 404
    assert list(client(office, "approver").reports()) == []
    with pytest.raises(Problem) as refused:
        counsel.report_file(made["id"], "no-such.pdf")
    assert refused.value.status == 404


def test_who_may_order_what_of_reports(office):
    day = date(2025, 7, 6)
    with pytest.raises(Problem) as refused:
        client(office, "specialist").order_report("workload", day)
    assert refused.value.status == 403
    with pytest.raises(Problem) as refused:
        client(office, "counsel").order_export("gao", b"%PDF a letter", day)
    assert refused.value.status == 403
    inspector = client(office, "inspector")
    ordered = inspector.order_export("gao", b"%PDF a letter", day)
    assert (ordered["report"], ordered["body"]) == ("oversight", "gao")
    # The law gives a court no return information, and a day to come has no report.
    for path, said, names in (
        (
            "/exports",
            {"body": "court", "persons": True, "request": "0" * 64},
            "law gives this body not",
        ),
        ("/reports", {"report": "workload", "by": "2999-01-01"}, "has not come"),
    ):
        data = {"by": day.isoformat(), **said}
        status, told = post(office, "inspector", path, {"data": data})
        assert status in (400, 409), told
        assert names in told["detail"], told


def test_an_order_sent_again_is_one_report_and_what_is_to_be_signed_is_not_kept(office):
    inspector = World(office.home.parent).key("inspector")
    data = {"report": "workload", "by": "2025-07-05"}
    unsigned = [post(office, "inspector", "/reports", {"data": data}, "order") for _ in range(2)]
    assert [status for status, _ in unsigned] == [202, 202]
    said = unsigned[1][1]
    token = keys.KeySigner(inspector).sign(said["to_sign"])
    signed = {"data": data, "moment": said["moment"], "tokens": [token]}
    once = [post(office, "inspector", "/reports", signed, "order") for _ in range(2)]
    assert once[0] == once[1]
    assert once[0][0] == 201
    status, said = post(office, "inspector", "/reports", signed)
    assert (status, "done already" in said["detail"]) == (409, True)


def test_a_request_whose_process_died_may_be_sent_again_after_two_minutes(office):
    body = {"requests": [{"request_id": "1"}]}
    assert post(office, "preparer", "/screenings", body, "died")[0] == 200
    for seconds, status, says in ((0, 409, "being answered"), (110, 409, ""), (121, 200, "")):
        begun = datetime.now(UTC) - timedelta(seconds=seconds)
        unanswered = "UPDATE office_web_apicall SET status = 0, answer = '', at = ? WHERE key = ?"
        with closing(sqlite3.connect(office.home / "state.sqlite3", timeout=60)) as database:
            assert database.execute(unanswered, [begun.isoformat(" ")[:-6], "died"]).rowcount == 1
            database.commit()
        came, said = post(office, "preparer", "/screenings", body, "died")
        assert came == status, (seconds, said)
        assert says in said.get("detail", "")
    # It was answered the second time, and that is what is given again.
    assert post(office, "preparer", "/screenings", body, "died") == (200, said)


def test_a_copy_of_a_message_that_was_refused_does_nothing(office):
    """Whoever saw a signed request cannot have it done once its reason to be refused has gone."""
    sender = client(office, "officer-1")
    path = "/packages/no-such/tokens"
    body = json.dumps({"opening": "x"}).encode()
    headers = {"Idempotency-Key": "seen", "Content-Type": "application/json"}
    message = _Message("POST", f"{office.origin}/api/v1{path}", headers)
    sender._sign(message, body)
    sent = [
        urllib3.request("POST", message.url, body=body, headers=message.headers) for _ in range(2)
    ]
    assert [each.status for each in sent] == [404, 409]
    assert "sent before" in sent[1].json()["detail"]


def test_whoever_may_not_see_the_list_is_given_no_answers(office):
    """Whether somebody was disclosed is return information, at the holder's too."""
    paths = ("answers", "findings", "answers.jsonl", "answers.jsonl.jws")
    for person, status in (("administrator", 403), ("transmitter", 403), ("counsel", 200)):
        for path in paths:
            asked = f"/batches/batch-1/{path}"
            if status == 200:
                assert client(office, person)._ask("GET", asked, {}, None).status == 200
                continue
            with pytest.raises(Problem) as refused:
                client(office, person)._ask("GET", asked, {}, None)
            assert refused.value.status == status, (person, path)
        assert next(iter(client(office, person).batches()))["answered"]


def test_answers_a_page_at_a_time_are_all_the_answers(office):
    head = client(office, "head")
    whole = list(head.answers("batch-1"))
    assert len(whole) > 3
    paged, after = [], ""
    while after is not None:
        page = head._get(f"/batches/batch-1/answers?limit=2&after={after}")
        paged, after = paged + page["items"], page["next"]
    assert paged == whole
    returned = [each for each in whole if each["answer"] == "returned"]
    assert list(head.findings("batch-1")) == returned


def test_the_client_signs_nothing_but_the_act_it_began(office, monkeypatch):
    counsel = client(office, "counsel")
    send = counsel._send
    asked: dict = {}

    def taken_over(method, path, body):
        said = send(method, path, body)
        return said | {"to_sign": said["to_sign"] | asked} if said.get("to_sign") else said

    monkeypatch.setattr(counsel, "_send", taken_over)
    for wrong in (
        {"format": "portcullis-enrolment/1"},
        {"act": "approve"},
        {"at": "2031-01-01T00:00:00+00:00"},
        {"ordered": {"report": "court", "by": "2025-07-05"}},
    ):
        asked.clear()
        asked.update(wrong)
        with pytest.raises(Refused, match="Nothing is signed"):
            counsel.order_report("workload", date(2025, 7, 5))
    with pytest.raises(Misuse, match="https"):
        Client("http://office.example.gov", keys.generate())


def test_what_does_not_fit_is_named_with_what_belongs_there(office):
    for data, place, remedy in (
        ({}, "data.report", "Give it."),
        ({"report": "court"}, "data.by", "YYYY-MM-DD"),
        ({"report": "gossip", "by": "2025-07-05"}, "data.report", "API's document"),
        ({"report": "court", "by": "05/07/2025"}, "data.by", "YYYY-MM-DD"),
        ({"report": "court", "by": "2025-07-05", "to": "me"}, "data.to", "Leave it out"),
    ):
        status, said = post(office, "inspector", "/reports", {"data": data})
        assert status == 422
        assert said["detail"].startswith(f"{place}: "), said
        assert remedy in said["remedy"], said
        assert "05/07" not in json.dumps(said)


@pytest.mark.parametrize(
    ("person", "name"),
    [("approver", "approve"), ("approver", "send-back"), ("counsel", "hold-file")],
)
def test_a_field_that_is_missing_or_of_another_kind_is_named(office, person, name):
    for data in ({}, {"batch": ["batch-1"], "reason": 7, **dict.fromkeys(HOLD, 7)}):
        status, said = post(office, person, f"/acts/{name}", {"data": data})
        assert status == 422, said
        assert said["detail"].startswith("data."), said
        assert said["remedy"]


def test_what_is_no_text_or_no_moment_is_told_as_that(office):
    for said, status in (
        ({"data": {"batch": "batch\0one"}}, 400),
        ({"data": {"batch": "\ud800"}}, 400),
        ({"data": {}, "moment": "2025-07-07T00:00:00"}, 422),
    ):
        assert post(office, "approver", "/acts/approve", said)[0] == status
    single = {"request": {}, "manifest": {"of": "\ud800"}, "signatures": {}}
    assert post(office, "preparer", "/requests", single)[0] == 400
    places = ("%C2%B2", "1", "-5", "9" * 40)
    answers = [f"/batches/batch-1/answers?after={place}" for place in places]
    for path in ("/batches/batch%001", "/batches?after=%00", *answers):
        with pytest.raises(Problem) as refused:
            client(office, "preparer")._get(path)
        assert refused.value.status == 400


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
