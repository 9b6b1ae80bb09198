"""The counts of reports, in plain Python, from the files as they are stored: a check by comparison.

It shares no code with the gateway but the key: the ledger's entry bundles are read by the letter of
c2sp.org/tlog-tiles, the tables by that of their own description. A loop, a dictionary, no joins.
"""

import io
import json
import struct
from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow.parquet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_REJECTED = {"returned", "refused", "quarantined", "refused-whole"}


def ledger_entries(home: Path) -> list[dict]:
    """Return what every entry says, in order."""
    folder, entries, number = home / "ledger" / "tile" / "entries", [], 0
    while True:
        name = f"{number:03}"
        whole = folder / name
        parts = sorted((folder / f"{name}.p").glob("*"), key=lambda path: int(path.name))
        bundle = whole if whole.is_file() else (parts[-1] if parts else None)
        if bundle is None:
            return entries
        data = io.BytesIO(bundle.read_bytes())
        while head := data.read(2):
            (length,) = struct.unpack(">H", head)
            entries.append(json.loads(data.read(length)))
        number += 1


def table(path: Path, key: bytes) -> list[dict]:
    """Return the rows of an encrypted table."""
    data = io.BytesIO(path.read_bytes())
    assert data.readline() == b"portcullis-table/1\n"
    rows, number, last = [], 0, 0
    while not last:
        size, last = struct.unpack(">QB", data.read(9))
        nonce, sealed = data.read(12), data.read(size)
        plain = AESGCM(key).decrypt(nonce, sealed, f"{path.name}\n{number}\n{last}".encode())
        rows += pyarrow.parquet.read_table(io.BytesIO(plain)).to_pylist()
        number += 1
    return rows


def day(entry: dict) -> date:
    return date.fromisoformat(entry["at"][:10])


class Oracle:
    """Everything counted of one home by the end of one day."""

    def __init__(self, home: Path, key: bytes, by: date) -> None:
        self.folder, self.key = home / "accounting", key
        self.entries = [each for each in ledger_entries(home) if day(each) <= by]
        self.received: Counter = Counter()  # by year
        self.outcomes: Counter = Counter()
        self.answers: Counter = Counter()  # by year, quarter and answer
        self.elements: Counter = Counter()
        self.routes: Counter = Counter()
        self.instances: Counter = Counter()  # by year
        self.taxpayers: dict[int, set] = {}
        self._batches()
        self._refused()
        self._histories()

    def of(self, kind: str) -> list[dict]:
        return [each for each in self.entries if each["kind"] == kind]

    def _batches(self) -> None:
        answered = {each["batch"]: day(each) for each in self.of("answered")}
        delivered = {each["package"]: day(each) for each in self.of("delivered")}
        for entry in self.of("batch-received"):
            folder, until = self.folder / entry["batch"], answered.get(entry["batch"])
            taken = table(folder / "requests.tbl", self.key)
            apart = table(folder / "quarantined.tbl", self.key)
            self.received[day(entry).year] += len(taken) + len(apart)
            self.outcomes["quarantined"] += len(apart)
            if until is None:
                self.outcomes["pending"] += len(taken)
            else:
                became = table(folder / "outcomes.tbl", self.key)
                for row in became:
                    self.outcomes[row["outcome"]] += 1
                    self._answer(until, row["outcome"])
                    self.routes[row["route"], row["outcome"]] += 1
                    if row["outcome"] not in ("released", "held", "eligible"):
                        for element in filter(None, (row["reasons"] or "").split(";")):
                            self.elements[element, row["outcome"]] += 1
                for _ in apart:
                    self._answer(until, "quarantined")
            if (folder / "disclosures.tbl").exists():
                for row in table(folder / "disclosures.tbl", self.key):
                    if row["package"] in delivered:
                        self._disclosed(delivered[row["package"]], row["taxpayer"])

    def _refused(self) -> None:
        days = [
            (number, each)
            for number, each in enumerate(self.entries)
            if each["kind"] == "transmittal-refused"
        ]
        of = {
            each["refused"]: each["of"]["id"] for each in self.of("accounted") if "refused" in each
        }
        for number, entry in days:
            folder = self.folder / "refused" / of[number]
            for name in ("requests.tbl", "quarantined.tbl"):
                for _ in table(folder / name, self.key) if (folder / name).exists() else ():
                    self.received[day(entry).year] += 1
                    self.outcomes["refused-whole"] += 1
                    self._answer(day(entry), "refused-whole")

    def _histories(self) -> None:
        for entry in self.of("history-imported"):
            folder = self.folder / "history" / entry["history"]
            whose = {}
            for _ in table(folder / "quarantined.tbl", self.key):
                self.received[day(entry).year] += 1
                self.outcomes["quarantined"] += 1
            if (folder / "resolved.tbl").exists():
                whose = {
                    row["row"]: row["taxpayer"] for row in table(folder / "resolved.tbl", self.key)
                }
            for row in table(folder / "disclosures.tbl", self.key):
                on = date.fromisoformat(row["disclosed_on"])
                self.received[on.year] += 1
                self.outcomes["imported"] += 1
                self._disclosed(on, whose.get(row["row"]))

    def _answer(self, on: date, outcome: str) -> None:
        kind = (
            "rejected" if outcome in _REJECTED else "trace" if outcome == "released" else "no_trace"
        )
        self.answers[on.year, (on.month + 2) // 3, kind] += 1

    def _disclosed(self, on: date, taxpayer: str | None) -> None:
        self.instances[on.year] += 1
        self.taxpayers.setdefault(on.year, set()).add(taxpayer)
