"""What comes over the API and is wrong: never a failure of ours, told in words, and nothing kept.

Schemathesis makes requests of the office's own OpenAPI document, good and bad ones; each is signed
as a person's client signs it, so that it comes as far as the operation itself.
"""

import json
import secrets
import sqlite3
from contextlib import suppress
from urllib.parse import quote

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from portcullis import keys
from portcullis.agreements import proposed
from portcullis.client import Client, _Message
from tests.api.acts import acts_of
from tests.web.office import Office

PROBLEM = "application/problem+json"
WHO = {
    "/packages": "officer-1",
    "/orders": "counsel",
    "/reports": "counsel",
    "/exports": "inspector",
    "/tasks": "counsel",
}
MANY, SOME = 10, 8
DEEP = json.loads("[" * 300 + "]" * 300)
ODD = ["\x00", "\ud800", "a" * 100_000, "\u202e\u0000", 10**400, 1e308, True, None, [], {}, DEEP]


@pytest.fixture(scope="module")
def office(inspected) -> Office:
    return inspected


@pytest.fixture(scope="module")
def acts(office) -> dict[str, dict]:
    return acts_of(office)


@pytest.fixture(scope="module")
def document(office) -> dict:
    return requests.get(f"{office.origin}/api/v1/openapi.json", timeout=60).json()


class Signing(requests.auth.AuthBase):
    """Signs a prepared request as the client does."""

    def __init__(self, office: Office, person: str) -> None:
        key = keys.load_private(office.home.parent / "keys" / f"{person}.pem")
        self._client = Client(office.origin, key)

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        body = prepared.body
        content = body.encode() if isinstance(body, str) else body
        writes = prepared.method not in ("GET", "HEAD")
        prepared.headers.setdefault("Idempotency-Key", secrets.token_urlsafe(24))
        message = _Message(prepared.method, prepared.url, prepared.headers)
        self._client._sign(message, (content or b"") if writes else None)
        return prepared


def who(path: str) -> str:
    return next((name for part, name in WHO.items() if f"v1{part}" in path), "preparer")


def kept(office: Office) -> dict[str, int]:
    """Return how much of each the home has, refusals left out."""
    asked = {
        "entries": "SELECT count(*) FROM office_entry WHERE kind NOT IN "
        "('denied', 'transmittal-refused')",  # what a refused attempt leaves
        "batches": "SELECT count(*) FROM office_batch",
        "singles": "SELECT count(*) FROM office_singlerequest",
        "tasks": "SELECT count(*) FROM office_work_task",
        "orders": "SELECT count(*) FROM office_placed",
    }
    with sqlite3.connect(office.home / "state.sqlite3", timeout=60) as state:
        found = {name: state.execute(each).fetchone()[0] for name, each in asked.items()}
    return found | {"uploads": sum(1 for _ in office.home.glob("uploads/*"))}


def check(office: Office, before: dict[str, int], answer, what: str) -> None:
    """Assert that an answer is good, or refuses in words and left nothing."""
    assert answer.status_code < 500, (what, answer.status_code, office.log[-3000:])
    if answer.status_code < 400:
        return
    # Schemathesis gives each header as a list.
    kind = answer.headers["content-type"]
    assert PROBLEM in (kind, kind[0]), (what, answer.status_code, answer.text)
    said = answer.json()
    assert said["detail"], what
    assert said.get("remedy"), (what, said)
    assert "Traceback" not in answer.text
    assert kept(office) == before, what


@pytest.mark.parametrize(
    ("mode", "examples"),
    [
        (GenerationMode.POSITIVE, 1),
        (GenerationMode.NEGATIVE, 2),
        pytest.param(GenerationMode.POSITIVE, 60, marks=pytest.mark.long),
        pytest.param(GenerationMode.NEGATIVE, 120, marks=pytest.mark.long),
    ],
)
def test_whatever_comes_is_answered_or_refused_in_words(office, acts, document, mode, examples):
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=office.origin)
    tried = 0
    for number, found in enumerate(schema.get_all_operations()):
        operation = found.ok()
        act = operation.path.partition("/acts/")[2]
        if act and examples < MANY and number % SOME:
            continue  # each of them is tried where many are
        people = acts[act]["people"] if act else [who(operation.path)]
        signing = Signing(office, people[0] if people else "specialist")

        once = given(case=operation.as_strategy(generation_mode=mode))(_trying(office, signing))
        bad = settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )(once)
        with suppress(Unsatisfiable):  # an address without parameters has nothing to be wrong
            bad()
            tried += 1
    assert tried >= 12


def _trying(office: Office, signing: Signing):
    def once(case) -> None:
        _try(office, signing, case)

    return once


def _try(office: Office, signing: Signing, case) -> None:
    before = kept(office)
    try:
        answer = case.call(base_url=office.origin, auth=signing, allow_redirects=False)
    except (UnicodeError, ValueError, requests.exceptions.InvalidHeader):
        return  # nothing that a client could send
    check(office, before, answer, f"{case.method} {case.path}")


