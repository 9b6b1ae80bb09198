"""Real servers in processes of their own: started, waited for, killed, started again."""

import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import urllib3

PATIENCE = 60
COMMAND = Path(sys.executable).with_name("portcullis")


def free_port() -> int:
    """Return a port that was free just now; a server started again takes the same one."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return place.getsockname()[1]


class Server:
    """One server process on a port of its own; a context manager that starts and kills it."""

    def __init__(self, command: Sequence[object], port: int) -> None:
        self.port = port
        self._command = [str(word) for word in command]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self._process.poll() is None, "the server ended before it listened"
            try:
                urllib3.request("GET", self.url, retries=False, timeout=5)
            except urllib3.exceptions.HTTPError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("the server does not listen")

    def kill(self) -> None:
        """Kill it as a power failure would (SIGKILL)."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()


def witness_server(folder: Path) -> Server:
    """Return the server of the witness that ``portcullis witness init`` made in ``folder``."""
    port = free_port()
    return Server([COMMAND, "witness", "serve", folder, "--port", port], port)


def ledger_server(home: Path) -> Server:
    """Return ``portcullis serve`` over ``home``, or over a copy of one."""
    port = free_port()
    return Server([COMMAND, "serve", "--home", home, "--port", port], port)


def static_server(folder: Path) -> Server:
    """Return a plain web server over ``folder`` that knows nothing of ledgers."""
    port = free_port()
    words = ["-m", "http.server", port, "--bind", "127.0.0.1", "--directory", folder]
    return Server([sys.executable, *words], port)
