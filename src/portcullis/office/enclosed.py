"""What is signed by its digest alone: kept encrypted with the batch, under a salt of its own.

The ledger commits to the file and tells nothing of what is in it: not what it says, nor how much.
The file is made before it is signed, one for each person; the same said again is the same file, so
that what is signed is what is kept. It is erased with the batch.
"""

from pathlib import Path

import polars as pl

from portcullis import tables
from portcullis.canonical import sha256_hex
from portcullis.errors import Misuse, Refused
from portcullis.office import locks
from portcullis.office.files import batch_key
from portcullis.office.home import Home
from portcullis.office.models import Batch


def enclose(home: Home, batch: Batch, name: str, person: str, said: pl.DataFrame) -> str:
    """Keep what ``person`` is about to sign under ``name``; return the digest of its file."""
    path = _waiting(home, batch, name, person)
    key = batch_key(home, batch)
    # The same person may have two windows open.
    with locks.alone(home, home.batch(batch.id) / "drafts.lock"):
        if not _is_kept(path, key, said):
            tables.write_table(path, said, key)
        return sha256_hex([_read(path)])


def keep(home: Home, batch: Batch, name: str, person: str) -> None:
    """Put the file in its place. Run in the transaction of the act that was signed, at its end."""
    waiting = _waiting(home, batch, name, person)
    tables.publish(home.batch(batch.id) / name, _read(waiting))


def forget(home: Home, batch: Batch, name: str, person: str) -> None:
    """Remove what waited to be signed, once it is in its place."""
    _waiting(home, batch, name, person).unlink(missing_ok=True)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise Refused(
            "The same person has done this meanwhile, in another window.", "See where it stands."
        ) from None


def _is_kept(path: Path, key: bytes, said: pl.DataFrame) -> bool:
    try:
        return tables.read_table(path, key).equals(said)
    except Misuse:
        return False


def _waiting(home: Home, batch: Batch, name: str, person: str) -> Path:
    of = sha256_hex([person.encode()])[:32]
    # A table is bound to its file's name, so it waits under the same name in a folder of its own.
    return home.batch(batch.id) / "drafts" / of / name
