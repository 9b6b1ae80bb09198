"""The register's small numbers: nothing published, on any day, lets one be worked out."""

from datetime import date
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from portcullis.oversight.reports import SMALL, Answers, Quarter, publishable

FIRST = 2025
COUNT = st.sampled_from([0, 0, 0, 1, 2, 5, 9, 10, 11, 19, 40, 300])
CELLS = st.lists(st.tuples(COUNT, COUNT, COUNT), min_size=1, max_size=12)


def quarter(number: int) -> Quarter:
    return Quarter(FIRST + number // 4, number % 4 + 1)


def of(cells) -> dict[Quarter, Answers]:
    return {quarter(number): Answers(*each) for number, each in enumerate(cells)}


def number_of(one: Quarter) -> int:
    return (one.year - FIRST) * 4 + one.number - 1


def vector(size: int, first: int, last: int, answers=(0, 1, 2)) -> np.ndarray:
    """Return the cells of quarters ``first`` to ``last`` under ``answers``, of all there are."""
    marked = np.zeros((size, 3))
    marked[first : last + 1, list(answers)] = 1
    return marked.ravel()


def all_releases(cells):
    """Return every sum ever published as (cells summed, number): on each quarter's last day."""
    said = []
    for number in range(len(cells)):
        published = publishable(of(cells), quarter(number).last_day)
        for period in published.runs:
            ends = number_of(period.first), number_of(period.last)
            said.append((vector(len(cells), *ends), period.answers.total))
        for period in published.blocks:
            ends = number_of(period.first), number_of(period.last)
            said += [
                (vector(len(cells), *ends, [at]), number)
                for at, number in enumerate(period.answers)
            ]
    return said


def by_statute(cells):
    """Return what (p)(3)(C) has published of each whole year: requests, and those disclosed."""
    said = []
    for first in range(0, len(cells) - 3, 4):
        for answers in ((0, 1, 2), (1,)):
            total = sum(cells[q][a] for q in range(first, first + 4) for a in answers)
            said.append((vector(len(cells), first, first + 3, answers), total))
    return said


def derivable(what: np.ndarray, published) -> bool:
    if not published:
        return False
    known = np.array([each for each, _ in published])
    return np.linalg.matrix_rank(np.vstack([known, what])) == np.linalg.matrix_rank(known)


def small_ones(cells):
    """Return every small cell, and small sum of consecutive quarters of a year, of any answers.

    Nothing published reaches from one year into another, so a sum that does is derivable only if
    its parts are.
    """
    for first, last in combinations(range(len(cells) + 1), 2):
        if first // 4 != (last - 1) // 4:
            continue
        for answers in ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)):
            total = sum(cells[q][a] for q in range(first, last) for a in answers)
            if 0 < total < SMALL:
                yield vector(len(cells), first, last - 1, answers)


@settings(max_examples=60, deadline=None)
@given(CELLS)
def test_no_small_number_is_a_combination_of_all_that_was_ever_published(cells):
    said, statute = all_releases(cells), by_statute(cells)
    for number in [each for _, each in said]:
        assert number == 0 or number >= SMALL
    for hidden in small_ones(cells):
        # What the statute itself publishes is no secret of the register's.
        if not derivable(hidden, statute):
            assert not derivable(hidden, said + statute)


@settings(max_examples=60, deadline=None)
@given(CELLS)
def test_what_was_published_stands_for_ever_and_is_true(cells):
    truth = np.array(cells).ravel()
    before = None
    for number in range(len(cells)):
        published = publishable(of(cells), quarter(number).last_day)
        if before is not None:
            assert published.runs[: len(before.runs)] == before.runs
            assert published.blocks[: len(before.blocks)] == before.blocks
        before = published
    for marked, told in all_releases(cells):
        assert marked @ truth == told


@pytest.mark.long
@settings(max_examples=40, deadline=None)
@given(CELLS)
def test_no_small_cell_is_the_only_one_that_fits(cells):
    """Nor does it help to know that no count is negative: each small cell could be another."""
    said, statute = all_releases(cells), by_statute(cells)
    for at, count in enumerate(np.array(cells).ravel()):
        if not 0 < count < SMALL or (not said and not statute):
            continue
        ends = [_end(at, sign, said + statute) for sign in (1, -1)]
        by_law = [_end(at, sign, statute) for sign in (1, -1)] if statute else [0, np.inf]
        if by_law[1] - by_law[0] > 1:
            assert ends[1] - ends[0] > 1 - 1e-6


def _end(at: int, sign: int, published) -> float:
    """Return the least (1) or greatest (-1) value of a cell that fits all that was published."""
    known = np.array([each for each, _ in published])
    aim = np.zeros(known.shape[1])
    aim[at] = sign
    found = linprog(aim, A_eq=known, b_eq=[told for _, told in published])
    return sign * found.fun if found.status == 0 else (np.inf if sign == -1 else 0)


def test_a_year_as_a_reader_sees_it():
    cells = [(20, 15, 30), (12, 3, 9), (0, 0, 0), (1, 12, 10)]
    in_june = publishable(of(cells), date(2025, 6, 30))
    assert [each.answers.total for each in in_june.runs] == [65]
    assert in_june.blocks == ()
    whole = publishable(of(cells), date(2025, 12, 31))
    assert [(each.first.number, each.last.number) for each in whole.runs] == [
        (1, 1),
        (2, 2),
        (3, 4),
    ]
    assert [tuple(each.answers) for each in whole.blocks] == [(20, 15, 30), (13, 15, 19)]


def test_a_small_rest_is_added_to_what_was_held_back():
    whole = publishable(of([(20, 20, 20), (0, 0, 0), (2, 1, 0), (0, 0, 0)]), date(2025, 12, 31))
    assert [(each.last.number, each.answers.total) for each in whole.runs] == [(4, 63)]


def test_a_year_with_hardly_anything_is_not_published():
    assert (
        publishable(of([(1, 1, 1), (0, 0, 0), (0, 0, 0), (0, 0, 0)]), date(2026, 3, 1)).runs == ()
    )


def test_nothing_is_told_of_a_quarter_that_has_not_ended():
    assert publishable(of([(99, 99, 99)]), date(2025, 3, 30)).runs == ()
    # Its first run is held back until the next one, or the year, has ended.
    assert publishable(of([(99, 99, 99)]), date(2025, 3, 31)).runs == ()
