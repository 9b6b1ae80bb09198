"""What the office keeps to itself beside the ledger: a sealed file, whose digest is on record.

An incident's report and the list of what a recall covers are nobody's outside. Encrypted under the
home's own key with fresh random bytes, a file's digest commits to it and tells nothing of it.
"""

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from portcullis import tables
from portcullis.canonical import json_bytes, sha256_hex
from portcullis.errors import Misuse
from portcullis.office import entries
from portcullis.office.home import Home
from portcullis.office.models import Entry

FOLDER = "sealed"
FIELD = "sealed"
"""The field of an entry that names a file, and its SHA-256 (hex)."""

_KINDS = ("recall-opened", "incident-reported", "notice-7431e-triggered")


Kept = list[dict[str, str]]


def keep(
    home: Home, name: str, facts: Mapping[str, Any], table: pl.DataFrame | None = None
) -> Kept:
    """Write ``facts`` (and a ``table`` beside them) and return what the entry says of the file.

    Written before the entry that names it: a file without an entry counts for nothing.
    """
    files = {f"{name}.facts": pl.DataFrame({"facts": [json_bytes(facts).decode()]})}
    if table is not None:
        files[f"{name}.table"] = table
    said = []
    for file, content in files.items():
        path = home.path / FOLDER / file
        tables.write_table(path, content, home.derived_key(FOLDER))
        said.append({"file": file, "digest": sha256_hex([path.read_bytes()])})
    return said


def facts_of(home: Home, said: Kept) -> dict[str, Any]:
    """Return the facts kept. Raises Misuse where the file is not the one on record."""
    table = _read(home, said[0])
    return dict(json.loads(table["facts"].item()))


def table_of(home: Home, said: Kept) -> pl.DataFrame:
    """Return the table kept beside the facts. Raises as ``facts_of``."""
    return _read(home, said[1])


def missing(home: Home) -> list[str]:
    """Return, as sentences, the sealed files that the ledger names and the home lacks."""
    rows = Entry.objects.filter(kind__in=_KINDS).order_by("position")
    return [
        f"The file sealed/{one['file']} of entry {row.position} ({row.kind}) is missing: bring it "
        "from a backup or the old home's disk; what it held is else lost."
        for row in rows
        for one in entries.body(row)[FIELD]
        if not (home.path / FOLDER / one["file"]).exists()
    ]


def _read(home: Home, one: Mapping[str, str]) -> pl.DataFrame:
    path = home.path / FOLDER / one["file"]
    try:
        data = path.read_bytes()
    except OSError:
        data = b""
    if sha256_hex([data]) != one["digest"]:
        raise Misuse(
            f"The file sealed/{one['file']} is missing, or is another than the ledger says.",
            "Bring it back from a backup.",
        )
    return tables.read_table(path, home.derived_key(FOLDER))
