"""A witness in a process of its own, over HTTP, as c2sp.org/tlog-witness says."""

import base64
import hashlib
import itertools
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest
import urllib3

from portcullis.ledger import (
    EMPTY_ROOT,
    Log,
    WitnessRefused,
    consistency_proof,
    generate_key,
    in_memory,
    leaf_hashes,
    log_verifier,
    merkle_root,
    open_checkpoint,
    verify_log,
)
from portcullis.ledger.notes import Checkpoint, sign_checkpoint
from portcullis.ledger.remote import RemoteWitness, WitnessUnreachable
from portcullis.ledger.submissions import encode_submission
from portcullis.ledger.witness_folder import make_witness, open_witness, trust_logs
from tests.ledger.conftest import KEY, make_entries
from tests.ledger.processes import Server, witness_server

NAME = "witness.example/w1"
_numbers = itertools.count()


@dataclass(frozen=True)
class Subject:
    """A log of its own for each test, which the running witness has just been told to trust."""

    origin: str
    vkey: str

    def note(self, size: int, *, fork: bool = False) -> str:
        root = merkle_root(self.leaves(fork=fork)[:size])
        return sign_checkpoint(Checkpoint(self.origin, size, root), KEY)

    def body(self, old: int, new: int, *, fork: bool = False) -> bytes:
        node = in_memory(leaf_hashes(self.leaves(fork=fork)))
        growth = consistency_proof(node, old, new) if 0 < old <= new else []
        return encode_submission(old, growth, self.note(new, fork=fork))

    @staticmethod
    def leaves(*, fork: bool = False) -> list[bytes]:
        return [bytes([fork, n]) for n in range(40)]


@dataclass(frozen=True)
class Running:
    """A witness that runs, and its folder."""

    folder: Path
    server: Server

    @property
    def vkey(self) -> str:
        return open_witness(self.folder).vkey

    def ask(self, method: str, path: str, body: bytes | None = None) -> urllib3.BaseHTTPResponse:
        return urllib3.request(
            method, self.server.url + path, body=body, retries=False, redirect=False, timeout=30
        )

    def submit(self, body: bytes) -> urllib3.BaseHTTPResponse:
        return self.ask("POST", "/add-checkpoint", body)

    def subject(self) -> Subject:
        origin = f"log-{next(_numbers)}.example"
        vkey = log_verifier(origin, KEY).vkey
        trust_logs(self.folder, [vkey])
        return Subject(origin, vkey)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    folder = tmp_path_factory.mktemp("witness") / "w1"
    make_witness(folder, NAME)
    with witness_server(folder) as server:
        yield Running(folder, server)


def hash_of(origin: str) -> str:
    return hashlib.sha256(origin.encode()).hexdigest()


def test_it_cosigns_and_serves_what_it_cosigned(running):
    subject = running.subject()
    where = f"/{hash_of(subject.origin)}/checkpoint"
    assert running.ask("GET", where).status == 404
    for old, new in ((0, 0), (0, 7), (7, 7), (7, 30)):
        answer = running.submit(subject.body(old, new))
        line = answer.data.decode()
        assert answer.status == 200
        assert line.startswith("— ")
        assert line.endswith("\n")
        signed = open_checkpoint(subject.note(new) + line, [subject.vkey], [running.vkey], 1)
        assert signed.cosigned[NAME] > 1_700_000_000
        served = running.ask("GET", where)
        assert (served.status, served.data.decode()) == (200, subject.note(new) + line)
        assert served.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_a_conflict_tells_the_size_and_nothing_else(running):
    subject = running.subject()
    running.submit(subject.body(0, 7))
    for old, new in ((0, 9), (3, 9), (8, 9), (3, 5)):
        answer = running.submit(subject.body(old, new))
        assert (answer.status, answer.data) == (409, b"7\n")
        assert answer.headers["Content-Type"] == "text/x.tlog.size"
    empty = running.submit(running.subject().body(3, 5))
    assert (empty.status, empty.data) == (409, b"0\n")


