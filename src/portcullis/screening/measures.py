"""Measures of a batch and of the rolling window: what no single request shows.

Taken once over the whole batch, in received order, before any element is judged, and joined to
the requests by ``row``; so results do not depend on chunking. Guards floor principle 8: another
request about the same person must cite the earlier one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import polars as pl

from portcullis.law import Basis, Thresholds
from portcullis.screening.identity import REPEATS, identities

KINDS = (*REPEATS, "investigation", "reason", "address", "officer", "volume")

WINDOW_SCHEMA = pl.Schema(
    {
        "kind": pl.Enum(KINDS),
        "digest": pl.Binary(),
        "request": pl.Binary(),
        "order_digest": pl.Binary(),
        "batch_id": pl.String(),
        "on": pl.Date(),
        "count": pl.UInt32(),
    }
)

_VOLUME = b"requests"


@dataclass(frozen=True)
class Measured:
    """``measures``: by ``row``, the ``m_`` columns. ``digests``: what the window is to remember."""

    measures: pl.DataFrame
    digests: pl.DataFrame


def measure(
    chunks: Iterable[pl.DataFrame],
    window: pl.DataFrame | None,
    key: bytes,
    basis: Basis,
    on: date,
    *,
    batch_id: str,
) -> Measured:
    """Measure a batch of requests (``chunks`` as ``prepare`` returns them) within the window.

    ``window``: the ``digests`` stored of earlier batches (``WINDOW_SCHEMA``), or None. Rows of
    this batch, or older than the basis's ``window_days`` before ``on``, are left out of it.
    ``key``: the holder's secret for the window, the same for every batch.

    Measures: ``m_officer_load_max`` requests naming the most-named of the request's officers;
    ``m_identical_reasons`` requests with its reason; ``m_shared_address`` persons at its address;
    ``m_repeat`` requests before it about the same person (by TIN, by name and address, or by
    order); ``m_repeat_cited`` it names one of those and says what changed;
    ``m_duplicate_investigation`` requests about other persons naming its investigation;
    ``m_officer_in_all`` one officer stands in more than a share of the batch; ``m_batch_halt``
    that, or one reason does; ``m_window_volume`` requests in the window. A measure of what the
    agreement has no field for is 0, or False: ``m_duplicate_investigation`` needs an order number
    too, which tells the persons apart.
    """
    limits = basis.thresholds
    batch = pl.concat([identities(chunk, key) for chunk in chunks]).sort("row")
    earlier = _window(window, limits.window_days, on, batch_id)
    reasons, officers = _count(batch, "reason"), _officers(batch)
    by_officer = _halted(batch.height, officers, limits.batch_halt_officer_share, limits)
    by_reason = _halted(batch.height, reasons, limits.batch_halt_reason_share, limits)
    measures = batch.select("row").with_columns(
        _loads(batch, officers, earlier),
        _joined(batch, "reason", _add(reasons, earlier, "reason")).alias("m_identical_reasons"),
        _joined(batch, "address", _add(_persons(batch), earlier, "address")).alias(
            "m_shared_address"
        ),
        _repeats(batch, earlier).alias("m_repeat"),
        _cited(batch, earlier).alias("m_repeat_cited"),
        _duplicate_investigations(batch, earlier).alias("m_duplicate_investigation"),
        pl.lit(by_officer).alias("m_officer_in_all"),
        pl.lit(by_officer or by_reason).alias("m_batch_halt"),
        pl.lit(_volume(batch, earlier), dtype=pl.UInt32).alias("m_window_volume"),
    )
    return Measured(measures, _digests(batch, officers, reasons, batch_id, on))


def empty_window() -> pl.DataFrame:
    """Return a window in which nothing was asked yet."""
    return pl.DataFrame(schema=WINDOW_SCHEMA)


def _window(window: pl.DataFrame | None, days: int, on: date, batch_id: str) -> pl.DataFrame:
    if window is None:
        return empty_window()
    recent = pl.col("on").is_between(on - timedelta(days=days), on)
    return window.filter(recent & (pl.col("batch_id") != batch_id)).cast(WINDOW_SCHEMA)


def _of_kind(window: pl.DataFrame, kind: str) -> pl.DataFrame:
    return window.filter(pl.col("kind") == kind)


def _count(batch: pl.DataFrame, kind: str) -> pl.DataFrame:
    counted = batch.filter(pl.col(kind).is_not_null()).group_by(pl.col(kind).alias("digest"))
    return counted.agg(pl.len().cast(pl.UInt32).alias("count"))


def _persons(batch: pl.DataFrame) -> pl.DataFrame:
    """Count the distinct persons at each address."""
    stated = batch.filter(pl.col("address").is_not_null())
    return stated.group_by(pl.col("address").alias("digest")).agg(
        pl.col("person").drop_nulls().n_unique().cast(pl.UInt32).alias("count")
    )


def _officers(batch: pl.DataFrame) -> pl.DataFrame:
    """Count the requests naming each officer. The digest is the roster id, in plain."""
    named = batch.group_by("officers").agg(pl.len().cast(pl.UInt32).alias("count"))
    one_each = named.with_columns(_each_officer()).explode("officers")
    return (
        one_each.drop_nulls()
        .group_by(pl.col("officers").cast(pl.Binary).alias("digest"))
        .agg(pl.col("count").sum())
    )


def _each_officer() -> pl.Expr:
    return pl.col("officers").str.split(";").list.unique()


def _add(counts: pl.DataFrame, earlier: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Add what the window holds to the counts of the batch's own digests."""
    before = _of_kind(earlier, kind).group_by("digest").agg(pl.col("count").sum().alias("before"))
    both = counts.join(before, on="digest", how="left")
    return both.select("digest", pl.col("count") + pl.col("before").fill_null(0))


