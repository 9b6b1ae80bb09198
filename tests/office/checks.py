"""What must hold of a home after anything: each function asserts one invariant."""

import json
from pathlib import Path

from portcullis import ledger
from portcullis.office import Home
from portcullis.office.public import FILE, read_public


def ledger_verifies(home: Home) -> None:
    public = read_public(home.path / FILE)
    found = ledger.verify_log(
        home.ledger, list(public.ledger), list(public.witnesses), public.k, trees=home.trees
    )
    assert found.ok, found.problems


def entries(home: Home) -> list[dict]:
    return [json.loads(entry) for entry in ledger.Log.open(home.ledger).entries()]


def of_kind(home: Home, kind: str) -> list[tuple[int, dict]]:
    return [(at, entry) for at, entry in enumerate(entries(home)) if entry["kind"] == kind]


def published(home: Home, batch: str) -> set[str]:
    folder: Path = home.outgoing / batch / "packages"
    return {path.stem for path in folder.glob("*.json")} if folder.is_dir() else set()


def nothing_out_without_its_entry(home: Home, batch: str) -> None:
    authorised = {entry["package"]: at for at, entry in of_kind(home, "release-authorised")}
    delivered = {entry["package"]: at for at, entry in of_kind(home, "delivered")}
    assert published(home, batch) <= set(authorised)
    assert set(delivered) <= set(authorised)
    assert all(authorised[package] < at for package, at in delivered.items())


def released_once(home: Home, batch: str, count: int) -> None:
    delivered = [entry["package"] for _, entry in of_kind(home, "delivered")]
    assert len(delivered) == len(set(delivered)) == count
    assert set(delivered) == published(home, batch)
    assert len(of_kind(home, "answered")) == 1
