"""Counts of a batch, taken again from its files: what reports are made of."""

import polars as pl

from portcullis import law
from portcullis.office import files
from portcullis.office.home import Home


def outcomes(home: Home, batch_id: str) -> pl.DataFrame:
    """Return ``source_row, request_id, outcome`` of every row received.

    The outcome is the final one where the batch is answered, else the determined one.
    """
    batch = files.find_batch(batch_id)
    answered = (home.batch(batch.id) / files.OUTCOMES).exists()
    step = files.OUTCOMES if answered else files.in_force(batch, files.DETERMINATIONS)
    decided = files.read_step(home, batch, step, ["row", "outcome"])
    requests = files.read_step(home, batch, files.REQUESTS, ["row", "source_row", "request_id"])
    quarantined = files.read_step(home, batch, files.QUARANTINE, ["source_row", "request_id"])
    return pl.concat(
        [
            requests.join(decided, on="row").select("source_row", "request_id", "outcome"),
            quarantined.with_columns(outcome=pl.lit("quarantined")),
        ]
    ).sort("source_row")


def reasons(home: Home, batch_id: str) -> pl.DataFrame:
    """Return ``element, citation, statement, layer, outcome, count``, most frequent first.

    The count is how often the element kept a request from passing; one may count under several.
    """
    batch = files.find_batch(batch_id)
    decided = files.in_force(batch, files.DETERMINATIONS)
    table = files.read_step(home, batch, decided, ["outcome", "reasons"])
    counted = (
        table.filter(pl.col("reasons") != "")
        .group_by("outcome", "reasons")
        .len("count")
        .with_columns(pl.col("reasons").str.split(";").alias("element"))
        .explode("element")
        .group_by("element", "outcome")
        .agg(pl.col("count").sum())
    )
    words = pl.DataFrame(
        [
            (each.id, each.citation, each.statement, each.layer.value)
            for each in law.applicable(files.basis_of(batch))
        ],
        schema=["element", "citation", "statement", "layer"],
        orient="row",
    )
    return counted.join(words, on="element").sort("count", "element", descending=[True, False])


def halted(home: Home, batch_id: str) -> str | None:
    """Return which limit stopped the whole batch, as a sentence, or None."""
    batch = files.find_batch(batch_id)
    measures = files.read_step(home, batch, files.MEASURES)
    if not measures["m_batch_halt"].any():
        return None
    limits = home.pack.thresholds
    officer = int(measures["m_officer_load_max"].max() or 0)  # type: ignore[arg-type]
    reason = int(measures["m_identical_reasons"].max() or 0)  # type: ignore[arg-type]
    return (
        f"One officer is named in {officer:,} of {batch.taken:,} requests and one reason is given "
        f"in {reason:,}; the agreement halts a batch in which one officer's share is above "
        f"{limits.batch_halt_officer_share} or one reason's is above "
        f"{limits.batch_halt_reason_share}. "
        "Nothing was looked up."
    )
