"""The counts and the bound of the accuracy bench, against known values."""

from math import comb

import polars as pl
import pytest
from benchmarks.accuracy import layout
from benchmarks.accuracy.counting import Counts, count, total, upper_bound
from benchmarks.accuracy.sides import as_rarely_wrong
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("found", "drawn", "bound"),
    [  # Clopper and Pearson's 90 % two-sided intervals: the upper limits, as tables print them
        (0, 10, 0.2589),
        (1, 10, 0.3942),
        (5, 10, 0.7776),
        (0, 300, 0.0099),
        (2, 50, 0.1206),
        (10, 10, 1.0),
        (0, 0, 1.0),
    ],
)
def test_the_bound_is_that_of_the_tables(found, drawn, bound):
    assert upper_bound(found, drawn) == pytest.approx(bound, abs=5e-5)


@given(st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))))
def test_at_the_bound_so_few_are_found_once_in_twenty(numbers):
    found, drawn = numbers
    share = upper_bound(found, drawn)
    as_few = sum(comb(drawn, k) * share**k * (1 - share) ** (drawn - k) for k in range(found + 1))
    assert as_few == pytest.approx(0.05, rel=1e-6)


def test_more_cannot_be_found_than_were_drawn():
    with pytest.raises(ValueError, match="more"):
        upper_bound(2, 1)


TRUTH = pl.DataFrame(
    [
        ("right", "A", "plain", True, True),
        ("with a slip", "B", "plain", True, False),
        ("another", "C", "kin", True, True),
        ("nobody of record", None, "kin", False, False),
        ("moved away", "D", "kin", False, False),
        ("referred", "E", "plain", True, False),
        ("silent", "F", "plain", True, True),
    ],
    schema=layout.KNOWN,
    orient="row",
)
ANSWERS = pl.DataFrame(
    [
        ("right", "A", "tin", False),
        ("with a slip", "B", "name-address", False),
        ("another", "D", "tin", False),
        ("nobody of record", "A", "name-address", False),
        ("moved away", "D", "tin", False),
        ("referred", None, None, True),
    ],
    schema=layout.ANSWER,
    orient="row",
)


def test_every_request_is_counted_as_what_became_of_it():
    counts = count(TRUTH, ANSWERS)
    assert counts == Counts(
        requests=7, released=5, wrong=2, elsewhere=1, lawful=5, found=2, clean=3, clean_found=1,
        referred=1,
    )  # fmt: skip
    assert counts.recall == 2 / 5
    assert counts.clean_recall == 1 / 3
    assert counts.bound == upper_bound(2, 5)


def test_the_routes_add_up():
    whole, *routes = (count(TRUTH, ANSWERS, route) for route in (None, "tin", "name-address"))
    for part in ("released", "wrong", "elsewhere", "found", "clean_found"):
        assert getattr(whole, part) == sum(getattr(route, part) for route in routes)
    assert {each.lawful for each in routes} == {whole.lawful}


def test_an_answer_about_no_request_of_the_truth_is_none():
    stray = ANSWERS.with_columns(pl.lit("unheard of").alias("request_id"))
    assert count(TRUTH, stray).released == 0


def test_totals_add_every_count():
    once = count(TRUTH, ANSWERS)
    assert total([once, once]).wrong == 2 * once.wrong
    assert total([]).bound == 1.0


def test_links_held_to_as_few_wrong_are_the_strongest_with_ties_together():
    links = pl.DataFrame(
        [
            ("right", "A", 9.0),
            ("another", "D", 7.0),
            ("with a slip", "B", 7.0),
            ("silent", "F", 5.0),
        ],
        schema=["request_id", "taxpayer_id", "match_weight"],
        orient="row",
    )
    kept = [as_rarely_wrong(links, TRUTH, wrong)["request_id"].to_list() for wrong in (0, 1)]
    assert kept == [["right"], links["request_id"].to_list()]
