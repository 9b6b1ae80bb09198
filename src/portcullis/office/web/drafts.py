"""What a person has marked of a batch and not signed yet: kept encrypted with the batch's files.

Checkboxes over many pages, or a file, become one draft; the act takes the draft, named by its
digest, so that what is signed is what was marked. It is erased with the batch, and removed once the
act is done.
"""

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from portcullis.canonical import sha256_hex
from portcullis.errors import Refused
from portcullis.office.files import batch_key
from portcullis.office.home import Home
from portcullis.office.models import Batch
from portcullis.tables import parse_table, read_table, write_table

_SCHEMA = pl.Schema({"request_id": pl.String, "marked": pl.Boolean})


def read(home: Home, batch: Batch, kind: str, person: str) -> dict[str, bool]:
    """Return what the person has marked so far, by request id."""
    path = _path(home, batch, kind, person)
    if not path.exists():
        return {}
    return dict(read_table(path, batch_key(home, batch)).iter_rows())


def write(home: Home, batch: Batch, kind: str, person: str, marked: Mapping[str, bool]) -> None:
    """Keep what the person has marked, in place of what was kept before."""
    rows = pl.DataFrame(list(marked.items()), schema=_SCHEMA, orient="row")
    write_table(_path(home, batch, kind, person), rows, batch_key(home, batch))


def digest(home: Home, batch: Batch, kind: str, person: str) -> str:
    """Return the digest of the draft as it is kept; empty where there is none."""
    path = _path(home, batch, kind, person)
    return sha256_hex([path.read_bytes()]) if path.exists() else ""


def taken(home: Home, batch: Batch, kind: str, person: str, of: str) -> dict[str, bool]:
    """Return the draft of digest ``of``. Raises Refused where it was changed since."""
    path = _path(home, batch, kind, person)
    data = path.read_bytes() if path.exists() else b""
    if not data or sha256_hex([data]) != of:
        raise Refused("What you marked was changed since.", "Look at it again, and sign anew.")
    return dict(parse_table(data, path, batch_key(home, batch)).iter_rows())


def remove(home: Home, batch: Batch, kind: str, person: str) -> None:
    """Remove the draft, if there is one."""
    _path(home, batch, kind, person).unlink(missing_ok=True)


def _path(home: Home, batch: Batch, kind: str, person: str) -> Path:
    return home.batch(batch.id) / "drafts" / f"{kind}-{sha256_hex([person.encode()])[:32]}.tbl"
