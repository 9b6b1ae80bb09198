"""Tables as values."""

import pytest

from portcullis.office.web.parts import Cell, Column, said, table


def test_whole_numbers_stand_to_the_right_with_separators():
    made = table("Batches", ["Batch", "Requests", Column("Days", hint="since receipt")],
                 [("B-1", 1_284_112, None), ("B-2", None, "x")])  # fmt: skip
    assert [column.numeric for column in made.columns] == [False, True, False]
    assert [[cell.text for cell in row] for row in made.rows] == [
        ["B-1", "1,284,112", "–"],
        ["B-2", "–", "x"],
    ]
    assert all(row[1].numeric for row in made.rows)
    assert made.rows[0][1].label == "Requests"


def test_a_cell_keeps_what_it_is():
    made = table("Requests", ["Request"], [(Cell("R-1", url="/r/1/", note="late"),)])
    assert (made.rows[0][0].url, made.rows[0][0].note) == ("/r/1/", "late")


def test_a_row_of_another_length_is_a_mistake():
    with pytest.raises(ValueError, match=r"shorter|longer"):
        table("Requests", ["Request", "State"], [("R-1",)])


@pytest.mark.parametrize(("value", "words"), [
    (None, "–"), ("", "–"), (True, "yes"), (False, "no"), (0, "0"), (1_000, "1,000"), (1.5, "1.5"),
])  # fmt: skip
def test_plain_values_in_words(value, words):
    assert said(value) == words
