"""The supplementary list: what two reviewers found stands on a list of its own, of the whole batch.

Every request is on it, changed or not, with random bytes of its own: a shorter list would tell how
many were reviewed. Sample, (i)(6) records, approval and release are of this list from then on.
"""

import shutil

import polars as pl
from django.db import transaction

from portcullis import ledger, screening, tables
from portcullis.errors import Refused
from portcullis.law import MET, Phase, applicable, judge
from portcullis.office import entries, files, locks, referrals
from portcullis.office.duties import check_apart
from portcullis.office.entries import Announce, silent
from portcullis.office.files import find_batch, list_in_force
from portcullis.office.home import Home
from portcullis.office.listing import LISTED, list_leaves
from portcullis.office.models import Batch, DeterminationList
from portcullis.office.nonces import draw_nonces
from portcullis.office.people import Actor, sign_act
from portcullis.office.review_journal import REVIEWED, Review

_WAITS = 600.0  # seconds a second process may wait for the first


def supplement(
    home: Home, batch_id: str, actor: Actor, announce: Announce = silent
) -> DeterminationList:
    """Put the confirmed findings of a batch's review on its next list, and that on the ledger.

    The preparer's act. Raises Refused where nothing confirmed waits, or the review has ended.
    Safe to run again after a crash: the list counts once its row is written.
    """
    batch = find_batch(batch_id)
    check_apart(home, actor, "adjudicate", batch)
    # One process at a time: the files of a list that is on the ledger are never written again.
    with locks.alone(home, home.batch(batch.id) / "supplement.lock", _WAITS):
        made = _supplement(home, batch, actor, announce)
    announce("integrate-list")
    entries.publish(home, announce)
    return made


def _supplement(home: Home, batch: Batch, actor: Actor, announce: Announce) -> DeterminationList:
    batch.refresh_from_db()
    referrals.check_open(batch)
    found = referrals.confirmed(home, batch)
    if not found:
        raise Refused("No confirmed finding waits for a list.", "See `portcullis referral list`.")
    before = list_in_force(batch)
    number = before.number + 1
    table, matches = _tables(home, batch, found)
    key = files.batch_key(home, batch)
    folder = home.batch(batch.id)
    tables.write_table(folder / files.of_list(files.DETERMINATIONS, number), table, key)
    tables.write_table(folder / files.of_list(files.MATCHES, number), matches, key)
    draw_nonces(home, batch.id, key, table.height, number)
    said = entries.body(before.entry)
    facts = {
        **{name: said[name] for name in LISTED},
        "number": number,
        "tree": f"{batch.id}/{number}",
    }
    announce("write-tree")
    head = _write_tree(home, batch, number, list_leaves(home, batch, table, matches, facts))
    announce("commit-list")
    listed = {
        **facts,
        "supplements": before.entry_id,
        "leaves": head.size,
        "leaves_root": head.root.hex(),
    }
    with transaction.atomic():
        act = sign_act(home, actor, "adjudicate", listed, batch.id, entry_kind="determination-list")
        # Only now no other act can come between.
        files.check_in_force(before)
        referrals.check_open(find_batch(batch.id))
        return DeterminationList.objects.create(
            batch=batch,
            number=number,
            root=head.root.hex(),
            leaves=head.size,
            eligible=table.filter(pl.col("outcome") == "eligible").height,
            as_of=before.as_of,
            prepared_by=actor.id,
            entry=act.entry,
        )


def _write_tree(home: Home, batch: Batch, number: int, leaves: list[bytes]) -> ledger.TreeHead:
    folder = home.trees / batch.id / str(number)
    # A crash before the commit leaves a tree that no entry names, made with other random bytes.
    shutil.rmtree(folder, ignore_errors=True)
    return ledger.write_tree(folder, leaves)


def _tables(
    home: Home, batch: Batch, found: dict[int, Review]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return determinations and matches of the list in force, with what was found in its place."""
    table = files.read_step(home, batch, files.in_force(batch, files.DETERMINATIONS))
    matches = files.read_step(home, batch, files.in_force(batch, files.MATCHES))
    as_found = _judged(home, batch, found).select(matches.columns).cast(matches.schema)
    rows = pl.col("row").is_in(list(found))
    replaced = pl.concat([matches.filter(~rows), as_found]).sort("row")
    reviewed = pl.DataFrame(
        [
            (row, f"{REVIEWED}:{review.finding.rule if review.finding else ''}")
            for row, review in found.items()
        ],
        schema={"row": pl.UInt32, "found": pl.String},
        orient="row",
    ).join(as_found.select("row", pl.col("route").alias("by_route")), on="row")
    there = pl.col("found").is_not_null()
    decided = (
        table.join(reviewed, on="row", how="left", maintain_order="left")
        .with_columns(
            outcome=pl.when(there).then(pl.lit("eligible")).otherwise("outcome"),
            route=pl.when(there)
            .then(pl.concat_str(pl.lit(f"{REVIEWED}-"), "by_route"))
            .otherwise("route"),
            cause=pl.when(there).then(None).otherwise("cause"),
            reasons=pl.when(there).then("found").otherwise("reasons"),
        )
        .select(table.columns)
    )
    return decided, replaced


def _judged(home: Home, batch: Batch, found: dict[int, Review]) -> pl.DataFrame:
    """Return the matches as found, each with the elements of the match phase judged."""
    basis = files.basis_of(batch)
    rows = [
        review.answer.match.with_columns(pl.lit(row, pl.UInt32).alias("row"))
        for row, review in found.items()
        if review.answer is not None and review.answer.match is not None
    ]
    matches = pl.concat(rows)
    requests = files.read_step(home, batch, files.REQUESTS).filter(pl.col("row").is_in(list(found)))
    periods = _periods(home, requests)
    asked = matches.join(periods, on="row", maintain_order="left")
    elements = applicable(basis, Phase.MATCH)
    judged = matches.join(judge(asked, elements, basis), on="row", maintain_order="left")
    _check_met(judged, [element.id for element in elements])
    return judged


def _check_met(judged: pl.DataFrame, elements: list[str]) -> None:
    """Raise Refused unless every element of the match phase is met of every row, with no cause."""
    met = pl.all_horizontal(pl.col(elements) == MET).fill_null(value=False)
    unmet = judged.filter(~met | pl.col("cause").is_not_null())["row"]
    if len(unmet):
        rows = ", ".join(str(row) for row in unmet)
        raise Refused(
            f"What was confirmed does not meet every element of the match (row {rows}).",
            "Nothing is listed. Tell the administrator: the law, the program or the files of the "
            "review are others than when it was confirmed.",
        )


def _periods(home: Home, requests: pl.DataFrame) -> pl.DataFrame:
    return screening.prepare(requests, home.pack, {"periods"}).select("row", "^periods$")
