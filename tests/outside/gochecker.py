"""Go's checksum-database code as a process that is asked in batches (``go/main.go``)."""

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Self

from tests.outside.shown import Bare, BareGrowth, Folder, Grown, Shown, ShownFile

SOURCE = Path(__file__).with_name("go")
LIBRARIES = Path("/usr/share/gocode")  # where Debian's golang-*-dev packages put their sources
_ASK = {
    Shown: "presented",
    Grown: "grown",
    Bare: "record",
    BareGrowth: "growth",
    ShownFile: "file",
    Folder: "ledger",
}

Answer = dict[str, Any]


def build(folder: Path) -> Path:
    """Compile the checker into ``folder`` and return its path."""
    go = shutil.which("go")
    if go is None or not (LIBRARIES / "src/golang.org/x/mod/sumdb/tlog").is_dir():
        raise RuntimeError("Go and golang-golang-x-mod-dev are missing: run `make system`.")
    program = folder / "checker"
    environment = {
        **os.environ,
        "GO111MODULE": "off",  # the libraries are Debian's packages, nothing is downloaded
        "GOPATH": str(LIBRARIES),
        "GOCACHE": str(folder / "cache"),
        "GOFLAGS": "",
        "CGO_ENABLED": "0",
    }
    subprocess.run([go, "build", "-o", program, "."], cwd=SOURCE, env=environment, check=True)
    return program


class GoChecker:
    """The running checker. Use it in a ``with``; every call is one batch and one answer."""

    def __init__(self, program: Path) -> None:
        self._process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        self._process.stdin.close()
        if self._process.wait(timeout=10):
            raise RuntimeError("The checker did not end well.")

    def refusals(self, shown: Iterable[object]) -> list[str | None]:
        """Return why each thing shown is refused, None where it is accepted."""
        return [answer.get("refused") for answer in self.ask(map(question, shown))]

    def refusal(self, shown: object) -> str | None:
        return self.refusals([shown])[0]

    def counts(self, folder: Folder) -> dict[str, int]:
        """Return how many entries of each kind the ledger's folder holds, up to ``folder.by``."""
        return self._found(question(folder)).get("counts", {})

    def unreadable(self, folder: Folder) -> list[int]:
        """Return the positions of the entries that are no canonical JSON object, read in full."""
        return self._found(question(folder)).get("unreadable", [])

    def prove(self, folder: Folder, index: int, size: int) -> list[bytes]:
        """Return Go's own inclusion proof, made from the folder's tiles."""
        return self._path({**question(folder), "ask": "prove", "index": index, "size": size})

    def prove_grown(self, folder: Folder, old: int, size: int) -> list[bytes]:
        """Return Go's own consistency proof, made from the folder's tiles."""
        return self._path({**question(folder), "ask": "prove_grown", "old_size": old, "size": size})

    def microseconds(self, proofs: Sequence[Bare], rounds: int) -> float:
        """Return what one check takes, the leaf's hash with it: the median of ``rounds``."""
        cases = [question(proof) for proof in proofs]
        return self._found({"ask": "time", "cases": cases, "rounds": rounds})["nanoseconds"] / 1000

    def ask(self, questions: Iterable[Answer]) -> list[Answer]:
        """Send ``questions`` as one batch and return their answers."""
        self._process.stdin.write(json.dumps(list(questions)) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def _path(self, asked: Answer) -> list[bytes]:
        return [base64.b64decode(digest) for digest in self._found(asked).get("path", [])]

    def _found(self, asked: Answer) -> Answer:
        """Return the answer to one question, which must not be refused."""
        (answer,) = self.ask([asked])
        if "refused" in answer:
            raise RuntimeError(answer["refused"])
        return answer


def question(shown: object) -> Answer:
    """Return what is shown as a question to the checker."""
    asked: Answer = {"ask": _ASK[type(shown)]}
    for field in fields(shown):
        value = getattr(shown, field.name)
        if field.name == "trust":
            asked |= {
                "keys": value.keys,
                "witnesses": value.witnesses,
                "quorum": value.quorum,
            }
        elif field.name in {"note", "old_note", "file"}:
            asked[field.name] = _b64(value.encode())
        elif field.name == "path":
            asked["path"] = [_b64(digest) for digest in value]
        else:
            asked[field.name] = _b64(value) if isinstance(value, bytes) else value
    return asked


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode()
