"""One deployment served by a real process, for tests that look at it with a real browser.

The process serves a world of ``tests.office.world``. Sessions are made beside it, so that a test
begins at its subject; signing in is tested for itself.
"""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.web.signing import enrol_passkeys

COMMAND = [sys.executable, "-m", "tests.web.child"]
_FIRST_LINE = re.compile(r"Listening on http://127\.0\.0\.1:(\d+)/")


@dataclass
class Office:
    """A running office at ``origin``, with a session cookie for each person of its side."""

    process: subprocess.Popen[str]
    origin: str
    home: Path
    sessions: dict[str, str]

    def cookie(self, person: str) -> dict[str, Any]:
        """Return the cookie of ``person``'s session, as Playwright takes it."""
        return {"name": "portcullis-session", "value": self.sessions[person], "url": self.origin}

    @property
    def log(self) -> str:
        """What the office's process has logged."""
        return (self.home.parent / "office.log").read_text()

    @contextmanager
    def no_witness(self) -> Iterator[None]:
        """Have no witness cosign in this block: the one in the home has lost its key."""
        key = self.home / "keys" / "witness.pem"
        away = key.rename(key.with_suffix(".away"))
        try:
            yield
        finally:
            away.rename(key)

    def stop(self) -> None:
        """Stop the process."""
        self.process.terminate()
        self.process.wait(timeout=20)
        if self.process.stdout is not None:
            self.process.stdout.close()


def serve(
    home: Path, role: str, *, env: dict[str, str] | None = None, scheme: str = "http"
) -> Office:
    """Serve the home in a process of its own, on a free port, and sign everybody of its side in.

    Everybody on its roster has a passkey then (``signing.authenticator``). ``scheme``: of the
    address that browsers would name, where a proxy that ends TLS stands before it.
    """
    port = free_port()
    origin = f"{scheme}://localhost:{port}"
    enrol_passkeys(home, origin)
    surroundings = os.environ | {"PORTCULLIS_HOME": str(home)} | (env or {})
    surroundings.pop("DJANGO_SETTINGS_MODULE", None)
    asked = subprocess.run(
        [*COMMAND, "sessions", str(home), role, origin],
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
    log = home.parent / "office.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [*COMMAND, "serve", str(home), role, origin],
            env=surroundings,
            stdout=subprocess.PIPE,
            stderr=out,
            text=True,
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert _FIRST_LINE.search(line), (line, log.read_text())
    return Office(process, origin, home, json.loads(asked.stdout))


@contextmanager
def working(office: Office) -> Iterator[None]:
    """Have a worker of the office's home work in this block."""
    worker = subprocess.Popen([*COMMAND, "work", str(office.home), "", office.origin])
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(timeout=30)


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        return int(place.getsockname()[1])