def test_each_refusal_has_its_status(running):
    subject = running.subject()
    running.submit(subject.body(0, 7))
    stranger = Subject("nobody.example", log_verifier("nobody.example", KEY).vkey)
    forged = subject.note(9).encode()[:-8] + b"AAAAAA=\n"
    asked = {
        "old above new": (400, subject.body(9, 7)),
        "an unknown log": (404, stranger.body(0, 7)),
        "a forged signature": (403, b"old 7\n\n" + forged),
        "an unknown key": (
            403,
            encode_submission(
                7,
                [],
                sign_checkpoint(Checkpoint(subject.origin, 9, EMPTY_ROOT), generate_key()),
            ),
        ),
        "a fork of the same size": (422, subject.body(7, 7, fork=True)),
        "a fork that grew": (422, subject.body(7, 9, fork=True)),
        "a proof from nothing": (
            422,
            encode_submission(0, [EMPTY_ROOT], running.subject().note(4)),
        ),
        "another empty tree": (
            422,
            encode_submission(
                0,
                [],
                sign_checkpoint(Checkpoint(running.subject().origin, 0, bytes(32)), KEY),
            ),
        ),
    }
    assert {name: running.submit(body).status for name, (_, body) in asked.items()} == {
        name: status for name, (status, _) in asked.items()
    }
    assert running.submit(subject.body(7, 9)).status == 200


def test_a_malformed_request_is_refused_as_such(running):
    subject = running.subject()
    note = subject.note(4)
    hash_line = base64.b64encode(bytes(32)).decode() + "\n"
    bodies = [
        b"",
        b"\xff",
        note.encode(),
        f"old 0\n{note}".encode(),
        f"old 00\n\n{note}".encode(),
        f"old -1\n\n{note}".encode(),
        f"old  0\n\n{note}".encode(),
        f"Old 0\n\n{note}".encode(),
        f"old 0\r\n\r\n{note}".encode(),
        f"old {'9' * 30}\n\n{note}".encode(),
        f"old 1\n{hash_line * 64}\n{note}".encode(),
        f"old 1\nAAAA\n\n{note}".encode(),
        f"old 1\n{hash_line[:-3]}B=\n\n{note}".encode(),
        f"old 0\n\n{note[:-1]}".encode(),
        f"old 0\n\n{subject.origin}\n4\n".encode(),
        f"old 0\n\n{note.replace(chr(10) + '4' + chr(10), chr(10) + '04' + chr(10))}".encode(),
    ]
    assert [running.submit(body).status for body in bodies] == [400] * len(bodies)
    most = running.submit(f"old 1\n{hash_line * 63}\n{note}".encode())
    assert most.status == 409


def test_what_is_too_large_is_not_read(running):
    assert running.submit(bytes(300_000)).status == 413


def test_only_its_own_paths_and_methods(running):
    origin = hash_of(running.subject().origin)
    asked = {
        ("GET", "/add-checkpoint"): 405,
        ("PUT", "/add-checkpoint"): 405,
        ("POST", f"/{origin}/checkpoint"): 405,
        ("POST", "/"): 405,
        ("GET", f"/{origin.upper()}/checkpoint"): 404,
        ("GET", f"/{origin}"): 404,
        ("GET", "/key.pem"): 404,
        ("GET", "/../key.pem"): 404,
        ("GET", "/%2e%2e/key.pem"): 404,
        ("GET", "/witness.json"): 404,
        ("POST", "/sign-subtree"): 404,
        ("HEAD", "/"): 200,
    }
    found = {}
    for method, path in asked:
        # http.client leaves the path as it is written, dots and all.
        connection = HTTPConnection("127.0.0.1", running.server.port, timeout=30)
        connection.request(method, path)
        found[method, path] = connection.getresponse().status
        connection.close()
    assert found == asked


def test_it_says_in_plain_words_who_it_is(running):
    subject = running.subject()
    page = running.ask("GET", "/").data.decode()
    assert running.vkey in page
    assert f"{hash_of(subject.origin)}  {subject.origin}" in page


def test_a_connection_is_kept_alive(running):
    subject = running.subject()
    connection = HTTPConnection("127.0.0.1", running.server.port, timeout=30)
    connection.connect()
    sockets = set()
    for old, new in ((0, 1), (1, 2), (5, 9)):
        sockets.add(connection.sock)
        connection.request("POST", "/add-checkpoint", subject.body(old, new))
        connection.getresponse().read()
    assert len(sockets) == 1
    assert None not in sockets