def _joined(batch: pl.DataFrame, kind: str, counts: pl.DataFrame) -> pl.Series:
    """Return for each row the count of its digest, 0 where it states none."""
    found = batch.select(kind).join(
        counts, left_on=kind, right_on="digest", how="left", maintain_order="left"
    )
    return found["count"].fill_null(0).cast(pl.UInt32)


def _loads(batch: pl.DataFrame, officers: pl.DataFrame, earlier: pl.DataFrame) -> pl.Series:
    loads = _add(officers, earlier, "officer")
    named = batch.select("officers").unique().drop_nulls()
    highest = (
        named.with_columns(_each_officer().alias("officer"))
        .explode("officer")
        .with_columns(pl.col("officer").cast(pl.Binary))
        .join(loads, left_on="officer", right_on="digest", how="left")
        .group_by(pl.col("officers").alias("digest"))
        .agg(pl.col("count").max())
    )
    return _joined(batch, "officers", highest).alias("m_officer_load_max")


def _repeats(batch: pl.DataFrame, earlier: pl.DataFrame) -> pl.Series:
    counts = [
        _earlier_in_batch(batch, kind) + _joined(batch, kind, _count_window(earlier, kind))
        for kind in REPEATS
    ]
    return pl.select(pl.max_horizontal(*counts)).to_series().cast(pl.UInt32)


def _count_window(earlier: pl.DataFrame, kind: str) -> pl.DataFrame:
    return _of_kind(earlier, kind).group_by("digest").agg(pl.col("count").sum())


def _earlier_in_batch(batch: pl.DataFrame, kind: str) -> pl.Series:
    """Return for each row how many rows before it in the batch state the same."""
    shared = batch.select("row", kind).filter(
        pl.col(kind).is_not_null() & pl.col(kind).is_duplicated()
    )
    numbered = shared.select("row", pl.int_range(pl.len(), dtype=pl.UInt32).over(kind).alias("n"))
    found = batch.select("row").join(numbered, on="row", how="left", maintain_order="left")
    return found["n"].fill_null(0)


