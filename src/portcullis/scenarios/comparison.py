"""What came of a batch beside what was meant: the confusion table, and the script of 2025."""

from dataclasses import dataclass

import polars as pl

from portcullis.scenarios.truth import QUARANTINED, RELEASED


@dataclass(frozen=True)
class Comparison:
    """Truth beside outcomes.

    ``confusion``: ``truth_class, lawful, expected_outcome, outcome, count``, one row a cell.
    ``mismatches``: ``source_row, request_id, truth_class, expected_outcome, outcome`` of every
    request that did not land where it should. ``unlawful_released`` must be 0;
    ``lawful_released_share`` is of all lawful requests (1.0 where there are none).
    """

    confusion: pl.DataFrame
    mismatches: pl.DataFrame
    released: int
    lawful: int
    lawful_released: int
    unlawful_released: int

    @property
    def lawful_released_share(self) -> float:
        """Return the share of lawful requests that were released."""
        return self.lawful_released / self.lawful if self.lawful else 1.0


@dataclass(frozen=True)
class NaiveComparison:
    """What the script of 2025 would have released, and why it should not have.

    ``reasons``: ``why_unlawful, citation, count``, each unlawful release under one reason, the
    most frequent first.
    """

    released: int
    unlawful: int
    tin_without_address: int
    reasons: pl.DataFrame


def compare(
    truth: pl.DataFrame, outcomes: pl.DataFrame, released_as: tuple[str, ...] = (RELEASED,)
) -> Comparison:
    """Compare the truth of a batch with ``outcomes``: ``source_row, outcome``, one row each.

    Rows without an outcome count as quarantined. ``released_as`` are the outcomes that mean
    released: before the release itself, ``eligible`` or ``approved``.
    """
    joined = truth.join(
        outcomes.select(pl.col("source_row").cast(pl.UInt32), "outcome"),
        on="source_row", how="left", maintain_order="left",
    ).with_columns(
        pl.when(pl.col("outcome").is_in(released_as))
        .then(pl.lit(RELEASED))
        .otherwise(pl.col("outcome").fill_null(QUARANTINED))
        .alias("outcome")
    )  # fmt: skip
    left = pl.col("outcome") == RELEASED
    stated = pl.col("expected_outcome").str.split("|").list.contains(pl.col("outcome"))
    cells = joined.group_by("truth_class", "lawful", "expected_outcome", "outcome").len("count")
    return Comparison(
        confusion=cells.sort("lawful", "truth_class", "outcome", descending=[True, False, False]),
        mismatches=joined.filter(~stated).select(
            "source_row", "request_id", "truth_class", "expected_outcome", "outcome"
        ),
        released=joined.filter(left).height,
        lawful=joined.filter("lawful").height,
        lawful_released=joined.filter(left, "lawful").height,
        unlawful_released=joined.filter(left, ~pl.col("lawful")).height,
    )


def compare_naive(truth: pl.DataFrame, released: pl.DataFrame) -> NaiveComparison:
    """Compare the truth with what ``run_script_2025`` released."""
    judged = released.select("source_row", "route").join(truth, on="source_row")
    unlawful = judged.filter(~pl.col("lawful"))
    return NaiveComparison(
        released=judged.height,
        unlawful=unlawful.height,
        tin_without_address=judged.filter(route="tin", address_agrees=False).height,
        reasons=unlawful.group_by("why_unlawful", "citation")
        .len("count")
        .sort("count", "why_unlawful", descending=[True, False]),
    )