def test_a_ledger_is_cosigned_by_witnesses_far_away(running, tmp_path):
    origin = running.subject().origin
    witness = RemoteWitness(running.vkey, running.server.url + "/")
    log = Log.create(tmp_path / "log", origin, KEY, [witness])
    log.append(make_entries(3), [witness])
    # Somebody else has let it see more in between: the log asks again from there.
    log.append(make_entries(300, 3), [witness])
    Log.open(tmp_path / "log", KEY).append(make_entries(5, 303), [witness])
    assert open_checkpoint(log.checkpoint, [log.vkey], [witness.vkey], 1).checkpoint.size == 308
    assert verify_log(tmp_path / "log", [log.vkey], [witness.vkey], 1).ok
    assert witness.newest(origin) == log.checkpoint


def test_of_many_at_once_none_goes_back_and_none_forks(running):
    subject = running.subject()
    barrier = threading.Barrier(6)

    def climb(racer: int) -> list[tuple[int, bool]]:
        fork = bool(racer % 2)
        taken, old = [], 0
        witness = RemoteWitness(running.vkey, running.server.url, timeout=60)
        node = in_memory(leaf_hashes(subject.leaves(fork=fork)))
        barrier.wait()
        for new in range(1, 40):
            try:
                growth = consistency_proof(node, old, new) if old else []
                witness.add_checkpoint(old, growth, subject.note(new, fork=fork))
                taken.append((new, fork))
                old = new
            except WitnessRefused as refusal:
                old = refusal.size if refusal.size in range(new + 1) else old
        return taken

    with ThreadPoolExecutor(6) as racers:
        climbed = [one for taken in racers.map(climb, range(6)) for one in taken]
    assert len({fork for _, fork in climbed}) == 1, "two forks were cosigned"
    served = RemoteWitness(running.vkey, running.server.url).newest(subject.origin)
    assert served is not None
    assert f"\n{max(size for size, _ in climbed)}\n" in served


@pytest.fixture
def own(tmp_path):
    """A witness that a test may kill."""
    make_witness(tmp_path / "w1", NAME)
    server = witness_server(tmp_path / "w1")
    with server:
        yield Running(tmp_path / "w1", server)


def test_killed_at_any_moment_it_keeps_its_promise(own):
    """What was answered is remembered; nothing smaller and no fork is ever signed after."""
    subject = own.subject()
    witness = RemoteWitness(own.vkey, own.server.url, timeout=30)
    node = in_memory(leaf_hashes(subject.leaves()))
    promised = 0
    for round_ in range(3):
        killer = threading.Timer(0.01 * round_, own.server.kill)
        killer.start()
        for new in range(promised + 1, 40):
            try:
                growth = consistency_proof(node, promised, new) if promised else []
                witness.add_checkpoint(promised, growth, subject.note(new))
                promised = new
            except WitnessUnreachable:
                break
        killer.join()
        own.server.kill()
        own.server.start()
        answer = own.submit(subject.body(0, 40))
        seen = int(answer.data) if answer.status == 409 else 40
        assert promised <= seen, "an answered checkpoint was forgotten"
        promised = seen
        if 0 < seen < 40:
            for old, new, fork in ((0, seen - 1, False), (seen, seen, True), (seen, 40, True)):
                assert own.submit(subject.body(old, new, fork=fork)).status in (409, 422)
    assert own.submit(subject.body(promised, 40)).status == 200
    assert own.submit(subject.body(39, 39)).data == b"40\n"


def test_a_witness_that_cannot_store_says_so_and_shows_no_secret(own):
    subject = own.subject()
    own.submit(subject.body(0, 4))
    (own.folder / "store" / hash_of(subject.origin)).write_text("gone\n")
    for answer in (
        own.submit(subject.body(4, 9)),
        own.ask("GET", f"/{hash_of(subject.origin)}/checkpoint"),
    ):
        assert answer.status == 500
        assert b"Traceback" not in answer.data
        assert str(own.folder).encode() not in answer.data


def test_keys_are_replaced_while_it_runs(own):
    subject = own.subject()
    key = generate_key()
    fresh = log_verifier(subject.origin, key).vkey
    note = sign_checkpoint(Checkpoint(subject.origin, 0, EMPTY_ROOT), key)
    assert own.submit(encode_submission(0, [], note)).status == 403
    trust_logs(own.folder, [subject.vkey, fresh])
    assert own.submit(encode_submission(0, [], note)).status == 200
    assert own.submit(subject.body(0, 4)).status == 200
    trust_logs(own.folder, [fresh])
    assert own.submit(subject.body(4, 9)).status == 403
    facts = json.loads((own.folder / "witness.json").read_text())
    assert facts["logs"] == [fresh]
