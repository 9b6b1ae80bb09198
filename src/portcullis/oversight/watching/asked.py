"""What is asked, over the rolling window: officers' loads, reasons word for word, households.

All three read what the window keeps of each batch: counts by officer, and by keyed digests of
reasons and addresses. Sums look back as far as the agreement's own measures do.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from math import log

import polars as pl

from portcullis.law import Thresholds
from portcullis.oversight.watching.alarms import (
    IDENTICAL_REASONS,
    OFFICER_LOAD,
    ONE_HOUSEHOLD,
    Finding,
)
from portcullis.screening import WINDOW_SCHEMA

ASKED = pl.Schema(
    {
        "kind": WINDOW_SCHEMA["kind"],
        "digest": pl.Binary(),
        "count": pl.UInt32(),
        "batch": pl.String(),
        "on": pl.Date(),
        "position": pl.Int64(),
        "at": pl.Datetime("us", "UTC"),
    }
)
"""``kind, digest, count, on`` as the window keeps them (``officer``: the digest is the id itself);
``batch, position, at``: the batch, and the entry and time of its receipt."""

# An officer far from the others: so many deviations, on the scale of logarithms (loads differ by
# factors), whose width is never taken for less than NARROWEST; among at least so many officers.
FAR = 3.5
NARROWEST = 0.2
FEWEST_OFFICERS = 8
LEAST_LOAD = 50
# One new engagement an hour, eight a working day, five days of seven: more is nobody's own.
ENGAGED_A_DAY = 8
# The same text on more requests than this; or more than this share, in percent, of a batch of so
# many rows stands under a text that another request has too.
SAME_REASON = 10
SHARED_REASONS = 20
LEAST_ROWS = 100
# Persons asked for at one address.
ONE_ADDRESS = 7

_MAD = 1.4826  # a median absolute deviation of the normal distribution, in standard deviations


def officer_loads(asked: pl.DataFrame, limits: Thresholds) -> Iterator[Finding]:
    """Yield a finding for each officer of a batch whose load in the window is abnormal.

    Abnormal is a load above what the agreement allows or any person can carry; or one far above
    the middle of all officers in the window (median and median absolute deviation: a few enormous
    loads do not move them).
    """
    most = min(limits.officer_load, ENGAGED_A_DAY * limits.window_days * 5 // 7)
    officers = asked.filter(pl.col("kind") == "officer")
    for batch, position, at, recent in _windows(officers, limits.window_days):
        loads = recent.group_by("digest").agg(
            pl.col("count").sum(), pl.col("position").unique().sort().alias("evidence")
        )
        own = recent.filter(pl.col("batch") == batch)["digest"].implode()
        far, middle = _far(loads["count"])
        abnormal = loads.filter(pl.col("digest").is_in(own), (pl.col("count") > most) | far)
        for row in abnormal.sort("digest").iter_rows(named=True):
            officer = row["digest"].decode()
            yield Finding(
                OFFICER_LOAD,
                officer,
                position,
                at,
                tuple(row["evidence"]),
                {"requests": row["count"], "median": middle, "officers": loads.height},
                (officer,),
            )


def identical_reasons(asked: pl.DataFrame, limits: Thresholds) -> Iterator[Finding]:
    """Yield a finding for each batch with a reason given too often, or with too few of their own.

    A reason must be specific to the person (26 U.S.C. § 6103(i)(2)(B)(iv)).
    """
    most = min(limits.identical_reasons, SAME_REASON)
    given = _repeated(asked, "reason", limits.window_days, above=1)
    rows = dict(asked.filter(pl.col("kind") == "volume").select("batch", "count").iter_rows())
    for batch, found in _by_batch(given.filter(pl.col("total") > 1)):
        requests = int(found["count"].sum())
        whole = rows.get(batch, requests)
        often = found.filter(pl.col("total") > most)
        templated = whole >= LEAST_ROWS and 100 * requests > SHARED_REASONS * whole
        if often.is_empty() and not templated:
            continue
        blamed = found if often.is_empty() else often
        counts = {
            "texts": blamed.height,
            "most": _largest(blamed),
            "requests_sharing": requests,
            "requests": whole,
        }
        yield _of_batch(IDENTICAL_REASONS, batch, blamed, given, limits.window_days, counts)


def households(asked: pl.DataFrame, limits: Thresholds) -> Iterator[Finding]:
    """Yield a finding for each batch that asks for too many persons at one address."""
    most = min(limits.shared_address, ONE_ADDRESS)
    crowded = _repeated(asked, "address", limits.window_days, above=most)
    for batch, found in _by_batch(crowded.filter(pl.col("total") > most)):
        counts = {"addresses": found.height, "most": _largest(found)}
        yield _of_batch(ONE_HOUSEHOLD, batch, found, crowded, limits.window_days, counts)


def _windows(of_kind: pl.DataFrame, days: int) -> Iterator[tuple[str, int, datetime, pl.DataFrame]]:
    """Yield each batch with its position and time, and all rows of the window that ends with it."""
    batches = of_kind.select("batch", "on", "position", "at").unique().sort("position")
    for batch, on, position, at in batches.iter_rows():
        yield batch, position, at, of_kind.filter(_within(on, days, position))


def _within(on: date, days: int, position: int) -> pl.Expr:
    since = on - timedelta(days=days)
    return pl.col("on").is_between(since, on) & (pl.col("position") <= position)


def _far(loads: pl.Series) -> tuple[pl.Expr, int]:
    """Return which loads lie far above the others, and the median load."""
    middle = float(loads.median() or 0)  # type: ignore[arg-type]
    if loads.len() < FEWEST_OFFICERS or middle <= 0:
        return pl.lit(value=False), round(middle)
    logs = loads.cast(pl.Float64).log()
    apart = float((logs - log(middle)).abs().median() or 0)  # type: ignore[arg-type]
    limit = log(middle) + FAR * max(_MAD * apart, NARROWEST)
    far = (pl.col("count").cast(pl.Float64).log() > limit) & (pl.col("count") >= LEAST_LOAD)
    return far, round(middle)


def _repeated(asked: pl.DataFrame, kind: str, days: int, *, above: int) -> pl.DataFrame:
    """Return the digests of ``kind`` that stand more than ``above`` times in all.

    With ``total``: the count of the window that ends with that row's batch, which may be less.
    """
    rows = asked.filter(pl.col("kind") == kind)
    often = rows.group_by("digest").agg(pl.col("count").sum()).filter(pl.col("count") > above)
    return (
        rows.join(often.select("digest"), on="digest", how="semi")
        .sort("on", "position")
        .with_columns(
            pl.col("count")
            .cast(pl.Int64)
            .rolling_sum_by("on", window_size=f"{days + 1}d")
            .over("digest")
            .alias("total")
        )
    )


def _by_batch(found: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    for (batch,), rows in found.sort("position").group_by("batch", maintain_order=True):
        yield str(batch), rows


def _largest(found: pl.DataFrame) -> int:
    return max(found["total"].to_list(), default=0)


def _of_batch(  # noqa: PLR0917 - what a finding is made of
    code: str,
    batch: str,
    found: pl.DataFrame,
    rows: pl.DataFrame,
    days: int,
    counts: dict[str, int],
) -> Finding:
    """Return the finding about one batch; its evidence is every batch that added to it."""
    position, at, on = found.select("position", "at", "on").row(0)
    same = rows.join(found.select("digest"), on="digest", how="semi")
    added = same.filter(_within(on, days, position))
    evidence = tuple(added["position"].unique().sort().to_list())
    return Finding(code, batch, position, at, evidence, counts)
