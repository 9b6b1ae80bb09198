"""The end of a batch: a supplementary list for what changed, then every answer at once."""

import polars as pl
from django.db import transaction

from portcullis import determination, ledger, release, tables
from portcullis.office import entries
from portcullis.office.entries import Announce
from portcullis.office.explaining import public_findings
from portcullis.office.files import (
    ANSWERS,
    DETERMINATIONS,
    OUTCOMES,
    QUARANTINE,
    REQUESTS,
    batch_key,
    read_step,
)
from portcullis.office.home import Home
from portcullis.office.models import Batch, DeterminationList, Package
from portcullis.office.nonces import read_nonces
from portcullis.office.stages import move
from portcullis.tables import SEGMENT_ROWS

RELEASED, HELD = "released", "held"


def conclude(home: Home, batch: Batch, announce: Announce = entries.silent) -> None:
    """Write the final outcomes, list what changed, publish the answers and end the batch.

    Does nothing while a package still waits. Safe to run again after a crash at any step.
    """
    if Package.objects.filter(batch=batch, state__in=["authorised", "sealed"]).exists():
        return
    outcomes = final_outcomes(home, batch)
    tables.write_table(home.batch(batch.id) / OUTCOMES, outcomes, batch_key(home, batch))
    announce("supplementary-list")
    _list_changes(home, batch, outcomes)
    announce("answers")
    digest = _publish_answers(home, batch, outcomes)
    announce("commit-answers")
    with transaction.atomic():
        facts = {"batch": batch.id, "answers": digest}
        entries.record("answered", facts, batch=batch.id, at=home.now().isoformat())
        move(batch, "answered")
    announce("integrate-answers")
    entries.integrate(home, announce)


def final_outcomes(home: Home, batch: Batch) -> pl.DataFrame:
    """Return ``row, request_id, outcome``: an eligible request is released, or held after all."""
    listed = read_step(home, batch, DETERMINATIONS, ["row", "request_id", "outcome"])
    delivered = Package.objects.filter(batch=batch, state="delivered")
    rows = pl.Series("row", sorted(set(delivered.values_list("row", flat=True))), dtype=pl.UInt32)
    eligible = pl.col("outcome") == "eligible"
    return listed.with_columns(
        pl.when(eligible & pl.col("row").is_in(rows.implode()))
        .then(pl.lit(RELEASED))
        .when(eligible)
        .then(pl.lit(HELD))
        .otherwise("outcome")
        .alias("outcome")
    )


def _list_changes(home: Home, batch: Batch, outcomes: pl.DataFrame) -> None:
    """Put the requests that were eligible but are held on list number 2."""
    first = batch.lists.get(number=1)
    changed = outcomes.filter(pl.col("outcome") == HELD)
    if changed.is_empty() or batch.lists.filter(number=2).exists():
        return
    requests = read_step(home, batch, REQUESTS, ["row", "request_hash"])
    named = changed.join(requests, on="row", maintain_order="left").select(
        "request_id",
        pl.col("request_hash").bin.encode("hex"),
        "outcome",
        *[pl.lit(None, pl.String).alias(name) for name in ("route", "cause", "reasons")],
        *[pl.lit(None, pl.String).alias(name) for name in ("taxpayer_id", "disclosure")],
        pl.lit(str(first.number)).alias("basis"),
        pl.lit(release.NO_DISCLOSURE).alias("answer"),
    )
    texts = named.select(determination.answer_text(), determination.determination_text())
    every = read_nonces(home, batch)
    size = determination.NONCES_BYTES
    nonces = b"".join(every[row * size : (row + 1) * size] for row in changed["row"])
    leaves = determination.leaves(texts["answer_text"], texts["determination_text"], nonces)
    tree = f"{batch.id}/2"
    home.trees.mkdir(exist_ok=True)
    head = ledger.write_tree(home.trees / batch.id / "2", leaves)
    with transaction.atomic():
        entry = entries.record(
            "determination-list",
            {
                "batch": batch.id, "number": 2, "tree": tree, "supplements": first.entry_id,
                "leaves": head.size, "leaves_root": head.root.hex(),
            },
            batch=batch.id, at=home.now().isoformat(),
        )
        DeterminationList.objects.create(
            batch=batch, number=2, root=head.root.hex(), leaves=head.size, eligible=0,
            as_of=home.today(), prepared_by=first.prepared_by, entry=entry,
        )


def _publish_answers(home: Home, batch: Batch, outcomes: pl.DataFrame) -> str:
    path = home.outgoing / batch.id / ANSWERS
    header = {
        "agreement": home.pack.id,
        "batch_id": batch.id,
        "manifest": batch.manifest_digest,
        "answered_on": home.today().isoformat(),
    }
    answered = _answered(home, batch, outcomes)
    findings = public_findings(home, batch)
    records = (
        release.answer_rows(
            part, findings.filter(pl.col("source_row").is_between(*_ends(part)))
        )
        for part in answered.iter_slices(SEGMENT_ROWS)
    )
    return release.write_answers(path, header, records, home.service_key())


def _ends(part: pl.DataFrame) -> tuple[int, int]:
    return part["source_row"][0], part["source_row"][-1]


def _answered(home: Home, batch: Batch, outcomes: pl.DataFrame) -> pl.DataFrame:
    """Return ``source_row, request_id, answer`` of every received row, in the received order."""
    rows = read_step(home, batch, REQUESTS, ["row", "source_row"])
    taken = outcomes.join(rows, on="row", maintain_order="left").select(
        "source_row", "request_id", release.public_answers()
    )
    quarantined = read_step(home, batch, QUARANTINE, ["source_row", "request_id"]).with_columns(
        answer=pl.lit(release.RETURNED)
    )
    return pl.concat([taken, quarantined]).sort("source_row")

