"""Plain words read one at a time, beside the oracle: what whole requests show only together."""

from itertools import product

import polars as pl
import pytest

from portcullis.law import reasons, words
from tests.oracle import texts

GAPS = (" ", "  ", "-", ". ", " / ")
ORDERS = (
    "administrative order of removal", "final administrative removal order",
    "administrative final order to remove", "administrative order",
)  # fmt: skip


def column(values) -> pl.Series:
    return pl.Series("x", list(values), dtype=pl.String)


def each(expression, values) -> list:
    return pl.DataFrame([column(values)]).select(expression(pl.col("x"))).to_series().to_list()


def test_every_filler_is_one_however_it_is_spaced_and_nothing_longer():
    fillers = sorted(texts.FILLERS)
    spelled = [filler.replace(" ", gap) for filler, gap in product(fillers, GAPS)]
    assert all(each(words.placeholder, spelled))
    assert all(each(words.placeholder, [f"- {filler.upper()}." for filler in fillers]))
    assert not any(each(words.placeholder, [f"{filler} he" for filler in fillers]))
    assert not any(each(words.placeholder, [f"x{filler}" for filler in fillers]))


CITATIONS = ("8 U.S.C. § 1253(a)(1)(A)", "8USC1253(a)(1)(A)", "8 U S C 1253(a)(1)(A)", "§ 8. 1")


def test_a_citation_is_folded_alike_in_a_column_and_alone():
    plain = [texts.plain_citation(citation) for citation in CITATIONS]
    assert each(words.folded_citation, CITATIONS) == plain
    assert [words.fold_citation(citation) for citation in CITATIONS] == plain


@pytest.mark.parametrize("count", [1, 2, 8])
def test_words_are_counted_to_the_end_of_the_text(count):
    for last in ("ab", "ab.", "a b cd", "é ab"):
        text = " ".join(["xy"] * (count - 1) + [last])
        assert each(lambda x: words.words_at_least(x, count), [text]) == [True]
        assert each(lambda x: words.words_at_least(x, count + 1), [text]) == [False]
    assert each(lambda x: words.words_at_least(x, count), ["a b 1c d2"]) == [False]


@pytest.mark.parametrize(
    ("number", "found"),
    [("0001", True), ("001", False), ("0000", False), ("1000", True), ("90ab", True)],
)
def test_a_number_identifies_a_case_from_its_fourth_character(number, found):
    assert each(words.identifies, [number]) == [found]


def test_the_order_of_removal_is_taken_out_whole():
    """What it leaves beside it makes a purpose, or none, with the words that follow."""
    written = [
        f"{before} {order} {after}"
        for before, order, after in product(
            ("", "the", "civil", "immigration"), ORDERS, ("", "warrant", "arrest", "enforcement")
        )
    ]
    assert each(reasons.civil_alone, written) == [texts.civil_only(text) for text in written]
