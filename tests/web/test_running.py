"""Running the office: health, metrics and log, none of which names anybody or anything."""

import json
import re
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests
import urllib3

from portcullis.cli import cancelling
from tests.office import world as worlds
from tests.web.office import Office, free_port, serve


@pytest.fixture(scope="module")
def office(holder) -> Office:
    return holder("released")


def get(office: Office, path: str) -> urllib3.BaseHTTPResponse:
    return urllib3.request("GET", office.origin + path)


def test_it_says_that_it_is_up_and_ready(office):
    assert get(office, "/health/live").json() == {"live": True}
    assert get(office, "/health/ready").json() == {"ready": True, "reasons": []}


def test_a_home_without_its_roster_is_not_ready(office):
    roster = office.home / "people.json"
    kept = roster.read_bytes()
    roster.write_bytes(b"{}")
    try:
        answer = get(office, "/health/ready")
    finally:
        roster.write_bytes(kept)
    assert (answer.status, answer.json()["ready"]) == (503, False)


def head(office: Office, path: str, length: int, **headers: str) -> bytes:
    """Send the head of a request alone, and return what comes back though no body was sent."""
    place = urlsplit(office.origin)
    said = {"Host": place.netloc, "Content-Length": str(length), "Connection": "close", **headers}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
    with socket.create_connection((place.hostname, place.port), timeout=60) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return connection.recv(100)


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/specialist/intake/", "/api/v1/uploads?name=x"]
)
def test_of_nobody_no_long_body_is_read(office, path):
    """It would lie on the home's disk before anybody looked at it."""
    assert head(office, path, 2 << 20).startswith(b"HTTP/1.1 413")
    assert head(office, path, 2 << 20, Cookie="portcullis-session=x").startswith(b"HTTP/1.1 413")


def test_of_who_signed_in_as_much_is_read_as_the_address_takes(office):
    cookie = f"portcullis-session={office.sessions['specialist']}"
    assert head(office, "/specialist/", 65 << 20, Cookie=cookie).startswith(b"HTTP/1.1 413")
    assert head(office, "/specialist/intake/", 513 << 20, Cookie=cookie).startswith(b"HTTP/1.1 413")
    headers = {"Cookie": cookie, "Content-Type": "application/octet-stream"}
    asked = {"headers": headers, "body": b"x" * (2 << 20)}
    assert urllib3.request("POST", f"{office.origin}/specialist/intake/", **asked).status == 403


def test_the_metrics_count_and_name_nobody(office, visit):
    visit(office, "specialist", "/specialist/")
    said = get(office, "/health/metrics").data.decode()
    assert re.search(r'portcullis_batches\{state="answered"\} 1\.0', said)
    assert re.search(r'portcullis_packages\{state="delivered"\} [1-9]', said)
    assert "portcullis_http_seconds_bucket" in said
    for name in (*worlds.HOLDER, *worlds.REQUESTER, worlds.BATCH, "REQ-0"):
        assert f'"{name}"' not in said


def test_a_proxy_on_this_machine_does_not_open_the_metrics_to_others(office):
    headers = {"X-Forwarded-For": "192.0.2.7"}
    answer = urllib3.request("GET", office.origin + "/health/metrics", headers=headers)
    assert answer.status == 404


def test_the_metrics_are_for_this_machine_or_the_token(office):
    # A proxy on another machine is no loopback; here only the token can be shown.
    (office.home / "keys" / "metrics.token").write_text("a token of the test")
    headers = {"Authorization": "Bearer a token of the test"}
    answer = urllib3.request("GET", office.origin + "/health/metrics", headers=headers)
    assert answer.status == 200


@pytest.mark.long
def test_behind_a_proxy_everybody_seems_to_be_this_machine_so_only_the_token_counts(office):
    (office.home / "keys" / "metrics.token").write_text("a token of the test")
    behind = serve(office.home, "holder", env={"PORTCULLIS_PROXIES": "1"}, scheme="https")
    try:
        place = behind.origin.replace("https", "http")
        for said, status in (("", 404), ("Bearer \xff", 404), ("Bearer a token of the test", 200)):
            headers = {"Authorization": said} if said else {}
            assert urllib3.request("GET", f"{place}/health/metrics", headers=headers).status == (
                status
            )
        headers = {"X-Forwarded-Proto": "https"}
        answer = urllib3.request("GET", f"{place}/health/live", headers=headers)
        assert "max-age" in answer.headers["Strict-Transport-Security"]
    finally:
        behind.stop()


@pytest.mark.long
def test_two_processes_answer_on_one_address_and_end_together(office, tmp_path):
    port = free_port()
    command = [sys.executable, "-m", "portcullis.cli", "serve", "--role", "holder"]
    options = ["--processes", "2", "--no-worker", "--home", str(office.home), "--port", str(port)]
    log = tmp_path / "log"
    with log.open("w") as out:
        first = subprocess.Popen(
            [*command, *options], stdout=subprocess.PIPE, stderr=out, text=True
        )
    try:
        assert "Listening" in first.stdout.readline()
        answering: set[int] = set()
        deadline = time.monotonic() + 90
        with ThreadPoolExecutor(8) as many:
            while len(answering) < 2 and time.monotonic() < deadline:
                answers = many.map(
                    lambda _: requests.get(f"http://localhost:{port}/health/metrics", timeout=60),
                    range(16),
                )
                for answer in answers:
                    assert answer.status_code == 200
                    found = re.findall(r'process="([0-9]+)"', answer.text)
                    answering.update(map(int, found))
        assert len(answering) == 2
        assert first.pid in answering
    finally:
        first.terminate()
        ended = first.wait(timeout=30)
        first.stdout.close()
    assert ended == cancelling.EXIT
    assert cancelling.MESSAGE in log.read_text()
    assert "Traceback" not in log.read_text()
    for process in answering:
        assert not Path(f"/proc/{process}").exists()
    with pytest.raises(urllib3.exceptions.MaxRetryError):
        urllib3.request("GET", f"http://localhost:{port}/health/live", retries=0)


def test_the_log_is_json_lines_of_pages_not_addresses(holder, visit):
    office = holder("received")
    visit(office, "specialist", "/specialist/?q=Family")
    get(office, "/no-such-page-REQ-00001")
    lines = office.log.splitlines()
    said = [json.loads(line) for line in lines if line.startswith("{")]
    assert {"page", "status", "ms"} <= set(said[-1])
    assert "specialist:first" in {each.get("page") for each in said}
    assert "Family" not in "".join(lines)
    assert "REQ-00001" not in "".join(lines)