def test_every_act_is_in_the_document_field_by_field(acts, document):
    """An act added at a desk without saying what it takes is found here."""
    offered = {name: each["fields"] for name, each in acts.items() if not each["browser_only"]}
    assert len(offered) > 30
    untyped = [name for name, fields in offered.items() if fields is None]
    assert not untyped, f"These acts say not what they take (WebAct.takes): {untyped}"
    told = {}
    for path, item in document["paths"].items():
        _, _, name = path.partition("/api/v1/acts/")
        if name:
            body = item["post"]["requestBody"]["content"]["application/json"]["schema"]
            data = resolved(document, resolved(document, body)["properties"]["data"])
            assert data["additionalProperties"] is False, name
            told[name] = sorted(data["properties"])
    assert told == offered


def test_what_an_order_says_the_client_knows(acts):
    """What is ordered of each act names the act under which the client lets it be signed."""
    for name, said in acts.items():
        if said["ordered"] and not said["browser_only"]:
            assert said["act"] in proposed.signed_as(name), name


def resolved(document: dict, schema: dict) -> dict:
    """Return a schema of the document: what its reference names, where it is one."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"][name] if name else schema


def test_an_act_with_data_of_any_shape_is_refused_in_words(office, acts):
    batch = {"batch": "batch-1"}
    shapes = [{}, {"batch": ODD}, batch, batch | {"row": "x", "request": [], "draft": {}}]
    assert len(acts) > 8
    for name, said in acts.items():
        for shape in shapes:
            body = json.dumps({"data": shape}).encode()
            before = kept(office)
            person = said["people"][0] if said["people"] else "specialist"
            answer = post(office, person, f"/acts/{name}", body)
            check(office, before, answer, f"{name} {str(shape)[:60]}")


def test_odd_values_in_what_is_sent(office):
    for odd in ODD:
        body = json.dumps({"requests": [{"request_id": odd, "tin": odd}]}).encode()
        check(office, kept(office), post(office, "preparer", "/screenings", body), repr(odd)[:40])
        single = {"request": {"request_id": odd}, "manifest": {"a": odd}, "signatures": {"b": odd}}
        body = json.dumps(single).encode()
        check(office, kept(office), post(office, "preparer", "/requests", body), repr(odd)[:40])
        file = {"upload": odd, "name": odd, "sha256": odd}
        body = json.dumps({"upload": file, "manifest": {}, "signatures": {}}).encode()
        before = kept(office)
        check(office, before, post(office, "preparer", "/transmittals", body), repr(odd)[:40])


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[]", b"null", b"NaN", b"{}" * 2])
def test_what_is_no_json_is_refused_in_words(office, body):
    before = kept(office)
    answer = post(office, "preparer", "/screenings", body)
    assert 400 <= answer.status_code < 500
    check(office, before, answer, repr(body))


@pytest.mark.parametrize(
    "path",
    [
        "/no-such-thing",
        "/batches/%00",
        "/batches/%FF",
        "/batches/..%2F..%2Fkeys",
        "/batches/" + "a" * 3000,
        "/batches/batch-1/answers?limit=0",
        "/batches/batch-1/answers?limit=99999999999999999999",
        "/batches/batch-1/answers?after=" + "9" * 100,
        "/batches?after=%00",
        "/proofs/batch-1/" + quote("\u202e"),
        "/requests/not-a-uuid",
        "/packages/%00",
    ],
)
def test_an_odd_address_is_refused_in_words(office, path):
    person = "officer-1" if "packages" in path else "preparer"
    before = kept(office)
    answer = requests.get(f"{office.origin}/api/v1{path}", auth=Signing(office, person), timeout=60)
    check(office, before, answer, path)


def test_a_method_that_an_address_has_not_is_405(office):
    answer = requests.delete(
        f"{office.origin}/api/v1/batches", auth=Signing(office, "preparer"), timeout=60
    )
    assert answer.status_code == 405
    check(office, kept(office), answer, "DELETE")


def test_a_body_over_the_limit_is_413(office):
    before = kept(office)
    answer = post(office, "preparer", "/screenings", b'"' + b"a" * (17 << 20) + b'"')
    assert answer.status_code == 413
    check(office, before, answer, "long")


def test_a_long_file_of_who_signed_for_it_is_received(office):
    signing, address = Signing(office, "preparer"), f"{office.origin}/api/v1/uploads?name=x.csv"
    answer = requests.post(address, data=b"a" * (2 << 20), auth=signing, timeout=60)
    assert answer.status_code == 201, answer.text
    folder = office.home / "uploads" / answer.json()["upload"]
    assert (folder / "received.csv").stat().st_size == 2 << 20


def test_a_file_that_is_not_its_digest_leaves_nothing(office):
    before = kept(office)
    signing = Signing(office, "preparer")
    body = b"request_id\n1\n"

    def bent(prepared):
        signed = signing(prepared)
        signed.body = body[::-1]
        return signed

    answer = requests.post(
        f"{office.origin}/api/v1/uploads?name=x.csv", data=body, auth=bent, timeout=60
    )
    assert 400 <= answer.status_code < 500
    check(office, before, answer, "digest")


def post(office: Office, person: str, path: str, body: bytes) -> requests.Response:
    return requests.post(
        f"{office.origin}/api/v1{path}",
        data=body,
        headers={"Content-Type": "application/json"},
        auth=Signing(office, person),
        timeout=120,
    )
