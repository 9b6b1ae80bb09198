"""What became of a batch's requests so far, counted: by outcome, and by what stood in the way.

Counted once a file: a batch's files never change. Return information in sum: for those inside the
office who may see the list.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import polars as pl

from portcullis.office import files
from portcullis.office.home import Home
from portcullis.office.models import Batch, Package
from portcullis.tables import scan_table

_COLUMNS = ["outcome", "reasons", "cause"]
_KEPT = 128  # summaries of files; each holds a few hundred numbers


@dataclass(frozen=True)
class Reason:
    """One thing that stood in the way of requests of one outcome: an element's id or a cause."""

    outcome: str
    id: str
    requests: int


@dataclass(frozen=True)
class Summary:
    """Requests by outcome, and by each reason of an outcome; a request may have several."""

    outcomes: Mapping[str, int]
    reasons: tuple[Reason, ...]

    def of(self, outcome: str) -> int:
        """Return how many requests came to ``outcome``."""
        return self.outcomes.get(outcome, 0)


def summary(home: Home, batch: Batch) -> Summary | None:
    """Return the counts of the list in force; None before there is one.

    Raises Refused where the batch's working data was erased.
    """
    key = files.batch_key(home, batch)
    if not batch.lists.filter(final=False).exists():
        return None
    path = home.batch(batch.id) / files.in_force(batch, files.DETERMINATIONS)
    return _counted(path, path.stat().st_mtime_ns, key)


def funnel(batch: Batch, counted: Summary | None) -> list[tuple[str, int]]:
    """Return how many requests of the batch are left at each step, from received to released."""
    steps = [("Received", batch.taken + batch.quarantined), ("Taken in", batch.taken)]
    if counted is None:
        return steps
    face = counted.of("returned") + counted.of("refused") + _referred_on_face(counted)
    listed = batch.lists.filter(final=False).latest("number")
    approved = batch.state in {"approved", "releasing", "answered"} and hasattr(listed, "approval")
    return [
        *steps,
        ("Passed on their face", batch.taken - face),
        ("Matched: eligible", counted.of("eligible")),
        ("Approved", counted.of("eligible") if approved else 0),
        ("Released", _released(batch)),
    ]


def _referred_on_face(counted: Summary) -> int:
    near = sum(each.requests for each in counted.reasons if each.id == "near-miss")
    return counted.of("referred") - near


def _released(batch: Batch) -> int:
    delivered = Package.objects.filter(batch=batch, state="delivered")
    return delivered.values("row").distinct().count()


@lru_cache(maxsize=_KEPT)
def _counted(path: Path, _written: int, key: bytes) -> Summary:
    parts = [part.group_by(_COLUMNS).len("requests") for part in scan_table(path, key, _COLUMNS)]
    alike = pl.concat(parts).group_by(_COLUMNS).agg(pl.col("requests").cast(pl.Int64).sum())
    outcomes = alike.group_by("outcome").agg(pl.col("requests").sum())
    stood = alike.filter(pl.col("outcome") != "eligible").select(
        "outcome",
        pl.when(pl.col("cause").is_not_null())
        .then(pl.concat_list("cause"))
        .otherwise(pl.col("reasons").str.split(";"))
        .alias("id"),
        "requests",
    )
    reasons = (
        stood.explode("id")
        .filter(pl.col("id") != "")
        .group_by("outcome", "id")
        .agg(pl.col("requests").sum())
        .sort("requests", "id", descending=[True, False])
    )
    return Summary(
        dict(outcomes.iter_rows()),
        tuple(Reason(*row) for row in reasons.select("outcome", "id", "requests").iter_rows()),
    )
