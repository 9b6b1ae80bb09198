"""A batch's folder: one file a step, all under the batch's own key, and its accounting."""

from collections.abc import Iterable
from pathlib import Path

import polars as pl

from portcullis.errors import Refused
from portcullis.law import Basis
from portcullis.office import entries, erased
from portcullis.office.home import Home
from portcullis.office.keystore import Erasable
from portcullis.office.models import Batch, DeterminationList
from portcullis.tables import read_table

REQUESTS = "requests.tbl"
QUARANTINE = "quarantine.tbl"
FINDINGS = "findings.tbl"
MATCHES = "matches.tbl"
DETERMINATIONS = "determinations.tbl"
LOOKUPS = "lookups.tbl"
OUTCOMES = "outcomes.tbl"
MEASURES = "measures.tbl"
ANSWERS = "answers.jsonl"
RECEIPT = "receipt.json"

# What the permanent accounting keeps of a request, received or disclosed [law.md 39, 40].
ACCOUNTED = (
    "row",
    "request_id",
    "given_name",
    "middle_name",
    "family_name",
    "suffix",
    "tin",
    "taxable_periods",
    "statute",
    "reason",
    "investigation_id",
    "request_hash",
)


def find_batch(batch_id: str) -> Batch:
    """Return the batch, or raise Refused where none of that id was taken in."""
    try:
        return Batch.objects.get(id=batch_id)
    except Batch.DoesNotExist:
        raise Refused(
            "No batch of that id has been taken in.", "See `portcullis batches`."
        ) from None


def basis_of(batch: Batch) -> Basis:
    """Return the basis that the batch's list was made under, as the ledger has it."""
    return Basis.from_json(entries.body(list_in_force(batch).entry)["basis"])


def list_in_force(batch: Batch) -> DeterminationList:
    """Return the list on which the batch is sampled, approved and released: the newest.

    That is its own, or the last supplementary one; never the final one, which is made after. Raises
    Refused where the batch has none yet.
    """
    found = batch.lists.filter(final=False).order_by("-number").first()
    if found is None:
        raise Refused("That batch has no determination list yet.", "Have it adjudicated first.")
    return found


def check_in_force(listed: DeterminationList) -> None:
    """Raise Refused where ``listed`` is not the list in force any more.

    Asked inside the transaction of an act on the list, once its entry is written: a supplementary
    list made in the meantime waits for that, or has been seen.
    """
    if list_in_force(listed.batch) != listed:
        raise Refused("A newer list of this batch was made in the meantime.", "Do it again.")


def in_force(batch: Batch, name: str) -> str:
    """Return the file of ``name`` (DETERMINATIONS or MATCHES) that the list in force was made of.

    A batch that has no list yet has that of its first one.
    """
    listed = batch.lists.filter(final=False).order_by("-number").first()
    return of_list(name, listed.number if listed else 1)


def of_list(name: str, number: int) -> str:
    """Return the file of ``name`` (DETERMINATIONS or MATCHES) that list ``number`` is made of."""
    stem, dot, kind = name.rpartition(".")
    return name if number == 1 else f"{stem}-{number}{dot}{kind}"


def of_index(name: str, digest: str) -> str:
    """Return the file of ``name`` (LOOKUPS or MATCHES) of look-ups in another index, by digest."""
    stem, dot, kind = name.rpartition(".")
    return f"{stem}-in-{digest[:32]}{dot}{kind}"


def batch_key(home: Home, batch: Batch) -> bytes:
    """Return the key of the batch's files. Raises Refused where its working data was erased."""
    return erased.file_key(home, Erasable.batch(batch.id), batch.wrapped_key)


def read_step(
    home: Home, batch: Batch, name: str, columns: list[str] | None = None
) -> pl.DataFrame:
    """Return one step's table, or only ``columns`` of it."""
    return read_table(home.batch(batch.id) / name, batch_key(home, batch), columns)


def accounted(columns: Iterable[str]) -> list[str]:
    """Return which of a request's ``columns`` the permanent accounting keeps."""
    have = set(columns)
    return [name for name in ACCOUNTED if name in have]


def history(home: Home, history_id: str) -> Path:
    """Return the folder of one imported history's files."""
    return home.path / "history" / history_id


def accounting(home: Home, batch_id: str, name: str) -> Path:
    """Return the path of one file of the permanent accounting."""
    return home.path / "accounting" / batch_id / name