def _cited(batch: pl.DataFrame, earlier: pl.DataFrame) -> pl.Series:
    """Return for each row whether it cites one of the requests it repeats, with what changed."""
    citing = batch.filter(pl.col("supersedes").is_not_null() & pl.col("changed"))
    rows = pl.concat(
        [_cites_in_batch(citing, batch)]
        + [_cites_in_window(citing, _of_kind(earlier, kind), kind) for kind in REPEATS]
    )
    return batch["row"].is_in(rows["row"].implode())


def _cites_in_batch(citing: pl.DataFrame, batch: pl.DataFrame) -> pl.DataFrame:
    cited = batch.select(
        pl.col("request").alias("supersedes"),
        pl.col("row").alias("cited_row"),
        *[pl.col(kind).alias(f"cited_{kind}") for kind in REPEATS],
    )
    same = pl.any_horizontal(*[pl.col(kind) == pl.col(f"cited_{kind}") for kind in REPEATS])
    found = citing.join(cited, on="supersedes", how="inner")
    return found.filter(same & (pl.col("cited_row") < pl.col("row"))).select("row")


def _cites_in_window(citing: pl.DataFrame, earlier: pl.DataFrame, kind: str) -> pl.DataFrame:
    return citing.join(
        earlier, left_on=[kind, "supersedes"], right_on=["digest", "request"], how="semi"
    ).select("row")


def _investigations(batch: pl.DataFrame) -> pl.DataFrame:
    """Count the requests of each investigation and order, the order standing for the person."""
    stated = batch.filter(pl.col("investigation").is_not_null())
    return stated.group_by(
        pl.col("investigation").alias("digest"), pl.col("order").alias("order_digest")
    ).agg(pl.len().cast(pl.UInt32).alias("count"))


def _duplicate_investigations(batch: pl.DataFrame, earlier: pl.DataFrame) -> pl.Series:
    before = _of_kind(earlier, "investigation").select("digest", "order_digest", "count")
    pairs = (
        pl.concat([_investigations(batch), before])
        .group_by("digest", "order_digest")
        .agg(pl.col("count").sum())
    )
    others = pairs.with_columns(pl.col("count").sum().over("digest") - pl.col("count"))
    found = batch.select("investigation", "order").join(
        others,
        left_on=["investigation", "order"],
        right_on=["digest", "order_digest"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    return found["count"].fill_null(0).cast(pl.UInt32)


def _volume(batch: pl.DataFrame, earlier: pl.DataFrame) -> int:
    return batch.height + int(_of_kind(earlier, "volume")["count"].sum())


def _halted(rows: int, counts: pl.DataFrame, share: str, limits: Thresholds) -> bool:
    return rows >= limits.halt_minimum_rows and _most(counts) > Fraction(share) * rows


def _most(counts: pl.DataFrame) -> int:
    return max(counts["count"].to_list(), default=0)


def _digests(
    batch: pl.DataFrame, officers: pl.DataFrame, reasons: pl.DataFrame, batch_id: str, on: date
) -> pl.DataFrame:
    requests = [
        batch.filter(pl.col(kind).is_not_null()).select(
            pl.lit(kind).alias("kind"),
            pl.col(kind).alias("digest"),
            pl.col("request"),
            pl.lit(1, dtype=pl.UInt32).alias("count"),
        )
        for kind in REPEATS
    ]
    counted = {
        "investigation": _investigations(batch),
        "reason": reasons,
        "address": _persons(batch),
        "officer": officers,
        "volume": pl.DataFrame({"digest": [_VOLUME], "count": [batch.height]}),
    }
    totals = [frame.with_columns(pl.lit(kind).alias("kind")) for kind, frame in counted.items()]
    every = [
        part.with_columns(
            pl.col("kind").cast(WINDOW_SCHEMA["kind"]), pl.col("count").cast(pl.UInt32)
        )
        for part in (*requests, *totals)
    ]
    return (
        pl.concat(every, how="diagonal")
        .with_columns(pl.lit(batch_id).alias("batch_id"), pl.lit(on).alias("on"))
        .select(pl.col(name).cast(kind) for name, kind in WINDOW_SCHEMA.items())
    )
