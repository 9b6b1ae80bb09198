"""A witness that somebody else runs: its own key, store and clock, reached over HTTP."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import waitress

from portcullis import ledger
from portcullis.ledger import witness_service
from portcullis.office import Home

NAME = "elsewhere.example/w1"


@dataclass
class Elsewhere:
    """One such witness; ``ahead``: by how many seconds its clock differs from this machine's."""

    folder: Path
    ahead: int = 0
    logs: dict[str, Sequence[str]] = field(default_factory=dict)
    port: int = 0
    serving: bool = False

    def __post_init__(self) -> None:
        self.key = ledger.generate_key()
        self.witness = ledger.Witness(
            self.folder, NAME, self.key, self.logs, lambda: int(time.time()) + self.ahead
        )

    @property
    def vkey(self) -> str:
        return self.witness.vkey

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def trust(self, home: Home) -> None:
        """Let it know the log of ``home`` by the keys the log says it has."""
        from portcullis.office.signers import now_in_force

        self.logs[ledger.Log.open(home.ledger).origin] = now_in_force().signed_by

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let it answer meanwhile; before and after, it says that it is out of service."""
        if not self.port:
            self._listen()
        self.serving = True
        try:
            yield
        finally:
            self.serving = False

    def _listen(self) -> None:
        application = witness_service.application(self.witness)

        def answer(environ, start):
            if self.serving:
                return application(environ, start)
            start("503 Service Unavailable", [("Content-Length", "0")])
            return [b""]

        # A map of its own: several of these may run in one process.
        server = waitress.create_server(answer, map={}, host="127.0.0.1", port=0, threads=2)
        self.port = server.effective_port
        Thread(target=server.run, daemon=True).start()


def witnesses_file(folder: Path, *others: Elsewhere, k: int, wait: int = 1) -> Path:
    """Write a ``witnesses.toml``: the local witness and ``others``, of whom ``k`` must cosign."""
    tables = ['[[witness]]\nname = "local"\n']
    tables += [
        f'[[witness]]\nname = "{NAME}"\nvkey = "{one.vkey}"\nurl = "{one.url}"\n' for one in others
    ]
    path = folder / "witnesses.toml"
    path.write_text(f"k = {k}\nwait_seconds = {wait}\n\n" + "\n".join(tables))
    return path
