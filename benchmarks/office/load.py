"""The load, in a process of its own so that it takes as little as it can of what is measured.

    python -m benchmarks.office.load walk PLAN        the pages each person has
    python -m benchmarks.office.load pages PLAN       people who look at pages
    python -m benchmarks.office.load requests PLAN    requests signed beforehand, at a fixed rate

Each prints what it saw as JSON. Connections are kept open. A request's latency is counted from the
moment it was due, so that one that had to wait behind others shows that it did.
"""

import json
import random
import socket
import sys
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from benchmarks.office.paths import walk
from benchmarks.office.signed import signed_headers
from portcullis import keys

_CONNECTIONS = 48
_OK = 400
_PATIENCE = 120.0  # seconds for one answer


class Line:
    """One kept connection to the office; opened anew where it was closed."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)

    def ask(self, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> int:
        """Send one request and read its answer; return the status, 0 where none came."""
        try:
            self._connection.request(method, path, body or None, headers)
            answer = self._connection.getresponse()
            self.said = answer.read()
        except (OSError, HTTPException):
            self._connection.close()
            return 0
        return answer.status


class Wire:
    """One kept connection over which whole requests are sent as bytes made beforehand.

    A client in Python would take from the office what is to be measured.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket: socket.socket | None = None

    def send(self, request: bytes) -> int:
        """Send one request and read its answer; return the status, 0 where none came."""
        try:
            if self._socket is None:
                self._socket = socket.create_connection(("127.0.0.1", self._port), _PATIENCE)
            self._socket.sendall(request)
            return self._answered(self._socket)
        except (OSError, ValueError):
            self._close()
            return 0

    def _answered(self, line: socket.socket) -> int:
        said = b""
        while (end := said.find(b"\r\n\r\n")) < 0:
            said += _received(line)
        head = said[:end].lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r", 1)[0])
        while len(said) < end + 4 + length:
            said += _received(line)
        if b"connection: close" in head:
            self._close()
        return int(head[9:12])

    def _close(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None


def _received(line: socket.socket) -> bytes:
    part = line.recv(1 << 16)
    if not part:
        raise ConnectionError
    return part


def walked(plan: dict[str, Any]) -> dict[str, list[str]]:
    """Return the addresses of each person's pages, found by following links from their desks."""
    line, found = Line(plan["port"]), {}
    for each in plan["people"]:
        if each["person"] not in found:
            found[each["person"]] = walk(line, each)
    return found


def pages(plan: dict[str, Any]) -> dict[str, Any]:
    """Have every user look at one of their pages after another, with pauses, for some seconds."""
    port, people, theirs = plan["port"], plan["people"], plan["pages"]
    ends = time.monotonic() + plan["seconds"]

    def look(number: int, note: Callable[[str, float, int], None]) -> None:
        person, line = people[number], Line(port)
        drawn = random.Random(number)  # noqa: S311 - no secret
        headers = {"Host": f"localhost:{port}", "Cookie": person["cookie"]}
        time.sleep(drawn.uniform(0, plan["pause"]))
        while time.monotonic() < ends:
            path = drawn.choice(theirs[person["person"]])
            began = time.perf_counter()
            status = line.ask("GET", path, headers)
            note(path, time.perf_counter() - began, status)
            # As long on the average as the plan says, and never at one time.
            time.sleep(drawn.uniform(0.5, 1.5) * plan["pause"])

    began = time.perf_counter()
    noted = _together(len(people), look)
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "seen": noted}


def requests(plan: dict[str, Any]) -> dict[str, Any]:
    """Send the plan's requests at its rate; return each one's id, latency, status and time."""
    port, rate = plan["port"], plan["rate"]
    key = keys.load_private(Path(plan["key"]))
    url = f"http://localhost:{port}{plan['path']}"
    ready = []
    with Path(plan["bodies"]).open(encoding="utf-8") as lines:
        for line in lines:
            name, body = json.loads(line)
            content = body.encode()
            headers = signed_headers("POST", url, content, key)
            ready.append((name, _whole("POST", plan["path"], headers, content)))
    taken = iter(range(len(ready)))
    turn = threading.Lock()
    began, wall = time.perf_counter() + 1, time.time() + 1

    def send(_number: int, note: Callable[[str, float, int, float], None]) -> None:
        line = Wire(port)
        while True:
            with turn:
                place = next(taken, None)
            if place is None:
                return
            due = began + place / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            name, request = ready[place]
            status = line.send(request)
            done = time.perf_counter()
            note(name, done - due, status, wall + done - began)

    noted = _together(_CONNECTIONS, send)
    return {"seconds": time.perf_counter() - began, "sent": noted}


def _whole(method: str, path: str, headers: dict[str, str], content: bytes) -> bytes:
    """Return a request as it goes over the wire."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    lines.append(f"Content-Length: {len(content)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def _together(count: int, do: Callable[..., None]) -> list[list[Any]]:
    """Have ``count`` threads do it at once; return what they noted."""
    noted: list[list[Any]] = []

    def note(*fact: Any) -> None:  # noqa: ANN401 - strings and numbers
        noted.append(list(fact))

    threads = [threading.Thread(target=do, args=(number, note)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return noted


def main() -> None:
    """Do what the plan says."""
    what, plan = sys.argv[1], json.loads(Path(sys.argv[2]).read_bytes())
    print(json.dumps({"walk": walked, "pages": pages, "requests": requests}[what](plan)))


if __name__ == "__main__":
    main()
