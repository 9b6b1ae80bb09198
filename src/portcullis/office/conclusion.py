"""The end of a batch: its final outcomes on a list of their own, then every answer at once."""

import shutil
from collections.abc import Iterator

import polars as pl
from django.db import transaction

from portcullis import ledger, progress, release, tables
from portcullis.office import accounting, entries
from portcullis.office.entries import Announce
from portcullis.office.explaining import public_findings
from portcullis.office.files import (
    ANSWERS,
    DETERMINATIONS,
    OUTCOMES,
    QUARANTINE,
    REQUESTS,
    batch_key,
    in_force,
    list_in_force,
    read_step,
)
from portcullis.office.home import Home
from portcullis.office.listing import final_list_leaves
from portcullis.office.models import Batch, DeterminationList, Package
from portcullis.office.nonces import draw_nonces
from portcullis.office.stages import move
from portcullis.tables import SEGMENT_ROWS

RELEASED, HELD = "released", "held"


def conclude(
    home: Home,
    batch: Batch,
    announce: Announce = entries.silent,
    show: progress.Show = progress.unseen,
) -> None:
    """Write and list the final outcomes, publish the answers and end the batch.

    Does nothing while a package still waits. Safe to run again after a crash at any step.
    """
    if Package.objects.filter(batch=batch, state__in=["authorised", "sealed"]).exists():
        return
    outcomes = final_outcomes(home, batch)
    tables.write_table(home.batch(batch.id) / OUTCOMES, outcomes, batch_key(home, batch))
    accounting.write_outcomes(home, batch, outcomes)
    announce("final-list")
    _list_final(home, batch, outcomes, show)
    announce("answers")
    digest = _publish_answers(home, batch, outcomes, show)
    announce("commit-answers")
    with transaction.atomic():
        facts = {"batch": batch.id, "answers": digest}
        at = home.now().isoformat()
        entries.record("answered", facts, batch=batch.id, at=at)
        source = accounting.Source(accounting.BATCH, batch.id)
        accounting.commit(home, source, accounting.OUTCOMES, at=at)
        move(batch, "answered")
    announce("integrate-answers")
    with progress.step(show, "Put what became of it on the ledger"):
        entries.integrate(home, announce)


def final_outcomes(home: Home, batch: Batch) -> pl.DataFrame:
    """Return ``row, request_id, outcome``: an eligible request is released, or held after all."""
    listed = read_step(
        home, batch, in_force(batch, DETERMINATIONS), ["row", "request_id", "outcome"]
    )
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


def _list_final(home: Home, batch: Batch, outcomes: pl.DataFrame, show: progress.Show) -> None:
    """Put every request's final outcome on the last list, with random bytes of its own.

    The whole batch, changed or not: a shorter list would tell how many were held after all. Its own
    nonces, because one that opens two commitments would open the first to whoever got the second.
    """
    if batch.lists.filter(final=True).exists():
        return
    before = list_in_force(batch)
    number = before.number + 1
    facts = {"batch": batch.id, "number": number, "supplements": before.entry_id}
    draw_nonces(home, batch.id, batch_key(home, batch), outcomes.height, number)
    with progress.step(show, "Make the leaves of the final list"):
        leaves = final_list_leaves(home, batch, outcomes, facts)
    folder = home.trees / batch.id / str(number)
    # A crash before the commit leaves a tree that no entry names, made with other random bytes.
    shutil.rmtree(folder, ignore_errors=True)
    with progress.step(show, "Write the tree of the final list", len(leaves)) as advance:
        head = ledger.write_tree(folder, progress.counted(leaves, advance))
    listed = {
        **facts,
        "tree": f"{batch.id}/{number}",
        "leaves": head.size,
        "leaves_root": head.root.hex(),
    }
    with transaction.atomic():
        at = home.now().isoformat()
        entry = entries.record("determination-list", listed, batch=batch.id, at=at)
        DeterminationList.objects.create(
            batch=batch,
            number=number,
            final=True,
            root=head.root.hex(),
            leaves=head.size,
            eligible=0,
            as_of=home.today(),
            prepared_by=before.prepared_by,
            entry=entry,
        )


def _publish_answers(home: Home, batch: Batch, outcomes: pl.DataFrame, show: progress.Show) -> str:
    path = home.outgoing / batch.id / ANSWERS
    header = {
        "agreement": home.pack.id,
        "batch_id": batch.id,
        "manifest": batch.manifest_digest,
        "answered_on": home.today().isoformat(),
    }
    answered = _answered(home, batch, outcomes)
    findings = public_findings(home, batch)
    with progress.step(show, "Write the answers", answered.height) as advance:
        records = _records(answered, findings, advance)
        return release.write_answers(path, header, records, home.service_key())


def _records(
    answered: pl.DataFrame, findings: pl.DataFrame, advance: progress.Advance
) -> Iterator[pl.Series]:
    for part in answered.iter_slices(SEGMENT_ROWS):
        found = findings.filter(pl.col("source_row").is_between(*_ends(part)))
        yield release.answer_rows(part, found)
        advance(part.height)


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
