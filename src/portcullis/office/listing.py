"""A batch's determination list: its leaves made, and made again to see that they are the same."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from portcullis import determination, ledger, release, tables
from portcullis.canonical import json_bytes, record_column, sha256_column, sha256_hex
from portcullis.errors import Refused
from portcullis.office import entries, files
from portcullis.office.home import Home
from portcullis.office.models import Batch
from portcullis.office.nonces import read_nonces

FINAL_LISTED = ("batch", "number", "supplements")
LISTED = ("number", "tree", "basis", "pack", "index")
_REQUEST = "portcullis/request/1"
_DISCLOSED = ("lka_line1", "lka_line2", "lka_city", "lka_state", "lka_zip", "lka_period")


def check_list(home: Home, batch: Batch) -> None:
    """Raise Refused unless the stored determinations make the root that is on the ledger.

    Everything the list commits to is computed again from the batch's files: whoever changed an
    outcome, an address, a match or what was requested after the list was made is found here.
    """
    listed = files.list_in_force(batch)
    requested = _requests_are_whole(home, batch)
    table = files.read_step(home, batch, files.in_force(batch, files.DETERMINATIONS))
    matches = files.read_step(home, batch, files.in_force(batch, files.MATCHES))
    leaves = list_leaves(home, batch, table, matches, entries.body(listed.entry))
    if not requested or ledger.merkle_root(leaves).hex() != listed.root:
        raise _altered("determinations")


def check_final_list(home: Home, batch: Batch) -> None:
    """Raise Refused unless the stored final outcomes make the final list's root."""
    listed = batch.lists.get(final=True)
    outcomes = files.read_step(home, batch, files.OUTCOMES)
    leaves = final_list_leaves(home, batch, outcomes, entries.body(listed.entry))
    if ledger.merkle_root(leaves).hex() != listed.root:
        raise _altered("final outcomes")


def final_list_leaves(
    home: Home, batch: Batch, outcomes: pl.DataFrame, facts: Mapping[str, Any]
) -> list[bytes]:
    """Return the leaves of a batch's final list in received-row order.

    ``outcomes``: ``row, request_id, outcome``; ``facts`` what the list's entry says
    (``FINAL_LISTED``), to whose digest each leaf commits.
    """
    basis = sha256_hex([json_bytes({name: facts[name] for name in FINAL_LISTED})])
    requests = files.read_step(home, batch, files.REQUESTS, ["row", "request_hash"])
    absent = ("route", "cause", "reasons", "taxpayer_id", "disclosure")
    texts = (
        outcomes.join(requests, on="row", maintain_order="left")
        .with_columns(
            pl.col("request_hash").bin.encode("hex"),
            *[pl.lit(None, pl.String).alias(name) for name in absent],
            pl.lit(basis).alias("basis"),
        )
        .with_columns(release.public_answers())
        .select(determination.answer_text(), determination.determination_text())
    )
    nonces = read_nonces(home, batch, facts["number"])
    return determination.leaves(texts["answer_text"], texts["determination_text"], nonces)


def _altered(what: str) -> Refused:
    return Refused(
        f"The stored {what} are not those whose root is on the ledger.",
        "Restore the batch's folder from a backup; nothing is released from it.",
    )


def list_leaves(
    home: Home,
    batch: Batch,
    table: pl.DataFrame,
    matches: pl.DataFrame,
    facts: Mapping[str, Any],
) -> list[bytes]:
    """Return the leaves of a batch's first or supplementary list in received-row order.

    ``table`` and ``matches`` are the tables of that list, ``facts`` what its entry says of its
    basis (``LISTED``); each leaf commits to their digest. An eligible request's public answer is
    the planned one.
    """
    basis_digest = sha256_hex([json_bytes({name: facts[name] for name in LISTED})])
    requests = files.read_step(
        home, batch, files.REQUESTS, ["row", "request_id", "request_hash", "items"]
    )
    contents = _content_digests(home, table, matches, requests)
    planned = pl.when(pl.col("outcome") == "eligible").then(pl.lit("released")).otherwise("outcome")
    texts = (
        table.lazy()
        .join(requests.lazy().select("row", "request_hash"), on="row", maintain_order="left")
        .join(
            matches.lazy().select("row", "taxpayer_id"), on="row", how="left", maintain_order="left"
        )
        .join(contents.lazy(), on="row", how="left", maintain_order="left")
        .with_columns(
            pl.col("request_hash").bin.encode("hex"),
            planned.alias("planned"),
            pl.lit(basis_digest).alias("basis"),
        )
        .with_columns(release.public_answers("planned"))
        .select(determination.answer_text(), determination.determination_text())
        .collect()
    )
    return determination.leaves(
        texts["answer_text"],
        texts["determination_text"],
        read_nonces(home, batch, facts["number"]),
    )


def _requests_are_whole(home: Home, batch: Batch) -> bool:
    """Whether every stored request still has its hash, which is what its leaf commits to."""
    fields = home.pack.fields
    stored = tables.scan_table(
        home.batch(batch.id) / files.REQUESTS,
        files.batch_key(home, batch),
        [*fields, "request_hash"],
    )
    return all(
        sha256_column(part.select(text=record_column(_REQUEST, fields))["text"]).equals(
            part["request_hash"]
        )
        for part in stored
    )


def _content_digests(
    home: Home, table: pl.DataFrame, matches: pl.DataFrame, requests: pl.DataFrame
) -> pl.DataFrame:
    """Return ``row, disclosure``: the digest of what would leave, for the eligible rows."""
    eligible = table.filter(pl.col("outcome") == "eligible").select("row")
    rows = eligible.join(requests.select("row", "request_id", "items"), on="row").join(
        matches.select("row", *_DISCLOSED), on="row"
    )
    items = home.pack.disclosure.items
    digests = [
        (one["row"], sha256_hex([json_bytes(release.disclosure_content(items, one, one))]))
        for one in rows.iter_rows(named=True)
    ]
    return pl.DataFrame(digests, schema={"row": pl.UInt32, "disclosure": pl.String}, orient="row")
