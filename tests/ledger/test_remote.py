"""A witness asked over HTTP: what it may answer, and what is made of answers that are none."""

import base64
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from portcullis.errors import Misuse
from portcullis.ledger import EMPTY_ROOT, WitnessRefused, generate_key, merkle_root
from portcullis.ledger.notes import (
    Checkpoint,
    cosign,
    parse_vkey,
    sign_checkpoint,
)
from portcullis.ledger.remote import RemoteWitness, WitnessUnreachable
from portcullis.ledger.submissions import encode_submission
from tests.ledger.conftest import KEY, ORIGIN, VKEY, WITNESS, WITNESS_KEY, WITNESS_VKEY
from tests.ledger.processes import free_port

TEXT = Checkpoint(ORIGIN, 3, merkle_root([b"a", b"b", b"c"])).text
NOTE = sign_checkpoint(Checkpoint(ORIGIN, 3, merkle_root([b"a", b"b", b"c"])), KEY)
LINE = cosign(WITNESS, WITNESS_KEY, TEXT, 1_750_000_000)
STRANGE = "— pq.example/w " + base64.b64encode(bytes(4 + 8 + 2420)).decode() + "\n"

Respond = Callable[[BaseHTTPRequestHandler, bytes], None]


@contextmanager
def answering(respond: Respond, timeout: float = 10) -> Iterator[RemoteWitness]:
    """Run a server that answers as ``respond`` says, and ask it as a witness."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            respond(self, self.rfile.read(int(self.headers["Content-Length"])))

        def do_GET(self) -> None:
            respond(self, b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/prefix/"
        yield RemoteWitness(WITNESS_VKEY, url, timeout=timeout)
    finally:
        server.shutdown()
        server.server_close()


def saying(status: int, text: str | bytes, kind: str = "text/plain", **headers: str) -> Respond:
    body = text.encode() if isinstance(text, str) else text

    def respond(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return respond


def test_it_sends_what_the_protocol_says():
    seen = []

    def respond(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        seen.append((handler.command, handler.path, body))
        saying(200, LINE)(handler, body)

    with answering(respond) as witness:
        assert witness.add_checkpoint(2, [EMPTY_ROOT], NOTE) == LINE
    hash_line = base64.b64encode(EMPTY_ROOT).decode()
    wanted = f"old 2\n{hash_line}\n\n{NOTE}".encode()
    assert seen == [("POST", "/prefix/add-checkpoint", wanted)]
    assert encode_submission(0, [], NOTE) == f"old 0\n\n{NOTE}".encode()


@pytest.mark.parametrize(
    "others",
    [STRANGE, cosign("other.example", generate_key(), TEXT, 5)],
    ids=["of another kind", "of another witness"],
)
def test_lines_of_unknown_keys_are_ignored(others):
    with answering(saying(200, others + LINE + others)) as witness:
        assert witness.add_checkpoint(0, [], NOTE) == LINE


@pytest.mark.parametrize("status", [400, 403, 404, 422, 429, 500, 503])
def test_a_refusal_keeps_its_status_and_not_the_servers_words(status):
    with (
        answering(saying(status, "secret words")) as witness,
        pytest.raises(WitnessRefused) as refusal,
    ):
        witness.add_checkpoint(0, [], NOTE)
    assert (refusal.value.status, refusal.value.size) == (status, None)
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "kind", "size"),
    [
        ("12\n", "text/x.tlog.size", 12),
        ("0\n", "text/x.tlog.size", 0),
        ("12\n", "Text/X.tlog.size; charset=utf-8", 12),
        ("12\n", "text/plain", None),
        ("12", "text/x.tlog.size", None),
        ("012\n", "text/x.tlog.size", None),
        ("-1\n", "text/x.tlog.size", None),
        ("9" * 5000 + "\n", "text/x.tlog.size", None),
        ("<html>", "text/x.tlog.size", None),
    ],
)
def test_a_conflict_brings_the_size_if_it_is_one(text, kind, size):
    with answering(saying(409, text, kind)) as witness, pytest.raises(WitnessRefused) as refusal:
        witness.add_checkpoint(0, [], NOTE)
    assert (refusal.value.status, refusal.value.size) == (409, size)


def _without_time() -> str:
    signature = WITNESS_KEY.sign(f"cosignature/v1\ntime 0\n{TEXT}".encode())
    line = parse_vkey(WITNESS_VKEY).key_id + struct.pack(">Q", 0) + signature
    return f"— {WITNESS} {base64.b64encode(line).decode()}\n"


NO_COSIGNATURES = {
    "nothing": "",
    "a page": "<html>welcome</html>",
    "no text": b"\xff\xfe\n",
    "no line's end": LINE[:-1],
    "another key's line": cosign(WITNESS, generate_key(), TEXT, 5),
    "another checkpoint's line": cosign(WITNESS, WITNESS_KEY, TEXT.replace("3", "4"), 5),
    "a line without time": _without_time(),
    "another text of its own": "more\n\n" + cosign(WITNESS, WITNESS_KEY, f"{TEXT}\nmore\n", 5),
}


@pytest.mark.parametrize("answer", NO_COSIGNATURES.values(), ids=NO_COSIGNATURES)
def test_an_answer_without_a_cosignature_is_none(answer):
    with answering(saying(200, answer)) as witness, pytest.raises(WitnessRefused) as refusal:
        witness.add_checkpoint(0, [], NOTE)
    assert refusal.value.status == 502


def test_a_redirect_is_not_followed():
    with (
        answering(saying(200, LINE)) as good,
        answering(saying(307, "", Location=good._prefix + "/add-checkpoint")) as witness,
        pytest.raises(WitnessRefused) as refusal,
    ):
        witness.add_checkpoint(0, [], NOTE)
    assert refusal.value.status == 307


def test_an_answer_without_end_is_cut_off():
    def endless(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
        handler.send_response(200)
        handler.end_headers()
        handler.close_connection = True
        try:
            while True:
                handler.wfile.write(bytes(65536))
        except OSError:
            pass

    with answering(endless) as witness, pytest.raises(WitnessUnreachable, match="no end"):
        witness.add_checkpoint(0, [], NOTE)


def test_silence_is_not_waited_for_for_ever():
    waiting = threading.Event()

    def silent(handler: BaseHTTPRequestHandler, _body: bytes) -> None:
        waiting.wait(60)
        handler.close_connection = True

    with answering(silent, timeout=0.2) as witness:
        with pytest.raises(WitnessUnreachable, match="ReadTimeoutError"):
            witness.add_checkpoint(0, [], NOTE)
        waiting.set()


def test_nobody_there_is_a_refusal_too():
    witness = RemoteWitness(WITNESS_VKEY, f"http://127.0.0.1:{free_port()}")
    with pytest.raises(WitnessUnreachable) as refusal:
        witness.add_checkpoint(0, [], NOTE)
    assert isinstance(refusal.value, WitnessRefused)
    with pytest.raises(WitnessUnreachable):
        witness.newest(ORIGIN)


def test_what_is_no_http_is_a_refusal_too():
    with socket.create_server(("127.0.0.1", 0)) as place:

        def babble() -> None:
            for _ in range(2):
                connection, _ = place.accept()
                connection.recv(65536)
                connection.sendall(b"SSH-2.0-OpenSSH\r\n")
                connection.close()

        threading.Thread(target=babble, daemon=True).start()
        witness = RemoteWitness(WITNESS_VKEY, f"http://127.0.0.1:{place.getsockname()[1]}")
        with pytest.raises(WitnessUnreachable):
            witness.add_checkpoint(0, [], NOTE)


def test_connections_are_kept_and_a_dropped_one_is_made_anew():
    peers = []

    def respond(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        peers.append(handler.client_address)
        if len(peers) == 3:
            # Dropped without an answer, as a server does that is tired of an idle connection.
            handler.close_connection = True
            return
        saying(200, LINE)(handler, body)

    with answering(respond) as witness:
        for _ in range(3):
            assert witness.add_checkpoint(0, [], NOTE) == LINE
    assert peers[0] == peers[1] == peers[2]
    assert len(peers) == 4
    assert peers[3] != peers[0]


def test_the_newest_checkpoint_is_fetched_and_checked():
    other = sign_checkpoint(Checkpoint("other.example/log", 0, EMPTY_ROOT), KEY)
    signed = cosign(WITNESS, WITNESS_KEY, other.split("\n\n")[0] + "\n", 5)
    for answer, found in (
        (saying(200, NOTE + LINE), NOTE + LINE),
        (saying(404, "never"), None),
        (saying(200, NOTE), 502),
        (saying(200, other + signed), 502),
        (saying(200, "<html>"), 502),
        (saying(500, ""), 500),
    ):
        with answering(answer) as witness:
            if isinstance(found, int):
                with pytest.raises(WitnessRefused) as refusal:
                    witness.newest(ORIGIN)
                assert refusal.value.status == found
            else:
                assert witness.newest(ORIGIN) == found


@pytest.mark.parametrize(
    "url",
    ["", "witness.example", "ftp://w.example", "http://", "http://u:p@w.example/", "http://w/?q=1"],
)
def test_an_address_is_a_plain_one(url):
    with pytest.raises(Misuse, match="address"):
        RemoteWitness(WITNESS_VKEY, url)


def test_a_witness_has_a_witnesss_key():
    with pytest.raises(Misuse, match="type 04"):
        RemoteWitness(VKEY, "http://w.example")
