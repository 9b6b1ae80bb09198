"""A request's proof: its leaf, under its batch's list, in the ledger."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import polars as pl

from portcullis import ledger
from portcullis.errors import Misuse
from portcullis.office import files
from portcullis.office.home import Home
from portcullis.office.models import Batch


@dataclass(frozen=True)
class Proven:
    """One request's row, its leaf's bytes, and the text of its proof."""

    row: int
    leaf: bytes
    proof: str


def proofs(
    home: Home, batch: Batch, request_ids: Collection[str] | None, *, final: bool = False
) -> Iterator[Proven]:
    """Yield the proof of each request of ``batch`` in its final list, or in that in force before.

    request_ids: which requests; None for all of them. Raises Misuse where the batch has no such
    request or no such list yet.
    """
    listed = batch.lists.filter(final=final).order_by("-number").first()
    if listed is None:
        raise Misuse("This batch has no such list yet.", "See `portcullis batches`.")
    tree = ledger.Tree(home.trees / batch.id / str(listed.number))
    rows = range(tree.size) if request_ids is None else _rows(home, batch, request_ids)
    log = ledger.Log.open(home.ledger)
    bundles = ledger.two_level_proofs(log, listed.entry_id, tree, rows)
    for row, proof in zip(rows, bundles, strict=True):
        yield Proven(row, tree.leaf(row), proof.text)


def _rows(home: Home, batch: Batch, request_ids: Collection[str]) -> list[int]:
    requests = files.read_step(home, batch, files.REQUESTS, ["row", "request_id"])
    found = requests.filter(pl.col("request_id").is_in(list(request_ids)))
    if found["request_id"].n_unique() < len(set(request_ids)):
        raise Misuse("The batch has no request of such an id.", "Name it as its file does.")
    return sorted(found["row"])
