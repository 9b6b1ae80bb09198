"""The fold that both rooms begin with."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from portcullis.folding import fold, rewrite_where


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=40))
def test_folding_twice_is_folding_once(texts):
    once = fold(pl.Series(texts))
    assert fold(once).to_list() == once.to_list()


def test_letters_without_a_decomposition_and_fractions():
    texts = ["straße", "Łódź", "Ærø", "O’Neil", "123½", "ﬁn", "Ｍａｉｎ", None]
    expected = ["STRASSE", "LODZ", "AERO", "ONEIL", "123 1/2", "FIN", "MAIN", ""]
    assert fold(pl.Series(texts)).to_list() == expected


def test_only_the_rows_named_are_rewritten():
    texts = pl.Series("t", ["a", "b", "c"])
    where = pl.Series([True, False, True])
    assert rewrite_where(texts, where, lambda some: some + "!").to_list() == ["a!", "b", "c!"]
