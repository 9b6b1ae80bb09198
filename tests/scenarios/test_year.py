"""A year of batches: nobody asked about twice, and each made on its own day."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from portcullis.scenarios import make_order_batch, make_year
from portcullis.scenarios.truth import IDENTICAL

DAYS = (date(2026, 1, 10), date(2026, 2, 10), date(2026, 3, 10))
EACH = 160


@pytest.fixture(scope="module")
def batches(holder: Path, tmp_path_factory: pytest.TempPathFactory) -> list:
    return make_year(tmp_path_factory.mktemp("year"), holder, DAYS, EACH, 5)


def _rows(batch) -> pl.DataFrame:
    return pl.read_csv(batch.path, infer_schema=False, truncate_ragged_lines=True)


def test_each_batch_is_of_its_day(batches: list) -> None:
    for batch, day in zip(batches, DAYS, strict=True):
        assert batch.day == day
        checked = _rows(batch)["status_checked_on"].drop_nulls().str.to_date(strict=False)
        assert checked.max() <= day
        fresh = (checked.drop_nulls() > date(2025, 12, 1)).mean()
        assert fresh > 0.9


def test_nobody_is_asked_about_twice_but_where_a_class_says_so(batches: list) -> None:
    every = pl.concat(
        _rows(batch).select("request_id", "tin", "order_number").join(
            pl.read_parquet(batch.truth).select("request_id", "truth_class"), on="request_id"
        )
        for batch in batches
    ).filter(~pl.col("truth_class").str.starts_with("duplicate"))  # fmt: skip
    assert every["request_id"].is_unique().all()
    for name in ("tin", "order_number"):
        said = every.filter(pl.col("truth_class") != "malformed")[name].drop_nulls()
        assert said.str.replace_all("-", "").n_unique() >= said.len() - 2 * len(DAYS)


def test_one_batch_has_a_group_with_one_reason(batches: list) -> None:
    assert [batch.rows for batch in batches] == [EACH, EACH, EACH + IDENTICAL]


def test_the_order_batch_has_more_lawful_requests(
    holder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    batch = make_order_batch(tmp_path_factory.mktemp("order"), holder, 1_500, 5)
    truth = pl.read_parquet(batch.truth)
    assert truth.height == batch.rows == 1_500
    assert truth["lawful"].sum() >= 0.02 * 1_500
